//! Metrics of predicted classes.

use super::MetricError;
use super::curve::Ranking;

/// Orders of the rows by the score of each class are kept for resampling up to this many entries (4 bytes each).
const MAX_KEPT: usize = 20_000_000;

/// How often each true class (row) was predicted as each class (column).
///
/// Pairs that name a class outside `0..n_classes` are not counted.
pub fn confusion(truth: &[u32], predicted: &[u32], n_classes: usize) -> Vec<Vec<u64>> {
    let mut counts = vec![vec![0; n_classes]; n_classes];
    for (&truth, &predicted) in truth.iter().zip(predicted) {
        if let Some(cell) = counts
            .get_mut(truth as usize)
            .and_then(|row| row.get_mut(predicted as usize))
        {
            *cell += 1;
        }
    }
    counts
}

/// Rows of classes with what their metrics add up.
#[derive(Debug)]
pub(super) struct Classes<'a> {
    n_classes: usize,
    truth: &'a [u32],
    predicted: &'a [u32],
    probabilities: &'a [f64],
    /// −ln of the probability of the true class, clipped to f64's epsilon, per row.
    log_losses: Vec<f64>,
    briers: Vec<f64>,
    /// How many classes are more probable than the true one (of equal ones the first leads), per row.
    ranks: Vec<u32>,
    /// Per class of which scores are ranked, once they are kept.
    kept: Option<Vec<Ranking>>,
    without_areas: bool,
}

impl<'a> Classes<'a> {
    pub fn new(
        truth: &'a [u32],
        predicted: &'a [u32],
        probabilities: &'a [f64],
        n_classes: usize,
    ) -> Result<Self, MetricError> {
        if probabilities.len() != truth.len() * n_classes {
            return Err(MetricError::Probabilities {
                rows: truth.len(),
                n_classes,
                found: probabilities.len(),
            });
        }
        for (row, (&truth, &predicted)) in truth.iter().zip(predicted).enumerate() {
            let class = truth.max(predicted);
            if class as usize >= n_classes {
                return Err(MetricError::ClassOutOfRange {
                    row,
                    class,
                    n_classes,
                });
            }
        }
        let rows = || {
            truth
                .iter()
                .map(|&class| class as usize)
                .zip(probabilities.chunks_exact(n_classes.max(1)))
        };
        Ok(Self {
            n_classes,
            truth,
            predicted,
            probabilities,
            log_losses: rows().map(|(class, row)| log_loss(class, row)).collect(),
            briers: rows().map(|(class, row)| brier(class, row)).collect(),
            ranks: rows().map(|(class, row)| rank(class, row)).collect(),
            kept: None,
            without_areas: false,
        })
    }

    pub fn without_class_areas(self) -> Self {
        Self {
            without_areas: self.n_classes > 2,
            ..self
        }
    }

    /// Keeps the order of the rows by each class's score, and says how many there are. Beyond a bound on memory the
    /// areas are not measured any more.
    pub fn keep_curves(&mut self) -> usize {
        let ranked = self.ranked_classes();
        if ranked.len() * self.truth.len() > MAX_KEPT {
            self.without_areas = true;
            return 0;
        }
        let n = ranked.len();
        self.kept = Some(ranked.map(|class| self.ranking(class)).collect());
        n
    }

    pub fn measure(&self, weight: impl Fn(usize) -> f64) -> Vec<(&'static str, f64)> {
        let k = self.n_classes;
        let mut cells = vec![0.0; k * k];
        let (mut total, mut log_loss, mut brier) = (0.0, 0.0, 0.0);
        let mut by_rank = [0.0; 5];
        for (row, (&truth, &predicted)) in self.truth.iter().zip(self.predicted).enumerate() {
            let w = weight(row);
            if w == 0.0 {
                continue;
            }
            cells[truth as usize * k + predicted as usize] += w;
            total += w;
            log_loss += w * self.log_losses[row];
            brier += w * self.briers[row];
            if let Some(slot) = by_rank.get_mut(self.ranks[row] as usize) {
                *slot += w;
            }
        }
        if total == 0.0 {
            return Vec::new();
        }
        let mut metrics = of_confusion(&cells, k, total);
        metrics.push(("log_loss", log_loss / total));
        metrics.push(("brier", brier / total));
        for (name, top) in [
            ("top_2_accuracy", 2),
            ("top_3_accuracy", 3),
            ("top_5_accuracy", 5),
        ] {
            // With as many classes every answer were right.
            if k > top {
                metrics.push((name, by_rank[..top].iter().sum::<f64>() / total));
            }
        }
        if !self.without_areas
            && let Some((roc_auc, pr_auc)) = self.areas(weight)
        {
            metrics.push(("roc_auc", roc_auc));
            metrics.push(("pr_auc", pr_auc));
        }
        metrics
    }

    /// Macro averages; `None` when a class has no rows, or no rows are of other classes.
    fn areas(&self, weight: impl Fn(usize) -> f64) -> Option<(f64, f64)> {
        let (mut roc, mut pr) = (0.0, 0.0);
        let ranked = self.ranked_classes();
        let n = ranked.len() as f64;
        for class in ranked.clone() {
            let areas = match &self.kept {
                Some(kept) => kept.get(class - ranked.start)?.areas(&weight),
                None => self.ranking(class).areas(&weight),
            }?;
            roc += areas.roc;
            pr += areas.precision_recall;
        }
        (n > 0.0).then(|| (roc / n, pr / n))
    }

