//! Platt's sigmoid: probabilities from decision values (Lin, Lin and Weng 2007).

const MAX_STEPS: usize = 100;
const LEAST_STEP: f64 = 1e-10;
const RIDGE: f64 = 1e-12;
const TOLERANCE: f64 = 1e-5;

/// P(positive) = 1 / (1 + exp(−(slope · decision + shift))).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sigmoid {
    pub slope: f64,
    pub shift: f64,
}

impl Sigmoid {
    /// By Newton's method with backtracking, on targets drawn in from 0 and 1 by the number of rows.
    pub fn fit(decisions: &[f64], is_positive: &[bool], weights: &[f64]) -> Self {
        let weight_of = |wanted: bool| -> f64 {
            is_positive
                .iter()
                .zip(weights)
                .filter_map(|(is, weight)| (*is == wanted).then_some(weight))
                .sum()
        };
        let (positive, negative) = (weight_of(true), weight_of(false));
        let high = (positive + 1.0) / (positive + 2.0);
        let low = 1.0 / (negative + 2.0);
        let rows: Vec<(f64, f64, f64)> = decisions
            .iter()
            .zip(is_positive)
            .zip(weights)
            .map(|((&decision, &is), &weight)| (decision, if is { high } else { low }, weight))
            .collect();
        // In the paper's letters: P = 1 / (1 + exp(a f + b)).
        let (mut a, mut b) = (0.0, ((negative + 1.0) / (positive + 1.0)).ln());
        let mut loss = loss(&rows, a, b);
        for _ in 0..MAX_STEPS {
            let (mut h11, mut h22, mut h21, mut g1, mut g2) = (RIDGE, RIDGE, 0.0, 0.0, 0.0);
            for &(f, target, weight) in &rows {
                let p = 1.0 / (1.0 + (f * a + b).exp());
                let (q, d) = (1.0 - p, weight * (target - p));
                let curve = weight * p * q;
                h11 += f * f * curve;
                h22 += curve;
                h21 += f * curve;
                g1 += f * d;
                g2 += d;
            }
            if g1.abs() < TOLERANCE && g2.abs() < TOLERANCE {
                break;
            }
            let determinant = h11 * h22 - h21 * h21;
            let da = -(h22 * g1 - h21 * g2) / determinant;
            let db = -(-h21 * g1 + h11 * g2) / determinant;
            let descent = g1 * da + g2 * db;
            let mut step = 1.0;
            let improved = loop {
                if step < LEAST_STEP || !(da.is_finite() && db.is_finite()) {
                    break false;
                }
                let (next_a, next_b) = (a + step * da, b + step * db);
                let next = self::loss(&rows, next_a, next_b);
                if next < loss + 1e-4 * step * descent {
                    (a, b, loss) = (next_a, next_b, next);
                    break true;
                }
                step /= 2.0;
            };
            if !improved {
                break;
            }
        }
        Self {
            slope: -a,
            shift: -b,
        }
    }
}

fn loss(rows: &[(f64, f64, f64)], a: f64, b: f64) -> f64 {
    rows.iter()
        .map(|&(f, target, weight)| {
            let z = f * a + b;
            weight
                * if z >= 0.0 {
                    target * z + (-z).exp().ln_1p()
                } else {
                    (target - 1.0) * z + z.exp().ln_1p()
                }
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sigmoid_meets_the_frequencies() {
        // Of ten rows at −1 two are positive, of ten at 1 nine.
        let decisions: Vec<f64> = (0..20).map(|i| if i < 10 { -1.0 } else { 1.0 }).collect();
        let is_positive: Vec<bool> = (0..20).map(|i| i < 2 || (10..19).contains(&i)).collect();
        let found = Sigmoid::fit(&decisions, &is_positive, &[1.0; 20]);
        let p = |f: f64| 1.0 / (1.0 + (-(found.slope * f + found.shift)).exp());
        // Targets 12/13 and 1/11 instead of 1 and 0.
        let mean = |n: f64| (n * 12.0 / 13.0 + (10.0 - n) / 11.0) / 10.0;
        assert!((p(-1.0) - mean(2.0)).abs() < 1e-5);
        assert!((p(1.0) - mean(9.0)).abs() < 1e-5);
    }

    #[test]
    fn decisions_that_say_nothing_give_the_share_of_the_classes() {
        let found = Sigmoid::fit(&[0.0; 4], &[true, true, true, false], &[1.0; 4]);
        let p = 1.0 / (1.0 + (-found.shift).exp());
        assert!((0.5..0.75).contains(&p), "{p}");
        let separated = Sigmoid::fit(&[-1e6, 1e6], &[false, true], &[1.0; 2]);
        assert!(separated.slope.is_finite() && separated.slope >= 0.0);
    }
}
