//! What holds for every algorithm, whatever the data: sound answers, the same bits again, rows in any order.

use assay_core::matrix::Prediction;
use assay_core::model::{Form, Model};
use assay_core::train::{AlgorithmInfo, ParamValue, ProblemKind};
use assay_core::{Matrix, Target, Task};
use assay_learn::{Training, catalogue, predict};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::data::{Params, classes, find_libraries, fit, fitting, matrix, nothing, params, random};

/// Values that meet often (ties), values that hardly do (up to `largest`), and constants.
fn column(n_rows: usize, largest: f32) -> impl Strategy<Value = Vec<f32>> {
    prop_oneof![
        prop::collection::vec(prop::sample::select(vec![0.0_f32, 1.0]), n_rows),
        prop::collection::vec(-3_i8..4, n_rows)
            .prop_map(|values| values.into_iter().map(f32::from).collect()),
        prop::collection::vec(-largest..largest, n_rows),
        (-1e6_f32..1e6).prop_map(move |value| vec![value; n_rows]),
    ]
}

fn features(largest: f32) -> impl Strategy<Value = Matrix> {
    (2_usize..50, 1_usize..6).prop_flat_map(move |(n_rows, n_columns)| {
        prop::collection::vec(column(n_rows, largest), n_columns).prop_map(move |columns| {
            let row = |row: usize| columns.iter().map(|column| column[row]).collect();
            matrix(&(0..n_rows).map(row).collect::<Vec<Vec<f32>>>())
        })
    })
}

const WITHOUT_TARGET: [ProblemKind; 3] = [
    ProblemKind::Clustering,
    ProblemKind::Anomaly,
    ProblemKind::Embedding,
];

fn targets(n_rows: usize) -> impl Strategy<Value = Target> {
    prop_oneof![
        (2_u32..6).prop_flat_map(move |n| prop::collection::vec(0..n, n_rows)
            .prop_map(move |indices| classes(&indices, n))),
        prop::collection::vec(-1e4_f64..1e4, n_rows).prop_map(Target::Values),
        prop::sample::select(WITHOUT_TARGET.to_vec())
            .prop_map(move |problem| nothing(n_rows, problem)),
    ]
}

fn examples(largest: f32) -> impl Strategy<Value = (Matrix, Target)> {
    features(largest).prop_flat_map(|x| {
        let y = targets(x.n_rows);
        (Just(x), y)
    })
}

fn few_trees(algorithm: &str) -> Params {
    match algorithm {
        "random_forest" | "extra_trees" | "ada_boost" | "lightgbm" | "isolation_forest" => {
            params(&[("n_estimators", ParamValue::Integer(5))])
        }
        "stacking" => params(&[("folds", ParamValue::Integer(2))]),
        "tsne" => params(&[("max_iter", ParamValue::Integer(20))]),
        _ => Params::new(),
    }
}

/// Whether the seed decides something, even on the same rows.
fn seeded(algorithm: &str) -> bool {
    // A forest is among the members of the last two.
    ["random_forest", "extra_trees", "voting", "stacking"].contains(&algorithm)
}

fn trained(algorithm: &str, x: &Matrix, y: &Target, seed: u64) -> Model {
    fit(
        algorithm,
        &few_trees(algorithm),
        x,
        y,
        seed,
        &Task::silent(),
    )
    .unwrap()
}

/// How far apart the answers are; values count relative to the largest.
fn distance(a: &Prediction, b: &Prediction) -> f64 {
    let apart = |a: &[f64], b: &[f64], scale: f64| {
        a.iter()
            .zip(b)
            .fold(0.0, |most: f64, (a, b)| most.max((a - b).abs() / scale))
    };
    match (a, b) {
        (
            Prediction::Classes {
                probabilities: a, ..
            },
            Prediction::Classes {
                probabilities: b, ..
            },
        ) => apart(a, b, 1.0),
        (Prediction::Values(a), Prediction::Values(b)) => {
            let largest = a.iter().fold(1.0, |most: f64, a| most.max(a.abs()));
            apart(a, b, largest)
        }
        _ => f64::INFINITY,
    }
}

