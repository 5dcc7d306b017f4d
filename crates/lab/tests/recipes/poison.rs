//! Rows held out are made as wrong as rows can be; neither what a recipe learns nor one byte of the model may change,
//! for the run and inside each fold.

use std::collections::BTreeMap;

use assay_core::recipe::{Missing, Recipe, Step, recommend};
use assay_core::split::{self, SplitRows};
use assay_core::train::{CvSpec, SplitMethod, SplitSpec};
use assay_core::{Target, Task};
use assay_frame::{Frame, TargetKind, fit_and_apply, profile, raw_columns};
use assay_learn::{Training, fit};
use assay_onnx::{About, export};

use crate::table;

const N_ROWS: usize = 240;
const POISON: [&str; 3] = [
    "1e30,never seen,never seen words of poison poison,9999-12-31,-1e30",
    ",,,,",
    "-1e30,<NA>,nan,0001-01-01,1e30",
];

/// The rows named say the same of the target as the clean ones, and nothing true beside it.
fn csv(is_poisoned: impl Fn(usize) -> bool) -> String {
    let rows = (0..N_ROWS).map(|row| {
        let class = row * row % 3;
        let beside = if is_poisoned(row) {
            POISON[row % 3].to_owned()
        } else {
            let town = ["Rome", "Oslo", "Bern", ""][row % 4];
            let words = ["good night", "bad day.", "the day after", "not"][row * 5 % 4];
            let words = format!("{words} and {words} and then the {} end of it", row % 6);
            let day = row % 28 + 1;
            let a = if row % 9 == 0 {
                String::new()
            } else {
                format!("{}.5", row * 7 % 31)
            };
            format!("{a},{town},{words},2024-03-{day:02},{}", row * 11 % 13)
        };
        format!("class {class},{beside}\n")
    });
    format!("y,a,town,review,day,b\n{}", rows.collect::<String>())
}

/// Beside the default steps, those that look at the target or at many columns.
fn recipe(clean: &Frame) -> Recipe {
    let profile = profile(clean, &Task::silent()).unwrap();
    let mut recipe = recommend(&profile, &clean.schema(), "y");
    for step in &mut recipe.steps {
        if let Step::OneHot { columns, .. } = step {
            let columns = columns.clone();
            *step = Step::Target {
                columns,
                smoothing: None,
                n_folds: 4,
            };
        }
    }
    recipe.steps.push(Step::CorrelationFilter {
        columns: vec![],
        threshold: 0.9,
    });
    recipe.steps.push(Step::Pca {
        columns: vec![],
        n_components: Some(9),
        variance: Some(0.99),
    });
    recipe
}

/// The fitted recipe as it is stored, and the exported file.
fn fitted(frame: &Frame, recipe: &Recipe, target: &Target, rows: &[usize]) -> (String, Vec<u8>) {
    let task = Task::silent();
    let columns = raw_columns(frame, rows, &recipe.inputs).unwrap();
    let y = target.take(rows);
    let (recipe, x) = fit_and_apply(&columns, &y, recipe, Missing::Refused, &task).unwrap();
    let training = Training {
        x: &x,
        y: &y,
        weights: None,
        seed: 11,
        task: &task,
    };
    let params = BTreeMap::new();
    let model = fit("random_forest", &params, &training).unwrap();
    let file = export(&recipe, &model, &About::default()).unwrap();
    (serde_json::to_string(&recipe).unwrap(), file.bytes)
}

#[test]
fn rows_that_test_teach_nothing() {
    let clean = table(&csv(|_| false));
    let recipe = recipe(&clean);
    let target = assay_frame::target(&clean, "y", TargetKind::Classes)
        .unwrap()
        .target;
    let all: Vec<usize> = (0..N_ROWS).collect();
    let rows = SplitRows::new(&target, &all);
    let spec = SplitSpec {
        method: SplitMethod::Stratified,
        ..SplitSpec::default()
    };
    let hold_out = split::hold_out(&rows, &spec, 5).unwrap();
    let train = SplitRows::new(&target, &hold_out.train);
    let folds = split::folds(&train, &spec, &CvSpec::default(), 4, 5).unwrap();
    let sides = folds.into_iter().map(|fold| (fold.train, fold.validation));
    let sides: Vec<_> = [(hold_out.train, hold_out.test)]
        .into_iter()
        .chain(sides)
        .collect();
    assert_eq!(sides.len(), 5);
    for (train, held_out) in sides {
        let is_held_out = |row: usize| held_out.contains(&row);
        let poisoned = table(&csv(is_held_out));
        let of_clean = fitted(&clean, &recipe, &target, &train);
        let of_poisoned = fitted(&poisoned, &recipe, &target, &train);
        assert_eq!(of_clean.0, of_poisoned.0);
        assert!(of_clean.1 == of_poisoned.1);
        // The test would see it: poison in a training row changes both.
        let mixed = table(&csv(|row| row == train[0]));
        let of_mixed = fitted(&mixed, &recipe, &target, &train);
        assert!(of_clean.0 != of_mixed.0 && of_clean.1 != of_mixed.1);
    }
}
