//! What the readers make of requests, and gathered answers beside single ones.

use std::path::PathBuf;
use std::sync::{Arc, mpsc};

use assay_core::drift::{ReferenceSketch, sketch_column};
use assay_core::matrix::{Columns, RawColumn, RawValues};
use assay_core::registry::{Signature, SignatureColumn};
use assay_core::schema::ColumnType;
use assay_core::serving::{FieldErrorKind, RefusalKind, WarningKind};
use proptest::prelude::*;

use super::batch::{Ran, Reply, Runner, Word};
use super::inputs::Inputs;
use super::json::{JsonForm, read_json};
use super::rows::Checked;
use super::table::{GivenColumn, GivenValues, read_columns, read_csv};

fn inputs() -> Inputs {
    let column = |name: &str, kind, nullable| SignatureColumn {
        name: name.to_owned(),
        kind,
        nullable,
        seen: String::new(),
        constant: false,
    };
    let signature = Signature {
        inputs: vec![
            column("size", ColumnType::Float, true),
            column("age", ColumnType::Integer, false),
            column("alive", ColumnType::Boolean, true),
            column("island", ColumnType::Text, true),
            column("day", ColumnType::Date, true),
        ],
        outputs: Vec::new(),
    };
    let texts = ["Dream", "Biscoe"].map(|text| Some(text.to_owned()));
    let reference = ReferenceSketch {
        schema: 1,
        n_rows: 2,
        columns: vec![
            sketch_column("size", &RawValues::Numbers(vec![1.0, 2.0])),
            sketch_column("island", &RawValues::Texts(texts.to_vec())),
            sketch_column("day", &RawValues::Numbers(vec![0.0, 10.0])),
        ],
        watch: None,
    };
    Inputs::new(&signature, Some(&reference))
}

const RECORD: &str =
    r#"{"size": 1.5, "age": 3, "alive": true, "island": "Dream", "day": "1970-01-02"}"#;

fn record(text: &str) -> Result<Checked, assay_core::serving::Refusal> {
    read_json(&inputs(), JsonForm::Record, text.as_bytes(), 10)
}

