//! Metrics of predicted numbers.

/// Rows of numbers with what their metrics add up.
#[derive(Debug)]
pub(super) struct Values<'a> {
    truth: &'a [f64],
    predicted: &'a [f64],
    /// The mean truth: squares around it keep their digits.
    centre: f64,
    quantile: Option<f64>,
    /// The absolute error as a share of the truth, per row; `None` when a truth is 0.
    shares: Option<Vec<f64>>,
    /// Deviances per row, when they are defined for all rows.
    poisson: Option<Vec<f64>>,
    gamma: Option<Vec<f64>>,
    /// Rows by rising absolute error.
    order: Vec<u32>,
}

impl<'a> Values<'a> {
    pub fn new(truth: &'a [f64], predicted: &'a [f64], quantile: Option<f64>) -> Self {
        let pairs = || truth.iter().copied().zip(predicted.iter().copied());
        let each = |defined: fn(f64, f64) -> bool, value: fn(f64, f64) -> f64| {
            pairs()
                .all(|(t, p)| defined(t, p))
                .then(|| pairs().map(|(t, p)| value(t, p)).collect())
        };
        let errors: Vec<f64> = pairs().map(|(t, p)| (t - p).abs()).collect();
        let mut order: Vec<u32> = (0..truth.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| errors[a as usize].total_cmp(&errors[b as usize]));
        Self {
            truth,
            predicted,
            centre: truth.iter().sum::<f64>() / truth.len() as f64,
            quantile,
            shares: each(|t, _| t != 0.0, |t, p| (t - p).abs() / t.abs()),
            poisson: each(|t, p| t >= 0.0 && p > 0.0, poisson_deviance),
            gamma: each(
                |t, p| t > 0.0 && p > 0.0,
                |t, p| 2.0 * ((p / t).ln() + t / p - 1.0),
            ),
            order,
        }
    }

    pub fn measure(&self, weight: impl Fn(usize) -> f64) -> Vec<(&'static str, f64)> {
        let mut sums = Sums::default();
        for (row, (&truth, &predicted)) in self.truth.iter().zip(self.predicted).enumerate() {
            let w = weight(row);
            if w > 0.0 {
                sums.add(w, truth - self.centre, truth - predicted, self.quantile);
            }
        }
        let total = sums.total;
        if total == 0.0 {
            return Vec::new();
        }
        let mut metrics = vec![
            ("rmse", (sums.squares / total).sqrt()),
            ("mae", sums.absolutes / total),
            ("max_error", sums.largest),
            ("median_ae", self.median(&weight, total)),
        ];
        let spread = sums.truth_squares - sums.truth * sums.truth / total;
        if sums.varies && spread > 0.0 {
            metrics.push(("r2", 1.0 - sums.squares / spread));
            let around = sums.squares - sums.errors * sums.errors / total;
            metrics.push(("explained_variance", 1.0 - around / spread));
        }
        if self.quantile.is_some() {
            metrics.push(("quantile_loss", sums.pinball / total));
        }
        for (name, rows) in [
            ("mape", &self.shares),
            ("poisson_deviance", &self.poisson),
            ("gamma_deviance", &self.gamma),
        ] {
            if let Some(rows) = rows {
                let sum: f64 = rows
                    .iter()
                    .enumerate()
                    .map(|(row, v)| weight(row) * v)
                    .sum();
                metrics.push((name, sum / total));
            }
        }
        metrics
    }

    /// The error that half the weight lies under; the middle of two where both are it.
    fn median(&self, weight: impl Fn(usize) -> f64, total: f64) -> f64 {
        let error = |row: u32| (self.truth[row as usize] - self.predicted[row as usize]).abs();
        let mut reached = 0.0;
        let mut rows = self
            .order
            .iter()
            .map(|&row| (row, weight(row as usize)))
            .filter(|(_, weight)| *weight > 0.0);
        while let Some((row, weight)) = rows.next() {
            reached += weight;
            if reached > total / 2.0 {
                return error(row);
            }
            if reached == total / 2.0 {
                let next = rows.next().map_or(row, |(next, _)| next);
                return (error(row) + error(next)) / 2.0;
            }
        }
        f64::NAN
    }
}

/// y ln(y / p) is 0 where y is.
fn poisson_deviance(truth: f64, predicted: f64) -> f64 {
    let log = if truth > 0.0 {
        truth * (truth / predicted).ln()
    } else {
        0.0
    };
    2.0 * (log - truth + predicted)
}

#[derive(Default)]
struct Sums {
    total: f64,
    absolutes: f64,
    squares: f64,
    errors: f64,
    truth: f64,
    truth_squares: f64,
    pinball: f64,
    largest: f64,
    first: Option<f64>,
    varies: bool,
}

impl Sums {
    fn add(&mut self, weight: f64, truth: f64, error: f64, quantile: Option<f64>) {
        self.total += weight;
        self.absolutes += weight * error.abs();
        self.squares += weight * error * error;
        self.errors += weight * error;
        self.truth += weight * truth;
        self.truth_squares += weight * truth * truth;
        self.largest = self.largest.max(error.abs());
        self.varies |= *self.first.get_or_insert(truth) != truth;
        if let Some(quantile) = quantile {
            let slope = if error >= 0.0 {
                quantile
            } else {
                quantile - 1.0
            };
            self.pinball += weight * slope * error;
        }
    }
}
