//! Models made of other models, and medians of trees, beside their plain evaluation.

use assay_core::model::{
    Calibration, Form, Inverse, InverseCurve, Model, Output, Piece, Score, SigmoidCurve,
};
use assay_core::schema::ColumnType;

use crate::answers;
use crate::models::{classes, logistic, model, trees, weights};
use crate::random::Random;

/// Every form of them, for `n` features whose values lie about `rows`.
pub fn composed(random: &mut Random, n: usize, rows: &[Vec<f32>]) -> Vec<(&'static str, Model)> {
    let two = || classes(&["no", "yes"], ColumnType::Text);
    let three = || classes(&["-3", "0", "12"], ColumnType::Integer);
    let Form::Trees { trees: leaves } = trees(random, rows, 31, 4, 1) else {
        panic!("a forest is made of trees");
    };
    let tree_weights = (0..leaves.len()).map(|_| 1.0 + random.below(5) as f64);
    let median = Form::Median {
        weights: tree_weights.collect(),
        trees: leaves,
    };
    let of_two = |random: &mut Random| model(n, two(), logistic(random, n, 1));
    let linear = |random: &mut Random| {
        let form = Form::Linear {
            coefficients: weights(random, n).iter().map(|w| w * 1e-3).collect(),
            intercept: 0.3,
        };
        model(n, Output::Value, form)
    };
    let forest = |random: &mut Random, n_classes: usize| {
        let output = if n_classes == 2 { two() } else { three() };
        model(n, output, trees(random, rows, 10, 4, n_classes))
    };
    let of_three = model(n, three(), logistic(random, n, 3));
    let calibrated = |base: &Model, calibration| {
        let form = Form::Calibrated {
            base: Box::new(base.clone()),
            calibration,
        };
        model(n, base.output.clone(), form)
    };
    let sigmoid = |random: &mut Random, score, n_curves| Calibration::Sigmoid {
        score,
        curves: (0..n_curves)
            .map(|_| SigmoidCurve {
                slope: 0.5 + random.share(),
                shift: random.around_zero(1.0),
            })
            .collect(),
    };
    let isotonic = |random: &mut Random, score, n_curves| Calibration::Isotonic {
        score,
        curves: (0..n_curves)
            .map(|number| steps(random, score, 1 + 6 * number))
            .collect(),
    };
    let transformed = |base: Model, curve| {
        let inverse = Inverse {
            curve,
            mean: 0.4,
            std: 0.7,
            low: -1.5,
            high: 1.5,
        };
        let form = Form::Transformed {
            base: Box::new(base),
            inverse,
        };
        model(n, Output::Value, form)
    };
    let base = of_two(random);
    let last = model(3, three(), logistic(random, 9, 3));
    let stack_of_three = Form::Stack {
        members: vec![of_three.clone(), forest(random, 3), of_three.clone()],
        last: Box::new(Model {
            n_features: 9,
            ..last
        }),
    };
    let stack_of_two = Form::Stack {
        members: vec![base.clone(), forest(random, 2)],
        last: Box::new(model(2, two(), logistic(random, 2, 1))),
    };
    let stack_of_numbers = Form::Stack {
        members: vec![linear(random), model(n, Output::Value, median.clone())],
        last: Box::new(model(
            2,
            Output::Value,
            trees(random, &[vec![0.1, 5e4], vec![0.5, 2e4]], 5, 3, 1),
        )),
    };
    let vote = Form::Vote {
        members: vec![base.clone(), forest(random, 2), of_two(random)],
        weights: vec![0.5, 0.3, 0.2],
    };
    let mean = Form::Vote {
        members: vec![linear(random), model(n, Output::Value, median.clone())],
        weights: vec![0.25, 0.75],
    };
    let vote = model(n, two(), vote);
    vec![
        ("median of trees", model(n, Output::Value, median)),
        (
            "platt, two classes",
            calibrated(&base, sigmoid(random, Score::LogOdds, 1)),
        ),
        (
            "platt, three classes",
            calibrated(&of_three, sigmoid(random, Score::LogOdds, 3)),
        ),
        (
            "platt of a forest",
            calibrated(&forest(random, 2), sigmoid(random, Score::Probability, 1)),
        ),
        (
            "isotonic, two classes",
            calibrated(&base, isotonic(random, Score::LogOdds, 1)),
        ),
        (
            "isotonic of a forest, three classes",
            calibrated(&forest(random, 3), isotonic(random, Score::Probability, 3)),
        ),
        (
            "temperature",
            calibrated(&of_three, Calibration::Temperature { sharpness: 0.4 }),
        ),
        (
            "calibrated vote",
            calibrated(&vote, isotonic(random, Score::Probability, 1)),
        ),
        ("vote", vote),
        ("mean of members", model(n, Output::Value, mean)),
        ("stack, two classes", model(n, two(), stack_of_two)),
        ("stack, three classes", model(n, three(), stack_of_three)),
        (
            "stack of numbers",
            model(n, Output::Value, stack_of_numbers),
        ),
        ("logarithm", transformed(linear(random), InverseCurve::Exp)),
        (
            "logarithm of one more",
            transformed(linear(random), InverseCurve::ExpMinusOne),
        ),
        (
            "box-cox",
            transformed(linear(random), InverseCurve::BoxCox { lambda: -0.3 }),
        ),
        (
            "box-cox, logarithm",
            transformed(linear(random), InverseCurve::BoxCox { lambda: 0.0 }),
        ),
        (
            "yeo-johnson",
            transformed(linear(random), InverseCurve::YeoJohnson { lambda: 1.6 }),
        ),
        (
            "yeo-johnson, two",
            transformed(linear(random), InverseCurve::YeoJohnson { lambda: 2.0 }),
        ),
        (
            "yeo-johnson, zero",
            transformed(linear(random), InverseCurve::YeoJohnson { lambda: 0.0 }),
        ),
    ]
}

