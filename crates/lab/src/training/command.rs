//! The command that trains a record again.

use std::collections::BTreeMap;

use assay_core::reference::Reference;
use assay_core::run::TrainRecord;
use assay_core::train::{CvSpec, CvWindow, ParamValue, SplitMethod, TrainSpec};

pub fn command(record: &TrainRecord) -> String {
    let spec = &record.spec;
    let dataset = Reference::version(record.dataset.as_str(), record.dataset_number).to_string();
    let mut words = vec!["assay train".to_owned(), quote(&dataset)];
    if !spec.target.is_empty() {
        words.push(format!("--target {}", quote(&spec.target)));
    }
    words.extend(
        spec.labels
            .as_deref()
            .map(|column| format!("--labels {}", quote(column))),
    );
    words.push(format!("--algorithm {}", record.algorithm));
    words.extend(
        spec.params
            .iter()
            .map(|(name, value)| format!("--param {name}={}", quote(&value.to_string()))),
    );
    words.extend(
        spec.named_recipe
            .as_ref()
            .map(|recipe| format!("--recipe {}", quote(&recipe.to_string()))),
    );
    words.extend(
        spec.recipe
            .as_ref()
            .map(|_| "--recipe recipe.json".to_owned()),
    );
    words.push(format!("--test-size {}", spec.split.test_fraction));
    words.extend(split_words(spec));
    words.extend(
        spec.weight
            .as_deref()
            .map(|column| format!("--weight {}", quote(column))),
    );
    words.extend(
        spec.calibrate
            .map(|method| format!("--calibrate {}", method.name())),
    );
    words.extend(
        spec.target_transform
            .map(|transform| format!("--target-transform {}", transform.name())),
    );
    words.extend(fold_words(spec));
    words.extend(
        spec.candidates
            .iter()
            .map(|candidate| format!("--candidate {}", quote(&assignments(candidate)))),
    );
    words.extend(spec.learning_curve.map(|n| format!("--learning-curve {n}")));
    words.push(format!("--seed {}", spec.seed));
    words.extend(
        spec.override_expectations
            .as_deref()
            .map(|reason| format!("--override {}", quote(reason))),
    );
    let command = words.join(" ");
    match spec.recipe.as_ref().map(serde_json::to_string) {
        Some(Ok(recipe)) => format!("cat > recipe.json <<'JSON'\n{recipe}\nJSON\n{command}"),
        _ => command,
    }
}

fn split_words(spec: &TrainSpec) -> Vec<String> {
    let split = &spec.split;
    let mut words = Vec::new();
    if split.method != SplitMethod::Auto {
        words.push(format!("--split {}", flag(split.method)));
    }
    words.extend(
        split
            .group
            .as_deref()
            .map(|column| format!("--group {}", quote(column))),
    );
    words.extend(
        split
            .time
            .as_deref()
            .map(|column| format!("--time {}", quote(column))),
    );
    if split.gap > 0 {
        words.push(format!("--gap {}", split.gap));
    }
    words
}

fn fold_words(spec: &TrainSpec) -> Vec<String> {
    let mut words = Vec::new();
    let (cv, default) = (&spec.cv, CvSpec::default());
    words.extend(spec.cv_folds.map(|folds| format!("--cv {folds}")));
    if cv.repeats != default.repeats {
        words.push(format!("--cv-repeats {}", cv.repeats));
    }
    if cv.method != default.method {
        words.push(format!("--cv-split {}", flag(cv.method)));
    }
    if let CvWindow::Sliding { max_train_rows } = cv.window {
        words.push(format!("--cv-window {max_train_rows}"));
    }
    if cv.inner_folds != default.inner_folds {
        words.push(format!("--inner-folds {}", cv.inner_folds));
    }
    words
}

/// As the command line writes it: `stratified-grouped`.
fn flag(method: SplitMethod) -> String {
    method.name().replace('_', "-")
}

/// `max_depth=3,n_estimators=50`
pub fn assignments(params: &BTreeMap<String, ParamValue>) -> String {
    params
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>()
        .join(",")
}

fn quote(text: &str) -> String {
    let plain = !text.is_empty()
        && text.chars().all(|c| {
            c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@' | '/' | '+' | '=' | ',')
        });
    if plain {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
