//! The `[drift]` part of `assay.toml`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    ColumnKind, ColumnRule, Correction, CorrectionScope, DriftRule, LimitOverride, Method, Mode,
};

/// What is not set is as in [`DriftRule::default`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct DriftSettings {
    pub mode: Option<Mode>,
    pub numeric_method: Option<Method>,
    pub categorical_method: Option<Method>,
    pub min_distance: Option<f64>,
    pub calibrated: Option<bool>,
    pub alpha: Option<f64>,
    pub min_missing_rise: Option<f64>,
    pub correction: Option<Correction>,
    pub correct_over: Option<CorrectionScope>,
    pub min_values: Option<u64>,
    pub every_method: Option<bool>,
    /// `[drift.limits.psi]`
    pub limits: BTreeMap<Method, LimitOverride>,
    /// `[drift.columns.age]`
    pub columns: BTreeMap<String, ColumnRule>,
}

/// A key that holds what cannot be, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingFault {
    /// As it stands in the file.
    pub key: String,
    pub message: String,
}

impl DriftSettings {
    /// These, and where they do not say anything those of `base`.
    pub fn over(&self, base: &Self) -> Self {
        let own = self.clone();
        let mut limits = base.limits.clone();
        limits.extend(own.limits);
        let mut columns = base.columns.clone();
        columns.extend(own.columns);
        Self {
            mode: own.mode.or(base.mode),
            numeric_method: own.numeric_method.or(base.numeric_method),
            categorical_method: own.categorical_method.or(base.categorical_method),
            min_distance: own.min_distance.or(base.min_distance),
            calibrated: own.calibrated.or(base.calibrated),
            alpha: own.alpha.or(base.alpha),
            min_missing_rise: own.min_missing_rise.or(base.min_missing_rise),
            correction: own.correction.or(base.correction),
            correct_over: own.correct_over.or(base.correct_over),
            min_values: own.min_values.or(base.min_values),
            every_method: own.every_method.or(base.every_method),
            limits,
            columns,
        }
    }

    pub fn rule(&self) -> DriftRule {
        let default = DriftRule::default();
        let set = *self != Self::default();
        DriftRule {
            mode: self.mode.unwrap_or(default.mode),
            min_distance: self.min_distance.unwrap_or(default.min_distance),
            calibrated: self.calibrated.unwrap_or(default.calibrated),
            alpha: self.alpha.unwrap_or(default.alpha),
            min_missing_rise: self.min_missing_rise.unwrap_or(default.min_missing_rise),
            source: if set { "assay.toml" } else { "default" }.to_owned(),
            numeric_method: self.numeric_method,
            categorical_method: self.categorical_method,
            correction: self.correction.unwrap_or_default(),
            correct_over: self.correct_over.unwrap_or_default(),
            min_values: self.min_values,
            every_method: self.every_method.unwrap_or_default(),
            limits: self.limits.clone(),
            columns: self.columns.clone(),
        }
    }

    /// The first key that holds a number out of its range, or a method that the mode does not have for the columns it is
    /// set for.
    pub fn fault(&self) -> Option<SettingFault> {
        let fault = |key: &str, message: String| {
            Some(SettingFault {
                key: key.to_owned(),
                message,
            })
        };
        for (key, value) in [
            ("min_distance", self.min_distance),
            ("alpha", self.alpha),
            ("min_missing_rise", self.min_missing_rise),
        ] {
            if let Some(value) = value.filter(|value| !(0.0..=1.0).contains(value)) {
                return fault(key, format!("`{key}` is {value}, and must be from 0 to 1"));
            }
        }
        if self.min_values == Some(0) {
            return fault(
                "min_values",
                "`min_values` is 0, and must be 1 or more".to_owned(),
            );
        }
        for (key, method, kind) in [
            ("numeric_method", self.numeric_method, ColumnKind::Numeric),
            (
                "categorical_method",
                self.categorical_method,
                ColumnKind::Categorical,
            ),
        ] {
            if let Some(method) = method.filter(|method| !method.applies(self.mode(), kind)) {
                return fault(key, self.unfit(key, method, &[kind]));
            }
        }
        for (method, limit) in &self.limits {
            let numbers = [limit.drift, limit.warning];
            if numbers
                .iter()
                .flatten()
                .any(|number| !number.is_finite() || *number < 0.0)
            {
                let message = format!("a limit of `{method}` must be 0 or more");
                return fault(method.name(), message);
            }
        }
        for (name, column) in &self.columns {
            let numbers = [column.drift, column.warning];
            if numbers
                .iter()
                .flatten()
                .any(|number| !number.is_finite() || *number < 0.0)
            {
                return fault(
                    name,
                    format!("a limit of the column `{name}` must be 0 or more"),
                );
            }
            let kinds = [ColumnKind::Numeric, ColumnKind::Categorical];
            let unfit =
                |method: &Method| !kinds.iter().any(|&kind| method.applies(self.mode(), kind));
            if let Some(method) = column.method.filter(unfit) {
                return fault(name, self.unfit(name, method, &kinds));
            }
        }
        None
    }

    fn mode(&self) -> Mode {
        self.mode.unwrap_or_default()
    }

    fn unfit(&self, key: &str, method: Method, kinds: &[ColumnKind]) -> String {
        let mode = self.mode();
        let fit: Vec<&str> = Method::ALL
            .into_iter()
            .filter(|method| kinds.iter().any(|&kind| method.applies(mode, kind)))
            .map(Method::name)
            .collect();
        format!(
            "`{key}` has the method `{method}`, which the {mode} mode has not there; it has {}",
            fit.join(", ")
        )
    }
}
