//! Models of every form over the features of a case.

mod no_target;

use assay_core::model::{
    ClassPair, Decisions, Distance, Form, Kernel, Link, Model, Node, Output, Tree, Weighting,
};
use assay_core::schema::ColumnType;

use crate::cases::{Case, texts};
use crate::composed::composed;
use crate::random::Random;
use crate::reference;

/// Every form, for the features of `case`.
pub fn models(case: &Case) -> Vec<(&'static str, Model)> {
    let random = &mut Random::new(7);
    let n = case.recipe.features.len();
    let rows: Vec<Vec<f32>> = (0..50)
        .map(|row| reference::features(&case.recipe, &case.columns, row))
        .collect();
    let two = || classes(&["no", "yes"], ColumnType::Text);
    let three = || classes(&["-3", "0", "12"], ColumnType::Integer);
    let flags = || classes(&["false", "true"], ColumnType::Boolean);
    let seven = || classes(&["a", "b", "c", "d", "e", "f", "g"], ColumnType::Text);
    let model = |output, form| model(n, output, form);
    let mut models = vec![
        (
            "linear",
            model(
                Output::Value,
                Form::Linear {
                    coefficients: weights(random, n),
                    intercept: -0.7,
                },
            ),
        ),
        (
            "logistic, two classes",
            model(two(), logistic(random, n, 1)),
        ),
        (
            "logistic, three classes",
            model(three(), logistic(random, n, 3)),
        ),
        (
            "logistic, seven classes",
            model(seven(), logistic(random, n, 7)),
        ),
        (
            "one tree, value",
            model(Output::Value, trees(random, &rows, 1, 5, 1)),
        ),
        (
            "one tree, two classes",
            model(flags(), trees(random, &rows, 1, 5, 2)),
        ),
        (
            "one leaf, two classes",
            model(two(), trees(random, &rows, 1, 0, 2)),
        ),
        (
            "one leaf, value",
            model(Output::Value, trees(random, &rows, 1, 0, 1)),
        ),
        (
            "forest, value",
            model(Output::Value, trees(random, &rows, 100, 6, 1)),
        ),
        (
            "forest, two classes",
            model(two(), trees(random, &rows, 100, 6, 2)),
        ),
        (
            "forest, three classes",
            model(three(), trees(random, &rows, 30, 4, 3)),
        ),
        (
            "forest with ties, two classes",
            model(two(), votes(random, &rows, 10, 2)),
        ),
        (
            "forest with ties, seven classes",
            model(seven(), votes(random, &rows, 6, 7)),
        ),
        (
            "exponential of a sum",
            model(
                Output::Value,
                Form::LogLinear {
                    coefficients: weights(random, n),
                    intercept: 1.3,
                },
            ),
        ),
        (
            "over a threshold, two classes",
            model(two(), over_threshold(logistic(random, n, 1))),
        ),
        (
            "over a threshold, seven classes",
            model(seven(), over_threshold(logistic(random, n, 7))),
        ),
        (
            "normal features, two classes",
            model(flags(), gaussian(random, n, 2)),
        ),
        (
            "normal features, three classes",
            model(three(), gaussian(random, n, 3)),
        ),
        (
            "boosted, value",
            model(Output::Value, boosted(random, &rows, 1, 1, Link::Identity)),
        ),
        (
            "boosted, counts",
            model(Output::Value, boosted(random, &rows, 1, 1, Link::Exp)),
        ),
        (
            "boosted, two classes",
            model(two(), boosted(random, &rows, 1, 1, Link::Logistic)),
        ),
        (
            "boosted, three classes in turn",
            model(three(), boosted(random, &rows, 3, 1, Link::Softmax)),
        ),
        (
            "boosted, seven classes at once",
            model(seven(), boosted(random, &rows, 7, 7, Link::Softmax)),
        ),
        (
            "neighbours, value",
            model(
                Output::Value,
                neighbours(random, &rows, 1, Distance::Euclidean, Weighting::Uniform),
            ),
        ),
        (
            "neighbours, three classes by distance",
            model(
                three(),
                neighbours(random, &rows, 3, Distance::Euclidean, Weighting::Distance),
            ),
        ),
        (
            "neighbours, two classes, manhattan",
            model(
                two(),
                neighbours(random, &rows, 2, Distance::Manhattan, Weighting::Distance),
            ),
        ),
        (
            "kernel, value",
            model(
                Output::Value,
                kernel(random, &rows, Kernel::Rbf { gamma: 0.01 }, 1),
            ),
        ),
        (
            "kernel, two classes",
            model(two(), kernel(random, &rows, Kernel::Rbf { gamma: 0.2 }, 2)),
        ),
        (
            "kernel, seven classes, linear",
            model(seven(), kernel(random, &rows, Kernel::Linear, 7)),
        ),
        (
            "kernel, three classes, polynomial",
            model(
                three(),
                kernel(
                    random,
                    &rows,
                    Kernel::Polynomial {
                        gamma: 0.1,
                        offset: 0.5,
                        degree: 3,
                    },
                    3,
                ),
            ),
        ),
    ];
    models.extend(composed(random, n, &rows));
    models.extend(no_target::models(n, &rows));
    models
}

pub fn model(n_features: usize, output: Output, form: Form) -> Model {
    Model {
        n_features,
        output,
        form,
    }
}

pub fn classes(names: &[&str], kind: ColumnType) -> Output {
    Output::Classes {
        classes: texts(names),
        kind,
    }
}

pub fn weights(random: &mut Random, n: usize) -> Vec<f32> {
    (0..n).map(|_| random.around_zero(1.0) as f32).collect()
}

