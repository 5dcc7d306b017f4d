//! The rule of a verdict: what is measured, from where on it counts, and for how many tests it must stand.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ColumnKind, Decides, Limits, Method, Mode};

/// How a verdict is reached; named on every report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DriftRule {
    pub mode: Mode,
    /// Least Jensen-Shannon distance (base 2, 0 to 1) that counts as drift in the textbook mode.
    pub min_distance: f64,
    /// Where the reference's own stretches differ from it by more than chance and lie farther than that, the limit of a
    /// column is their mean plus three standard deviations, as NannyML sets its thresholds.
    pub calibrated: bool,
    /// Largest p-value after correction that counts, in the textbook mode.
    pub alpha: f64,
    /// Least rise of the missing share that counts as drift on its own, in the textbook mode.
    pub min_missing_rise: f64,
    /// `assay.toml` or `default`
    pub source: String,
    /// For numeric columns. `None`: the mode's own choice, see [`super::default_method`].
    #[serde(default)]
    pub numeric_method: Option<Method>,
    /// For categorical columns. `None`: the mode's own choice.
    #[serde(default)]
    pub categorical_method: Option<Method>,
    #[serde(default)]
    pub correction: Correction,
    #[serde(default)]
    pub correct_over: CorrectionScope,
    /// Columns with fewer values in a window are not judged. `None`: [`super::MIN_VALUES`] in the textbook mode, 1 in
    /// the others, as Evidently and NannyML judge whatever there is.
    #[serde(default)]
    pub min_values: Option<u64>,
    /// Whether every method that the mode has for a column is measured, besides the one that the verdict goes by.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub every_method: bool,
    /// In place of a method's own limits.
    #[serde(default)]
    pub limits: BTreeMap<Method, LimitOverride>,
    /// By column; stronger than everything above.
    #[serde(default)]
    pub columns: BTreeMap<String, ColumnRule>,
}

/// Limits of one method; what is `None` stays as the mode has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct LimitOverride {
    pub drift: Option<f64>,
    pub warning: Option<f64>,
    pub calibrated: Option<bool>,
}

/// What holds of one column only; what is `None` is as for the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct ColumnRule {
    pub method: Option<Method>,
    pub drift: Option<f64>,
    pub warning: Option<f64>,
    pub calibrated: Option<bool>,
    /// Measured, but never judged.
    pub muted: bool,
}

/// For how many tests a p-value answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// Keeps the expected share of false ones among the columns called drifted under alpha (1995).
    #[default]
    BenjaminiHochberg,
    /// Keeps the chance of a single false one under alpha.
    Bonferroni,
    None,
}

/// Which tests are corrected together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionScope {
    /// The columns of one window.
    Window,
    /// The columns of all windows that are judged together.
    #[default]
    Replay,
}

/// What decides on one column, put together from the rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ColumnLimits {
    pub decides: Decides,
    pub limits: Limits,
    pub calibrated: bool,
    pub muted: bool,
}

/// The standard deviations that a calibrated limit lies over the mean of the reference's own distances.
pub const CALIBRATION_DEVIATIONS: f64 = 3.0;
/// And a calibrated warning.
pub(super) const WARNING_DEVIATIONS: f64 = 2.0;

impl Default for DriftRule {
    fn default() -> Self {
        Self {
            mode: Mode::Textbook,
            min_distance: 0.1,
            calibrated: true,
            alpha: 0.05,
            min_missing_rise: 0.05,
            source: "default".to_owned(),
            numeric_method: None,
            categorical_method: None,
            correction: Correction::default(),
            correct_over: CorrectionScope::default(),
            min_values: None,
            every_method: false,
            limits: BTreeMap::new(),
            columns: BTreeMap::new(),
        }
    }
}

impl DriftRule {
    pub fn of_mode(mode: Mode) -> Self {
        Self {
            mode,
            ..Self::default()
        }
    }

    /// The method that was set for a column; `None`: the mode's own choice.
    pub fn method(&self, column: &str, kind: ColumnKind) -> Option<Method> {
        let of_column = self.columns.get(column).and_then(|rule| rule.method);
        of_column.or(match kind {
            ColumnKind::Numeric => self.numeric_method,
            ColumnKind::Categorical => self.categorical_method,
        })
    }

    /// Fewest values that are judged.
    pub fn fewest_values(&self) -> u64 {
        self.min_values.unwrap_or(match self.mode {
            Mode::Textbook => super::MIN_VALUES,
            Mode::Evidently | Mode::NannyMl => 1,
        })
    }

    /// The correction that is applied: none in Evidently's and NannyML's modes, which have none.
    pub fn applied_correction(&self) -> Correction {
        match self.mode {
            Mode::Textbook => self.correction,
            Mode::Evidently | Mode::NannyMl => Correction::None,
        }
    }

    /// What decides on a column that is measured by this method.
    ///
    /// The column's own limits come before the method's, those before `min_distance` (Jensen-Shannon, textbook) and
    /// `alpha` (p-values, textbook), those before [`Method::default_limits`]. A drift limit that is set without a
    /// warning keeps the method's proportion between the two.
    pub fn column_limits(&self, column: &str, method: Method) -> ColumnLimits {
        let of_method = self.limits.get(&method).copied().unwrap_or_default();
        let of_column = self.columns.get(column).copied().unwrap_or_default();
        let decides = method.decides(self.mode);
        let own = method.default_limits(self.mode);
        let of_rule = match (self.mode, decides) {
            (Mode::Textbook, Decides::PValue) => self.alpha,
            (Mode::Textbook, _) if method == Method::JensenShannon => self.min_distance,
            _ => own.drift,
        };
        let drift = of_column.drift.or(of_method.drift).unwrap_or(of_rule);
        let proportion = own.warning.map(|warning| warning / own.drift);
        let warning = of_column
            .warning
            .or(of_method.warning)
            .or(proportion.map(|proportion| proportion * drift));
        let calibrated = match self.mode {
            Mode::Textbook => self.calibrated,
            Mode::Evidently => false,
            Mode::NannyMl => of_column.drift.or(of_method.drift).is_none(),
        };
        ColumnLimits {
            decides,
            limits: Limits { drift, warning },
            calibrated: decides != Decides::PValue
                && of_column
                    .calibrated
                    .or(of_method.calibrated)
                    .unwrap_or(calibrated),
            muted: of_column.muted,
        }
    }
}
