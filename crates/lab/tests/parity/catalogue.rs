//! Every algorithm of the catalogue on every kind of data: what it says itself and what its exported graph says through
//! ONNX Runtime, on the rows as they are and on rows that nobody would like to see.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assay_core::adversarial::adversarial_rows;
use assay_core::dataset::ImportOptions;
use assay_core::model::{Model, Output};
use assay_core::recipe::{FittedRecipe, recommend};
use assay_core::train::ProblemKind;
use assay_core::{Columns, RawValues, Target, Task};
use assay_frame::{TargetKind, apply_recipe, fit_recipe, profile, raw_columns, read};
use assay_learn::{Training, catalogue, fit, lightgbm, predict};
use assay_onnx::{About, Runtime, compare, export};

use crate::python;

/// File of the reading tests, its header where it has none, a column of classes and one of numbers.
pub const DATA: [(&str, Option<&str>, [&str; 2]); 6] = [
    ("penguins.csv", None, ["species", "body_mass_g"]),
    ("titanic_300.csv", None, ["survived", "fare"]),
    (
        "adult_400.csv",
        Some(
            "age,workclass,fnlwgt,education,education_num,marital_status,occupation,relationship,race,sex,\
             capital_gain,capital_loss,hours_per_week,native_country,income",
        ),
        ["income", "hours_per_week"],
    ),
    ("diamonds_60.csv", None, ["cut", "price"]),
    (
        "bigmart_200.csv",
        None,
        ["Outlet_Type", "Item_Outlet_Sales"],
    ),
    // Made: dates and free text in several languages, with gaps.
    ("reviews_120.csv", None, ["sentiment", "stars"]),
];

/// Numbers that sums, squares and roundings to f32 dislike.
const EXTREME: [f64; 8] = [
    f64::NAN,
    1e30,
    -1e30,
    1e-300,
    -0.0,
    16_777_217.0,
    1e35,
    -123_456.789,
];

#[derive(Clone)]
pub struct Table {
    pub columns: Columns,
    pub recipe: FittedRecipe,
    pub target: Target,
}

impl Table {
    fn without_target(&self, problem: ProblemKind) -> Self {
        Self {
            columns: self.columns.clone(),
            recipe: self.recipe.clone(),
            target: Target::Nothing {
                n_rows: self.columns.n_rows,
                problem,
            },
        }
    }
}

#[test]
fn every_model_exports_and_every_export_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = runtime();
    find_lightgbm();
    let mut n_agreeing: BTreeMap<String, u32> = BTreeMap::new();
    let models = tempfile::tempdir().unwrap();
    for (file, header, targets) in DATA {
        let path = with_header(file, header, folder.path());
        for (column, kind) in targets
            .into_iter()
            .zip([TargetKind::Classes, TargetKind::Values])
        {
            let table = table(&path, column, kind);
            for info in catalogue() {
                let alone = info.problems.iter().find(|problem| !problem.has_target());
                let table =
                    alone.map_or_else(|| table.clone(), |&problem| table.without_target(problem));
                if !info.problems.contains(&table.target.problem()) {
                    continue;
                }
                let at = format!("{} on {column} of {file}", info.name);
                if agrees(&table, &info.name, &runtime, &at, &models.path().join(&at)) {
                    *n_agreeing.entry(info.name).or_default() += 1;
                }
            }
        }
    }
    let report = python::check(models.path());
    assert_eq!(report["wrong"], serde_json::json!([]));
    assert_eq!(
        report["n_models"].as_u64(),
        Some(n_agreeing.values().copied().map(u64::from).sum())
    );
    for info in catalogue() {
        let n = n_agreeing.get(&info.name).copied().unwrap_or(0);
        assert!(n >= 2, "{} could be tried on {n} tables only", info.name);
    }
}

/// False where the algorithm says that it is not made for these numbers.
fn agrees(table: &Table, algorithm: &str, runtime: &Runtime, at: &str, folder: &Path) -> bool {
    let matrix = apply_recipe(&table.columns, &table.recipe).unwrap();
    let training = Training {
        x: &matrix,
        y: &table.target,
        weights: None,
        seed: 7,
        task: &Task::silent(),
    };
    let model = match fit(algorithm, &BTreeMap::new(), &training) {
        Ok(model) => model,
        Err(assay_learn::Error::Data { reason, .. }) => {
            assert!(!reason.is_empty(), "{at}");
            return false;
        }
        Err(error) => panic!("{at}: {error}"),
    };
    check_export(table, &model, runtime, at, folder);
    true
}

