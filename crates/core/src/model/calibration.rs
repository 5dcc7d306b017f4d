//! What is made of a classifier's probabilities so that they come true as often as they say.

/// From probabilities p (f32, one a class) to better ones. With two classes one curve answers for the second class and
/// the first has the rest; with more there is a curve a class, and what they say is divided by its sum (alike for all
/// classes where that is 0).
#[derive(Debug, Clone, PartialEq)]
pub enum Calibration {
    /// 1 / (1 + exp(−(slope · score + shift))) (Platt 2000).
    Sigmoid {
        score: Score,
        curves: Vec<SigmoidCurve>,
    },
    /// Straight between the pieces' starts, flat beyond; within 0 and 1 (Zadrozny and Elkan 2002).
    Isotonic {
        score: Score,
        curves: Vec<Vec<Piece>>,
    },
    /// softmax(ln p · sharpness), ln of at least the smallest normal f32 (Guo et al. 2017; sharpness = 1 / temperature).
    Temperature { sharpness: f64 },
}

/// What a curve looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Score {
    /// p itself.
    Probability,
    /// ln p − ln of the sum of the others, both at least the smallest normal f32; rounded to f32.
    LogOdds,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SigmoidCurve {
    pub slope: f64,
    pub shift: f64,
}

/// probability + slope · (score − from). The last piece that starts below the score counts, or else the first.
/// Invariant: pieces ascend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    pub from: f32,
    pub probability: f64,
    pub slope: f64,
}

/// What logarithms take instead of smaller numbers.
pub const LEAST_PROBABILITY: f32 = f32::MIN_POSITIVE;

impl Score {
    /// Of class number `class`.
    pub fn of(self, probabilities: &[f64], class: usize) -> f32 {
        let own = probabilities.get(class).copied().unwrap_or(0.0);
        match self {
            Self::Probability => own as f32,
            Self::LogOdds => {
                let all = probabilities.iter().enumerate();
                let others = all.filter(|(other, _)| *other != class);
                let others: f64 = others.map(|(_, p)| p).sum();
                (logarithm(own) - logarithm(others)) as f32
            }
        }
    }
}

impl Calibration {
    /// One a class, in f64.
    pub fn of(&self, probabilities: &[f64]) -> Vec<f64> {
        match self {
            Self::Temperature { sharpness } => {
                let sums = probabilities.iter().map(|&p| logarithm(p) * sharpness);
                softmax(sums.collect())
            }
            Self::Sigmoid { score, curves } => match &curves[..] {
                [curve] => {
                    let z = curve.sum(score.of(probabilities, 1));
                    vec![logistic(-z), logistic(z)]
                }
                curves => shares(of_classes(curves.len(), |class| {
                    logistic(curves[class].sum(score.of(probabilities, class)))
                })),
            },
            Self::Isotonic { score, curves } => match &curves[..] {
                [curve] => {
                    let p = interpolated(curve, score.of(probabilities, 1));
                    vec![1.0 - p, p]
                }
                curves => shares(of_classes(curves.len(), |class| {
                    interpolated(&curves[class], score.of(probabilities, class))
                })),
            },
        }
    }
}

impl SigmoidCurve {
    fn sum(self, score: f32) -> f64 {
        self.slope * f64::from(score) + self.shift
    }
}

/// The natural logarithm of a probability.
pub fn logarithm(p: f64) -> f64 {
    p.max(f64::from(LEAST_PROBABILITY)).ln()
}

fn of_classes(n_classes: usize, of: impl Fn(usize) -> f64) -> Vec<f64> {
    (0..n_classes).map(of).collect()
}

fn interpolated(pieces: &[Piece], score: f32) -> f64 {
    let later = pieces.get(1..).unwrap_or_default();
    let at = later.partition_point(|piece| piece.from < score);
    pieces.get(at).map_or(0.0, |piece| {
        let on_line = piece.probability + piece.slope * (f64::from(score) - f64::from(piece.from));
        on_line.clamp(0.0, 1.0)
    })
}

fn logistic(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

fn softmax(sums: Vec<f64>) -> Vec<f64> {
    let largest = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = sums.iter().map(|sum| (sum - largest).exp()).collect();
    let total: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / total).collect()
}

fn shares(values: Vec<f64>) -> Vec<f64> {
    let total: f64 = values.iter().sum();
    let n = values.len() as f64;
    values
        .into_iter()
        .map(|value| if total > 0.0 { value / total } else { 1.0 / n })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(from: f32, probability: f64, slope: f64) -> Piece {
        Piece {
            from,
            probability,
            slope,
        }
    }

    #[test]
    fn pieces_are_flat_beyond_their_ends() {
        let pieces = [
            piece(0.2, 0.1, 0.0),
            piece(0.2, 0.1, 2.0),
            piece(0.4, 0.5, 0.0),
        ];
        for (score, wanted) in [(0.0, 0.1), (0.2, 0.1), (0.3, 0.3), (0.4, 0.5), (0.9, 0.5)] {
            assert!(
                (interpolated(&pieces, score) - wanted).abs() < 1e-7,
                "{score}"
            );
        }
    }

    #[test]
    fn classes_that_nothing_speaks_for_are_alike() {
        let never = vec![vec![piece(0.0, 0.0, 0.0)]; 4];
        let calibration = Calibration::Isotonic {
            score: Score::Probability,
            curves: never,
        };
        assert_eq!(calibration.of(&[0.1, 0.2, 0.3, 0.4]), [0.25; 4]);
    }

    #[test]
    fn what_changes_nothing_changes_nothing() {
        let p = [0.125, 0.375, 0.5];
        let same = Calibration::Temperature { sharpness: 1.0 }.of(&p);
        assert!(same.iter().zip(p).all(|(a, b)| (a - b).abs() < 1e-15));
        let identity = Calibration::Sigmoid {
            score: Score::LogOdds,
            curves: vec![SigmoidCurve {
                slope: 1.0,
                shift: 0.0,
            }],
        };
        let certain = identity.of(&[0.0, 1.0]);
        assert!(certain[0] > 0.0 && certain[0] < 1e-37);
        let same = identity.of(&[0.25, 0.75]);
        assert!((same[0] - 0.25).abs() < 1e-7 && (same[1] - 0.75).abs() < 1e-7);
    }
}