/// What such a model says of one row; `None` for other forms.
pub fn answer(model: &Model, row: &[f32]) -> Option<Vec<f64>> {
    let rounded = |values: Vec<f64>| {
        values
            .into_iter()
            .map(|value| f64::from(value as f32))
            .collect()
    };
    match &model.form {
        Form::Median { trees, weights } => {
            let mut leaves: Vec<(f32, f64)> = trees
                .iter()
                .map(|tree| answers::leaf(tree, row)[0])
                .zip(weights.iter().copied())
                .collect();
            leaves.sort_by(|a, b| a.0.total_cmp(&b.0));
            let total: f64 = weights.iter().sum();
            let upto = |at: usize| leaves[..=at].iter().map(|leaf| leaf.1).sum::<f64>();
            let place = (0..leaves.len()).find(|&at| 2.0 * upto(at) >= total)?;
            Some(vec![f64::from(leaves[place].0)])
        }
        Form::Calibrated { base, calibration } => {
            let p: Vec<f64> = rounded(answers::answer(base, row));
            Some(rounded(calibration.of(&p)))
        }
        Form::Transformed { base, inverse } => {
            let answer = f64::from(answers::answer(base, row)[0] as f32);
            Some(rounded(vec![inverse.of(answer)]))
        }
        Form::Vote { members, weights } => {
            let answers = members
                .iter()
                .map(|member| rounded(answers::answer(member, row)));
            let weighted: Vec<Vec<f64>> = answers
                .zip(weights)
                .map(|(answer, weight): (Vec<f64>, &f64)| {
                    answer.iter().map(|a| a * weight).collect()
                })
                .collect();
            let sum = |at: usize| weighted.iter().map(|answer| answer[at]).sum();
            Some(rounded((0..weighted[0].len()).map(sum).collect()))
        }
        Form::Stack { members, last } => {
            let features: Vec<f32> = members
                .iter()
                .flat_map(|member| {
                    let answer = answers::answer(member, row);
                    let first = usize::from(answer.len() == 2);
                    answer[first..]
                        .iter()
                        .map(|&a| a as f32)
                        .collect::<Vec<f32>>()
                })
                .collect();
            Some(answers::answer(last, &features))
        }
        _ => None,
    }
}

/// A rising curve over the scores that there are.
fn steps(random: &mut Random, score: Score, n: usize) -> Vec<Piece> {
    let (least, width) = match score {
        Score::Probability => (0.0, 1.0),
        Score::LogOdds => (-8.0, 16.0),
    };
    let mut knots: Vec<(f32, f64)> = (0..=n)
        .map(|_| ((least + width * random.share()) as f32, random.share()))
        .collect();
    knots.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut heights: Vec<f64> = knots.iter().map(|knot| knot.1).collect();
    heights.sort_by(f64::total_cmp);
    let flat = |at: usize| Piece {
        from: knots[at].0,
        probability: heights[at],
        slope: 0.0,
    };
    let rising = (0..n).map(|at| Piece {
        slope: (heights[at + 1] - heights[at]) / f64::from(knots[at + 1].0 - knots[at].0),
        ..flat(at)
    });
    std::iter::once(flat(0))
        .chain(rising)
        .chain([flat(n)])
        .collect()
}
