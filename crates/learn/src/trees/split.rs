//! What makes a good split: Gini impurity, entropy, squared error.

/// What a tree learns. Sums are what a set of rows looks like to it.
pub trait Objective: Copy + Sync {
    /// What it knows of a training row.
    type Label: Copy + PartialEq + Send;

    /// Whether it tells classes apart, or else predicts numbers.
    fn is_classes(&self) -> bool;

    /// The length of the sums.
    fn width(&self) -> usize;

    fn label(&self, row: usize) -> Self::Label;

    /// Adds a row to the sums of its side.
    fn add(&self, sums: &mut [f64], label: Self::Label, weight: f64);

    /// The larger the sum of this over both sides, the better the split. It is the negative impurity times the weight,
    /// up to a constant of the node. Convex in the sums.
    fn purity(&self, sums: &[f64]) -> f64;

    /// No split that takes a part of `bin` to the left and the rest of it to the right has a larger purity.
    fn bound(&self, left: &[f64], right: &[f64], bin: &[f64]) -> f64;

    /// Sum of the weights.
    fn weight(&self, sums: &[f64]) -> f64;

    /// Class probabilities, or the mean, of a leaf with these sums.
    fn answer(&self, sums: &[f64]) -> Vec<f64>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criterion {
    Gini,
    Entropy,
}

/// Sums: the weight of each class.
#[derive(Debug, Clone, Copy)]
pub struct Classes<'a> {
    pub indices: &'a [u32],
    pub n_classes: usize,
    pub criterion: Criterion,
}

/// With more classes in a bin its bound is a loose one.
const MAX_CORNERS: usize = 5;

impl Objective for Classes<'_> {
    type Label = u32;

    fn is_classes(&self) -> bool {
        true
    }

    fn width(&self) -> usize {
        self.n_classes
    }

    #[inline]
    fn label(&self, row: usize) -> u32 {
        self.indices[row]
    }

    #[inline]
    fn add(&self, sums: &mut [f64], label: u32, weight: f64) {
        sums[label as usize] += weight;
    }

    /// Σ c²/W for Gini, Σ c log₂(c/W) for entropy.
    #[inline]
    fn purity(&self, sums: &[f64]) -> f64 {
        match self.criterion {
            Criterion::Gini => {
                let (weight, squares) = sums
                    .iter()
                    .fold((0.0, 0.0), |(w, s), count| (w + count, s + count * count));
                squares / weight
            }
            Criterion::Entropy => {
                let weight: f64 = sums.iter().sum();
                sums.iter()
                    .filter(|count| **count > 0.0)
                    .map(|count| count * (count / weight).log2())
                    .sum()
            }
        }
    }

    /// A convex function over a box is largest in a corner: some classes of the bin wholly left, the others right.
    fn bound(&self, left: &[f64], right: &[f64], bin: &[f64]) -> f64 {
        let mut present = [0; MAX_CORNERS];
        let mut n_present = 0;
        for (class, &count) in bin.iter().enumerate() {
            if count > 0.0 {
                if n_present == MAX_CORNERS {
                    // As if the bin were pure leaves of its own.
                    let pure = match self.criterion {
                        Criterion::Gini => bin.iter().sum(),
                        Criterion::Entropy => 0.0,
                    };
                    return self.of(self.parts(left)) + self.of(self.parts(right)) + pure;
                }
                present[n_present] = class;
                n_present += 1;
            }
        }
        let (l, r) = (self.parts(left), self.parts(right));
        let mut largest = f64::NEG_INFINITY;
        for corner in 1..(1_usize << n_present).saturating_sub(1) {
            let (mut with_left, mut with_right) = (l, r);
            for (bit, &class) in present[..n_present].iter().enumerate() {
                let (to, from) = if corner >> bit & 1 == 1 {
                    (&mut with_left, left)
                } else {
                    (&mut with_right, right)
                };
                to.0 += bin[class];
                to.1 += self.term(from[class] + bin[class]) - self.term(from[class]);
            }
            largest = largest.max(self.of(with_left) + self.of(with_right));
        }
        largest
    }

    fn weight(&self, sums: &[f64]) -> f64 {
        sums.iter().sum()
    }

    fn answer(&self, sums: &[f64]) -> Vec<f64> {
        let weight = self.weight(sums);
        sums.iter().map(|count| (count / weight).max(0.0)).collect()
    }
}

