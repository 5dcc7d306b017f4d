//! What is done to one number at a time. The exported graph does the same, operation by operation.

use std::sync::Arc;

use super::calendar::date_part;
use super::step::{DatePart, DateUnit};

/// A missing number is NaN, and stays it unless said otherwise.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// NaN becomes this.
    Fill(f64),
    /// 1 for NaN, else 0.
    IsMissing,
    /// (x − centre) / scale; 0 when the scale is 0.
    Scale {
        centre: f64,
        scale: f64,
    },
    /// ((1 + x)^λ − 1) / λ for x ≥ 0, −((1 − x)^(2 − λ) − 1) / (2 − λ) for x < 0; where the exponent is 0, ln(1 + x)
    /// and −ln(1 − x).
    YeoJohnson(f64),
    /// sign(x) · ln(1 + |x|)
    Log,
    Square,
    /// How many edges are ≤ x.
    Bin(Arc<[f64]>),
    /// The position of the number that x equals, −1 without one, for NaN too.
    Position(Arc<[f64]>),
    Date(DateUnit, DatePart),
}

impl Op {
    /// Each of the values in its place.
    pub fn apply(&self, values: &mut [f64]) {
        let each = |values: &mut [f64], of: &dyn Fn(f64) -> f64| {
            for value in values {
                *value = of(*value);
            }
        };
        match self {
            Self::Fill(fill) => {
                for value in values.iter_mut().filter(|value| value.is_nan()) {
                    *value = *fill;
                }
            }
            Self::Scale { centre, scale } => {
                // Divided by infinity, a constant column is 0.
                let scale = if *scale == 0.0 { f64::INFINITY } else { *scale };
                for value in values {
                    *value = (*value - centre) / scale;
                }
            }
            Self::Square => {
                for value in values {
                    *value *= *value;
                }
            }
            Self::IsMissing => each(values, &|x| f64::from(u8::from(x.is_nan()))),
            Self::YeoJohnson(lambda) => each(values, &|x| yeo_johnson(x, *lambda)),
            Self::Log => each(values, &|x| mirrored(x, (1.0 + x.abs()).ln())),
            Self::Bin(edges) => each(values, &|x| {
                if x.is_nan() {
                    return x;
                }
                edges.partition_point(|edge| *edge <= x) as f64
            }),
            Self::Position(numbers) => each(values, &|x| {
                let found = numbers.iter().position(|number| *number == x);
                found.map_or(-1.0, |place| place as f64)
            }),
            Self::Date(unit, part) => each(values, &|x| date_part(x, *unit, *part)),
        }
    }
}

fn yeo_johnson(x: f64, lambda: f64) -> f64 {
    let exponent = if x < 0.0 { 2.0 - lambda } else { lambda };
    let base = 1.0 + x.abs();
    let power = if exponent == 0.0 {
        base.ln()
    } else {
        (base.powf(exponent) - 1.0) / exponent
    };
    mirrored(x, power)
}

/// `size` with the sign of `x`.
fn mirrored(x: f64, size: f64) -> f64 {
    if x < 0.0 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_does_what_its_formula_says() {
        let numbers: Arc<[f64]> = [1.0, 2.0, 5.0].into();
        let nan = f64::NAN;
        let table = [
            (Op::Fill(3.0), [nan, 1.0, -2.0], [3.0, 1.0, -2.0]),
            (Op::IsMissing, [nan, 0.0, -2.0], [1.0, 0.0, 0.0]),
            (
                Op::Scale {
                    centre: 1.0,
                    scale: 4.0,
                },
                [1.0, 5.0, -3.0],
                [0.0, 1.0, -1.0],
            ),
            (
                Op::Scale {
                    centre: 1.0,
                    scale: 0.0,
                },
                [1.0, 5.0, -3.0],
                [0.0, 0.0, 0.0],
            ),
            (Op::YeoJohnson(1.0), [0.0, 3.0, -3.0], [0.0, 3.0, -3.0]),
            (
                Op::YeoJohnson(2.0),
                [3.0, 0.0, -1.0],
                [7.5, 0.0, -(2.0_f64.ln())],
            ),
            (
                Op::YeoJohnson(0.0),
                [1.0, 0.0, -3.0],
                [2.0_f64.ln(), 0.0, -7.5],
            ),
            (
                Op::Log,
                [0.0, 1.0, -1.0],
                [0.0, 2.0_f64.ln(), -(2.0_f64.ln())],
            ),
            (Op::Square, [0.0, -3.0, 0.5], [0.0, 9.0, 0.25]),
            (Op::Bin(numbers.clone()), [0.9, 1.0, 9.0], [0.0, 1.0, 3.0]),
            (Op::Position(numbers), [nan, 5.0, 3.0], [-1.0, 2.0, -1.0]),
        ];
        for (op, mut values, expected) in table {
            op.apply(&mut values);
            assert_eq!(values, expected, "{op:?}");
        }
    }
}
