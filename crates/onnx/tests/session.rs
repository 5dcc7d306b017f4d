//! How sessions are opened and fed.

use std::path::Path;

use assay_core::Columns;
use assay_core::matrix::{Prediction, RawColumn, RawValues};
use assay_core::model::Output;
use assay_onnx::{About, Cells, Error, Rows, Runtime, Session, export};

use crate::cases::{Case, recipes, texts};
use crate::models::models;
use crate::runtime;

/// Numbers and texts under a logistic model with three integer classes.
fn opened() -> (Case, Session, Vec<String>) {
    let case = recipes().swap_remove(2);
    let (_, model) = models(&case).swap_remove(2);
    let exported = export(&case.recipe, &model, &About::default()).expect("it exports");
    let session = runtime().session(&exported.bytes).expect("it opens");
    let Output::Classes { classes, .. } = model.output else {
        panic!("the third model has classes");
    };
    (case, session, classes)
}

#[test]
fn one_runtime_serves_the_process() {
    let first = runtime();
    let second = runtime();
    assert_eq!(first.version(), second.version());
    let numbers: Vec<&str> = first.version().leak().split('.').collect();
    assert!(numbers.len() >= 2 && numbers.iter().all(|n| n.parse::<u32>().is_ok()));
    let other = std::env::current_exe().expect("the test has a path");
    assert!(matches!(
        Runtime::load(&other),
        Err(Error::LoadedElsewhere(_))
    ));
    assert!(matches!(
        Runtime::load(Path::new("nowhere")),
        Err(Error::NoLibrary(_))
    ));
}

#[test]
fn ports_are_those_of_the_graph() {
    let (case, session, classes) = opened();
    let inputs: Vec<&str> = session.inputs().iter().map(|p| p.name.as_str()).collect();
    let expected: Vec<&str> = case.recipe.inputs.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(inputs, expected);
    assert_eq!(session.inputs()[0].element, "string");
    assert_eq!(session.inputs()[1].element, "double");
    assert_eq!(session.inputs()[1].shape, ["N"]);
    assert_eq!(session.outputs().len(), 2);
    assert_eq!(session.outputs()[0].element, "int64");
    assert_eq!(
        session.outputs()[1].shape,
        ["N".to_owned(), classes.len().to_string()]
    );
}

