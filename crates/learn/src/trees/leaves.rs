//! Leaf values that sum without rounding.
//!
//! A forest answers with the mean of its leaves, and ONNX Runtime takes it as an f32 sum of `value / n_trees` in an
//! order that depends on its threads. Here every `value / n_trees` is made a whole multiple of one power of two, at
//! most 2^23 of which make up the largest answer: such sums are exact in f32, whatever the order, so that our answers,
//! ONNX Runtime's, and the tie between two classes are the same everywhere. The price is a resolution of 2^-23.
//!
//! Rounding uses tree t's own offset (t + 1/2) / n_trees: by Hermite's identity, sum over t of floor(a + t / n) =
//! floor(n a), equal leaves sum to what they should and no error builds up over the trees.

const UNITS: f64 = 8_388_608.0; // 2^23

/// The grid for one forest.
#[derive(Debug, Clone, Copy)]
pub struct Grid {
    n_trees: f64,
    /// A power of two.
    unit: f64,
}

impl Grid {
    /// For answers of at most `largest` in magnitude.
    pub fn new(n_trees: usize, largest: f64) -> Self {
        let mut scale = 1.0;
        // Powers of two by doubling: exact, and the same on every platform.
        while scale < largest {
            scale *= 2.0;
        }
        while scale / 2.0 >= largest && scale > f64::from(f32::MIN_POSITIVE) * UNITS {
            scale /= 2.0;
        }
        Self {
            n_trees: n_trees as f64,
            unit: scale / UNITS,
        }
    }

    /// The value of a leaf of tree number `tree`.
    pub fn value(&self, tree: usize, value: f64) -> f32 {
        self.leaf(self.count(tree, value))
    }

    /// Class probabilities (sum 1) of a leaf of tree number `tree`. Over all trees of the forest, the leaves of a row
    /// sum to exactly n_trees; one leaf alone misses 1 by at most n_trees / 2^23.
    pub fn probabilities(&self, tree: usize, probabilities: &[f64]) -> Vec<f32> {
        let last = probabilities.len().saturating_sub(1);
        let mut sum = 0.0;
        let mut counted = 0.0;
        probabilities
            .iter()
            .enumerate()
            .map(|(class, p)| {
                sum += p;
                // Cumulative counts round once per class boundary, and the last is the whole.
                let upto = self.count(tree, if class == last { 1.0 } else { sum.min(1.0) });
                let count = upto - counted;
                counted = upto;
                self.leaf(count)
            })
            .collect()
    }

    fn count(&self, tree: usize, value: f64) -> f64 {
        (value / self.unit / self.n_trees + (tree as f64 + 0.5) / self.n_trees).floor()
    }

    /// Exact: |count · n_trees| <= 2^23 + n_trees.
    fn leaf(&self, count: f64) -> f32 {
        (count * self.n_trees * self.unit) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    /// The f32 sum as a runtime takes it.
    fn summed(leaves: impl Iterator<Item = f32>, n_trees: usize) -> f32 {
        leaves.fold(0.0, |sum, leaf| sum + leaf / n_trees as f32)
    }

    #[test]
    fn pure_leaves_are_certain_for_any_number_of_trees() {
        for n_trees in [1, 2, 3, 7, 100, 300, 999, 2_000] {
            let grid = Grid::new(n_trees, 1.0);
            let leaves: Vec<Vec<f32>> = (0..n_trees)
                .map(|tree| grid.probabilities(tree, &[0.0, 1.0, 0.0]))
                .collect();
            for (class, wanted) in [0.0, 1.0, 0.0].into_iter().enumerate() {
                assert_eq!(
                    summed(leaves.iter().map(|leaf| leaf[class]), n_trees),
                    wanted
                );
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(8), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn sums_are_exact_in_any_order(
            n_trees in 1_usize..400,
            seeds in prop::collection::vec(0.0_f64..1.0, 400),
            largest in prop::sample::select(vec![1e-20, 0.3, 1.0, 5.0, 1e6, 1e30]),
        ) {
            let grid = Grid::new(n_trees, largest);
            let wanted: Vec<f64> = seeds.iter().take(n_trees).map(|s| (2.0 * s - 1.0) * largest).collect();
            let leaves: Vec<f32> = wanted.iter().enumerate().map(|(t, v)| grid.value(t, *v)).collect();
            let forward = summed(leaves.iter().copied(), n_trees);
            prop_assert_eq!(forward, summed(leaves.iter().rev().copied(), n_trees));
            let exact: f64 = leaves.iter().map(|leaf| f64::from(*leaf) / n_trees as f64).sum();
            prop_assert!((f64::from(forward) - exact).abs() <= exact.abs() * 1e-12);
            let mean = wanted.iter().sum::<f64>() / n_trees as f64;
            prop_assert!((exact - mean).abs() <= largest * n_trees as f64 * 1.2e-7, "{exact} {mean}");
        }

        #[test]
        fn probabilities_of_a_row_sum_to_one(
            n_trees in 1_usize..300,
            shares in prop::collection::vec(prop::collection::vec(0.0_f64..1.0, 5), 300),
        ) {
            let grid = Grid::new(n_trees, 1.0);
            let mut total = 0.0;
            for (tree, share) in shares.iter().take(n_trees).enumerate() {
                let sum: f64 = share.iter().sum::<f64>().max(1e-9);
                let leaf = grid.probabilities(tree, &share.iter().map(|s| s / sum).collect::<Vec<_>>());
                prop_assert!(leaf.iter().all(|p| *p >= 0.0));
                total += leaf.iter().map(|p| f64::from(p / n_trees as f32)).sum::<f64>();
            }
            prop_assert_eq!(total, 1.0);
        }
    }
}
