//! Missing features, for the algorithms that take them as they are.

use assay_core::train::ParamValue;
use assay_core::{Matrix, Task};
use assay_learn::{catalogue, predict};

use crate::data::{Params, classes, fit, goodness, matrix, params, random, uniform};

/// Every tenth value is gone, with no order.
fn with_holes(mut x: Matrix) -> Matrix {
    let chance = uniform(x.values.len(), 5);
    for (value, chance) in x.values.iter_mut().zip(chance) {
        if chance < 0.1 {
            *value = f32::NAN;
        }
    }
    x
}

fn takers() -> Vec<(String, Params)> {
    let few = |name: &str| match name {
        "random_forest" | "extra_trees" => params(&[("n_estimators", ParamValue::Integer(30))]),
        _ => Params::new(),
    };
    let takers: Vec<(String, Params)> = catalogue()
        .into_iter()
        .filter(|info| info.takes_missing)
        .map(|info| (info.name.clone(), few(&info.name)))
        .collect();
    assert!(takers.len() >= 5);
    takers
}

#[test]
fn holes_cost_little_and_change_nothing_about_repeatability() {
    let (x, y_classes, y_values) = random(2_000, 21);
    let (new, new_classes, new_values) = random(2_000, 22);
    let (x, new) = (with_holes(x), with_holes(new));
    for (algorithm, params) in takers() {
        for (y, wanted, least) in [
            (&y_classes, &new_classes, 0.68),
            (&y_values, &new_values, 0.35),
        ] {
            let entry = assay_learn::algorithm(&algorithm).unwrap();
            if !entry.problems.contains(&y.problem()) {
                continue;
            }
            let on = |n_threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new()
                    .num_threads(n_threads)
                    .build()
                    .unwrap();
                pool.install(|| fit(&algorithm, &params, &x, y, 9, &Task::silent()).unwrap())
            };
            let model = on(1);
            assert_eq!(model, on(3), "{algorithm}");
            let found = goodness(wanted, &predict(&model, &new));
            assert!(found >= least, "{algorithm}: {found}");
        }
    }
}

#[test]
fn that_a_value_is_missing_can_be_all_there_is_to_know() {
    let rows: Vec<Vec<f32>> = (0..200)
        .map(|i| {
            vec![
                if i % 3 == 0 { f32::NAN } else { (i % 7) as f32 },
                (i % 5) as f32,
            ]
        })
        .collect();
    let y = classes(
        &(0..200).map(|i| u32::from(i % 3 == 0)).collect::<Vec<_>>(),
        2,
    );
    let x = matrix(&rows);
    for (algorithm, params) in takers() {
        let model = fit(&algorithm, &params, &x, &y, 0, &Task::silent()).unwrap();
        let found = goodness(&y, &predict(&model, &x));
        assert!(found >= 0.99, "{algorithm}: {found}");
    }
}

#[test]
fn a_feature_without_any_value_is_no_feature() {
    let (x, y, _) = random(300, 23);
    let columns = x.n_columns();
    let mut empty = x.clone();
    empty
        .values
        .iter_mut()
        .step_by(columns)
        .for_each(|value| *value = f32::NAN);
    for (algorithm, params) in takers() {
        let model = fit(&algorithm, &params, &empty, &y, 0, &Task::silent()).unwrap();
        let importances = model.importances().unwrap();
        assert_eq!(importances.len(), columns, "{algorithm}");
        assert_eq!(importances[0], 0.0, "{algorithm}");
        assert!(
            (importances.iter().sum::<f64>() - 1.0).abs() < 1e-9,
            "{algorithm}"
        );
    }
}
