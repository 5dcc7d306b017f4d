//! What the file says of itself, and what cannot be written.

use assay_core::model::{Form, Model, Node, Output, Tree};
use assay_core::recipe::{FittedRecipe, FittedStep, Missing};
use assay_core::schema::ColumnType;
use assay_onnx::{About, Error, export, inspect, output_names};

use crate::cases::{fill, one_hot, recipes, scale, texts};
use crate::models::{classes, models};

#[test]
fn the_graph_takes_raw_columns_and_answers_per_row() {
    let case = recipes().swap_remove(2);
    let (_, model) = models(&case).swap_remove(2);
    let about = About {
        producer_version: "0.1.0".to_owned(),
        doc: "A sentence.".to_owned(),
        metadata: vec![("assay.run_id".to_owned(), "r1".to_owned())],
    };
    let exported = export(&case.recipe, &model, &about).expect("it exports");
    let inspection = inspect(&exported.bytes).expect("it is ONNX");
    assert_eq!(exported.opset, 17);
    assert_eq!(inspection.opsets["ai.onnx"], 17);
    assert_eq!(inspection.opsets["ai.onnx.ml"], 3);
    assert_eq!(inspection.ir_version, 8);
    assert_eq!(inspection.producer, "assay 0.1.0");
    assert_eq!(inspection.graph, exported.graph);
    let shown: Vec<String> = inspection
        .inputs
        .iter()
        .chain(&inspection.outputs)
        .map(|port| {
            format!(
                "{}: {} [{}]",
                port.name,
                port.element,
                port.shape.join(", ")
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "label: string [N]",
            "value: double [N]",
            "features: string [N]",
            "probability_yes: double [N]",
            "numbers: string [N]",
            "axis: double [N]",
            "label_: int64 [N]",
            "probabilities: float [N, 3]",
        ]
    );
    // 10 features x 3 classes and 3 intercepts, rows of fills, means and stds, the range of f32, off and on.
    assert!(inspection.n_parameters > 33);
    let metadata: Vec<&str> = inspection
        .metadata
        .iter()
        .map(|(k, _)| k.as_str())
        .collect();
    assert_eq!(
        metadata,
        [
            "assay.run_id",
            "assay.features",
            "assay.classes",
            "assay.missing_texts"
        ]
    );
    assert_eq!(inspection.metadata[2].1, r#"["-3","0","12"]"#);
    assert_eq!(
        inspection.metadata[3].1,
        r#"{"features":["None","nan","<NA>"]}"#
    );
}

#[test]
fn numeric_columns_do_not_make_the_graph_larger_than_one_node_each() {
    let n_nodes = |n: usize| {
        let names: Vec<String> = (0..n).map(|index| format!("x{index}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (mut recipe, model) = linear(&names);
        for name in names {
            recipe.steps.push(fill(name, 1.0));
            recipe.steps.push(scale(name, 2.0, 3.0));
        }
        let exported = export(&recipe, &model, &About::default()).expect("it exports");
        exported.graph.nodes.len()
    };
    assert_eq!(n_nodes(40) - n_nodes(20), 20);
}

#[test]
fn output_names_avoid_the_columns() {
    let (recipe, _) = linear(&["value", "value_", "probabilities"]);
    let two = classes(&["a", "b"], ColumnType::Text);
    assert_eq!(output_names(&recipe, &Output::Value), ["value__"]);
    assert_eq!(output_names(&recipe, &two), ["label", "probabilities_"]);
}

#[test]
fn what_has_no_onnx_form_is_refused_with_its_reason() {
    type Change = fn(&mut FittedRecipe, &mut Model);
    let table: [(&str, Change); 11] = [
        ("`a`: it stays text", |recipe, _| {
            recipe.inputs[0].kind = ColumnType::Text;
        }),
        ("`a`: a step does not fit its type", |recipe, _| {
            recipe.inputs[0].kind = ColumnType::Text;
            recipe.steps.push(fill("a", 1.0));
        }),
        ("`a`: a step follows one that made several", |recipe, _| {
            recipe.steps.push(one_hot("a", &["1"]));
            recipe.steps.push(fill("a", 1.0));
        }),
        ("`a`: category `red` is no number", |recipe, _| {
            recipe.steps.push(one_hot("a", &["red"]));
        }),
        ("`a`: a category appears twice", |recipe, _| {
            recipe.steps.push(one_hot("a", &["1", "1.0"]));
        }),
        ("`a`: a category holds a NUL", |recipe, _| {
            recipe.inputs[0].kind = ColumnType::Text;
            recipe.steps.push(one_hot("a", &["x\0"]));
        }),
        ("names column `other`", |recipe, _| {
            recipe.steps.push(fill("other", 1.0));
        }),
        ("`a` is empty or appears twice", |recipe, _| {
            recipe.inputs[1].name = "a".to_owned();
        }),
        ("features are not those", |recipe, _| {
            recipe.features = texts(&["b", "a"]);
        }),
        ("makes 2 features, the model takes 3", |_, model| {
            model.n_features = 3;
        }),
        ("class `x` of an integer target", |_, model| {
            model.output = classes(&["1", "x"], ColumnType::Integer);
            model.form = Form::Logistic {
                coefficients: vec![vec![1.0, 2.0]],
                intercepts: vec![0.0],
            };
        }),
    ];
    for (reason, change) in table {
        let (mut recipe, mut model) = linear(&["a", "b"]);
        change(&mut recipe, &mut model);
        match export(&recipe, &model, &About::default()) {
            Err(Error::Export(text)) => assert!(text.contains(reason), "{text}"),
            other => panic!("{reason}: {other:?}"),
        }
    }
}

#[test]
fn damaged_models_are_refused() {
    let leaf = |n: usize| Node::Leaf {
        values: vec![0.5; n],
    };
    let split = |feature, left, right| Node::Split {
        feature,
        threshold: 0.0,
        missing_left: false,
        gain: 0.0,
        left,
        right,
    };
    let trees = |nodes| Form::Trees {
        trees: vec![Tree { nodes }],
    };
    let two = || classes(&["a", "b"], ColumnType::Text);
    let table = [
        (
            Output::Value,
            Form::Linear {
                coefficients: vec![1.0],
                intercept: 0.0,
            },
        ),
        (
            two(),
            Form::Linear {
                coefficients: vec![1.0, 2.0],
                intercept: 0.0,
            },
        ),
        (
            two(),
            Form::Logistic {
                coefficients: vec![vec![1.0; 2]; 2],
                intercepts: vec![0.0; 2],
            },
        ),
        (classes(&["a"], ColumnType::Text), trees(vec![leaf(1)])),
        (Output::Value, Form::Trees { trees: Vec::new() }),
        (Output::Value, trees(Vec::new())),
        (two(), trees(vec![leaf(1)])),
        (Output::Value, trees(vec![split(2, 1, 2), leaf(1), leaf(1)])),
        (Output::Value, trees(vec![split(0, 1, 3), leaf(1), leaf(1)])),
        (Output::Value, trees(vec![split(0, 0, 1), leaf(1)])),
    ];
    for (output, form) in table {
        let (recipe, mut model) = linear(&["a", "b"]);
        model.output = output;
        model.form = form;
        let exported = export(&recipe, &model, &About::default());
        assert!(matches!(exported, Err(Error::Export(_))), "{model:?}");
    }
}

/// Numeric columns as they are, under a linear model.
fn linear(names: &[&str]) -> (FittedRecipe, Model) {
    let inputs = names
        .iter()
        .map(|&name| assay_core::recipe::InputColumn {
            name: name.to_owned(),
            kind: ColumnType::Float,
        })
        .collect();
    let recipe = FittedRecipe {
        schema: assay_core::recipe::RECIPE_SCHEMA,
        inputs,
        steps: Vec::<FittedStep>::new(),
        features: texts(names),
        missing: Missing::Refused,
    };
    let model = Model {
        n_features: names.len(),
        output: Output::Value,
        form: Form::Linear {
            coefficients: vec![1.0; names.len()],
            intercept: 0.5,
        },
    };
    (recipe, model)
}