fn numbers(checked: &Checked, name: &str) -> Vec<f64> {
    match checked.columns.column(name).map(|column| &column.values) {
        Some(RawValues::Numbers(numbers)) => numbers.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn values_enter_as_training_reads_them() {
    let checked = record(RECORD).expect("a record");
    assert_eq!(numbers(&checked, "size"), [1.5]);
    assert_eq!(numbers(&checked, "alive"), [1.0]);
    assert_eq!(numbers(&checked, "day"), [1.0]);
    assert_eq!(checked.warnings, []);
    let checked = record(r#"{"day": null, "island": 3, "alive": 0, "age": 2.5, "size": ""}"#)
        .expect("another order");
    assert!(numbers(&checked, "size")[0].is_nan());
    assert!(numbers(&checked, "day")[0].is_nan());
    assert_eq!(
        checked.columns.columns[3].values,
        RawValues::Texts(vec![Some("3".to_owned())])
    );
    assert_eq!(checked.warnings.len(), 1, "an island called 3");
}

#[test]
fn every_fault_is_named_with_its_field() {
    use FieldErrorKind::{Extra, Missing, NotANumber, Twice, WrongType};
    for (text, wanted) in [
        (
            r#"{"age": 1, "alive": 7, "island": [], "day": "2.1.1970", "size": "x", "more": {"a": [1]}}"#,
            vec![
                ("alive", WrongType),
                ("island", WrongType),
                ("day", WrongType),
                ("size", WrongType),
                ("more", Extra),
            ],
        ),
        (
            r#"{"age": null, "island": "Dream", "island": "Dream"}"#,
            vec![
                ("age", NotANumber),
                ("island", Twice),
                ("size", Missing),
                ("alive", Missing),
                ("day", Missing),
            ],
        ),
    ] {
        let refusal = record(text).expect_err("refused");
        assert_eq!(refusal.kind, RefusalKind::Fields);
        let found: Vec<(&str, FieldErrorKind)> = refusal
            .fields
            .iter()
            .map(|fault| (fault.field.as_str(), fault.kind))
            .collect();
        assert_eq!(found, wanted, "{text}");
        assert!(refusal.fields.iter().all(|fault| fault.row.is_none()));
    }
}

#[test]
fn what_training_did_not_see_is_a_warning() {
    let checked = record(&RECORD.replace("1.5", "2.5").replace("Dream", "Atlantis"))
        .expect("answered nevertheless");
    let found: Vec<(&str, WarningKind)> = checked
        .warnings
        .iter()
        .map(|warning| (warning.field.as_str(), warning.kind))
        .collect();
    assert_eq!(
        found,
        [
            ("size", WarningKind::OutOfRange),
            ("island", WarningKind::UnseenCategory)
        ]
    );
    assert_eq!(
        checked.warnings[0].sentence,
        "`size` is 2.5, over the 1.0 to 2.0 of the training rows"
    );
    let rows = format!("[{RECORD}, {}]", RECORD.replace("1970-01-02", "1999-01-01"));
    let checked =
        read_json(&inputs(), JsonForm::Records, rows.as_bytes(), 10).expect("two records");
    assert_eq!(checked.warnings[0].row, Some(1));
    assert_eq!(
        checked.warnings[0].sentence,
        "`day` is 1999-01-01, over the 1970-01-01 to 1970-01-11 of the training rows"
    );
}

#[test]
fn one_table_comes_in_many_forms() {
    let rows = format!("[{RECORD}, {}]", RECORD.replace("1.5", "1.75"));
    let wanted = read_json(&inputs(), JsonForm::Records, rows.as_bytes(), 10).expect("records");
    let columns = r#"{"size": [1.5, 1.75], "age": [3, 3], "alive": [true, true],
        "island": ["Dream", "Dream"], "day": ["1970-01-02", "1970-01-02"]}"#;
    let split = r#"{"dataframe_split": {"index": [0, 1], "columns": ["size", "age", "alive", "island", "day"],
        "data": [[1.5, 3, true, "Dream", "1970-01-02"], [1.75, 3, true, "Dream", 1]]}, "params": {}}"#;
    let lists =
        r#"{"instances": [[1.5, 3, true, "Dream", "1970-01-02"], [1.75, 3, 1, "Dream", 1]]}"#;
    for (form, text) in [
        (JsonForm::Columns, columns.to_owned()),
        (JsonForm::Invocations, split.to_owned()),
        (JsonForm::Invocations, lists.to_owned()),
        (
            JsonForm::Invocations,
            format!(r#"{{"dataframe_records": {rows}}}"#),
        ),
        (JsonForm::Invocations, format!(r#"{{"inputs": {columns}}}"#)),
        (JsonForm::Invocations, format!(r#"{{"inputs": {rows}}}"#)),
    ] {
        let checked = read_json(&inputs(), form, text.as_bytes(), 10).expect(&text);
        assert_eq!(checked, wanted, "{text}");
    }
    let csv =
        "day,size,age,alive,island\n1970-01-02,1.5,3,TRUE,Dream\n1970-01-02, 1.75,3,1,Dream\n";
    assert_eq!(read_csv(&inputs(), csv.as_bytes(), 10), Ok(wanted.clone()));
    let given = |name: &str, values| GivenColumn {
        name: name.to_owned(),
        shape: vec![2],
        values,
    };
    let both = |text: &str| GivenValues::Texts(vec![Some(text.to_owned()); 2]);
    let tensors = [
        given("day", both("1970-01-02")),
        given("size", GivenValues::Floats(vec![1.5, 1.75])),
        given("age", GivenValues::Integers(vec![3, 3])),
        given("alive", GivenValues::Booleans(vec![true, true])),
        given("island", both("Dream")),
    ];
    assert_eq!(read_columns(&inputs(), &tensors, 10), Ok(wanted));
}

#[test]
fn requests_that_cannot_be_read_say_why() {
    let deep = format!(r#"{{"size": {}1{}}}"#, "[".repeat(9_999), "]".repeat(9_999));
    let many = format!("[{RECORD}{}]", format!(", {RECORD}").repeat(10));
    for (form, text, kind) in [
        (JsonForm::Record, "", RefusalKind::Unreadable),
        (JsonForm::Record, "[1]", RefusalKind::Unreadable),
        (
            JsonForm::Record,
            r#"{"size": 1e999}"#,
            RefusalKind::Unreadable,
        ),
        (
            JsonForm::Record,
            r#"{"size": 1} x"#,
            RefusalKind::Unreadable,
        ),
        (JsonForm::Record, deep.as_str(), RefusalKind::Fields),
        (JsonForm::Records, "[1]", RefusalKind::Unreadable),
        (JsonForm::Records, many.as_str(), RefusalKind::TooLarge),
        (
            JsonForm::Columns,
            r#"{"size": [1], "age": [1, 2]}"#,
            RefusalKind::Unreadable,
        ),
        (
            JsonForm::Columns,
            r#"{"size": [1,1,1,1,1,1,1,1,1,1,1]}"#,
            RefusalKind::TooLarge,
        ),
        (JsonForm::Columns, r#"{"size": 1}"#, RefusalKind::Unreadable),
        (JsonForm::Invocations, "{}", RefusalKind::Unreadable),
        (
            JsonForm::Invocations,
            r#"{"rows": []}"#,
            RefusalKind::Unreadable,
        ),
        (
            JsonForm::Invocations,
            r#"{"inputs": [], "instances": []}"#,
            RefusalKind::Unreadable,
        ),
        (
            JsonForm::Invocations,
            r#"{"dataframe_split": {"columns": ["size"], "data": [[1, 2]]}}"#,
            RefusalKind::Unreadable,
        ),
    ] {
        let refusal = read_json(&inputs(), form, text.as_bytes(), 10).expect_err("refused");
        assert_eq!(refusal.kind, kind, "{}", refusal.wrong);
    }
    let large = "18446744073709551615";
    let checked = record(&RECORD.replace("3", large)).expect("a large number is one");
    assert_eq!(numbers(&checked, "age"), [18_446_744_073_709_551_615.0]);
}

proptest! {
    /// Whatever comes in, the reader says something.
    #[test]
    fn no_text_stops_the_readers(text in r#"(\{|\}|\[|\]|,|:|"size"|"age"|"data"|"columns"|"dataframe_split"|null|1e5|-3|true| ){0,24}"#) {
        for form in [JsonForm::Record, JsonForm::Records, JsonForm::Columns, JsonForm::Invocations] {
            if let Ok(checked) = read_json(&inputs(), form, text.as_bytes(), 10) {
                prop_assert!(checked.columns.n_rows <= 10);
                for column in &checked.columns.columns {
                    let n = match &column.values {
                        RawValues::Numbers(values) => values.len(),
                        RawValues::Texts(values) => values.len(),
                    };
                    prop_assert_eq!(n, checked.columns.n_rows);
                }
            }
        }
    }
}

/// A graph with both kinds of inputs: a tree over a number and a category.
fn runner(max_rows: usize) -> Arc<Runner> {
    let test = std::env::current_exe().expect("this program has a path");
    let target = test.ancestors().nth(3).expect("target/debug/deps/test");
    let named = std::env::var_os("ASSAY_ONNXRUNTIME").map(PathBuf::from);
    let beside = target.join("native").join(format!(
        "{}onnxruntime{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    ));
    let runtime = assay_onnx::Runtime::load(&named.unwrap_or(beside))
        .unwrap_or_else(|error| panic!("{error}; run `cargo xtask setup`"));
    Arc::new(Runner::new(
        runtime.session(&exported()).expect("a session"),
        max_rows,
    ))
}

fn exported() -> Vec<u8> {
    use assay_core::matrix::Target;
    use assay_core::recipe::{InputColumn, Recipe, Step};
    let columns = rows(&(0..64).collect::<Vec<_>>());
    let input = |name: &str, kind| InputColumn {
        name: name.to_owned(),
        kind,
    };
    let recipe: Recipe = serde_json::from_value(serde_json::json!({
        "schema": 1,
        "inputs": [input("number", ColumnType::Float), input("text", ColumnType::Text)],
        "steps": [
            Step::Standardise { columns: vec!["number".to_owned()] },
            Step::OneHot { columns: vec!["text".to_owned()], max_categories: 10, min_count: 0, rare: None },
        ],
    }))
    .expect("a recipe");
    let fitted = assay_frame::fit_recipe(&columns, &recipe).expect("fitted");
    let x = assay_frame::apply_recipe(&columns, &fitted).expect("features");
    let y = Target::Classes {
        classes: ["no", "perhaps", "yes"].map(str::to_owned).to_vec(),
        kind: ColumnType::Text,
        indices: (0..64).map(|row| (row * 7 / 5) % 3).collect(),
    };
    let training = assay_learn::Training {
        x: &x,
        y: &y,
        weights: None,
        seed: 1,
        task: &assay_core::Task::silent(),
    };
    let model =
        assay_learn::fit("logistic_regression", &Default::default(), &training).expect("a model");
    assay_onnx::export(&fitted, &model, &Default::default())
        .expect("a graph")
        .bytes
}

/// Rows that differ by their seeds.
fn rows(seeds: &[u32]) -> Columns {
    Columns {
        n_rows: seeds.len(),
        columns: vec![
            RawColumn {
                name: "number".to_owned(),
                values: RawValues::Numbers(
                    seeds
                        .iter()
                        .map(|seed| f64::from(*seed).sin() * 9.0)
                        .collect(),
                ),
            },
            RawColumn {
                name: "text".to_owned(),
                values: RawValues::Texts(
                    seeds
                        .iter()
                        .map(|seed| Some(["a", "b", "c", "unseen"][*seed as usize % 4].to_owned()))
                        .collect(),
                ),
            },
        ],
    }
}

/// One who asked, with what it hears.
struct Asking(mpsc::Receiver<Word>);

fn ask(runner: &Arc<Runner>, columns: &Arc<Columns>) -> (Option<Result<Ran, String>>, Asking) {
    let (sender, receiver) = mpsc::channel();
    let ran = runner.enter(columns, || -> Reply {
        Box::new(move |word| sender.send(word).map_err(|unheard| unheard.0))
    });
    (ran, Asking(receiver))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Requests that are gathered into one run hear what they would hear alone, bit for bit.
    #[test]
    fn gathered_answers_are_single_ones(
        sizes in prop::collection::vec(1_u32..5, 1..12),
        max_rows in 1_usize..20,
        leaves in prop::collection::vec(any::<bool>(), 12),
    ) {
        let runner = runner(max_rows);
        let mut seed = 0;
        let requests: Vec<Arc<Columns>> = sizes
            .iter()
            .map(|&n| {
                seed += n;
                Arc::new(rows(&(seed..seed + n).collect::<Vec<_>>()))
            })
            .collect();
        // The first holds the session until all others wait.
        let holder = Arc::new(rows(&[0]));
        let held = runner.hold();
        let mut asking: Vec<Option<Asking>> = Vec::new();
        for request in &requests {
            let (ran, heard) = ask(&runner, request);
            prop_assert!(ran.is_none());
            asking.push(Some(heard));
        }
        // Some go away before their turn.
        for (place, leaves) in asking.iter_mut().zip(&leaves) {
            if *leaves {
                *place = None;
            }
        }
        drop(held);
        let mut answers: Vec<Option<Ran>> = vec![None; requests.len()];
        for (place, heard) in asking.into_iter().enumerate() {
            let Some(Asking(heard)) = heard else { continue };
            let ran = match heard.recv().expect("everybody who stays hears") {
                Word::Lead(turn) => turn.run(),
                Word::Ran(ran) => ran,
            };
            answers[place] = Some(ran.expect("an answer"));
        }
        for (request, answer) in requests.iter().zip(answers) {
            let alone = runner.session().predict(request, runner.classes()).expect("an answer");
            if let Some(answer) = answer {
                prop_assert_eq!(&answer.prediction, &alone);
                prop_assert!(answer.n_batch_rows <= max_rows.max(request.n_rows));
            }
        }
        // Nobody holds the session any more.
        prop_assert!(ask(&runner, &holder).0.is_some());
    }
}
