//! How strong a change of a distribution is, in figures that do not grow with the number of rows.
//!
//! The words follow Cohen (1988), "Statistical Power Analysis for the Behavioral Sciences", 2nd edition: d and h at 0.2,
//! 0.5 and 0.8 (chapters 2 and 6), w at 0.1, 0.3 and 0.5 (chapter 7; Cramér's V of a table with two rows is w). He gives
//! none for the other two measures, so they are brought to his: the Kolmogorov-Smirnov distance of two normal
//! distributions d apart is 2Φ(d / 2) − 1, and for small changes in samples of one size the Jensen-Shannon distance in
//! base 2 is w / √(2 ln 2).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::drift::{jensen_shannon, kolmogorov_smirnov};

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct Effect {
    pub measure: EffectMeasure,
    /// With a sign for Cohen's d and h: positive when the right version has the larger mean or share.
    pub value: f64,
    pub magnitude: Magnitude,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EffectMeasure {
    /// Difference of the means over the pooled standard deviation.
    CohensD,
    /// Largest difference of the distribution functions, 0 to 1.
    KolmogorovSmirnov,
    /// Of the table of values by version, without bias correction, 0 to 1.
    CramersV,
    /// Base 2, 0 to 1.
    JensenShannon,
    /// Cohen's h of the shares of missing values: 2 asin √p2 − 2 asin √p1.
    MissingShare,
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Magnitude {
    #[default]
    None,
    Small,
    Medium,
    Large,
}

impl Magnitude {
    pub fn label(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

impl EffectMeasure {
    pub fn label(self) -> &'static str {
        match self {
            Self::CohensD => "Cohen's d",
            Self::KolmogorovSmirnov => "Kolmogorov-Smirnov",
            Self::CramersV => "Cramér's V",
            Self::JensenShannon => "Jensen-Shannon",
            Self::MissingShare => "missing (Cohen's h)",
        }
    }

    /// From where on an effect is small, medium, large.
    pub fn thresholds(self) -> [f64; 3] {
        match self {
            Self::CohensD | Self::MissingShare => [0.2, 0.5, 0.8],
            Self::KolmogorovSmirnov => [0.0797, 0.1974, 0.3108],
            Self::CramersV => [0.1, 0.3, 0.5],
            Self::JensenShannon => [0.0849, 0.2548, 0.4247],
        }
    }

    fn effect(self, value: f64) -> Effect {
        let n_passed = self
            .thresholds()
            .iter()
            .filter(|threshold| value.abs() >= **threshold)
            .count();
        Effect {
            measure: self,
            value,
            magnitude: match n_passed {
                0 => Magnitude::None,
                1 => Magnitude::Small,
                2 => Magnitude::Medium,
                _ => Magnitude::Large,
            },
        }
    }
}

/// Count, mean and sample standard deviation (divisor n − 1; 0 for one value).
fn moments(values: &[f64]) -> (f64, f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (n, mean, (squares / (n - 1.0).max(1.0)).sqrt())
}

/// The means and standard deviations of two samples of finite numbers, and the effects of the change between them.
/// `None` when one is empty. Cohen's d is left out where all numbers of both are one value each.
pub fn number_effects(left: &[f64], right: &[f64]) -> Option<([f64; 2], [f64; 2], Vec<Effect>)> {
    if left.is_empty() || right.is_empty() {
        return None;
    }
    let (n, mean_left, std_left) = moments(left);
    let (m, mean_right, std_right) = moments(right);
    let squares = (n - 1.0) * std_left.powi(2) + (m - 1.0) * std_right.powi(2);
    let pooled = (squares / (n + m - 2.0).max(1.0)).sqrt();
    let mut effects = Vec::new();
    if pooled > 0.0 {
        effects.push(EffectMeasure::CohensD.effect((mean_right - mean_left) / pooled));
    } else if mean_left == mean_right {
        effects.push(EffectMeasure::CohensD.effect(0.0));
    }
    effects.push(EffectMeasure::KolmogorovSmirnov.effect(kolmogorov_smirnov(left, right)));
    Some(([mean_left, mean_right], [std_left, std_right], effects))
}

/// The effects of a change between counts of the same values, left and right. Empty when one side is.
pub fn category_effects(counts: &[(u64, u64)]) -> Vec<Effect> {
    let (left, right): (Vec<u64>, Vec<u64>) = counts.iter().copied().unzip();
    let Some(distance) = jensen_shannon(&left, &right) else {
        return Vec::new();
    };
    let (n, m) = (
        left.iter().sum::<u64>() as f64,
        right.iter().sum::<u64>() as f64,
    );
    // Chi-square over the number of all values is w²; the table has two rows, so V is w.
    let chi_square: f64 = counts
        .iter()
        .filter(|(a, b)| a + b > 0)
        .map(|&(a, b)| {
            let (a, b) = (a as f64, b as f64);
            let cell = |observed: f64, size: f64| {
                let expected = (a + b) * size / (n + m);
                (observed - expected).powi(2) / expected
            };
            cell(a, n) + cell(b, m)
        })
        .sum();
    let n_values = counts.iter().filter(|(a, b)| a + b > 0).count();
    let v = if n_values < 2 {
        0.0
    } else {
        (chi_square / (n + m)).sqrt().min(1.0)
    };
    vec![
        EffectMeasure::CramersV.effect(v),
        EffectMeasure::JensenShannon.effect(distance),
    ]
}

/// Of the shares of missing values, from 0 to 1.
pub fn missing_effect(left: f64, right: f64) -> Effect {
    let angle = |share: f64| 2.0 * share.clamp(0.0, 1.0).sqrt().asin();
    EffectMeasure::MissingShare.effect(angle(right) - angle(left))
}
