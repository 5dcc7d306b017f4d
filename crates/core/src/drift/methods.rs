//! The methods that compare a column of a window with its reference, and which of them a mode takes.

mod anderson;
mod bins;
mod chi;
mod cramer;
mod epps;
mod evidently;
mod gauss;
mod kernel;
mod nanny_ml;
mod paths;
mod proportions;
mod ranks;
mod shares;
mod shuffles;
mod sides;
mod t_test;
mod textbook;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ColumnSketch, SketchShape};

pub(super) use chi::survival;
use sides::Table;
pub(super) use sides::{Sides, aligned};

/// Whose definitions, defaults and verdicts are followed.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Distances on the deciles of the reference, tests as textbooks define them, an effect and a p-value together.
    #[default]
    Textbook,
    /// The statistics, bins and thresholds of Evidently 0.7.
    Evidently,
    /// The statistics, bins and thresholds of NannyML 0.13.
    NannyMl,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    KolmogorovSmirnov,
    Wasserstein,
    JensenShannon,
    Psi,
    KullbackLeibler,
    Hellinger,
    AndersonDarling,
    CramerVonMises,
    Energy,
    Mmd,
    MannWhitney,
    TTest,
    EppsSingleton,
    ChiSquare,
    GTest,
    /// Of proportions.
    ZTest,
    FisherExact,
    TotalVariation,
    LInfinity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    Numeric,
    Categorical,
}

/// What a verdict looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Decides {
    /// The statistic: from its limit on, a column drifted.
    Distance,
    /// The p-value: up to its limit, a column drifted.
    PValue,
    /// A distance over its limit that a test of the same column confirms.
    #[default]
    Both,
}

/// One method on one column of one window. Every number is finite.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct Measured {
    /// In the unit that [`Method::statistic_words`] names.
    pub statistic: f64,
    /// Of the method's own test, 0 to 1; `None` for a distance.
    pub p_value: Option<f64>,
    /// How large the difference is, whatever the number of rows: the distance itself, or for a test the measure that
    /// [`Method::effect_words`] names.
    pub effect: f64,
}

/// From which value on a method says drift, and warns. Distances count from there upwards, p-values downwards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Limits {
    pub drift: f64,
    /// `None`: never warns.
    pub warning: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no method; there are {names}", names = Method::ALL.map(Method::name).join(", "))]
pub struct MethodError(pub String);

impl Mode {
    pub const ALL: [Self; 3] = [Self::Textbook, Self::Evidently, Self::NannyMl];