pub fn logistic(random: &mut Random, n_features: usize, n_sums: usize) -> Form {
    Form::Logistic {
        coefficients: (0..n_sums).map(|_| weights(random, n_features)).collect(),
        intercepts: weights(random, n_sums),
    }
}

fn over_threshold(form: Form) -> Form {
    match form {
        Form::Logistic {
            coefficients,
            intercepts,
        } => Form::Threshold {
            threshold: 0.1,
            coefficients,
            intercepts,
        },
        form => form,
    }
}

fn gaussian(random: &mut Random, n_features: usize, n_classes: usize) -> Form {
    let mut table = |least: f64, largest: f64| -> Vec<Vec<f64>> {
        let row = |random: &mut Random| {
            (0..n_features)
                .map(|_| least + (largest - least) * random.share())
                .collect()
        };
        (0..n_classes).map(|_| row(random)).collect()
    };
    Form::Gaussian {
        means: table(-1.0, 1.0),
        precisions: table(0.1, 4.0),
        constants: (0..n_classes).map(|class| -(class as f64)).collect(),
    }
}

/// Thresholds are taken from `rows`, so that many values lie on them exactly.
pub fn trees(
    random: &mut Random,
    rows: &[Vec<f32>],
    n: usize,
    depth: usize,
    n_values: usize,
) -> Form {
    forest(random, rows, n, depth, &mut |random| {
        let values: Vec<f64> = (0..n_values).map(|_| random.share()).collect();
        let total: f64 = values.iter().sum();
        match n_values {
            1 => vec![(values[0] * 1e5) as f32],
            _ => values.iter().map(|value| (value / total) as f32).collect(),
        }
    })
}

/// 60 trees whose leaves have `n_values`.
fn boosted(
    random: &mut Random,
    rows: &[Vec<f32>],
    n_sums: usize,
    n_values: usize,
    link: Link,
) -> Form {
    let Form::Trees { trees } = forest(random, rows, 60, 4, &mut |random| {
        (0..n_values)
            .map(|_| random.around_zero(0.4) as f32)
            .collect()
    }) else {
        panic!("a forest is made of trees");
    };
    Form::Boosted {
        trees,
        offsets: weights(random, n_sums),
        link,
    }
}

/// The rows themselves are stored, so that some distances are 0 and many are equal.
fn neighbours(
    random: &mut Random,
    rows: &[Vec<f32>],
    n_outputs: usize,
    distance: Distance,
    weighting: Weighting,
) -> Form {
    let answers = rows.iter().flat_map(|_| {
        let class = random.below(n_outputs);
        let value = random.around_zero(50.0) as f32;
        (0..n_outputs).map(move |output| match n_outputs {
            1 => value,
            _ => f32::from(u8::from(output == class)),
        })
    });
    Form::Neighbours {
        answers: answers.collect(),
        rows: rows.concat(),
        n_neighbours: 7,
        distance,
        weighting,
    }
}

/// A decision for every pair of classes, or a value (`n_classes` 1).
fn kernel(random: &mut Random, rows: &[Vec<f32>], kernel: Kernel, n_classes: u32) -> Form {
    let pairs: Vec<(u32, u32)> = (0..n_classes)
        .flat_map(|first| (first + 1..n_classes).map(move |second| (first, second)))
        .collect();
    let n_decisions = pairs.len().max(1);
    let mut numbers = |n: usize| {
        (0..n)
            .map(|_| random.around_zero(1.0))
            .collect::<Vec<f64>>()
    };
    let coefficients = (0..n_decisions).map(|_| numbers(rows.len())).collect();
    let intercepts = numbers(n_decisions);
    let decisions = match n_classes {
        1 => Decisions::Value,
        _ => Decisions::Pairs(
            pairs
                .into_iter()
                .zip(numbers(n_decisions))
                .map(|((first, second), shift)| ClassPair {
                    first,
                    second,
                    slope: 1.5 + shift,
                    shift,
                })
                .collect(),
        ),
    };
    Form::Kernel {
        kernel,
        vectors: rows.concat(),
        coefficients,
        intercepts,
        decisions,
    }
}

/// Every leaf is sure of one class, so that trees often stand even.
fn votes(random: &mut Random, rows: &[Vec<f32>], n: usize, n_classes: usize) -> Form {
    forest(random, rows, n, 3, &mut |random| {
        let vote = random.below(n_classes);
        (0..n_classes)
            .map(|class| f32::from(u8::from(class == vote)))
            .collect()
    })
}

fn forest(
    random: &mut Random,
    rows: &[Vec<f32>],
    n: usize,
    depth: usize,
    leaf: &mut dyn FnMut(&mut Random) -> Vec<f32>,
) -> Form {
    let trees = (0..n)
        .map(|_| {
            let mut tree = Tree::default();
            grow(&mut tree, random, rows, depth, leaf);
            tree
        })
        .collect();
    Form::Trees { trees }
}

fn grow(
    tree: &mut Tree,
    random: &mut Random,
    rows: &[Vec<f32>],
    depth: usize,
    leaf: &mut dyn FnMut(&mut Random) -> Vec<f32>,
) -> u32 {
    let at = tree.nodes.len();
    tree.nodes.push(Node::Leaf {
        values: leaf(random),
    });
    if depth > 0 {
        let row = random.pick(rows);
        let feature = random.below(row.len());
        let threshold = if row[feature].is_nan() {
            0.5
        } else {
            row[feature]
        };
        let left = grow(tree, random, rows, depth - 1, leaf);
        let shorter = depth - 1 - random.below(depth);
        let right = grow(tree, random, rows, shorter, leaf);
        tree.nodes[at] = Node::Split {
            feature: feature as u32,
            threshold,
            missing_left: random.below(2) == 1,
            left,
            right,
            gain: 0.0,
        };
    }
    at as u32
}
