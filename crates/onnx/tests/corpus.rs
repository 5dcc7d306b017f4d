//! Files that other libraries wrote: read, wired, run, and held against what onnxruntime says in Python.
//!
//! `corpus/make.py` makes them; `corpus/versions.json` names the libraries.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use assay_core::Columns;
use assay_core::imported_model::{GraphAnswer, Wiring};
use assay_core::matrix::{Prediction, RawColumn, RawValues};
use assay_core::onnx_graph::OnnxGraph;
use assay_core::tensor::{NamedTensor, TensorValues};
use assay_onnx::{Error, graph, inspect, take_in, wiring};
use serde::Deserialize;

use crate::runtime;

/// Those that take columns; each has its answers beside it.
const TABLES: [&str; 16] = [
    "pipeline",
    "pipeline_zipmap",
    "forest",
    "forest_zipmap",
    "logistic",
    "gradient_boosting",
    "network",
    "svc",
    "forest_regressor",
    "ridge_double",
    "lightgbm_classifier",
    "lightgbm_regressor",
    "xgboost_classifier",
    "xgboost_regressor",
    "own_function",
    "branches",
];

const OTHERS: [&str; 7] = [
    "cnn",
    "cnn_changed",
    "inside",
    "external",
    "custom_operator",
    "endless",
    "memory",
];

/// As the file of answers has it.
#[derive(Deserialize)]
struct Expected {
    columns: Vec<String>,
    rows: Vec<Vec<serde_json::Value>>,
    #[serde(default)]
    classes: Vec<String>,
    labels: Option<Vec<String>>,
    probabilities: Option<Vec<Vec<f64>>>,
    values: Option<Vec<f64>>,
}

