//! What makes a good split: Gini impurity, entropy, squared error.

/// What a tree learns, per training row.
#[derive(Debug, Clone, Copy)]
pub enum Objective<'a> {
    Classes {
        indices: &'a [usize],
        n_classes: usize,
        criterion: Criterion,
    },
    /// Less their mean, so that sums of squares keep their digits.
    Numbers { centred: &'a [f64], mean: f64 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criterion {
    Gini,
    Entropy,
}

impl Objective<'_> {
    /// The length of [`Self::add`]'s sums: the weight of each class, or the weight and the weighted sum of the numbers.
    pub fn width(&self) -> usize {
        match self {
            Self::Classes { n_classes, .. } => *n_classes,
            Self::Numbers { .. } => 2,
        }
    }

    /// Adds a row to the sums of its side.
    #[inline]
    pub fn add(&self, sums: &mut [f64], row: usize, weight: f64) {
        match self {
            Self::Classes { indices, .. } => sums[indices[row]] += weight,
            Self::Numbers { centred, .. } => {
                sums[0] += weight;
                sums[1] += weight * centred[row];
            }
        }
    }

    /// The larger the sum of this over both sides, the better the split. It is the negative impurity times the weight,
    /// up to a constant of the node: Σ c²/W for Gini, Σ c log₂(c/W) for entropy, (Σ y)²/W for squared error.
    #[inline]
    pub fn purity(&self, sums: &[f64]) -> f64 {
        match self {
            Self::Classes {
                criterion: Criterion::Gini,
                ..
            } => {
                let (weight, squares) = sums
                    .iter()
                    .fold((0.0, 0.0), |(w, s), count| (w + count, s + count * count));
                squares / weight
            }
            Self::Classes {
                criterion: Criterion::Entropy,
                ..
            } => {
                let weight: f64 = sums.iter().sum();
                sums.iter()
                    .filter(|count| **count > 0.0)
                    .map(|count| count * (count / weight).log2())
                    .sum()
            }
            Self::Numbers { .. } => sums[1] * sums[1] / sums[0],
        }
    }

    /// Whether all rows say the same, so that no split can help.
    pub fn is_pure(&self, rows: &[u32]) -> bool {
        fn same<T: PartialEq>(rows: &[u32], values: &[T]) -> bool {
            rows.windows(2)
                .all(|pair| values[pair[0] as usize] == values[pair[1] as usize])
        }
        match self {
            Self::Classes { indices, .. } => same(rows, indices),
            Self::Numbers { centred, .. } => same(rows, centred),
        }
    }

    /// Class probabilities, or the mean, of a leaf with these sums.
    pub fn answer(&self, sums: &[f64]) -> Vec<f64> {
        match self {
            Self::Classes { .. } => {
                let weight: f64 = sums.iter().sum();
                sums.iter().map(|count| count / weight).collect()
            }
            Self::Numbers { mean, .. } => vec![mean + sums[1] / sums[0]],
        }
    }
}
