//! The receiver operating characteristic: how many are found at the price of how many false alarms.

/// Points from (0, 0) to (1, 1), ascending in both rates.
///
/// Invariant: the three vectors have the same length; all are empty when only one class occurs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RocCurve {
    pub false_positive_rate: Vec<f64>,
    pub true_positive_rate: Vec<f64>,
    /// Scores at or over the threshold are called positive; the first threshold is infinite.
    pub thresholds: Vec<f64>,
}

/// The curve of a score (larger means more likely positive), with points on a straight line between their
/// neighbours dropped, as scikit-learn's `roc_curve` gives it.
pub fn roc_curve(positive: &[bool], score: &[f64]) -> RocCurve {
    let steps = steps(positive, score);
    let Some((n_true, n_false)) = steps
        .last()
        .map(|last| (last.n_true as f64, last.n_false as f64))
        .filter(|(n_true, n_false)| *n_true > 0.0 && *n_false > 0.0)
    else {
        return RocCurve::default();
    };
    let mut curve = RocCurve {
        false_positive_rate: vec![0.0],
        true_positive_rate: vec![0.0],
        thresholds: vec![f64::INFINITY],
    };
    for (index, step) in steps.iter().enumerate() {
        let neighbours = index
            .checked_sub(1)
            .and_then(|before| Some((steps.get(before)?, steps.get(index + 1)?)));
        if neighbours.is_some_and(|(before, after)| step.is_between(before, after)) {
            continue;
        }
        curve
            .false_positive_rate
            .push(step.n_false as f64 / n_false);
        curve.true_positive_rate.push(step.n_true as f64 / n_true);
        curve.thresholds.push(step.threshold);
    }
    curve
}

/// The area under the curve: the chance that a positive scores over a negative, ties counting half. `None` when only
/// one class occurs.
pub fn roc_auc(positive: &[bool], score: &[f64]) -> Option<f64> {
    let (mut area, mut before_true, mut before_false) = (0.0, 0, 0);
    for step in steps(positive, score) {
        let n_false = (step.n_false - before_false) as f64;
        area += n_false * (before_true + step.n_true) as f64 / 2.0;
        (before_true, before_false) = (step.n_true, step.n_false);
    }
    let pairs = before_true as f64 * before_false as f64;
    (pairs > 0.0).then(|| area / pairs)
}

/// The same curve with at most `max_points` points (never under two), its ends kept; no dropped point is further
/// than 2 / (max_points − 1) along the curve from a kept one.
pub fn thin(curve: &RocCurve, max_points: usize) -> RocCurve {
    let n = curve.thresholds.len();
    let max_points = max_points.max(2);
    if n <= max_points {
        return curve.clone();
    }
    let step = 2.0 / (max_points - 1) as f64;
    let mut thinned = RocCurve::default();
    let mut next = 0.0;
    let points = curve
        .false_positive_rate
        .iter()
        .zip(&curve.true_positive_rate)
        .zip(&curve.thresholds);
    for (index, ((&x, &y), &threshold)) in points.enumerate() {
        let along = x + y;
        let last = index + 1 == n;
        // One place stays free for the last point.
        let free = thinned.thresholds.len() + 1 < max_points;
        if last || (along >= next && free) {
            thinned.false_positive_rate.push(x);
            thinned.true_positive_rate.push(y);
            thinned.thresholds.push(threshold);
            next = ((along / step).floor() + 1.0) * step;
        }
    }
    thinned
}

/// Precision and recall at each distinct score, from the largest down.
///
/// Invariant: the three vectors have the same length; all are empty without a positive row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PrecisionRecallCurve {
    pub precision: Vec<f64>,
    pub recall: Vec<f64>,
    /// Scores at or over the threshold are called positive.
    pub thresholds: Vec<f64>,
}

/// As scikit-learn's `precision_recall_curve`, from the largest threshold down and without its closing point (1, 0).
pub fn precision_recall_curve(positive: &[bool], score: &[f64]) -> PrecisionRecallCurve {
    let steps = steps(positive, score);
    let mut curve = PrecisionRecallCurve::default();
    let Some(n_true) = steps.last().map(|last| last.n_true).filter(|&n| n > 0) else {
        return curve;
    };
    for step in steps {
        curve
            .precision
            .push(step.n_true as f64 / (step.n_true + step.n_false) as f64);
        curve.recall.push(step.n_true as f64 / n_true as f64);
        curve.thresholds.push(step.threshold);
    }
    curve
}

