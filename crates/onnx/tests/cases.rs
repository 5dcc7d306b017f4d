//! Recipes with data that try every kind of step, and models of every form over their features.

use assay_core::Columns;
use assay_core::matrix::{RawColumn, RawValues};
use assay_core::model::{Form, Model, Node, Output, Tree};
use assay_core::recipe::{FittedRecipe, FittedStep, InputColumn, RECIPE_SCHEMA};
use assay_core::schema::ColumnType;

use crate::random::Random;
use crate::reference;

pub const N_ROWS: usize = 600;

/// A fitted recipe with raw rows for it.
pub struct Case {
    pub name: &'static str,
    pub recipe: FittedRecipe,
    pub columns: Columns,
}

/// A raw column: its values and its steps.
struct Draft {
    name: &'static str,
    kind: ColumnType,
    values: RawValues,
    steps: Vec<FittedStep>,
}

pub fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|&value| value.to_owned()).collect()
}

/// Every kind of step, alone and with others, in orders that the graph does not keep.
pub fn recipes() -> Vec<Case> {
    let random = &mut Random::new(11);
    vec![
        case(
            "numbers",
            vec![
                number("a", random, vec![fill("a", 0.1), scale("a", 0.3, 1.7)]),
                number("b", random, vec![scale("b", -1e6, 1e-3), fill("b", 12.5)]),
                number("c", random, vec![fill("c", -0.0)]),
                number(
                    "constant",
                    random,
                    vec![fill("constant", 4.0), scale("constant", 4.0, 0.0)],
                ),
                present("as is", random, vec![]),
                boolean("flag", random, vec![fill("flag", 1.0)]),
            ],
        ),
        case(
            "texts",
            vec![
                text(
                    "island",
                    random,
                    vec![one_hot("island", &["Biscoe", "Dream", "Torgersen"])],
                ),
                text(
                    "sex",
                    random,
                    vec![impute("sex", "female"), one_hot("sex", &["female", "male"])],
                ),
                text(
                    "gone",
                    random,
                    vec![
                        impute("gone", "not among them"),
                        one_hot("gone", &["Dream"]),
                    ],
                ),
                // A category that reads like Python's missing value.
                text(
                    "none",
                    random,
                    vec![impute("none", "nan"), one_hot("none", &["None", "nan"])],
                ),
                text(
                    "cut",
                    random,
                    vec![ordinal("cut", &["Fair", "Good", "Ideal"])],
                ),
                text(
                    "clear",
                    random,
                    vec![
                        impute("clear", "Good"),
                        ordinal("clear", &["Ideal", "Good"]),
                    ],
                ),
                text("nothing", random, vec![one_hot("nothing", &[])]),
                text("unseen", random, vec![ordinal("unseen", &[])]),
            ],
        ),
        case(
            "mixed, with names that the graph would like",
            vec![
                text(
                    "label",
                    random,
                    vec![one_hot(
                        "label",
                        &["Dream", "Fair", "ä ö ü", "probability_no"],
                    )],
                ),
                number(
                    "value",
                    random,
                    vec![fill("value", 3.0), scale("value", 1.0, 2.0)],
                ),
                text(
                    "features",
                    random,
                    vec![
                        impute("features", "Good"),
                        ordinal("features", &["Fair", "Good"]),
                        scale("features", 0.4, 0.7),
                    ],
                ),
                boolean(
                    "probability_yes",
                    random,
                    vec![fill("probability_yes", 0.0)],
                ),
                text(
                    "numbers",
                    random,
                    vec![one_hot("numbers", &["male", "female"])],
                ),
                number("axis", random, vec![fill("axis", 7.0)]),
            ],
        ),
        case(
            "numbers as categories",
            vec![
                digits("rooms", random, vec![one_hot("rooms", &["1", "2", "4"])]),
                digits(
                    "floor",
                    random,
                    vec![fill("floor", 3.0), one_hot("floor", &["0", "3"])],
                ),
                digits(
                    "grade",
                    random,
                    vec![ordinal("grade", &["3", "1", "2"]), scale("grade", 0.5, 1.5)],
                ),
                digits(
                    "filled",
                    random,
                    vec![fill("filled", 2.0), ordinal("filled", &["2", "1"])],
                ),
                boolean("flag", random, vec![one_hot("flag", &["false", "true"])]),
                text(
                    "cut",
                    random,
                    vec![
                        ordinal("cut", &["Fair", "Good"]),
                        one_hot("cut", &["0", "-1"]),
                    ],
                ),
            ],
        ),
        case(
            "one number",
            vec![number(
                "a",
                random,
                vec![fill("a", 1.0), scale("a", 0.0, 3.0)],
            )],
        ),
        case(
            "one text",
            vec![text(
                "t",
                random,
                vec![impute("t", "Fair"), one_hot("t", &["Fair", "Good"])],
            )],
        ),
        case(
            "one position",
            vec![text("t", random, vec![ordinal("t", &["Fair", "Good"])])],
        ),
    ]
}

