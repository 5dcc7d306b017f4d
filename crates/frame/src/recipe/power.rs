//! λ of Yeo and Johnson's transform by maximum likelihood.

use assay_core::Task;
use assay_core::recipe::Op;

use crate::error::Error;

/// Where the search begins. The likelihood has one maximum; beyond the ends the search goes on, doubling.
const GRID: [f64; 7] = [-4.0, -2.0, 0.0, 1.0, 2.0, 4.0, 6.0];
const FARTHEST: f64 = 256.0;
const TOLERANCE: f64 = 1e-9;

/// Of equal values 1, which changes nothing.
pub fn yeo_johnson_lambda(values: &[f64], task: &Task) -> Result<f64, Error> {
    let Some(&first) = values.first() else {
        return Ok(1.0);
    };
    if values.iter().all(|value| *value == first) {
        return Ok(1.0);
    }
    let logs: f64 = values
        .iter()
        .map(|value| value.abs().ln_1p().copysign(*value))
        .sum();
    let mut transformed = values.to_vec();
    let mut loss = |lambda: f64| -> Result<f64, Error> {
        task.check()?;
        transformed.copy_from_slice(values);
        Op::YeoJohnson(lambda).apply(&mut transformed);
        let n = transformed.len() as f64;
        let mean = transformed.iter().sum::<f64>() / n;
        let squares: f64 = transformed.iter().map(|v| (v - mean) * (v - mean)).sum();
        let loss = 0.5 * n * (squares / n).ln() - (lambda - 1.0) * logs;
        Ok(if loss.is_finite() {
            loss
        } else {
            f64::INFINITY
        })
    };
    let (low, high) = bracket(&mut loss)?;
    least(&mut loss, low, high)
}

type Loss<'a> = dyn FnMut(f64) -> Result<f64, Error> + 'a;

fn bracket(loss: &mut Loss<'_>) -> Result<(f64, f64), Error> {
    let mut grid = GRID.to_vec();
    let mut losses = grid
        .iter()
        .map(|lambda| loss(*lambda))
        .collect::<Result<Vec<f64>, Error>>()?;
    loop {
        let best = (0..losses.len())
            .min_by(|&a, &b| losses[a].total_cmp(&losses[b]))
            .unwrap_or(0);
        let last = grid.len() - 1;
        if best == 0 && grid[0] > -FARTHEST {
            let next = grid[0] * 2.0;
            grid.insert(0, next);
            losses.insert(0, loss(next)?);
        } else if best == last && grid[last] < FARTHEST {
            let next = grid[last] * 2.0;
            grid.push(next);
            losses.push(loss(next)?);
        } else {
            return Ok((grid[best.saturating_sub(1)], grid[(best + 1).min(last)]));
        }
    }
}

/// Brent's minimum of a function of one variable (Algorithms for Minimization without Derivatives, 1973, chapter 5).
fn least(loss: &mut Loss<'_>, mut low: f64, mut high: f64) -> Result<f64, Error> {
    let golden = 0.5 * (3.0 - 5.0_f64.sqrt());
    let mut best = low + golden * (high - low);
    let (mut second, mut third) = (best, best);
    let mut at_best = loss(best)?;
    let (mut at_second, mut at_third) = (at_best, at_best);
    let (mut step, mut before) = (0.0_f64, 0.0_f64);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        let tolerance = TOLERANCE * best.abs() + TOLERANCE;
        if (best - middle).abs() <= 2.0 * tolerance - 0.5 * (high - low) {
            break;
        }
        let r = (best - second) * (at_best - at_third);
        let q = (best - third) * (at_best - at_second);
        let p = (best - third) * q - (best - second) * r;
        let q = 2.0 * (q - r);
        let p = if q > 0.0 { -p } else { p };
        let q = q.abs();
        let is_parabola = before.abs() > tolerance
            && p.is_finite()
            && p.abs() < (0.5 * q * before).abs()
            && p > q * (low - best)
            && p < q * (high - best);
        if is_parabola {
            before = step;
            step = p / q;
            let next = best + step;
            if next - low < 2.0 * tolerance || high - next < 2.0 * tolerance {
                step = tolerance.copysign(middle - best);
            }
        } else {
            before = if best < middle {
                high - best
            } else {
                low - best
            };
            step = golden * before;
        }
        let next = if step.abs() >= tolerance {
            best + step
        } else {
            best + tolerance.copysign(step)
        };
        let at_next = loss(next)?;
        if at_next <= at_best {
            if next < best {
                high = best;
            } else {
                low = best;
            }
            (third, at_third) = (second, at_second);
            (second, at_second) = (best, at_best);
            (best, at_best) = (next, at_next);
        } else {
            if next < best {
                low = next;
            } else {
                high = next;
            }
            if at_next <= at_second || second == best {
                (third, at_third) = (second, at_second);
                (second, at_second) = (next, at_next);
            } else if at_next <= at_third || third == best || third == second {
                (third, at_third) = (next, at_next);
            }
        }
    }
    Ok(best)
}
