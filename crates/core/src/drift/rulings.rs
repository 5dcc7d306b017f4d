//! The verdict without its words: fast enough to judge a whole replay again while a threshold is moved.

use super::correction::adjusted;
use super::rule::WARNING_DEVIATIONS;
use super::{
    CALIBRATION_DEVIATIONS, ColumnDrift, ColumnLimits, ColumnSketch, CorrectionScope, Decides,
    DriftRule, Method, Mode, SketchShape, Verdict,
};

/// What was measured of one column of one window: all that a verdict needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CellMeasure {
    pub method: Method,
    pub n_rows: u64,
    pub n_values: u64,
    pub missing_rise: f64,
    pub n_outside: u64,
    pub statistic: Option<f64>,
    pub p_value: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ruling {
    pub verdict: Verdict,
    pub why: Why,
    pub decides: Decides,
    pub limit: f64,
    pub warning_limit: Option<f64>,
    pub p_adjusted: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    NoReference,
    EmptyReference,
    Muted,
    ConstantMoved,
    MissingRose,
    TooFewValues,
    NotMeasured,
    /// By the statistic against its limit, the p-value against alpha, or both.
    Measured {
        far: bool,
        sure: bool,
    },
}

impl From<&ColumnDrift> for CellMeasure {
    fn from(drift: &ColumnDrift) -> Self {
        Self {
            method: drift.method,
            n_rows: drift.n_rows,
            n_values: drift.n_values(),
            missing_rise: drift.missing_rise,
            n_outside: drift.n_outside,
            statistic: drift.statistic,
            p_value: drift.p_value,
        }
    }
}

/// Judges every column of every window; see [`super::judge`] for the order of what counts. The cells of a window stand in
/// the order of `references`; a window without cells is a gap.
///
/// p-values are corrected over a window or over all of them, as the rule says; muted columns count for no test.
pub fn rulings(
    references: &[Option<&ColumnSketch>],
    windows: &[Vec<CellMeasure>],
    rule: &DriftRule,
) -> Vec<Vec<Ruling>> {
    let muted: Vec<bool> = references
        .iter()
        .map(|reference| {
            let named = reference.and_then(|reference| rule.columns.get(&reference.name));
            named.is_some_and(|column| column.muted)
        })
        .collect();
    let p_value = |(cell, &muted): (&CellMeasure, &bool)| cell.p_value.filter(|_| !muted);
    let correction = rule.applied_correction();
    let p_values: Vec<Vec<Option<f64>>> = match rule.correct_over {
        CorrectionScope::Window => windows
            .iter()
            .map(|cells| {
                let found: Vec<_> = cells.iter().zip(&muted).map(p_value).collect();
                adjusted(&found, correction)
            })
            .collect(),
        CorrectionScope::Replay => {
            let found: Vec<_> = windows
                .iter()
                .flat_map(|cells| cells.iter().zip(&muted).map(p_value))
                .collect();
            let mut all = adjusted(&found, correction).into_iter();
            windows
                .iter()
                .map(|cells| all.by_ref().take(cells.len()).collect())
                .collect()
        }
    };
    // A column is measured by one method as a rule, so that its limits are put together once.
    let mut bounds: Vec<Option<(Method, Bounds)>> = vec![None; references.len()];
    windows
        .iter()
        .zip(p_values)
        .map(|(cells, p_values)| {
            cells
                .iter()
                .zip(p_values)
                .zip(references)
                .zip(&mut bounds)
                .map(|(((cell, p_adjusted), reference), known)| {
                    let bounds = match known {
                        Some((method, bounds)) if *method == cell.method => *bounds,
                        _ => {
                            let bounds = Bounds::of(*reference, cell.method, rule);
                            *known = Some((cell.method, bounds));
                            bounds
                        }
                    };
                    bounds.ruling(cell, p_adjusted, rule)
                })
                .collect()
        })
        .collect()
}

/// What a column is held against.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    decides: Decides,
    limit: f64,
    warning: Option<f64>,
    muted: bool,
    reference: Known,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Nothing,
    Empty,
    Constant,
    Values,
}