    /// Two classes: of the second one. More: each against the rest.
    fn ranked_classes(&self) -> std::ops::Range<usize> {
        match self.n_classes {
            0 | 1 => 0..0,
            2 => 1..2,
            n => 0..n,
        }
    }

    fn ranking(&self, class: usize) -> Ranking {
        let score: Vec<f64> = self
            .probabilities
            .iter()
            .skip(class)
            .step_by(self.n_classes.max(1))
            .copied()
            .collect();
        Ranking::new(&score, |row| self.truth[row] as usize == class)
    }
}

/// −ln of the probability of the true class, clipped to f64's epsilon.
pub(crate) fn log_loss(class: usize, row: &[f64]) -> f64 {
    let p = row.get(class).copied().unwrap_or(0.0);
    -p.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln()
}

/// Two classes: of the second one; more: summed over the classes.
pub(crate) fn brier(class: usize, row: &[f64]) -> f64 {
    let squares: f64 = row
        .iter()
        .enumerate()
        .map(|(index, p)| (f64::from(u8::from(index == class)) - p).powi(2))
        .sum();
    if let [_, second] = row {
        (f64::from(u8::from(class == 1)) - second).powi(2)
    } else {
        squares
    }
}

fn rank(class: usize, row: &[f64]) -> u32 {
    let own = row[class];
    let before = |(index, &p): (usize, &f64)| p > own || (p == own && index < class);
    row.iter().enumerate().filter(|&pair| before(pair)).count() as u32
}

#[derive(Default)]
struct Average {
    macro_: f64,
    weighted: f64,
}

impl Average {
    fn add(&mut self, value: f64, weight: f64) {
        self.macro_ += value;
        self.weighted += weight * value;
    }
}

/// What follows from counts of truths (rows) and predictions (columns) alone, k × k of them with the sum `total`.
pub(crate) fn of_confusion(cells: &[f64], k: usize, total: f64) -> Vec<(&'static str, f64)> {
    let truth: Vec<f64> = cells.chunks(k).map(|row| row.iter().sum()).collect();
    let predicted: Vec<f64> = (0..k)
        .map(|class| cells.iter().skip(class).step_by(k).sum())
        .collect();
    let hits: Vec<f64> = (0..k).map(|class| cells[class * k + class]).collect();
    let (mut precision, mut recall, mut f1) =
        (Average::default(), Average::default(), Average::default());
    let (mut n_occurring, mut n_true) = (0.0, 0.0);
    for class in 0..k {
        let (of_class, as_class) = (truth[class], predicted[class]);
        if of_class + as_class == 0.0 {
            continue;
        }
        n_occurring += 1.0;
        n_true += f64::from(u8::from(of_class > 0.0));
        let weight = of_class / total;
        precision.add(ratio(hits[class], as_class), weight);
        recall.add(ratio(hits[class], of_class), weight);
        f1.add(ratio(2.0 * hits[class], of_class + as_class), weight);
    }
    let mut metrics = vec![
        ("accuracy", hits.iter().sum::<f64>() / total),
        ("balanced_accuracy", recall.macro_ / n_true),
        ("precision_macro", precision.macro_ / n_occurring),
        ("precision_weighted", precision.weighted),
        ("recall_macro", recall.macro_ / n_occurring),
        ("recall_weighted", recall.weighted),
        ("f1_macro", f1.macro_ / n_occurring),
        ("f1_weighted", f1.weighted),
        ("mcc", matthews(&hits, &truth, &predicted, total)),
        ("cohen_kappa", kappa(&hits, &truth, &predicted, total)),
    ];
    if k == 2 {
        metrics.push(("precision", ratio(hits[1], predicted[1])));
        metrics.push(("recall", ratio(hits[1], truth[1])));
        metrics.push(("f1", ratio(2.0 * hits[1], truth[1] + predicted[1])));
    }
    metrics
}

/// Gorodkin's R_K for any number of classes; 0 where it is not defined, as scikit-learn has it.
fn matthews(hits: &[f64], truth: &[f64], predicted: &[f64], total: f64) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let both = hits.iter().sum::<f64>() * total - dot(truth, predicted);
    let spread = (total * total - dot(predicted, predicted)) * (total * total - dot(truth, truth));
    if spread > 0.0 {
        both / spread.sqrt()
    } else {
        0.0
    }
}

/// Cohen 1960; not a number when chance agrees always.
fn kappa(hits: &[f64], truth: &[f64], predicted: &[f64], total: f64) -> f64 {
    let observed = hits.iter().sum::<f64>() / total;
    let chance: f64 = truth
        .iter()
        .zip(predicted)
        .map(|(t, p)| (t / total) * (p / total))
        .sum();
    if chance < 1.0 {
        (observed - chance) / (1.0 - chance)
    } else {
        f64::NAN
    }
}

/// 0 where nothing is divided by nothing, as scikit-learn's `zero_division=0`.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
