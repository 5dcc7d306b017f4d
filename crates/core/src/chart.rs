//! Charts as documents: what the window draws, what is saved as SVG or PNG, what the native window opens.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::{ReplayId, RunId};
use crate::reference::Reference;
use crate::replay::JudgedBy;

pub const CHART_SCHEMA: u32 = 1;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ChartSpec {
    pub schema: u32,
    pub title: String,
    pub subtitle: String,
    pub figure: Figure,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "figure", rename_all = "snake_case")]
pub enum Figure {
    Lines {
        x: Axis,
        y: Axis,
        series: Vec<Series>,
        /// Dashed horizontal limits with their names.
        limits: Vec<Limit>,
        /// A dashed diagonal from corner to corner (ROC).
        diagonal: bool,
    },
    /// Groups of bars, one group a category, one bar a series.
    Bars {
        categories: Vec<String>,
        y: Axis,
        series: Vec<BarSeries>,
    },
    /// Distributions over shared edges, as shares of rows.
    Histogram {
        x: Axis,
        edges: Vec<f64>,
        series: Vec<BarSeries>,
    },
    /// Cells with their values written in; rows true, columns predicted.
    Confusion {
        classes: Vec<String>,
        counts: Vec<Vec<u64>>,
    },
    HeatMap {
        rows: Vec<String>,
        columns: Vec<String>,
        /// Row-major; `None` is a gap.
        values: Vec<Option<f64>>,
        /// Row-major: over its threshold.
        over: Vec<bool>,
        threshold: f64,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Axis {
    /// With its unit.
    pub title: String,
    pub scale: Scale,
    /// `None`: from the data.
    pub min: Option<f64>,
    pub max: Option<f64>,
}

impl Axis {
    pub fn linear(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            scale: Scale::Linear,
            min: None,
            max: None,
        }
    }
    pub fn between(title: impl Into<String>, min: f64, max: f64) -> Self {
        Self {
            title: title.into(),
            scale: Scale::Linear,
            min: Some(min),
            max: Some(max),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    Linear,
    Log,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Series {
    pub name: String,
    /// 1 to 8, a category colour of the tokens.
    pub color: u8,
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    /// Band around the line, as long as `y`, or empty.
    #[serde(default)]
    pub low: Vec<f64>,
    #[serde(default)]
    pub high: Vec<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct BarSeries {
    pub name: String,
    pub color: u8,
    /// `None` where the series has no value.
    pub values: Vec<Option<f64>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Limit {
    pub name: String,
    pub value: f64,
}

/// Which chart is wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "chart", rename_all = "snake_case")]
pub enum ChartRequest {
    /// One-vs-rest for more than two classes: the macro average.
    Roc {
        runs: Vec<RunId>,
    },
    Metrics {
        runs: Vec<RunId>,
        metrics: Vec<String>,
    },
    Confusion {
        run: RunId,
    },
    /// A part of what a run's result says.
    Result {
        run: RunId,
        part: ResultPart,
    },
    /// All points of a metric, binned to at most 2,000 with spikes kept.
    MetricHistory {
        runs: Vec<RunId>,
        metric: String,
    },
    ColumnHistogram {
        dataset: Reference,
        column: String,
    },
    DriftMap {
        replay: ReplayId,
        /// `None`: as it was kept.
        #[serde(default)]
        #[ts(optional = nullable)]
        judged_by: Option<Box<JudgedBy>>,
    },
    DriftCell {
        replay: ReplayId,
        column: String,
        window: u32,
        /// A data set that it is held against; `None`: what the log was held against.
        #[serde(default)]
        #[ts(optional = nullable)]
        reference: Option<Reference>,
    },
    /// Performance per window with its band.
    Performance {
        replay: ReplayId,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ResultPart {
    PrecisionRecall,
    Calibration,
    Residuals,
    /// What shuffling a column costs.
    Importances,
    /// What the model says itself.
    OwnImportances,
    LearningCurve,
}

impl ResultPart {
    pub const ALL: [Self; 6] = [
        Self::PrecisionRecall,
        Self::Calibration,
        Self::Residuals,
        Self::Importances,
        Self::OwnImportances,
        Self::LearningCurve,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::PrecisionRecall => "Precision and recall",
            Self::Calibration => "Calibration",
            Self::Residuals => "Residuals",
            Self::Importances => "Importances",
            Self::OwnImportances => "Importances of its own",
            Self::LearningCurve => "Learning curve",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ImageFormat {
    Svg,
    Png,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    Light,
    Dark,
}

/// The answer is bytes: the image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RenderRequest {
    pub chart: ChartRequest,
    pub format: ImageFormat,
    #[serde(default)]
    pub theme: Theme,
    /// Pixels, 100 to 8,000.
    pub width: u32,
    pub height: u32,
}
