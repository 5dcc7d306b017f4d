//! Where to cut a probability, by what wrong answers cost.

use super::{ChosenOn, Costs, ThresholdChoice, ThresholdPoint, ThresholdReport, ThresholdRule};

/// Points of the curve.
const MAX_POINTS: usize = 200;

/// Rows with the probability of the second class.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScoredRows {
    /// Whether the row is of the second class.
    pub positive: Vec<bool>,
    pub probability: Vec<f64>,
}

impl ScoredRows {
    pub fn extend(&mut self, other: Self) {
        self.positive.extend(other.positive);
        self.probability.extend(other.probability);
    }
}

impl Costs {
    /// Both at least 0, one of them over 0.
    pub fn are_usable(&self) -> bool {
        let usable = |cost: f64| cost.is_finite() && cost >= 0.0;
        usable(self.false_positive)
            && usable(self.false_negative)
            && self.false_positive + self.false_negative > 0.0
    }
}

/// Chooses thresholds on the validation rows when there are any, else on the test rows, and says what each does on the
/// test rows. `None` without a test row.
pub fn threshold_report(
    test: &ScoredRows,
    validation: Option<&ScoredRows>,
    positive_class: &str,
    costs: Costs,
) -> Option<ThresholdReport> {
    let on_test = Counts::of(test)?;
    let (chosen_on, choosing) = match validation.and_then(Counts::of) {
        Some(counts) => (ChosenOn::ValidationRows, counts),
        None => (ChosenOn::TestRows, Counts::of(test)?),
    };
    let points: Vec<ThresholdPoint> = choosing.points(costs).collect();
    let choice = |rule, better: fn(&ThresholdPoint) -> f64| {
        let best = points.iter().copied().reduce(|best, point| {
            let by_value = better(&point).total_cmp(&better(&best));
            // Of equal ones the least surprising: the nearest to one half.
            let nearer = || from_half(&best).total_cmp(&from_half(&point));
            if by_value.then_with(nearer).is_gt() {
                point
            } else {
                best
            }
        })?;
        Some(ThresholdChoice {
            rule,
            point: on_test.at(best.threshold, costs),
        })
    };
    let choices = [
        Some(ThresholdChoice {
            rule: ThresholdRule::Default,
            point: on_test.at(0.5, costs),
        }),
        choice(ThresholdRule::LowestCost, |point| -point.cost),
        choice(ThresholdRule::HighestF1, |point| point.f1),
        choice(ThresholdRule::Youden, youden),
    ];
    Some(ThresholdReport {
        positive_class: positive_class.to_owned(),
        costs,
        chosen_on,
        choices: choices.into_iter().flatten().collect(),
        curve: on_test.curve(costs),
    })
}

fn from_half(point: &ThresholdPoint) -> f64 {
    (point.threshold - 0.5).abs()
}

fn youden(point: &ThresholdPoint) -> f64 {
    let share = |part: u64, other: u64| part as f64 / (part + other).max(1) as f64;
    share(point.n_true_positive, point.n_false_negative)
        - share(point.n_false_positive, point.n_true_negative)
}

/// Positives and negatives at or over each distinct probability, by rising probability, and over all of them.
struct Counts {
    thresholds: Vec<f64>,
    at_or_over: Vec<(u64, u64)>,
    n_positive: u64,
    n_negative: u64,
}

impl Counts {
    fn of(rows: &ScoredRows) -> Option<Self> {
        let mut pairs: Vec<(f64, bool)> = rows
            .probability
            .iter()
            .copied()
            .zip(rows.positive.iter().copied())
            .collect();
        pairs.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let largest = pairs.first()?.0;
        // One over the largest calls nothing positive.
        let mut thresholds = vec![if largest < 1.0 {
            1.0
        } else {
            largest.next_up()
        }];
        let mut at_or_over = vec![(0, 0)];
        let (mut n_positive, mut n_negative) = (0, 0);
        for (threshold, positive) in pairs {
            n_positive += u64::from(positive);
            n_negative += u64::from(!positive);
            if thresholds.last() == Some(&threshold)
                && let Some(last) = at_or_over.last_mut()
            {
                *last = (n_positive, n_negative);
            } else {
                thresholds.push(threshold);
                at_or_over.push((n_positive, n_negative));
            }
        }
        thresholds.reverse();
        at_or_over.reverse();
        Some(Self {
            thresholds,
            at_or_over,
            n_positive,
            n_negative,
        })
    }

    fn points(&self, costs: Costs) -> impl Iterator<Item = ThresholdPoint> {
        self.thresholds
            .iter()
            .zip(&self.at_or_over)
            .map(move |(&threshold, &counts)| self.point(threshold, counts, costs))
    }

    fn at(&self, threshold: f64, costs: Costs) -> ThresholdPoint {
        let place = self.thresholds.partition_point(|&other| other < threshold);
        let counts = self.at_or_over.get(place).copied().unwrap_or_default();
        self.point(threshold, counts, costs)
    }

    fn curve(&self, costs: Costs) -> Vec<ThresholdPoint> {
        let n = self.thresholds.len();
        let n_points = n.min(MAX_POINTS);
        (0..n_points)
            .map(|index| {
                if n_points < 2 {
                    0
                } else {
                    index * (n - 1) / (n_points - 1)
                }
            })
            .filter_map(|place| {
                let counts = self.at_or_over.get(place)?;
                Some(self.point(*self.thresholds.get(place)?, *counts, costs))
            })
            .collect()
    }

    fn point(&self, threshold: f64, called: (u64, u64), costs: Costs) -> ThresholdPoint {
        let (n_true_positive, n_false_positive) = called;
        let n_false_negative = self.n_positive - n_true_positive;
        let n_true_negative = self.n_negative - n_false_positive;
        let share = |part: u64, whole: u64| {
            if whole > 0 {
                part as f64 / whole as f64
            } else {
                0.0
            }
        };
        let n = self.n_positive + self.n_negative;
        let cost = n_false_positive as f64 * costs.false_positive
            + n_false_negative as f64 * costs.false_negative;
        ThresholdPoint {
            threshold,
            n_true_positive,
            n_false_positive,
            n_false_negative,
            n_true_negative,
            precision: share(n_true_positive, n_true_positive + n_false_positive),
            recall: share(n_true_positive, self.n_positive),
            f1: share(
                2 * n_true_positive,
                2 * n_true_positive + n_false_positive + n_false_negative,
            ),
            accuracy: share(n_true_positive + n_true_negative, n),
            cost: cost / n.max(1) as f64,
        }
    }
}