impl Classes<'_> {
    /// What the purity adds up over the classes: c², or c log₂ c.
    fn term(&self, count: f64) -> f64 {
        match self.criterion {
            Criterion::Gini => count * count,
            Criterion::Entropy if count > 0.0 => count * count.log2(),
            Criterion::Entropy => 0.0,
        }
    }

    /// The weight and the sum of the terms.
    fn parts(&self, sums: &[f64]) -> (f64, f64) {
        sums.iter().fold((0.0, 0.0), |(w, t), &count| {
            (w + count, t + self.term(count))
        })
    }

    /// The purity of these parts, which of nothing is 0.
    fn of(&self, (weight, terms): (f64, f64)) -> f64 {
        if weight <= 0.0 {
            return 0.0;
        }
        match self.criterion {
            Criterion::Gini => terms / weight,
            Criterion::Entropy => terms - weight * weight.log2(),
        }
    }
}

/// Sums: the weight, the weighted sum of the numbers over 0 and that of those under 0.
#[derive(Debug, Clone, Copy)]
pub struct Numbers<'a> {
    /// Less their mean, so that sums of squares keep their digits.
    pub centred: &'a [f64],
    pub mean: f64,
}

impl Objective for Numbers<'_> {
    type Label = f64;

    fn is_classes(&self) -> bool {
        false
    }

    fn width(&self) -> usize {
        3
    }

    #[inline]
    fn label(&self, row: usize) -> f64 {
        self.centred[row]
    }

    #[inline]
    fn add(&self, sums: &mut [f64], label: f64, weight: f64) {
        sums[0] += weight;
        sums[if label > 0.0 { 1 } else { 2 }] += weight * label;
    }

    /// (Σ y)²/W.
    #[inline]
    fn purity(&self, sums: &[f64]) -> f64 {
        let sum = sums[1] + sums[2];
        sum * sum / sums[0]
    }

    /// Over the box of weights and sums that a part of the bin can have, in its corners.
    fn bound(&self, left: &[f64], right: &[f64], bin: &[f64]) -> f64 {
        if left[0] <= 0.0 || right[0] <= 0.0 {
            // The corner of a sum without weight is unbounded.
            return f64::INFINITY;
        }
        let of = |weight: f64, sum: f64| {
            if weight > 0.0 {
                sum * sum / weight
            } else {
                0.0
            }
        };
        let (l, r) = (left[1] + left[2], right[1] + right[2]);
        let mut largest = f64::NEG_INFINITY;
        for taken in [0.0, bin[0]] {
            for (to_left, to_right) in [(bin[1], bin[2]), (bin[2], bin[1])] {
                let there = of(left[0] + taken, l + to_left);
                let here = of(right[0] + bin[0] - taken, r + to_right);
                largest = largest.max(there + here);
            }
        }
        largest
    }

    fn weight(&self, sums: &[f64]) -> f64 {
        sums[0]
    }

    fn answer(&self, sums: &[f64]) -> Vec<f64> {
        vec![self.mean + (sums[1] + sums[2]) / sums[0]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    /// Sums of the rows whose bit is set in `side`.
    fn sums<O: Objective>(objective: O, rows: std::ops::Range<usize>, side: u32) -> Vec<f64> {
        let mut sums = vec![0.0; objective.width()];
        for (bit, row) in rows.enumerate() {
            if side >> bit & 1 == 1 {
                objective.add(&mut sums, objective.label(row), 1.0);
            }
        }
        sums
    }

    /// Rows 0 to 3 are left, 4 to 9 are the bin, 10 to 13 are right.
    fn bound_holds<O: Objective>(objective: O) -> Result<(), TestCaseError> {
        let (left, right) = (sums(objective, 0..4, 15), sums(objective, 10..14, 15));
        let bin = sums(objective, 4..10, 63);
        let bound = objective.bound(&left, &right, &bin);
        for part in 1..63 {
            let plus = |a: &[f64], b: Vec<f64>| -> Vec<f64> {
                a.iter().zip(b).map(|(a, b)| a + b).collect()
            };
            let l = plus(&left, sums(objective, 4..10, part));
            let r = plus(&right, sums(objective, 4..10, 63 ^ part));
            let purity = objective.purity(&l) + objective.purity(&r);
            // A bin of one class has no corner: no part of it is better than the gaps on either side.
            let at_the_gaps =
                objective.purity(&plus(&left, bin.clone())) + objective.purity(&right);
            let at_the_gaps = at_the_gaps
                .max(objective.purity(&left) + objective.purity(&plus(&right, bin.clone())));
            prop_assert!(purity <= bound.max(at_the_gaps) + 1e-9, "{purity} {bound}");
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(4), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_part_of_a_bin_beats_its_bound(
            indices in prop::collection::vec(0_u32..8, 14),
            n_classes in 2_u32..8,
            numbers in prop::collection::vec(-5.0_f64..5.0, 14),
        ) {
            let indices: Vec<u32> = indices.into_iter().map(|index| index % n_classes).collect();
            for criterion in [Criterion::Gini, Criterion::Entropy] {
                bound_holds(Classes { indices: &indices, n_classes: 8, criterion })?;
            }
            bound_holds(Numbers { centred: &numbers, mean: 0.0 })?;
        }
    }
}
