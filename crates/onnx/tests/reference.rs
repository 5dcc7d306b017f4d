//! Recipe and model, evaluated one row and one step at a time.

use assay_core::Columns;
use assay_core::matrix::{Prediction, RawValues, most_probable};
use assay_core::model::{Form, Model, Node, Output, Tree};
use assay_core::recipe::{FittedRecipe, FittedStep};

enum Cell {
    Number(f64),
    Text(Option<String>),
    Features(Vec<f32>),
}

pub fn predict(recipe: &FittedRecipe, model: &Model, columns: &Columns) -> Prediction {
    let rows: Vec<Vec<f32>> = (0..columns.n_rows)
        .map(|row| features(recipe, columns, row))
        .collect();
    let answers: Vec<Vec<f64>> = rows.iter().map(|row| answer(model, row)).collect();
    match &model.output {
        Output::Value => Prediction::Values(answers.concat()),
        Output::Classes { classes, .. } => Prediction::Classes {
            indices: answers.iter().map(|row| most_probable(row)).collect(),
            probabilities: answers.concat(),
            n_classes: classes.len(),
        },
    }
}

pub fn features(recipe: &FittedRecipe, columns: &Columns, row: usize) -> Vec<f32> {
    let mut features = Vec::new();
    for input in &recipe.inputs {
        let column = columns.column(&input.name).expect("the column is there");
        let mut cell = match &column.values {
            RawValues::Numbers(values) => Cell::Number(values[row]),
            RawValues::Texts(values) => Cell::Text(values[row].clone().filter(|t| !t.is_empty())),
        };
        for step in recipe.steps.iter().filter(|s| s.column() == input.name) {
            cell = apply(step, cell);
        }
        match cell {
            Cell::Number(value) => features.push(value as f32),
            Cell::Features(values) => features.extend(values),
            Cell::Text(_) => panic!("column {} stays text", input.name),
        }
    }
    assert_eq!(features.len(), recipe.features.len());
    features
}

fn apply(step: &FittedStep, cell: Cell) -> Cell {
    match (step, cell) {
        (FittedStep::ImputeNumber { value, .. }, Cell::Number(x)) => {
            Cell::Number(if x.is_nan() { *value } else { x })
        }
        (FittedStep::ImputeText { value, .. }, Cell::Text(text)) => {
            Cell::Text(text.or(Some(value.clone())))
        }
        (FittedStep::Standardise { mean, std, .. }, Cell::Number(x)) => {
            Cell::Number(if *std == 0.0 { 0.0 } else { (x - mean) / std })
        }
        (FittedStep::OneHot { categories, .. }, cell) => {
            let position = position(categories, &cell);
            Cell::Features(
                (0..categories.len())
                    .map(|index| f32::from(u8::from(Some(index) == position)))
                    .collect(),
            )
        }
        (FittedStep::Ordinal { categories, .. }, cell) => {
            Cell::Number(position(categories, &cell).map_or(-1.0, |index| index as f64))
        }
        _ => panic!("{step:?} does not fit"),
    }
}

fn position(categories: &[String], cell: &Cell) -> Option<usize> {
    categories.iter().position(|category| match cell {
        Cell::Text(text) => text.as_ref() == Some(category),
        Cell::Number(x) => match category.as_str() {
            "false" => *x == 0.0,
            "true" => *x == 1.0,
            number => *x == number.parse::<f64>().expect("a number"),
        },
        Cell::Features(_) => panic!("features have no position"),
    })
}

fn answer(model: &Model, row: &[f32]) -> Vec<f64> {
    match &model.form {
        Form::Linear {
            coefficients,
            intercept,
        } => vec![sum(row, coefficients, *intercept)],
        Form::LogLinear {
            coefficients,
            intercept,
        } => {
            let mean = sum(row, coefficients, *intercept).exp();
            vec![f64::from(mean.min(f64::from(f32::MAX)) as f32)]
        }
        Form::Logistic {
            coefficients,
            intercepts,
        } => {
            let sums: Vec<f64> = coefficients
                .iter()
                .zip(intercepts)
                .map(|(row_of_class, &b)| sum(row, row_of_class, b))
                .collect();
            match sums[..] {
                [z] => vec![1.0 / (1.0 + z.exp()), 1.0 / (1.0 + (-z).exp())],
                _ => softmax(&sums),
            }
        }
        Form::Threshold {
            threshold,
            coefficients,
            intercepts,
        } => {
            let over: Vec<f32> = row
                .iter()
                .map(|x| if x > threshold { 1.0 } else { 0.0 })
                .collect();
            let logistic = Form::Logistic {
                coefficients: coefficients.clone(),
                intercepts: intercepts.clone(),
            };
            answer(
                &Model {
                    form: logistic,
                    ..model.clone()
                },
                &over,
            )
        }
        Form::Gaussian {
            means,
            precisions,
            constants,
        } => {
            let sums: Vec<f64> = (0..constants.len())
                .map(|class| {
                    let distance: f64 = (0..row.len())
                        .map(|j| {
                            (f64::from(row[j]) - means[class][j]).powi(2) * precisions[class][j]
                        })
                        .sum();
                    in_range(constants[class] - 0.5 * distance)
                })
                .collect();
            softmax(&sums)
        }
        Form::Trees { trees } => mean(trees, row),
    }
}

fn sum(row: &[f32], coefficients: &[f32], intercept: f32) -> f64 {
    let sum: f64 = row
        .iter()
        .zip(coefficients)
        .map(|(&x, &w)| f64::from(x) * f64::from(w))
        .sum();
    let sum = sum + f64::from(intercept);
    in_range(sum)
}

fn in_range(sum: f64) -> f64 {
    f64::from(sum.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32)
}

fn softmax(sums: &[f64]) -> Vec<f64> {
    let largest = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = sums.iter().map(|z| (z - largest).exp()).collect();
    let total: f64 = powers.iter().sum();
    powers.iter().map(|power| power / total).collect()
}

fn mean(trees: &[Tree], row: &[f32]) -> Vec<f64> {
    let mut total: Vec<f64> = Vec::new();
    for tree in trees {
        let leaf = leaf(tree, row);
        total.resize(leaf.len(), 0.0);
        for (sum, &value) in total.iter_mut().zip(leaf) {
            *sum += f64::from(value / trees.len() as f32);
        }
    }
    total
}

fn leaf<'a>(tree: &'a Tree, row: &[f32]) -> &'a [f32] {
    let mut at = 0;
    loop {
        match &tree.nodes[at] {
            Node::Leaf { values } => return values,
            Node::Split {
                feature,
                threshold,
                left,
                right,
            } => {
                let goes_left = row[*feature as usize] <= *threshold;
                at = if goes_left { *left } else { *right } as usize;
            }
        }
    }
}
