//! The rising curve nearest to the rows: pooled adjacent violators, straight lines between the pools (Zadrozny and
//! Elkan 2002), as scikit-learn's `IsotonicRegression(out_of_bounds="clip")`.

use assay_core::model::{Piece, Pool, rising_pools};

/// A row with a weight over 0.
#[derive(Debug, Clone, Copy)]
pub struct Scored {
    pub score: f32,
    /// 0 or 1.
    pub truth: f64,
    pub weight: f64,
}

/// Never empty: without rows it says ½.
pub fn fit(rows: Vec<Scored>) -> Vec<Piece> {
    let rows = rows.into_iter().map(|row| assay_core::model::Scored {
        score: f64::from(row.score),
        truth: row.truth,
        weight: row.weight,
    });
    pieces(&rising_pools(rows.collect()))
}

/// Flat before the first pool, along every pool and beyond the last; straight between two pools.
///
/// Invariant: scores are f32, so that their way through f64 changes none.
fn pieces(pools: &[Pool]) -> Vec<Piece> {
    let flat = |from: f32, probability: f64| Piece {
        from,
        probability,
        slope: 0.0,
    };
    let mut pieces = vec![match pools.first() {
        Some(pool) => flat(pool.first as f32, pool.mean()),
        None => flat(0.0, 0.5),
    }];
    for (at, pool) in pools.iter().enumerate() {
        let Some(next) = pools.get(at + 1) else {
            break;
        };
        let width = next.first - pool.last;
        pieces.push(Piece {
            from: pool.last as f32,
            probability: pool.mean(),
            slope: (next.mean() - pool.mean()) / width,
        });
        pieces.push(flat(next.first as f32, next.mean()));
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