#[test]
fn missing_columns_are_all_named() {
    let (mut case, session, classes) = opened();
    case.columns
        .columns
        .retain(|column| column.name != "label" && column.name != "axis");
    match session.predict(&case.columns, &classes) {
        Err(error @ Error::MissingColumns(_)) => {
            assert_eq!(error.to_string(), "the data lack columns `label`, `axis`");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn columns_that_do_not_fit_are_named() {
    let numbers = |n| RawValues::Numbers(vec![0.5; n]);
    let words = |n| RawValues::Texts(vec![None; n]);
    let table = [
        (
            "label",
            numbers(600),
            "column `label` holds numbers where the model takes text",
        ),
        (
            "value",
            words(600),
            "column `value` holds text where the model takes numbers",
        ),
        (
            "value",
            numbers(7),
            "column `value` has 7 rows where 600 are announced",
        ),
    ];
    for (name, values, sentence) in table {
        let (mut case, session, classes) = opened();
        for column in &mut case.columns.columns {
            if column.name == name {
                column.values = values.clone();
            }
        }
        let error = session
            .predict(&case.columns, &classes)
            .expect_err(sentence);
        assert_eq!(error.to_string(), sentence);
    }
}

#[test]
fn classes_that_are_not_the_graphs_are_refused() {
    let (case, session, _) = opened();
    let two = session.predict(&case.columns, &texts(&["0", "12"]));
    assert!(matches!(two, Err(Error::Ports(_))), "{two:?}");
    let others = session.predict(&case.columns, &texts(&["x", "y", "z"]));
    assert!(matches!(others, Err(Error::UnknownLabel(_))), "{others:?}");
}

#[test]
fn no_rows_are_no_answers() {
    let (mut case, session, classes) = opened();
    for column in &mut case.columns.columns {
        match &mut column.values {
            RawValues::Numbers(values) => values.clear(),
            RawValues::Texts(values) => values.clear(),
        }
    }
    case.columns.n_rows = 0;
    let answer = session
        .predict(&case.columns, &classes)
        .expect("it answers");
    assert_eq!(answer.n_rows(), 0);
}

#[test]
fn rows_are_answered_alike_in_any_company() {
    // More than two chunks of the same 600 rows, and each row alone.
    let (case, session, classes) = opened();
    let once = session
        .predict(&case.columns, &classes)
        .expect("it answers");
    let n = 240;
    let many = session
        .predict(&repeated(&case.columns, n), &classes)
        .expect("it answers");
    let (
        Prediction::Classes {
            indices,
            probabilities,
            ..
        },
        Prediction::Classes {
            indices: many_indices,
            probabilities: many_probabilities,
            ..
        },
    ) = (&once, &many)
    else {
        panic!("both are classes");
    };
    assert_eq!(&indices.repeat(n), many_indices);
    assert_eq!(&probabilities.repeat(n), many_probabilities);
    for row in 0..20 {
        let alone = session
            .predict(&single(&case.columns, row), &classes)
            .expect("it answers");
        let Prediction::Classes {
            probabilities: of_row,
            ..
        } = alone
        else {
            panic!("it has classes");
        };
        assert_eq!(of_row, probabilities[row * 3..row * 3 + 3], "row {row}");
    }
}

#[test]
fn threads_may_share_a_session() {
    let (case, session, classes) = opened();
    let expected = session
        .predict(&case.columns, &classes)
        .expect("it answers");
    std::thread::scope(|scope| {
        let answers: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| session.predict(&case.columns, &classes)))
            .collect();
        for answer in answers {
            let answer = answer.join().expect("no panic").expect("it answers");
            assert_eq!(answer, expected);
        }
    });
}

fn repeated(columns: &Columns, n: usize) -> Columns {
    map(columns, columns.n_rows * n, |values| match values {
        RawValues::Numbers(values) => RawValues::Numbers(values.repeat(n)),
        RawValues::Texts(values) => RawValues::Texts(vec![values.as_slice(); n].concat()),
    })
}

fn single(columns: &Columns, row: usize) -> Columns {
    map(columns, 1, |values| match values {
        RawValues::Numbers(values) => RawValues::Numbers(vec![values[row]]),
        RawValues::Texts(values) => RawValues::Texts(vec![values[row].clone()]),
    })
}

fn map(columns: &Columns, n_rows: usize, change: impl Fn(&RawValues) -> RawValues) -> Columns {
    Columns {
        n_rows,
        columns: columns
            .columns
            .iter()
            .map(|column| RawColumn {
                name: column.name.clone(),
                values: change(&column.values),
            })
            .collect(),
    }
}

/// Texts by code, as a log holds them, are the same rows: missing ones, unknown ones and those with a NUL among them.
#[test]
fn texts_by_code_are_the_same_texts() {
    let mut n_texts = 0;
    for case in recipes() {
        for (name, model) in models(&case) {
            let exported = export(&case.recipe, &model, &About::default()).expect("it exports");
            let session = runtime().session(&exported.bytes).expect("it opens");
            let classes = match &model.output {
                Output::Classes { classes, .. } => classes.clone(),
                _ => Vec::new(),
            };
            let mut columns = case.columns.clone();
            let mut coded: Vec<(Vec<u32>, Vec<String>)> = Vec::new();
            for column in &mut columns.columns {
                let mut known: Vec<String> = Vec::new();
                let mut codes = Vec::new();
                if let RawValues::Texts(texts) = &mut column.values {
                    texts[0] = Some("nobody knows\0 this".to_owned());
                    texts[1] = None;
                    for text in texts.iter() {
                        codes.push(text.as_ref().map_or(u32::MAX, |text| {
                            let place = known.iter().position(|known| known == text);
                            let place = place.unwrap_or_else(|| {
                                known.push(text.clone());
                                known.len() - 1
                            });
                            u32::try_from(place).expect("a few texts")
                        }));
                    }
                    n_texts += texts.len();
                }
                coded.push((codes, known));
            }
            let rows = Rows {
                n_rows: columns.n_rows,
                columns: columns
                    .columns
                    .iter()
                    .zip(&coded)
                    .map(|(column, (codes, texts))| {
                        let cells = match &column.values {
                            RawValues::Numbers(numbers) => Cells::Numbers(numbers),
                            RawValues::Texts(_) => Cells::Coded { codes, texts },
                        };
                        (column.name.as_str(), cells)
                    })
                    .collect(),
            };
            let by_code = session.predict_rows(&rows, &classes).expect("answers");
            let plain = session.predict(&columns, &classes).expect("answers");
            // As text, for a missing number is not itself.
            assert_eq!(
                format!("{by_code:?}"),
                format!("{plain:?}"),
                "{} {name}",
                case.name
            );
        }
    }
    assert!(n_texts > 1_000);
}