/// Every form, for the features of `case`.
pub fn models(case: &Case) -> Vec<(&'static str, Model)> {
    let random = &mut Random::new(7);
    let n = case.recipe.features.len();
    let rows: Vec<Vec<f32>> = (0..50)
        .map(|row| reference::features(&case.recipe, &case.columns, row))
        .collect();
    let two = || classes(&["no", "yes"], ColumnType::Text);
    let three = || classes(&["-3", "0", "12"], ColumnType::Integer);
    let flags = || classes(&["false", "true"], ColumnType::Boolean);
    let seven = || classes(&["a", "b", "c", "d", "e", "f", "g"], ColumnType::Text);
    let model = |output, form| Model {
        n_features: n,
        output,
        form,
    };
    vec![
        (
            "linear",
            model(
                Output::Value,
                Form::Linear {
                    coefficients: weights(random, n),
                    intercept: -0.7,
                },
            ),
        ),
        (
            "logistic, two classes",
            model(two(), logistic(random, n, 1)),
        ),
        (
            "logistic, three classes",
            model(three(), logistic(random, n, 3)),
        ),
        (
            "logistic, seven classes",
            model(seven(), logistic(random, n, 7)),
        ),
        (
            "one tree, value",
            model(Output::Value, trees(random, &rows, 1, 5, 1)),
        ),
        (
            "one tree, two classes",
            model(flags(), trees(random, &rows, 1, 5, 2)),
        ),
        (
            "one leaf, two classes",
            model(two(), trees(random, &rows, 1, 0, 2)),
        ),
        (
            "one leaf, value",
            model(Output::Value, trees(random, &rows, 1, 0, 1)),
        ),
        (
            "forest, value",
            model(Output::Value, trees(random, &rows, 100, 6, 1)),
        ),
        (
            "forest, two classes",
            model(two(), trees(random, &rows, 100, 6, 2)),
        ),
        (
            "forest, three classes",
            model(three(), trees(random, &rows, 30, 4, 3)),
        ),
        (
            "forest with ties, two classes",
            model(two(), votes(random, &rows, 10, 2)),
        ),
        (
            "forest with ties, seven classes",
            model(seven(), votes(random, &rows, 6, 7)),
        ),
    ]
}

pub fn classes(names: &[&str], kind: ColumnType) -> Output {
    Output::Classes {
        classes: texts(names),
        kind,
    }
}

fn case(name: &'static str, drafts: Vec<Draft>) -> Case {
    let mut recipe = FittedRecipe {
        schema: RECIPE_SCHEMA,
        inputs: Vec::new(),
        steps: Vec::new(),
        features: Vec::new(),
    };
    let mut columns = Columns {
        n_rows: N_ROWS,
        columns: Vec::new(),
    };
    for draft in drafts {
        match draft.steps.last() {
            Some(FittedStep::OneHot { categories, .. }) => recipe.features.extend(
                categories
                    .iter()
                    .map(|category| format!("{}={category}", draft.name)),
            ),
            _ => recipe.features.push(draft.name.to_owned()),
        }
        recipe.inputs.push(InputColumn {
            name: draft.name.to_owned(),
            kind: draft.kind,
        });
        recipe.steps.extend(draft.steps);
        // The graph takes them by name, whatever their order.
        columns.columns.insert(
            0,
            RawColumn {
                name: draft.name.to_owned(),
                values: draft.values,
            },
        );
    }
    Case {
        name,
        recipe,
        columns,
    }
}

/// With missing values and with numbers that strain 64 and 32 bits.
fn number(name: &'static str, random: &mut Random, steps: Vec<FittedStep>) -> Draft {
    let extremes = [
        f64::NAN,
        0.0,
        -0.0,
        1e30,
        -1e30,
        1e-300,
        123_456_789.123,
        16_777_217.0,
        0.1,
        -2.5e-7,
    ];
    let value = |random: &mut Random| match random.below(4) {
        0 => *random.pick(&extremes),
        _ => random.around_zero(10.0),
    };
    let values = (0..N_ROWS).map(|_| value(random)).collect();
    draft(name, ColumnType::Float, RawValues::Numbers(values), steps)
}

fn present(name: &'static str, random: &mut Random, steps: Vec<FittedStep>) -> Draft {
    let values = (0..N_ROWS).map(|_| random.around_zero(1e5)).collect();
    draft(name, ColumnType::Float, RawValues::Numbers(values), steps)
}

fn digits(name: &'static str, random: &mut Random, steps: Vec<FittedStep>) -> Draft {
    let digits = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, f64::NAN];
    let values = (0..N_ROWS).map(|_| *random.pick(&digits)).collect();
    draft(name, ColumnType::Integer, RawValues::Numbers(values), steps)
}

