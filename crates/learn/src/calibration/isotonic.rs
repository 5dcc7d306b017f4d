//! The rising curve nearest to the rows: pooled adjacent violators, straight lines between the pools (Zadrozny and
//! Elkan 2002), as scikit-learn's `IsotonicRegression(out_of_bounds="clip")`.

use assay_core::model::Piece;

/// A row with a weight over 0.
#[derive(Debug, Clone, Copy)]
pub struct Scored {
    pub score: f32,
    /// 0 or 1.
    pub truth: f64,
    pub weight: f64,
}

/// Rows of scores that lie together, and their mean.
#[derive(Debug, Clone, Copy)]
struct Pool {
    first: f32,
    last: f32,
    sum: f64,
    weight: f64,
}

impl Pool {
    fn mean(&self) -> f64 {
        self.sum / self.weight
    }
}

/// Never empty: without rows it says ½.
pub fn fit(mut rows: Vec<Scored>) -> Vec<Piece> {
    rows.sort_by(|a, b| a.score.total_cmp(&b.score));
    let mut pools: Vec<Pool> = Vec::new();
    for row in rows {
        let (sum, weight) = (row.truth * row.weight, row.weight);
        match pools.last_mut() {
            // Equal scores are one, whatever came true of them.
            Some(pool) if pool.last == row.score => {
                pool.sum += sum;
                pool.weight += weight;
            }
            _ => pools.push(Pool {
                first: row.score,
                last: row.score,
                sum,
                weight,
            }),
        }
    }
    let mut rising: Vec<Pool> = Vec::new();
    for mut pool in pools {
        while let Some(before) = rising.pop_if(|before| before.mean() >= pool.mean()) {
            pool = Pool {
                first: before.first,
                last: pool.last,
                sum: before.sum + pool.sum,
                weight: before.weight + pool.weight,
            };
        }
        rising.push(pool);
    }
    pieces(&rising)
}

/// Flat before the first pool, along every pool and beyond the last; straight between two pools.
fn pieces(pools: &[Pool]) -> Vec<Piece> {
    let flat = |from: f32, probability: f64| Piece {
        from,
        probability,
        slope: 0.0,
    };
    let mut pieces = vec![match pools.first() {
        Some(pool) => flat(pool.first, pool.mean()),
        None => flat(0.0, 0.5),
    }];
    for (at, pool) in pools.iter().enumerate() {
        let Some(next) = pools.get(at + 1) else {
            break;
        };
        let width = f64::from(next.first) - f64::from(pool.last);
        pieces.push(Piece {
            from: pool.last,
            probability: pool.mean(),
            slope: (next.mean() - pool.mean()) / width,
        });
        pieces.push(flat(next.first, next.mean()));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    fn fitted(rows: &[(f32, f64)]) -> Vec<(f32, f64)> {
        let scored = rows.iter().map(|&(score, truth)| Scored {
            score,
            truth,
            weight: 1.0,
        });
        let pieces = fit(scored.collect());
        pieces.iter().map(|p| (p.from, p.probability)).collect()
    }

    #[test]
    fn what_falls_is_pooled() {
        let rising = [(0.1, 0.0), (0.2, 0.0), (0.3, 1.0)];
        assert_eq!(fitted(&rising), [(0.1, 0.0), (0.2, 0.0), (0.3, 1.0)]);
        assert_eq!(fitted(&[(0.1, 1.0), (0.2, 0.0)]), [(0.1, 0.5)]);
        assert_eq!(fitted(&[(0.4, 1.0), (0.4, 0.0)]), [(0.4, 0.5)]);
        assert_eq!(fitted(&[]), [(0.0, 0.5)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(41), failure_persistence: None, ..ProptestConfig::default() })]

        /// The curve rises, stays within 0 and 1, and says in the mean what came true.
        #[test]
        fn the_curve_rises_and_keeps_the_mean(rows in prop::collection::vec((0_u8..40, any::<bool>()), 1..200)) {
            let rows: Vec<(f32, f64)> = rows.iter().map(|&(s, t)| (f32::from(s) / 40.0, f64::from(u8::from(t)))).collect();
            let found = fitted(&rows);
            prop_assert!(found.windows(2).all(|pair| pair[0].0 <= pair[1].0 && pair[0].1 <= pair[1].1));
            prop_assert!(found.iter().all(|(_, p)| (0.0..=1.0).contains(p)));
            let scored = rows.iter().map(|&(score, truth)| Scored { score, truth, weight: 1.0 }).collect();
            let curve = assay_core::model::Calibration::Isotonic {
                score: assay_core::model::Score::Probability,
                curves: vec![fit(scored)],
            };
            let said: f64 = rows.iter().map(|(s, _)| curve.of(&[1.0 - f64::from(*s), f64::from(*s)])[1]).sum();
            let was: f64 = rows.iter().map(|(_, t)| t).sum();
            prop_assert!((said - was).abs() < 1e-5 * rows.len() as f64, "{said} {was}");
        }
    }
}