impl Bounds {
    fn of(reference: Option<&ColumnSketch>, method: Method, rule: &DriftRule) -> Self {
        let name = reference.map_or("", |reference| reference.name.as_str());
        let ColumnLimits {
            decides,
            limits,
            calibrated,
            muted,
        } = rule.column_limits(name, method);
        let own = reference
            .filter(|reference| calibrated && (rule.mode != Mode::Textbook || reference.wanders()))
            .and_then(|reference| reference.own_distances(rule.mode, method));
        let over = |deviations: f64| own.map(|own| own.mean + deviations * own.std);
        let (limit, warning) = match rule.mode {
            // NannyML's limit is the calibrated one also where that is low, and no larger than the statistic can be.
            Mode::NannyMl => {
                let most = match method {
                    Method::KolmogorovSmirnov => 1.0,
                    _ => f64::INFINITY,
                };
                let limit =
                    over(CALIBRATION_DEVIATIONS).map_or(limits.drift, |over| over.min(most));
                (limit, limits.warning)
            }
            Mode::Textbook | Mode::Evidently => (
                over(CALIBRATION_DEVIATIONS).map_or(limits.drift, |over| limits.drift.max(over)),
                limits.warning.map(|warning| {
                    over(WARNING_DEVIATIONS).map_or(warning, |over| warning.max(over))
                }),
            ),
        };
        Self {
            decides,
            limit,
            warning,
            muted,
            reference: match reference {
                None => Known::Nothing,
                Some(reference) if reference.shape == SketchShape::Empty => Known::Empty,
                Some(reference) if reference.is_constant() => Known::Constant,
                Some(_) => Known::Values,
            },
        }
    }

    fn ruling(&self, cell: &CellMeasure, p_adjusted: Option<f64>, rule: &DriftRule) -> Ruling {
        let (verdict, why) = self.verdict(cell, p_adjusted, rule);
        Ruling {
            verdict,
            why,
            decides: self.decides,
            limit: self.limit,
            warning_limit: self.warning,
            p_adjusted,
        }
    }

    fn verdict(
        &self,
        cell: &CellMeasure,
        p_adjusted: Option<f64>,
        rule: &DriftRule,
    ) -> (Verdict, Why) {
        let textbook = rule.mode == Mode::Textbook;
        match self.reference {
            Known::Nothing => return (Verdict::NotJudged, Why::NoReference),
            Known::Empty => return (Verdict::NotJudged, Why::EmptyReference),
            _ if self.muted => return (Verdict::NotJudged, Why::Muted),
            Known::Constant if textbook && cell.n_outside > 0 => {
                return (Verdict::Drifted, Why::ConstantMoved);
            }
            _ => {}
        }
        let enough = rule.fewest_values();
        if textbook && cell.n_rows >= enough && cell.missing_rise >= rule.min_missing_rise {
            return (Verdict::Drifted, Why::MissingRose);
        }
        if cell.n_values < enough {
            return (Verdict::NotJudged, Why::TooFewValues);
        }
        match self.decides {
            Decides::PValue => p_adjusted.map(|p| self.by_p(p, cell.method, rule.mode)),
            Decides::Distance => cell
                .statistic
                .map(|statistic| self.by_distance(statistic, cell.method, rule.mode)),
            Decides::Both => cell
                .statistic
                .zip(p_adjusted)
                .map(|(statistic, p)| self.by_both(statistic, p <= rule.alpha)),
        }
        .unwrap_or((Verdict::NotJudged, Why::NotMeasured))
    }

    /// scipy's tests in Evidently count p at the limit for Kolmogorov-Smirnov and Cramér-von Mises, under it for others.
    fn by_p(&self, p: f64, method: Method, mode: Mode) -> (Verdict, Why) {
        let at = mode == Mode::Textbook
            || mode == Mode::Evidently
                && matches!(method, Method::KolmogorovSmirnov | Method::CramerVonMises);
        let within = |limit: f64| p < limit || at && p == limit;
        let sure = within(self.limit);
        let verdict = if sure {
            Verdict::Drifted
        } else if self.warning.is_some_and(within) {
            Verdict::Warning
        } else {
            Verdict::Stable
        };
        (verdict, Why::Measured { far: sure, sure })
    }

    /// Evidently counts a distance at its limit (the energy distance above it), NannyML above it.
    fn by_distance(&self, statistic: f64, method: Method, mode: Mode) -> (Verdict, Why) {
        let above = mode == Mode::NannyMl || method == Method::Energy;
        let beyond = |limit: f64| statistic > limit || !above && statistic == limit;
        let far = beyond(self.limit);
        let verdict = if far {
            Verdict::Drifted
        } else if self.warning.is_some_and(beyond) {
            Verdict::Warning
        } else {
            Verdict::Stable
        };
        (verdict, Why::Measured { far, sure: true })
    }

    fn by_both(&self, statistic: f64, sure: bool) -> (Verdict, Why) {
        let far = statistic >= self.limit;
        let near = self.warning.is_some_and(|warning| statistic >= warning);
        let verdict = match (far, near, sure) {
            (true, _, true) => Verdict::Drifted,
            (false, true, true) => Verdict::Warning,
            _ => Verdict::Stable,
        };
        (verdict, Why::Measured { far, sure })
    }
}
