//! Every step, every form.

use std::collections::BTreeSet;

use assay_core::model::{Form, Model, Output};
use assay_onnx::{About, compare, export};

use crate::cases::{Case, recipes, with_missing};
use crate::models::models;
use crate::{reference, runtime};

#[test]
fn every_recipe_with_every_model_answers_as_the_plain_evaluation_does() {
    for case in recipes() {
        for (name, model) in models(&case) {
            agree(&case, name, &model);
        }
    }
}

#[test]
fn trees_answer_alike_where_features_are_missing() {
    let case = with_missing();
    let mut n_forms = 0;
    for (name, model) in models(&case) {
        if matches!(model.form, Form::Trees { .. } | Form::Boosted { .. }) {
            agree(&case, name, &model);
            n_forms += 1;
        }
    }
    assert!(n_forms > 10);
}

fn agree(case: &Case, name: &str, model: &Model) {
    let what = format!("{}, {name}", case.name);
    let exported = export(&case.recipe, model, &About::default())
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    let classes = match &model.output {
        Output::Classes { classes, .. } => classes.clone(),
        Output::Value | Output::Coordinates { .. } => Vec::new(),
    };
    let session = runtime()
        .session(&exported.bytes)
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    let theirs = session
        .predict(&case.columns, &classes)
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    let ours = reference::predict(&case.recipe, model, &case.columns);
    let many = runtime()
        .session_for_many(&exported.bytes, 2)
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    if matches!(model.form, Form::Trees { .. } | Form::Boosted { .. }) {
        assert!(many.walks_trees(), "{what}");
    }
    let walked = many
        .predict(&case.columns, &classes)
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    let report = compare(&theirs, &walked, "own walk").expect("both are of one kind");
    assert!(report.passed, "{what}: {report:#?}");
    assert_eq!(report.n_exact, report.rows, "{what}: {report:?}");
    let report = compare(&ours, &theirs, "onnxruntime").expect("both are of one kind");
    assert!(report.passed, "{what}: {report:#?}");
    assert!(report.rows >= 500, "{what}");
    // Logarithms of the smallest probabilities agree within the tolerance, and not always in the last of 32 bits.
    let least_percent = match model.form {
        Form::Calibrated { .. } => 50,
        _ => 99,
    };
    assert!(
        report.n_exact * 100 >= report.rows * least_percent,
        "{what}: only {} of {} rows are equal in 32 bits: {report:?}",
        report.n_exact,
        report.rows
    );
}

#[test]
fn the_cases_hold_every_kind_of_step_and_every_form() {
    let recipes = recipes();
    let steps = recipes.iter().flat_map(|case| &case.recipe.steps);
    let found: BTreeSet<String> = steps
        .map(|step| {
            let step = serde_json::to_value(step).expect("it is JSON");
            step["step"].as_str().expect("it is tagged").to_owned()
        })
        .collect();
    // Every tag of `FittedStep`.
    let all = [
        "bins",
        "date_parts",
        "drop",
        "frequency",
        "hash",
        "impute_number",
        "impute_text",
        "log",
        "min_max",
        "missing_flag",
        "one_hot",
        "ordinal",
        "pca",
        "product",
        "ratio",
        "robust",
        "square",
        "standardise",
        "target",
        "text_length",
        "tfidf",
        "yeo_johnson",
    ];
    assert_eq!(found, all.map(str::to_owned).into());
    for case in &recipes {
        let models = models(case);
        let forms = |is_form: fn(&Form) -> bool| models.iter().any(|(_, m)| is_form(&m.form));
        assert!(forms(|form| matches!(form, Form::Linear { .. })));
        assert!(forms(|form| matches!(form, Form::LogLinear { .. })));
        assert!(forms(|form| matches!(form, Form::Logistic { .. })));
        assert!(forms(|form| matches!(form, Form::Threshold { .. })));
        assert!(forms(|form| matches!(form, Form::Gaussian { .. })));
        assert!(forms(|form| matches!(form, Form::Nearest { .. })));
        assert!(forms(|form| matches!(form, Form::Mixture { .. })));
        assert!(forms(|form| matches!(form, Form::Projection { .. })));
        assert!(forms(|form| matches!(form, Form::Reach { .. })));
        assert!(forms(|form| matches!(form, Form::Trees { .. })));
        assert!(forms(|form| matches!(form, Form::Boosted { .. })));
        assert!(forms(|form| matches!(form, Form::Neighbours { .. })));
        assert!(forms(|form| matches!(form, Form::Kernel { .. })));
        assert!(forms(|form| matches!(form, Form::Median { .. })));
        assert!(forms(|form| matches!(form, Form::Calibrated { .. })));
        assert!(forms(|form| matches!(form, Form::Transformed { .. })));
        assert!(forms(|form| matches!(form, Form::Vote { .. })));
        assert!(forms(|form| matches!(form, Form::Stack { .. })));
    }
}

#[test]
fn threads_do_not_change_the_answer() {
    let runtime = runtime();
    let case = recipes().swap_remove(0);
    for (name, model) in models(&case) {
        let exported = export(&case.recipe, &model, &About::default()).expect("it exports");
        let classes = match &model.output {
            Output::Classes { classes, .. } => classes.clone(),
            Output::Value | Output::Coordinates { .. } => Vec::new(),
        };
        let answers = [1, 3].map(|n_threads| {
            runtime
                .session_with_threads(&exported.bytes, n_threads)
                .and_then(|session| session.predict(&case.columns, &classes))
                .expect("it answers")
        });
        let report = compare(&answers[0], &answers[1], "onnxruntime").expect("of one kind");
        assert!(report.passed, "{name}: {report:#?}");
    }
}