fn boolean(name: &'static str, random: &mut Random, steps: Vec<FittedStep>) -> Draft {
    let values = (0..N_ROWS)
        .map(|_| *random.pick(&[0.0, 1.0, f64::NAN]))
        .collect();
    draft(name, ColumnType::Boolean, RawValues::Numbers(values), steps)
}

/// With missing texts, unseen ones, and some that are hard to carry.
fn text(name: &'static str, random: &mut Random, steps: Vec<FittedStep>) -> Draft {
    let words = [
        "Biscoe",
        "Dream",
        "Torgersen",
        "female",
        "male",
        "Fair",
        "Good",
        "Ideal",
        "probability_no",
        "ä ö ü",
        "None",
        "nan",
        "<NA>",
        "dream",
        " Dream",
        "",
        "nul\0inside",
        "Dream\0",
    ];
    let values = (0..N_ROWS)
        .map(|_| match random.below(6) {
            0 => None,
            _ => Some((*random.pick(&words)).to_owned()),
        })
        .collect();
    draft(name, ColumnType::Text, RawValues::Texts(values), steps)
}

fn draft(name: &'static str, kind: ColumnType, values: RawValues, steps: Vec<FittedStep>) -> Draft {
    Draft {
        name,
        kind,
        values,
        steps,
    }
}

pub fn fill(column: &str, value: f64) -> FittedStep {
    FittedStep::ImputeNumber {
        column: column.to_owned(),
        value,
    }
}

pub fn scale(column: &str, mean: f64, std: f64) -> FittedStep {
    FittedStep::Standardise {
        column: column.to_owned(),
        mean,
        std,
    }
}

fn impute(column: &str, value: &str) -> FittedStep {
    FittedStep::ImputeText {
        column: column.to_owned(),
        value: value.to_owned(),
    }
}

pub fn one_hot(column: &str, categories: &[&str]) -> FittedStep {
    FittedStep::OneHot {
        column: column.to_owned(),
        categories: texts(categories),
    }
}

fn ordinal(column: &str, categories: &[&str]) -> FittedStep {
    FittedStep::Ordinal {
        column: column.to_owned(),
        categories: texts(categories),
    }
}

fn weights(random: &mut Random, n: usize) -> Vec<f32> {
    (0..n).map(|_| random.around_zero(1.0) as f32).collect()
}

fn logistic(random: &mut Random, n_features: usize, n_sums: usize) -> Form {
    Form::Logistic {
        coefficients: (0..n_sums).map(|_| weights(random, n_features)).collect(),
        intercepts: weights(random, n_sums),
    }
}

/// Thresholds are taken from `rows`, so that many values lie on them exactly.
fn trees(random: &mut Random, rows: &[Vec<f32>], n: usize, depth: usize, n_values: usize) -> Form {
    forest(random, rows, n, depth, &mut |random| {
        let values: Vec<f64> = (0..n_values).map(|_| random.share()).collect();
        let total: f64 = values.iter().sum();
        match n_values {
            1 => vec![(values[0] * 1e5) as f32],
            _ => values.iter().map(|value| (value / total) as f32).collect(),
        }
    })
}

/// Every leaf is sure of one class, so that trees often stand even.
fn votes(random: &mut Random, rows: &[Vec<f32>], n: usize, n_classes: usize) -> Form {
    forest(random, rows, n, 3, &mut |random| {
        let vote = random.below(n_classes);
        (0..n_classes)
            .map(|class| f32::from(u8::from(class == vote)))
            .collect()
    })
}

fn forest(
    random: &mut Random,
    rows: &[Vec<f32>],
    n: usize,
    depth: usize,
    leaf: &mut dyn FnMut(&mut Random) -> Vec<f32>,
) -> Form {
    let trees = (0..n)
        .map(|_| {
            let mut tree = Tree::default();
            grow(&mut tree, random, rows, depth, leaf);
            tree
        })
        .collect();
    Form::Trees { trees }
}

fn grow(
    tree: &mut Tree,
    random: &mut Random,
    rows: &[Vec<f32>],
    depth: usize,
    leaf: &mut dyn FnMut(&mut Random) -> Vec<f32>,
) -> u32 {
    let at = tree.nodes.len();
    tree.nodes.push(Node::Leaf {
        values: leaf(random),
    });
    if depth > 0 {
        let row = random.pick(rows);
        let feature = random.below(row.len());
        let threshold = row[feature];
        let left = grow(tree, random, rows, depth - 1, leaf);
        let shorter = depth - 1 - random.below(depth);
        let right = grow(tree, random, rows, shorter, leaf);
        tree.nodes[at] = Node::Split {
            feature: feature as u32,
            threshold,
            left,
            right,
        };
    }
    at as u32
}
