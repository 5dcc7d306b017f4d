//! Charts of what a run's result says of its model.

use assay_core::RunId;
use assay_core::chart::{Axis, BarSeries, ChartSpec, Figure, Limit, ResultPart, Series};
use assay_core::code::Code;
use assay_core::result::{
    Calibration, CalibrationBin, LearningCurve, LearningPoint, OwnImportances,
    PermutationImportances, PrecisionRecall, Residuals, RunResult,
};
use assay_core::words::count;

use super::{shares, spec};
use crate::Lab;
use crate::error::Cause;

/// Bars that can still be read.
const MAX_BARS: usize = 25;

impl Lab {
    pub(super) fn result_chart(&self, run: &RunId, part: ResultPart) -> Result<ChartSpec, Cause> {
        let name = self.store.run(run.as_str())?.name;
        let result = self.result_of(run, None)?;
        let (title, figure) = figure(&result, part, &name).ok_or_else(|| {
            Cause::said(
                Code::NotFound,
                format!("run `{name}` has no {}", part.title().to_lowercase()),
            )
        })?;
        let subtitle = format!("{name}, {} test rows", count(result.n_test_rows));
        Ok(spec(&title, subtitle, figure))
    }
}

/// A title and what is drawn; `None` when the result has no such part.
fn figure(result: &RunResult, part: ResultPart, name: &str) -> Option<(String, Figure)> {
    let title = part.title().to_owned();
    Some(match part {
        ResultPart::PrecisionRecall => {
            let curve = result.precision_recall.as_ref()?;
            let area = result.metrics.iter().find(|metric| metric.name == "pr_auc");
            (
                title,
                precision_recall(curve, area.map(|area| area.value), name),
            )
        }
        ResultPart::Calibration => (title, calibration(result.calibration.as_ref()?, name)),
        ResultPart::Residuals => (title, residuals(result.residuals.as_ref()?, name)),
        ResultPart::Importances => {
            let found = result.importances.permutation.as_ref()?;
            (
                format!("What {} loses when a column is shuffled", found.metric),
                permutation(found),
            )
        }
        ResultPart::OwnImportances => {
            let own = result.importances.own.as_ref()?;
            (format!("Features by {}", own.kind), own_importances(own))
        }
        ResultPart::LearningCurve => (title, learning_curve(result.learning_curve.as_ref()?)),
    })
}

fn precision_recall(curve: &PrecisionRecall, area: Option<f64>, name: &str) -> Figure {
    let name = area.map_or_else(|| name.to_owned(), |area| format!("{name}, AP {area:.4}"));
    Figure::Lines {
        x: Axis::between("recall", 0.0, 1.0),
        y: Axis::between("precision", 0.0, 1.0),
        series: vec![line(name, 1, curve.recall.clone(), curve.precision.clone())],
        limits: vec![Limit {
            name: "chance".to_owned(),
            value: curve.chance,
        }],
        diagonal: false,
    }
}

fn calibration(found: &Calibration, name: &str) -> Figure {
    let of = |value: fn(&CalibrationBin) -> f64| found.bins.iter().map(value).collect::<Vec<f64>>();
    let name = format!("{name}, expected error {:.4}", found.expected_error);
    Figure::Lines {
        x: Axis::between("predicted probability", 0.0, 1.0),
        y: Axis::between("share that came true", 0.0, 1.0),
        series: vec![Series {
            low: of(|bin| bin.interval.low),
            high: of(|bin| bin.interval.high),
            ..line(name, 1, of(|bin| bin.mean_probability), of(|bin| bin.share))
        }],
        limits: Vec::new(),
        diagonal: true,
    }
}

fn residuals(found: &Residuals, name: &str) -> Figure {
    Figure::Histogram {
        x: Axis::linear("truth less prediction"),
        edges: found.edges.clone(),
        series: vec![BarSeries {
            name: name.to_owned(),
            color: 1,
            values: shares(&found.counts),
        }],
    }
}

fn permutation(found: &PermutationImportances) -> Figure {
    let columns = || found.columns.iter().take(MAX_BARS);
    bars(
        &format!("fall of {}", found.metric),
        columns().map(|column| column.column.clone()).collect(),
        columns().map(|column| column.mean).collect(),
    )
}

fn own_importances(own: &OwnImportances) -> Figure {
    let features = || own.features.iter().take(MAX_BARS);
    bars(
        &own.kind,
        features().map(|feature| feature.feature.clone()).collect(),
        features().map(|feature| feature.value).collect(),
    )
}

fn bars(title: &str, categories: Vec<String>, values: Vec<f64>) -> Figure {
    Figure::Bars {
        categories,
        y: Axis::linear(title),
        series: vec![BarSeries {
            name: title.to_owned(),
            color: 1,
            values: values.into_iter().map(Some).collect(),
        }],
    }
}

fn learning_curve(found: &LearningCurve) -> Figure {
    let of =
        |value: fn(&LearningPoint) -> f64| found.points.iter().map(value).collect::<Vec<f64>>();
    let rows = of(|point| point.n_train_rows as f64);
    Figure::Lines {
        x: Axis::linear("training rows"),
        y: Axis::linear(&found.metric),
        series: vec![
            line(
                "rows that trained".to_owned(),
                1,
                rows.clone(),
                of(|point| point.train),
            ),
            Series {
                low: of(|point| point.validation - point.validation_std),
                high: of(|point| point.validation + point.validation_std),
                ..line(
                    "other rows".to_owned(),
                    2,
                    rows,
                    of(|point| point.validation),
                )
            },
        ],
        limits: Vec::new(),
        diagonal: false,
    }
}

fn line(name: String, color: u8, x: Vec<f64>, y: Vec<f64>) -> Series {
    Series {
        name,
        color,
        x,
        y,
        low: Vec::new(),
        high: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use assay_core::result::{FeatureImportance, RESULT_SCHEMA};
    use assay_core::train::ProblemKind;

    use super::*;

    fn result(problem: ProblemKind) -> RunResult {
        RunResult {
            schema: RESULT_SCHEMA,
            problem,
            classes: Vec::new(),
            n_test_rows: 1_234,
            metrics: Vec::new(),
            n_resamples: 0,
            roc: None,
            precision_recall: None,
            threshold: None,
            calibration: None,
            uncalibrated: None,
            residuals: None,
            slices: Vec::new(),
            errors: Vec::new(),
            importances: Default::default(),
            learning_curve: None,
            choice: None,
            groups: Vec::new(),
            scatter: None,
        }
    }

    #[test]
    fn a_part_that_a_result_does_not_have_has_no_figure() {
        let empty = result(ProblemKind::Regression);
        for part in ResultPart::ALL {
            assert_eq!(figure(&empty, part, "a run"), None, "{part:?}");
        }
    }

    #[test]
    fn importances_are_the_largest_in_their_order() {
        let mut full = result(ProblemKind::Binary);
        let features = (0..40)
            .map(|index| FeatureImportance {
                feature: format!("f{index}"),
                value: 40.0 - f64::from(index),
            })
            .collect();
        full.importances.own = Some(OwnImportances {
            kind: "split gain".to_owned(),
            features,
        });
        let (title, drawn) = figure(&full, ResultPart::OwnImportances, "a run").unwrap();
        assert_eq!(title, "Features by split gain");
        let Figure::Bars {
            categories, series, ..
        } = drawn
        else {
            panic!("{drawn:?} are not bars");
        };
        assert_eq!((categories.len(), categories[0].as_str()), (MAX_BARS, "f0"));
        assert_eq!(series[0].values[1], Some(39.0));
    }
}
