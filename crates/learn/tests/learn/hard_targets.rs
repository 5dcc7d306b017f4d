//! Targets and weights that mean nothing, and rows in an order that misleads.

use assay_core::matrix::Prediction;
use assay_core::{Target, Task};
use assay_learn::{Training, predict};

use crate::data::{Params, classes, fit, uniform};
use crate::hard_data::{listening, rows, warnings};

#[test]
fn targets_that_an_algorithm_cannot_mean_are_refused_with_a_hint() {
    let x = rows(3, |i| vec![i as f32]);
    let y = |third: f64| Target::Values(vec![1.0, 2.0, third]);
    let zero =
        "leave such rows out, or choose an algorithm for targets of 0 and below, like `ridge`";
    let below = "leave such rows out, or choose an algorithm for targets below 0, like `ridge`";
    for (algorithm, third, wanted) in [
        ("poisson_regression", -1.0, Some(below)),
        ("poisson_regression", 0.0, None),
        ("gamma_regression", 0.0, Some(zero)),
        ("gamma_regression", 0.1, None),
        ("tweedie_regression", 0.0, None),
        ("tweedie_regression", -0.5, Some(below)),
    ] {
        let task = Task::silent();
        let y = y(third);
        let training = Training {
            x: &x,
            y: &y,
            weights: None,
            seed: 0,
            task: &task,
        };
        let found = assay_learn::fit(algorithm, &Params::new(), &training);
        match wanted {
            None => assert!(found.is_ok(), "{algorithm} with {third}"),
            Some(hint) => {
                let error = found.unwrap_err();
                let text =
                    format!("`{algorithm}` cannot use the data: the target is {third} in row 3");
                assert_eq!(error.to_string(), text);
                assert_eq!(error.hint().as_deref(), Some(hint));
            }
        }
    }
}

#[test]
fn weights_that_are_none_are_refused_with_a_hint() {
    let x = rows(3, |i| vec![i as f32]);
    let y = Target::Values(vec![1.0, 2.0, 3.0]);
    for (weights, wanted) in [
        (
            vec![1.0; 2],
            "`ridge` cannot use the data: for 3 rows there are 2 weights; give one weight for every row",
        ),
        (
            vec![1.0, -1.0, 1.0],
            "`ridge` cannot use the data: the weight of row 2 is -1; give weights of 0 and more",
        ),
        (
            vec![1.0, 1.0, f32::NAN],
            "`ridge` cannot use the data: the weight of row 3 is NaN; give weights of 0 and more",
        ),
        (
            vec![0.0; 3],
            "`ridge` cannot use the data: all row weights are 0; give at least two rows a weight over 0",
        ),
    ] {
        let task = Task::silent();
        let training = Training {
            x: &x,
            y: &y,
            weights: Some(&weights),
            seed: 0,
            task: &task,
        };
        let error = assay_learn::fit("ridge", &Params::new(), &training).unwrap_err();
        assert_eq!(
            format!("{error}; {}", error.hint().unwrap_or_default()),
            wanted
        );
    }
}

/// Fits on many rows start from a sample of their blocks; here most blocks hold but one class, or one size of numbers.
#[test]
fn sorted_rows_give_the_same_model_as_mixed_ones() {
    const N_ROWS: usize = 70_000;
    let noise = uniform(2 * N_ROWS, 21);
    let sorted = rows(N_ROWS, |i| {
        vec![
            noise[2 * i] as f32 + i as f32 / N_ROWS as f32,
            noise[2 * i + 1] as f32,
        ]
    });
    let late = |i: usize| u32::from(i > 66_000) + u32::from(i > 68_000);
    let mixed: Vec<usize> = (0..N_ROWS).map(|i| i * 12_347 % N_ROWS).collect();
    let targets = [
        classes(&(0..N_ROWS).map(|i| late(i).min(1)).collect::<Vec<_>>(), 2),
        classes(&(0..N_ROWS).map(late).collect::<Vec<_>>(), 3),
        Target::Values(
            (0..N_ROWS)
                .map(|i| f64::from(late(i)) * 50.0 + noise[i])
                .collect(),
        ),
    ];
    for y in targets {
        for algorithm in [
            "logistic_regression",
            "poisson_regression",
            "gamma_regression",
        ] {
            let entry = assay_learn::algorithm(algorithm).unwrap();
            if !entry.problems.contains(&y.problem()) {
                continue;
            }
            let answers = [
                (sorted.clone(), y.clone()),
                (sorted.take(&mixed), y.take(&mixed)),
            ]
            .map(|(x, y)| {
                let (task, heard) = listening();
                let model = fit(algorithm, &Params::new(), &x, &y, 0, &task).unwrap();
                assert_eq!(warnings(&heard), Vec::<String>::new(), "{algorithm}");
                match predict(&model, &sorted) {
                    Prediction::Classes { probabilities, .. } => probabilities,
                    Prediction::Values(values) | Prediction::Coordinates { values, .. } => values,
                }
            });
            for (one, other) in answers[0].iter().zip(&answers[1]) {
                assert!(
                    (one - other).abs() <= 1e-5 * one.abs().max(1.0),
                    "{algorithm}: {one} {other}"
                );
            }
        }
    }
}