    /// As it is written in `assay.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Textbook => "textbook",
            Self::Evidently => "evidently",
            Self::NannyMl => "nanny_ml",
        }
    }

    /// `Textbook`, `Evidently-compatible`, `NannyML-compatible`
    pub fn label(self) -> &'static str {
        match self {
            Self::Textbook => "Textbook",
            Self::Evidently => "Evidently-compatible",
            Self::NannyMl => "NannyML-compatible",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Method {
    pub const ALL: [Self; 19] = [
        Self::KolmogorovSmirnov,
        Self::Wasserstein,
        Self::JensenShannon,
        Self::Psi,
        Self::KullbackLeibler,
        Self::Hellinger,
        Self::AndersonDarling,
        Self::CramerVonMises,
        Self::Energy,
        Self::Mmd,
        Self::MannWhitney,
        Self::TTest,
        Self::EppsSingleton,
        Self::ChiSquare,
        Self::GTest,
        Self::ZTest,
        Self::FisherExact,
        Self::TotalVariation,
        Self::LInfinity,
    ];

    /// As it is written in `assay.toml` and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::KolmogorovSmirnov => "kolmogorov_smirnov",
            Self::Wasserstein => "wasserstein",
            Self::JensenShannon => "jensen_shannon",
            Self::Psi => "psi",
            Self::KullbackLeibler => "kullback_leibler",
            Self::Hellinger => "hellinger",
            Self::AndersonDarling => "anderson_darling",
            Self::CramerVonMises => "cramer_von_mises",
            Self::Energy => "energy",
            Self::Mmd => "mmd",
            Self::MannWhitney => "mann_whitney",
            Self::TTest => "t_test",
            Self::EppsSingleton => "epps_singleton",
            Self::ChiSquare => "chi_square",
            Self::GTest => "g_test",
            Self::ZTest => "z_test",
            Self::FisherExact => "fisher_exact",
            Self::TotalVariation => "total_variation",
            Self::LInfinity => "l_infinity",
        }
    }

    /// As it is written in a sentence: `Jensen-Shannon distance`.
    pub fn label(self) -> &'static str {
        match self {
            Self::KolmogorovSmirnov => "Kolmogorov-Smirnov test",
            Self::Wasserstein => "Wasserstein distance",
            Self::JensenShannon => "Jensen-Shannon distance",
            Self::Psi => "population stability index",
            Self::KullbackLeibler => "Kullback-Leibler divergence",
            Self::Hellinger => "Hellinger distance",
            Self::AndersonDarling => "Anderson-Darling test",
            Self::CramerVonMises => "Cramér-von Mises test",
            Self::Energy => "energy distance",
            Self::Mmd => "maximum mean discrepancy",
            Self::MannWhitney => "Mann-Whitney test",
            Self::TTest => "t test",
            Self::EppsSingleton => "Epps-Singleton test",
            Self::ChiSquare => "chi-square test",
            Self::GTest => "G test",
            Self::ZTest => "z test of proportions",
            Self::FisherExact => "Fisher's exact test",
            Self::TotalVariation => "total variation distance",
            Self::LInfinity => "L-infinity distance",
        }
    }

    /// What [`Measured::effect`] is of this method.
    pub fn effect_words(self) -> &'static str {
        match self {
            Self::KolmogorovSmirnov
            | Self::AndersonDarling
            | Self::CramerVonMises
            | Self::EppsSingleton => "largest difference of the distribution functions",
            Self::Mmd => "root of the discrepancy",
            Self::MannWhitney => "rank-biserial correlation",
            Self::TTest => "difference of the means in standard deviations",
            Self::ChiSquare | Self::GTest => "Cramér's V",
            Self::ZTest | Self::FisherExact => "difference of the shares",
            distance => distance.label(),
        }
    }

    /// What [`Measured::statistic`] is of this method.
    pub fn statistic_words(self) -> &'static str {
        match self {
            Self::KolmogorovSmirnov => "largest difference of the distribution functions",
            Self::AndersonDarling => "standardised A²",
            Self::CramerVonMises => "T",
            Self::Mmd => "squared discrepancy, unbiased",
            Self::MannWhitney => "U of the reference",
            Self::TTest => "t",
            Self::EppsSingleton => "W",
            Self::ChiSquare => "χ²",
            Self::GTest => "G",
            Self::ZTest => "z",
            Self::FisherExact => "difference of the shares",
            distance => distance.label(),
        }
    }

    /// Whether it measures columns of this kind in this mode. Evidently has no L-infinity distance; NannyML has seven
    /// methods.
    pub fn applies(self, mode: Mode, kind: ColumnKind) -> bool {
        let numeric = kind == ColumnKind::Numeric;
        match (mode, self) {
            (_, Self::JensenShannon | Self::Hellinger) => true,
            (_, Self::KolmogorovSmirnov | Self::Wasserstein) => numeric,
            (Mode::NannyMl, Self::ChiSquare | Self::LInfinity) => !numeric,
            (Mode::NannyMl, _) => false,
            (_, Self::Psi | Self::KullbackLeibler) => true,
            (
                _,
                Self::AndersonDarling
                | Self::CramerVonMises
                | Self::Energy
                | Self::Mmd
                | Self::MannWhitney
                | Self::TTest
                | Self::EppsSingleton,
            ) => numeric,
            (_, Self::ChiSquare | Self::GTest | Self::ZTest | Self::FisherExact) => !numeric,
            (Mode::Textbook, Self::TotalVariation | Self::LInfinity) => true,
            (Mode::Evidently, Self::TotalVariation) => !numeric,
            (Mode::Evidently, Self::LInfinity) => false,
        }
    }

    pub fn decides(self, mode: Mode) -> Decides {
        match (mode, self) {
            (Mode::NannyMl, Self::ChiSquare) => Decides::PValue,
            (Mode::NannyMl, _) => Decides::Distance,
            (Mode::Evidently, Self::TotalVariation) => Decides::PValue,
            (
                _,
                Self::KolmogorovSmirnov
                | Self::AndersonDarling
                | Self::CramerVonMises
                | Self::Mmd
                | Self::MannWhitney
                | Self::TTest
                | Self::EppsSingleton
                | Self::ChiSquare
                | Self::GTest
                | Self::ZTest
                | Self::FisherExact,
            ) => Decides::PValue,
            (Mode::Textbook, _) => Decides::Both,
            (Mode::Evidently, _) => Decides::Distance,
        }
    }

    /// Limits that nobody set. Textbook: PSI by its rule of thumb (0.1 to 0.25), half of a limit warns, p-values warn
    /// at twice alpha. Evidently and NannyML do not warn.
    pub fn default_limits(self, mode: Mode) -> Limits {
        match (mode, self.decides(mode)) {
            (Mode::Textbook, Decides::PValue) => Limits {
                drift: 0.05,
                warning: Some(0.1),
            },
            (Mode::Textbook, _) if self == Self::Psi => Limits {
                drift: 0.25,
                warning: Some(0.1),
            },
            (Mode::Textbook, _) => Limits {
                drift: 0.1,
                warning: Some(0.05),
            },
            (Mode::Evidently, _) => Limits {
                drift: match self {
                    Self::KolmogorovSmirnov
                    | Self::MannWhitney
                    | Self::TTest
                    | Self::EppsSingleton
                    | Self::ChiSquare
                    | Self::ZTest => 0.05,
                    _ => 0.1,
                },
                warning: None,
            },
            (Mode::NannyMl, decides) => Limits {
                drift: if decides == Decides::PValue {
                    0.05
                } else {
                    0.1
                },
                warning: None,
            },
        }
    }

    /// The test that confirms a distance in the textbook mode.
    pub fn confirming(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Numeric => Self::KolmogorovSmirnov,
            ColumnKind::Categorical => Self::ChiSquare,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Method {
    type Err = MethodError;

    fn from_str(text: &str) -> Result<Self, MethodError> {
        Self::ALL
            .into_iter()
            .find(|method| method.name() == text)
            .ok_or_else(|| MethodError(text.to_owned()))
    }
}

/// One method on a window and its reference.
///
/// Exact where both sketches list every distinct value (up to 2,000, or 1,000 categories). Beyond, a distribution
/// function is known within 1/2,000 at every value, so that Kolmogorov-Smirnov and the shares of bins lie within 1/1,000,
/// distances of bins within 0.01 and the tests' statistics within what that moves them; means and standard deviations
/// stay exact.
///
/// A window of the other kind is read as the reference's. `None` where a side holds no value, where the method does not
/// measure this kind in this mode (chi-square and z on few numbers excepted, which Evidently takes), or where it needs
/// more values than there are.
pub fn measure(
    method: Method,
    mode: Mode,
    reference: &ColumnSketch,
    window: &ColumnSketch,
) -> Option<Measured> {
    let kind = reference.kind()?;
    let window = aligned(reference, window);
    let on_few_numbers = mode == Mode::Evidently
        && kind == ColumnKind::Numeric
        && matches!(method, Method::ChiSquare | Method::ZTest);
    let sides = if on_few_numbers {
        Sides::Categorical(Table::of(reference, &window)?)
    } else if method.applies(mode, kind) {
        Sides::of(reference, &window)?
    } else {
        return None;
    };
    measure_sides(method, mode, &sides)
}

/// The method a mode takes when none is set. Textbook and NannyML: the Jensen-Shannon distance. Evidently: by the kind
/// of the column, the values of the reference (up to 1,000 of them, or more) and the distinct values of both.
pub fn default_method(mode: Mode, reference: &ColumnSketch, window: &ColumnSketch) -> Method {
    if mode != Mode::Evidently {
        return Method::JensenShannon;
    }
    let n_distinct = n_distinct(reference, window);
    let small = reference.n_values() <= 1_000;
    match (reference.is_numeric(), small, n_distinct) {
        (true, true, 6..) => Method::KolmogorovSmirnov,
        (true, false, 6..) => Method::Wasserstein,
        (_, false, _) => Method::JensenShannon,
        (_, true, 3..) => Method::ChiSquare,
        (_, true, _) => Method::ZTest,
    }
}

/// Distinct values of both together, up to what decides; what a sketch left out counts as more.
fn n_distinct(reference: &ColumnSketch, window: &ColumnSketch) -> usize {
    match (&reference.shape, &window.shape) {
        (SketchShape::Numeric { values: a, .. }, SketchShape::Numeric { values: b, .. }) => {
            let new = b.iter().filter(|value| {
                let place = a.partition_point(|other| other < value);
                a.get(place) != Some(value)
            });
            a.len() + new.take(6).count()
        }
        (
            SketchShape::Categorical {
                values: a,
                n_other: other_a,
                ..
            },
            SketchShape::Categorical {
                values: b,
                n_other: other_b,
                ..
            },
        ) => {
            let few = &a[..a.len().min(6)];
            let new = b.iter().filter(|value| !few.contains(value));
            a.len() + new.take(6).count() + usize::from(other_a + other_b > 0)
        }
        (SketchShape::Empty, SketchShape::Empty) => 0,
        (SketchShape::Numeric { values, .. }, _) | (_, SketchShape::Numeric { values, .. }) => {
            values.len()
        }
        (SketchShape::Categorical { values, .. }, _)
        | (_, SketchShape::Categorical { values, .. }) => values.len(),
    }
}

/// [`measure`] of sides that are there already, by a method that applies.
pub(super) fn measure_sides(method: Method, mode: Mode, sides: &Sides<'_>) -> Option<Measured> {
    let measured = match mode {
        Mode::Textbook => textbook::measure(method, sides),
        Mode::Evidently => evidently::measure(method, sides),
        Mode::NannyMl => nanny_ml::measure(method, sides),
    }?;
    let finite = measured.statistic.is_finite() && measured.effect.is_finite();
    (finite && measured.p_value.is_none_or(f64::is_finite)).then_some(measured)
}

/// Jensen-Shannon distance of two rows of counts, base 2, 0 to 1. `None` when one side is empty.
pub(crate) fn jensen_shannon(a: &[u64], b: &[u64]) -> Option<f64> {
    let there = a.iter().any(|&count| count > 0) && b.iter().any(|&count| count > 0);
    there.then(|| {
        let rows: Vec<_> = a.iter().copied().zip(b.iter().copied()).collect();
        shares::jensen_shannon(&shares::shares(&rows), std::f64::consts::LN_2).min(1.0)
    })
}

fn distance(value: f64) -> Measured {
    Measured {
        statistic: value,
        p_value: None,
        effect: value,
    }
}