const LINEAR: [&str; 9] = [
    "linear_regression",
    "ridge",
    "lasso",
    "elastic_net",
    "pls",
    "poisson_regression",
    "tweedie_regression",
    "logistic_regression",
    "bernoulli_nb",
];

/// The same cases on every run.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 60,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn answers_are_sound_and_the_same_seed_gives_the_same_model((x, y) in examples(1e3), seed in any::<u64>()) {
        let problem = y.problem();
        for info in catalogue().iter().filter(|info| info.problems.contains(&problem)) {
            let model = trained(&info.name, &x, &y, seed);
            prop_assert_eq!(&model, &trained(&info.name, &x, &y, seed), "{}", &info.name);
            match predict(&model, &x) {
                Prediction::Values(values) | Prediction::Coordinates { values, .. } => {
                    prop_assert!(values.iter().all(|value| value.is_finite()), "{}", &info.name);
                }
                Prediction::Classes { indices, probabilities, n_classes } => {
                    for (row, index) in probabilities.chunks(n_classes).zip(indices) {
                        prop_assert!(row.iter().all(|p| (0.0..=1.0).contains(p)));
                        let sum: f64 = row.iter().sum();
                        prop_assert!((sum - 1.0).abs() <= 1e-6, "{}: {}", &info.name, sum);
                        prop_assert!(row.iter().all(|p| *p <= row[index as usize]));
                    }
                }
            }
        }
    }

    /// On standardised features, where rounding the model to f32 is no larger than the tolerance.
    #[test]
    fn linear_models_do_not_mind_the_order_of_the_rows((x, y) in examples(3.0), shift in 1_usize..50) {
        let problem = y.problem();
        let order: Vec<usize> = (0..x.n_rows).map(|row| (row + shift) % x.n_rows).rev().collect();
        for info in catalogue().iter().filter(|info| LINEAR.contains(&info.name.as_str())) {
            if info.problems.contains(&problem) {
                let exact = match info.params.iter().any(|param| param.name == "tol") {
                    true => params(&[("tol", ParamValue::Float(1e-14)), ("max_iter", ParamValue::Integer(100_000))]),
                    false => Params::new(),
                };
                let answer = |x: &Matrix, y: &Target, of: &Matrix| {
                    predict(&fit(&info.name, &exact, x, y, 0, &Task::silent()).unwrap(), of)
                };
                let one = answer(&x, &y, &x);
                let other = answer(&x.take(&order), &y.take(&order), &x);
                let apart = distance(&one, &other);
                prop_assert!(apart <= 1e-6, "{}: {}", info.name, apart);
            }
        }
    }
}

#[test]
fn one_thread_and_several_give_the_same_bits() {
    let (x, classes, values) = random(3_000, 11);
    let without = WITHOUT_TARGET.map(|problem| nothing(3_000, problem));
    for y in [&classes, &values].into_iter().chain(&without) {
        for info in catalogue() {
            if !info.problems.contains(&y.problem()) {
                continue;
            }
            let on = |n_threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new()
                    .num_threads(n_threads)
                    .build()
                    .unwrap();
                pool.install(|| {
                    let model = trained(&info.name, &x, y, 9);
                    let prediction = predict(&model, &x);
                    (model, prediction)
                })
            };
            let alone = on(1);
            assert_eq!(alone, on(2), "{}", info.name);
            assert_eq!(alone, on(3), "{}", info.name);
        }
    }
}

/// Whether a row of weight two and two rows are not the same to it.
fn tells_apart(algorithm: &str) -> bool {
    match algorithm {
        // It counts rows, whatever they weigh, in its bins and in the least size of its leaves.
        "lightgbm" => true,
        // The last bit of a weight decides between two equal splits, and the next tree builds on that.
        "ada_boost" => true,
        // It stops within a tolerance of the optimum, and deals rows to the folds that probabilities come from.
        "svm" => true,
        _ => false,
    }
}

