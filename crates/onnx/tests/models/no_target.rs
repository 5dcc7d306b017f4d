//! Models of the forms that are found without a target.

use assay_core::model::{Form, Link, Model, Output};
use assay_core::schema::ColumnType;

use super::{classes, forest};
use crate::random::Random;

/// `rows` are some of the case's.
pub fn models(n: usize, rows: &[Vec<f32>]) -> Vec<(&'static str, Model)> {
    let random = &mut Random::new(8);
    let one = || classes(&["0"], ColumnType::Integer);
    let two = || classes(&["no", "yes"], ColumnType::Text);
    let flags = || classes(&["false", "true"], ColumnType::Boolean);
    let seven = || classes(&["a", "b", "c", "d", "e", "f", "g"], ColumnType::Text);
    let model = |output, form| Model {
        n_features: n,
        output,
        form,
    };
    vec![
        (
            "nearest of seven centres",
            model(seven(), nearest(random, n, 7)),
        ),
        (
            "nearest of two centres",
            model(flags(), nearest(random, n, 2)),
        ),
        ("mixture of seven", model(seven(), mixture(random, n, 7))),
        ("mixture of one", model(one(), mixture(random, n, 1))),
        (
            "three coordinates",
            model(
                Output::Coordinates { n_components: 3 },
                projection(random, n, 3),
            ),
        ),
        (
            "one coordinate",
            model(
                Output::Coordinates { n_components: 1 },
                projection(random, n, 1),
            ),
        ),
        (
            "within reach of stored rows",
            model(seven(), reach(random, rows, 4.0)),
        ),
        (
            "within reach of none",
            model(flags(), reach(random, &rows[..1], -1.0)),
        ),
        (
            "halved by the length of a path",
            model(two(), paths(random, rows)),
        ),
    ]
}

fn mixture(random: &mut Random, n_features: usize, n_classes: usize) -> Form {
    let mut numbers = |n: usize| -> Vec<f64> { (0..n).map(|_| random.around_zero(0.7)).collect() };
    Form::Mixture {
        means: (0..n_classes).map(|_| numbers(n_features)).collect(),
        factors: (0..n_classes)
            .map(|_| numbers(n_features * n_features))
            .collect(),
        constants: numbers(n_classes),
    }
}

fn projection(random: &mut Random, n_features: usize, n_components: usize) -> Form {
    let mut row = || (0..n_features).map(|_| random.around_zero(2.0)).collect();
    Form::Projection {
        origin: row(),
        components: (0..n_components).map(|_| row()).collect(),
    }
}

/// Some of `rows`, as they are, so that the nearest is at no distance.
fn reach(random: &mut Random, rows: &[Vec<f32>], radius_squared: f32) -> Form {
    let usable: Vec<&Vec<f32>> = rows
        .iter()
        .filter(|row| row.iter().all(|value| value.is_finite()))
        .take(20)
        .collect();
    Form::Reach {
        rows: usable.iter().copied().flatten().copied().collect(),
        clusters: usable
            .iter()
            .map(|_| {
                if usable.len() == 1 {
                    0
                } else {
                    random.below(6) as u32
                }
            })
            .collect(),
        radius_squared,
    }
}

/// Leaves of at least 0, as path lengths are.
fn paths(random: &mut Random, rows: &[Vec<f32>]) -> Form {
    let Form::Trees { trees } = forest(random, rows, 20, 6, &mut |random| {
        vec![(random.below(1_000) as f32) / 8_192.0]
    }) else {
        panic!("a forest is made of trees");
    };
    Form::Boosted {
        trees,
        offsets: vec![0.0],
        link: Link::Halving,
    }
}

fn nearest(random: &mut Random, n_features: usize, n_classes: usize) -> Form {
    let mut row = || (0..n_features).map(|_| random.around_zero(2.0)).collect();
    Form::Nearest {
        origin: row(),
        centres: (0..n_classes).map(|_| row()).collect(),
    }
}