/// Rows by falling score, laid out once to be measured with many weights.
#[derive(Debug)]
pub(super) struct Ranking {
    order: Vec<u32>,
    /// In the order of `order`.
    positive: Vec<bool>,
    /// Whether the next row has another score.
    last_of_score: Vec<bool>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Areas {
    pub roc: f64,
    /// Average precision: precision at each score, weighted by the recall gained there.
    pub precision_recall: f64,
}

impl Ranking {
    pub fn new(score: &[f64], positive: impl Fn(usize) -> bool) -> Self {
        let mut keyed: Vec<(f64, u32)> = score.iter().map(|score| score + 0.0).zip(0..).collect();
        keyed.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        Self {
            positive: keyed
                .iter()
                .map(|&(_, row)| positive(row as usize))
                .collect(),
            last_of_score: keyed
                .iter()
                .enumerate()
                .map(|(place, (score, _))| {
                    keyed
                        .get(place + 1)
                        .is_none_or(|next| next.0.total_cmp(score).is_ne())
                })
                .collect(),
            order: keyed.into_iter().map(|(_, row)| row).collect(),
        }
    }

    /// `None` when only one class has weight.
    pub fn areas(&self, weight: impl Fn(usize) -> f64) -> Option<Areas> {
        let (mut n_true, mut n_false) = (0.0, 0.0);
        let (mut before_true, mut before_false) = (0.0, 0.0);
        let (mut roc, mut precision_recall) = (0.0, 0.0);
        for ((&row, &positive), &last) in self
            .order
            .iter()
            .zip(&self.positive)
            .zip(&self.last_of_score)
        {
            let w = weight(row as usize);
            if positive {
                n_true += w;
            } else {
                n_false += w;
            }
            if last {
                roc += (n_false - before_false) * (before_true + n_true) / 2.0;
                if n_true > before_true {
                    precision_recall += (n_true - before_true) * n_true / (n_true + n_false);
                }
                (before_true, before_false) = (n_true, n_false);
            }
        }
        (n_true > 0.0 && n_false > 0.0).then(|| Areas {
            roc: roc / (n_true * n_false),
            precision_recall: precision_recall / n_true,
        })
    }
}

/// The area under the receiver's curve and the average precision of steps of equal scores, ascending: what weight of
/// positive and of negative rows each holds. `None` when one of the two has none.
pub(crate) fn weighted_areas(steps: &[(f64, f64)]) -> Option<(f64, f64)> {
    let (positive, negative) = (steps.len(), 2 * steps.len());
    let score: Vec<f64> = (0..negative).map(|at| (at % positive) as f64).collect();
    let areas = Ranking::new(&score, |row| row < positive).areas(|row| {
        let (of_positive, of_negative) = steps[row % positive];
        if row < positive {
            of_positive
        } else {
            of_negative
        }
    })?;
    Some((areas.roc, areas.precision_recall))
}

/// Cumulative counts at one distinct score, from the largest score down.
struct Step {
    threshold: f64,
    n_true: u64,
    n_false: u64,
}

impl Step {
    fn is_between(&self, before: &Self, after: &Self) -> bool {
        let even = |low: u64, middle: u64, high: u64| middle - low == high - middle;
        even(before.n_true, self.n_true, after.n_true)
            && even(before.n_false, self.n_false, after.n_false)
    }
}

fn steps(positive: &[bool], score: &[f64]) -> Vec<Step> {
    // Adding 0 makes −0 equal to 0 under the total order.
    let mut pairs: Vec<(f64, bool)> = score
        .iter()
        .zip(positive)
        .map(|(score, positive)| (score + 0.0, *positive))
        .collect();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut steps: Vec<Step> = Vec::new();
    let (mut n_true, mut n_false) = (0, 0);
    for (threshold, positive) in pairs {
        n_true += u64::from(positive);
        n_false += u64::from(!positive);
        match steps.last_mut() {
            Some(last) if last.threshold.total_cmp(&threshold).is_eq() => {
                (last.n_true, last.n_false) = (n_true, n_false);
            }
            _ => steps.push(Step {
                threshold,
                n_true,
                n_false,
            }),
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_class_has_no_curve() {
        assert_eq!(roc_auc(&[true, true], &[0.1, 0.2]), None);
        assert_eq!(roc_curve(&[false], &[0.1]), RocCurve::default());
        assert_eq!(roc_curve(&[], &[]), RocCurve::default());
    }

    #[test]
    fn a_thinned_curve_keeps_its_ends() {
        let positive: Vec<bool> = (0..999).map(|i| i * i % 7 > 3).collect();
        let score: Vec<f64> = (0..999).map(|i| f64::from(i * 31 % 997)).collect();
        let curve = roc_curve(&positive, &score);
        for max_points in [2, 10, 100] {
            let thinned = thin(&curve, max_points);
            assert!(thinned.thresholds.len() <= max_points);
            assert!(thinned.thresholds.len() * 2 >= max_points);
            assert_eq!(thinned.true_positive_rate.first(), Some(&0.0));
            assert_eq!(thinned.true_positive_rate.last(), Some(&1.0));
            assert_eq!(thinned.false_positive_rate.last(), Some(&1.0));
        }
        assert_eq!(thin(&curve, 100_000), curve);
    }
}
