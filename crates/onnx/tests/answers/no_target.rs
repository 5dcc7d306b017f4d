//! Forms that are found without a target, one row at a time.

use assay_core::model::{Form, Model, Output};

use super::{in_range, softmax};

pub fn answer(model: &Model, row: &[f32]) -> Vec<f64> {
    match &model.form {
        Form::Mixture {
            means,
            factors,
            constants,
        } => {
            let sums: Vec<f64> = (0..constants.len())
                .map(|class| {
                    let distance: f64 = factors[class]
                        .chunks(row.len())
                        .map(|column| {
                            let terms = (0..row.len())
                                .map(|j| (f64::from(row[j]) - means[class][j]) * column[j]);
                            terms.sum::<f64>().powi(2)
                        })
                        .sum();
                    in_range(constants[class] - 0.5 * distance)
                })
                .collect();
            softmax(&sums)
        }
        Form::Projection { origin, components } => components
            .iter()
            .map(|component| {
                let terms = (0..row.len()).map(|j| (f64::from(row[j]) - origin[j]) * component[j]);
                in_range(terms.sum())
            })
            .collect(),
        Form::Reach {
            rows,
            clusters,
            radius_squared,
        } => {
            let apart = rows.chunks(row.len()).map(|stored| {
                let pairs = stored.iter().zip(row);
                let sum: f64 = pairs
                    .map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2))
                    .sum();
                sum.min(f64::from(f32::MAX)) as f32
            });
            let (nearest, apart) = apart
                .enumerate()
                .reduce(|best, other| if other.1 < best.1 { other } else { best })
                .unwrap_or((0, f32::MAX));
            let n = match &model.output {
                Output::Classes { classes, .. } => classes.len(),
                _ => 0,
            };
            let found = if apart <= *radius_squared {
                clusters[nearest] as usize
            } else {
                n - 1
            };
            (0..n)
                .map(|class| f64::from(u8::from(class == found)))
                .collect()
        }
        Form::Nearest { origin, centres } => {
            let nearness = centres.iter().map(|centre| -> f64 {
                let features = row.iter().zip(origin).zip(centre);
                let product: f64 = features
                    .map(|((&x, origin), centre)| (f64::from(x) - origin) * centre)
                    .sum();
                product - centre.iter().map(|value| value * value).sum::<f64>() / 2.0
            });
            let nearness: Vec<f64> = nearness.collect();
            let largest = nearness.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let least = largest - 1e-12 * largest.abs();
            let nearest = nearness.iter().position(|near| *near >= least);
            (0..centres.len())
                .map(|class| f64::from(u8::from(Some(class) == nearest)))
                .collect()
        }
        form => panic!("{form:?} learns from a target"),
    }
}