/// Its answers to the rows as they are and made worse are those of its exported graph; both are left in the folder.
pub fn check_export(table: &Table, model: &Model, runtime: &Runtime, at: &str, folder: &Path) {
    let exported = export(&table.recipe, model, &About::default()).unwrap();
    let session = runtime.session(&exported.bytes).unwrap();
    let classes = match &table.target {
        Target::Classes { classes, .. } => classes.clone(),
        Target::Values(_) => Vec::new(),
        Target::Nothing { .. } => match &model.output {
            Output::Classes { classes, .. } => classes.clone(),
            Output::Value | Output::Coordinates { .. } => Vec::new(),
        },
    };
    for (rows, columns) in [
        ("as they are", table.columns.clone()),
        (
            "with one thing wrong",
            adversarial_rows(&table.recipe.inputs, &table.columns).columns,
        ),
        ("with much wrong at once", made_worse(&table.columns)),
    ] {
        let ours = predict(model, &apply_recipe(&columns, &table.recipe).unwrap());
        let theirs = session.predict(&columns, &classes).unwrap();
        let report = compare(&ours, &theirs, "onnxruntime").unwrap();
        assert!(
            report.passed && report.label_flips == 0,
            "{at}, rows {rows}: {report:?}"
        );
        // once for the strangers; the worse rows stay
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("model.onnx"), &exported.bytes).unwrap();
        let rows = python::rows(&columns, &ours, &classes).to_string();
        std::fs::write(folder.join("rows.json"), rows).unwrap();
    }
}

/// In every column by turns: missing, empty, never seen, extreme; some rows stay as they are.
fn made_worse(columns: &Columns) -> Columns {
    let mut columns = columns.clone();
    for (place, column) in columns.columns.iter_mut().enumerate() {
        match &mut column.values {
            RawValues::Numbers(values) => {
                for (row, value) in values.iter_mut().enumerate() {
                    if let Some(extreme) = EXTREME.get((row + 3 * place) % 11) {
                        *value = *extreme;
                    }
                }
            }
            RawValues::Texts(values) => {
                for (row, value) in values.iter_mut().enumerate() {
                    match (row + place) % 5 {
                        0 => *value = None,
                        1 => *value = Some(String::new()),
                        2 => *value = Some("never seen, \u{fc}ber".to_owned()),
                        _ => {}
                    }
                }
            }
        }
    }
    columns
}

pub fn table(path: &Path, column: &str, kind: TargetKind) -> Table {
    let task = Task::silent();
    let frame = read(path, &ImportOptions::default(), &task).unwrap();
    let found = assay_frame::target(&frame, column, kind).unwrap();
    let recipe = recommend(&profile(&frame, &task).unwrap(), &frame.schema(), column);
    let columns = raw_columns(&frame, &found.rows, &recipe.inputs).unwrap();
    Table {
        recipe: fit_recipe(&columns, &recipe).unwrap(),
        columns,
        target: found.target,
    }
}

pub fn with_header(file: &str, header: Option<&str>, folder: &Path) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../frame/tests/fixtures");
    let text = std::fs::read_to_string(fixtures.join(file)).unwrap();
    let path = folder.join(file);
    let header = header.map_or_else(String::new, |header| format!("{header}\n"));
    std::fs::write(&path, header + &text).unwrap();
    path
}

/// LightGBM is found as ONNX Runtime is.
pub fn find_lightgbm() {
    let named = std::env::var_os("ASSAY_LIGHTGBM").map(PathBuf::from);
    let test = std::env::current_exe().unwrap();
    let target = test.ancestors().nth(3).expect("target/debug/deps/test");
    let beside = target.join("native").join(lightgbm::file_name());
    lightgbm::look_in(named.into_iter().chain([beside]).collect());
}

/// The library that `ASSAY_ONNXRUNTIME` names, else the one that setup put beside the build.
pub fn runtime() -> Runtime {
    let path = std::env::var_os("ASSAY_ONNXRUNTIME").map_or_else(
        || {
            let test = std::env::current_exe().unwrap();
            let target = test.ancestors().nth(3).expect("target/debug/deps/test");
            let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
            target
                .join("native")
                .join(format!("{prefix}onnxruntime{suffix}"))
        },
        PathBuf::from,
    );
    Runtime::load(&path).unwrap_or_else(|error| panic!("{error}; run `cargo xtask setup`"))
}