/// Trees that end before two features part the few rows of a node equally well.
fn without_ties(info: &AlgorithmInfo) -> Params {
    match info.params.iter().find(|param| param.name == "max_depth") {
        Some(_) => params(&[("max_depth", ParamValue::Integer(3))]),
        None => Params::new(),
    }
}

/// Rows with a weight of their own: some count twice or three times, some not at all.
#[test]
fn a_row_of_weight_two_counts_as_two_rows() {
    let (x, classes, values) = random(300, 13);
    let weights: Vec<f32> = (0..300).map(|row| [1.0, 2.0, 0.0, 3.0][row % 4]).collect();
    let repeated: Vec<usize> = (0..300)
        .flat_map(|row| vec![row; weights[row] as usize])
        .collect();
    for y in [&classes, &values] {
        for info in catalogue() {
            let made_for = info.problems.contains(&y.problem());
            if !made_for || !info.takes_weights || seeded(&info.name) || tells_apart(&info.name) {
                continue;
            }
            find_libraries();
            let task = Task::silent();
            let y = &fitting(&info.name, y);
            let training = Training {
                x: &x,
                y,
                weights: Some(&weights),
                seed: 0,
                task: &task,
            };
            let given = without_ties(&info);
            let weighted = assay_learn::fit(&info.name, &given, &training).unwrap();
            let (x_repeated, y_repeated) = (x.take(&repeated), y.take(&repeated));
            let repeated = fit(&info.name, &given, &x_repeated, &y_repeated, 0, &task).unwrap();
            let apart = distance(&predict(&weighted, &x), &predict(&repeated, &x));
            assert!(apart <= 1e-6, "{}: {apart}", info.name);
        }
    }
}

#[test]
fn balanced_classes_weigh_the_same() {
    let (x, y, _) = random(400, 14);
    let Target::Classes { indices, .. } = &y else {
        panic!("classes");
    };
    let ones = indices.iter().filter(|index| **index == 1).count() as f32;
    let weights: Vec<f32> = indices
        .iter()
        .map(|index| 400.0 / 2.0 / if *index == 1 { ones } else { 400.0 - ones })
        .collect();
    let balanced = params(&[("class_weight", ParamValue::Text("balanced".to_owned()))]);
    for info in catalogue() {
        if !info.problems.contains(&y.problem()) || !info.takes_weights || seeded(&info.name) {
            continue;
        }
        let task = Task::silent();
        let training = Training {
            x: &x,
            y: &y,
            weights: Some(&weights),
            seed: 0,
            task: &task,
        };
        find_libraries();
        let by_hand = assay_learn::fit(&info.name, &Params::new(), &training).unwrap();
        let found = fit(&info.name, &balanced, &x, &y, 0, &task).unwrap();
        let apart = distance(&predict(&by_hand, &x), &predict(&found, &x));
        assert!(apart <= 1e-6, "{}: {apart}", info.name);
    }
}

#[test]
fn seeds_matter_where_there_is_chance() {
    let (x, y, _) = random(400, 11);
    assert_ne!(
        trained("random_forest", &x, &y, 1),
        trained("random_forest", &x, &y, 2)
    );
    assert_eq!(
        trained("decision_tree", &x, &y, 1),
        trained("decision_tree", &x, &y, 2)
    );
}

#[test]
fn the_children_of_a_node_come_after_it() {
    let (x, y, _) = random(400, 12);
    let Form::Trees { trees } = trained("random_forest", &x, &y, 1).form else {
        panic!("a forest is made of trees");
    };
    assert_eq!(trees.len(), 5);
    for tree in trees {
        for (at, node) in tree.nodes.iter().enumerate() {
            if let assay_core::model::Node::Split { left, right, .. } = node {
                assert!(at < *left as usize && left < right);
                assert!((*right as usize) < tree.nodes.len());
            }
        }
    }
}