pub fn bytes_of(name: &str) -> Vec<u8> {
    fs::read(folder().join(format!("{name}.onnx"))).expect("a file of the corpus")
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn expected(name: &str) -> Expected {
    let text = fs::read(folder().join(format!("{name}.json"))).expect("answers");
    serde_json::from_slice(&text).expect("answers as they are written")
}

fn columns_of(expected: &Expected) -> Columns {
    let columns = expected.columns.iter().enumerate();
    Columns {
        n_rows: expected.rows.len(),
        columns: columns
            .map(|(place, name)| {
                let cells: Vec<&serde_json::Value> =
                    expected.rows.iter().map(|row| &row[place]).collect();
                let values = if cells.iter().any(|cell| cell.is_string()) {
                    RawValues::Texts(
                        cells
                            .iter()
                            .map(|cell| cell.as_str().map(str::to_owned))
                            .collect(),
                    )
                } else {
                    RawValues::Numbers(cells.iter().filter_map(|cell| cell.as_f64()).collect())
                };
                RawColumn {
                    name: name.clone(),
                    values,
                }
            })
            .collect(),
    }
}

fn drawn(name: &str) -> OnnxGraph {
    graph(name, &bytes_of(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[track_caller]
fn close(name: &str, found: &[f64], wanted: impl IntoIterator<Item = f64>) {
    let wanted: Vec<f64> = wanted.into_iter().collect();
    assert_eq!(found.len(), wanted.len(), "{name}");
    for (found, wanted) in found.iter().zip(&wanted) {
        let far = (found - wanted).abs() / wanted.abs().max(1.0);
        assert!(far < 1e-6, "{name}: {found} where {wanted} is expected");
    }
}

#[test]
fn every_table_model_answers_as_in_python() {
    for name in TABLES {
        let bytes = bytes_of(name);
        let expected = expected(name);
        let wiring: Wiring = wiring(&bytes, &[]).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(wiring.takes_columns(), "{name}: {wiring:?}");
        let taken: Vec<&String> = wiring
            .inputs
            .iter()
            .flat_map(|input| &input.columns)
            .collect();
        assert_eq!(taken, expected.columns.iter().collect::<Vec<_>>(), "{name}");
        assert_eq!(wiring.classes, expected.classes, "{name}");
        let session = runtime().session(&bytes).expect("ONNX Runtime takes it");
        let session = session.wired(wiring.clone());
        let prediction = session
            .predict(&columns_of(&expected), &[])
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        match prediction {
            Prediction::Classes {
                indices,
                probabilities,
                n_classes,
            } => {
                let labels = indices.iter().map(|&index| &wiring.classes[index as usize]);
                let wanted = expected.labels.expect("labels");
                assert_eq!(
                    labels.collect::<Vec<_>>(),
                    wanted.iter().collect::<Vec<_>>(),
                    "{name}"
                );
                assert_eq!(n_classes, wiring.classes.len(), "{name}");
                if let Some(wanted) = expected.probabilities {
                    close(name, &probabilities, wanted.into_iter().flatten());
                }
            }
            Prediction::Values(values) => {
                close(name, &values, expected.values.expect("values"));
            }
            Prediction::Coordinates { .. } => panic!("{name} answers coordinates"),
        }
    }
}

#[test]
fn every_file_says_what_it_is() {
    for name in TABLES.iter().chain(&OTHERS) {
        let bytes = bytes_of(name);
        let (found, inspection) = (drawn(name), inspect(&bytes).expect("it is ONNX"));
        assert_eq!(found.opsets, inspection.opsets, "{name}");
        assert_eq!(found.inputs, inspection.inputs, "{name}");
        assert_eq!(found.n_parameters, inspection.n_parameters, "{name}");
        assert_eq!(found.size_bytes, bytes.len() as u64, "{name}");
        assert!(!found.producer.is_empty(), "{name}");
        assert_eq!(
            found.custom_operators.is_empty(),
            *name != "custom_operator",
            "{name}"
        );
        assert_eq!(
            found.external_data.is_empty(),
            *name != "external",
            "{name}"
        );
    }
    assert_eq!(
        drawn("custom_operator").custom_operators,
        ["com.example::Sharpen"]
    );
    assert_eq!(drawn("external").external_data, ["external.weights"]);
    assert_eq!(drawn("own_function").functions, ["com.example::Twice"]);
    let author = ("author".to_owned(), "somebody else".to_owned());
    assert!(drawn("forest").metadata.contains(&author));
}

#[test]
fn a_graph_names_nodes_attributes_and_the_statistics_of_constants() {
    let found = drawn("cnn");
    let conv = &found.nodes[0];
    assert_eq!((conv.op.as_str(), conv.name.as_str()), ("Conv", "conv"));
    assert_eq!(conv.attributes[0].text, "1, 1, 1, 1");
    let weight = &found.initializers[0];
    assert_eq!(
        (weight.name.as_str(), weight.shape.as_slice()),
        ("conv.weight", &[4, 1, 3, 3][..])
    );
    assert_eq!((weight.n_values, weight.size_bytes), (36, 144));
    let statistics = weight.statistics.as_ref().expect("it holds numbers");
    assert_eq!(statistics.n_values, 36);
    assert_eq!(statistics.histogram.counts.iter().sum::<u64>(), 36);
    assert!(statistics.min < statistics.mean && statistics.mean < statistics.max);

    let branches = drawn("branches");
    let within: Vec<(&str, Option<u32>, &str)> = branches
        .nodes
        .iter()
        .filter(|node| node.parent.is_some())
        .map(|node| (node.op.as_str(), node.parent, node.path.as_str()))
        .collect();
    assert_eq!(
        within,
        [
            ("Mul", Some(3), "3.else_branch"),
            ("Add", Some(3), "3.then_branch")
        ]
    );

    let forest = drawn("forest");
    let trees = forest
        .nodes
        .iter()
        .find(|node| node.op == "TreeEnsembleClassifier");
    let thresholds = trees
        .and_then(|node| node.attributes.iter().find(|a| a.name == "nodes_values"))
        .expect("an ensemble of trees");
    assert!(thresholds.text.ends_with(" numbers"), "{}", thresholds.text);
    assert!(
        thresholds
            .statistics
            .as_ref()
            .is_some_and(|found| found.n_values > 50)
    );
}

#[test]
fn an_image_model_takes_whole_tensors() {
    let bytes = bytes_of("cnn");
    let wiring = wiring(&bytes, &[]).expect("it is ONNX");
    assert!(!wiring.takes_columns());
    #[derive(Deserialize)]
    struct Image {
        image: Vec<f32>,
        probabilities: Vec<f64>,
    }
    let text = fs::read(folder().join("cnn.json")).expect("answers");
    let expected: Image = serde_json::from_slice(&text).expect("an image");
    let session = runtime().session(&bytes).expect("ONNX Runtime takes it");
    let made_up = session.made_up_inputs().expect("values for a tensor");
    let image = NamedTensor {
        name: "image".to_owned(),
        shape: vec![1, 1, 8, 8],
        values: TensorValues::Float(expected.image),
    };
    assert_eq!(made_up, std::slice::from_ref(&image));
    let outputs = session.run(&[image]).expect("it runs");
    assert_eq!(
        (outputs.len(), outputs[0].shape.as_slice()),
        (1, &[1, 3][..])
    );
    let TensorValues::Float(found) = &outputs[0].values else {
        panic!("{outputs:?}");
    };
    let found: Vec<f64> = found.iter().map(|&value| f64::from(value)).collect();
    close("cnn", &found, expected.probabilities);
}

#[test]
fn a_graph_that_loops_for_ever_is_ended() {
    let session = runtime()
        .session(&bytes_of("endless"))
        .expect("it is a graph");
    let session = session.limited(Duration::from_millis(200));
    let given = session.made_up_inputs().expect("values for its inputs");
    for _ in 0..2 {
        let ended = session.run(&given);
        assert!(matches!(ended, Err(Error::TooLong(_))), "{ended:?}");
    }
}

#[test]
fn external_data_are_taken_in_when_they_are_whole() {
    let bytes = bytes_of("external");
    let weights = fs::read(folder().join("external.weights")).expect("the weights");
    let whole = take_in(&bytes, &mut |part| {
        assert_eq!(
            (part.file.as_str(), part.offset, part.n_bytes),
            ("external.weights", 0, 12)
        );
        Ok(weights.clone())
    })
    .expect("it is taken in");
    let found = graph("whole", &whole).expect("it is ONNX");
    assert!(found.external_data.is_empty());
    let inside = drawn("inside");
    assert_eq!(
        found.initializers[0].statistics,
        inside.initializers[0].statistics
    );
    let wiring = wiring(&whole, &[]).expect("it is ONNX");
    assert_eq!(
        wiring.answer,
        GraphAnswer::Value {
            output: "y".to_owned()
        }
    );
    let columns = Columns {
        n_rows: 1,
        columns: ["f0", "f1", "f2"]
            .map(|name| RawColumn {
                name: name.to_owned(),
                values: RawValues::Numbers(vec![1.0]),
            })
            .to_vec(),
    };
    let session = runtime().session(&whole).expect("ONNX Runtime takes it");
    let said = session
        .wired(wiring)
        .predict(&columns, &[])
        .expect("it runs");
    assert_eq!(said, Prediction::Values(vec![6.0]));

    let short = take_in(&bytes, &mut |_| Ok(vec![0; 11]));
    assert!(matches!(short, Err(Error::External(_))), "{short:?}");
    let refused = take_in(&bytes, &mut |_| Err("no".to_owned()));
    assert!(matches!(refused, Err(Error::External(why)) if why == "no"));
}

#[test]
fn what_does_not_fit_an_input_is_one_sentence() {
    let bytes = bytes_of("branches");
    let wired = wiring(&bytes, &[]).expect("it is ONNX");
    let session = runtime().session(&bytes).expect("ONNX Runtime takes it");
    let session = session.wired(wired);
    let column = |name: &str, values: RawValues| RawColumn {
        name: name.to_owned(),
        values,
    };
    let numbers = |values: &[f64]| RawValues::Numbers(values.to_vec());
    for (n, flag, wanted) in [
        (
            numbers(&[1.5]),
            numbers(&[1.0]),
            "column `n` holds fractions",
        ),
        (
            numbers(&[f64::NAN]),
            numbers(&[1.0]),
            "column `n` holds fractions",
        ),
        (
            numbers(&[1e30]),
            numbers(&[1.0]),
            "column `n` holds fractions",
        ),
        (
            numbers(&[1.0]),
            numbers(&[2.0]),
            "column `flag` holds other numbers",
        ),
        (
            RawValues::Texts(vec![Some("a".to_owned())]),
            numbers(&[1.0]),
            "column `n` holds text",
        ),
    ] {
        let columns = Columns {
            n_rows: 1,
            columns: vec![column("n", n), column("flag", flag)],
        };
        let said = session
            .predict(&columns, &[])
            .map_err(|error| error.to_string());
        assert!(
            said.as_ref().is_err_and(|text| text.contains(wanted)),
            "{said:?}"
        );
    }
    let nothing = Columns {
        n_rows: 1,
        columns: Vec::new(),
    };
    let said = session.predict(&nothing, &[]);
    assert!(matches!(said, Err(Error::MissingColumns(names)) if names == ["n", "flag"]));
}
