//! Recipes with data that try every kind of step.

use assay_core::Columns;
use assay_core::matrix::{RawColumn, RawValues};
use assay_core::recipe::{FittedRecipe, FittedStep, InputColumn, Missing, Plan, RECIPE_SCHEMA};
use assay_core::schema::ColumnType;

use crate::random::Random;
use crate::{steps, wide};

pub const N_ROWS: usize = 600;

/// A fitted recipe with raw rows for it.
pub struct Case {
    pub name: &'static str,
    pub recipe: FittedRecipe,
    pub columns: Columns,
}

/// A raw column: its values and its steps.
pub struct Draft {
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
    let mut cases = plain(&mut Random::new(11));
    cases.extend(steps::cases(&mut Random::new(23)));
    cases.extend(wide::cases(&mut Random::new(29)));
    cases
}

fn plain(random: &mut Random) -> Vec<Case> {
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

/// Numbers that stay missing, for the models that take them so.
pub fn with_missing() -> Case {
    let random = &mut Random::new(12);
    case(
        "missing numbers",
        vec![
            number("a", random, vec![]),
            number("b", random, vec![scale("b", 0.5, 2.0)]),
            present("c", random, vec![]),
        ],
    )
}

pub fn case(name: &'static str, drafts: Vec<Draft>) -> Case {
    case_with(name, drafts, Vec::new())
}

/// `last` follow the steps of the columns.
pub fn case_with(name: &'static str, drafts: Vec<Draft>, last: Vec<FittedStep>) -> Case {
    let mut recipe = FittedRecipe {
        schema: RECIPE_SCHEMA,
        inputs: Vec::new(),
        steps: Vec::new(),
        features: Vec::new(),
        missing: Missing::Refused,
    };
    let mut columns = Columns {
        n_rows: N_ROWS,
        columns: Vec::new(),
    };
    for draft in drafts {
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
    recipe.steps.extend(last);
    finished(name, recipe, columns)
}

fn finished(name: &'static str, mut recipe: FittedRecipe, columns: Columns) -> Case {
    recipe.features = Plan::of(&recipe).expect("the steps fit").features();
    Case {
        name,
        recipe,
        columns,
    }
}

/// With missing values and with numbers that strain 64 and 32 bits.
pub fn number(name: &'static str, random: &mut Random, steps: Vec<FittedStep>) -> Draft {
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

pub fn present(name: &'static str, random: &mut Random, steps: Vec<FittedStep>) -> Draft {
    let values = (0..N_ROWS).map(|_| random.around_zero(1e5)).collect();
    draft(name, ColumnType::Float, RawValues::Numbers(values), steps)
}

pub fn digits(name: &'static str, random: &mut Random, steps: Vec<FittedStep>) -> Draft {
    let digits = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, f64::NAN];
    let values = (0..N_ROWS).map(|_| *random.pick(&digits)).collect();
    draft(name, ColumnType::Integer, RawValues::Numbers(values), steps)
}

pub fn boolean(name: &'static str, random: &mut Random, steps: Vec<FittedStep>) -> Draft {
    let values = (0..N_ROWS)
        .map(|_| *random.pick(&[0.0, 1.0, f64::NAN]))
        .collect();
    draft(name, ColumnType::Boolean, RawValues::Numbers(values), steps)
}

/// With missing texts, unseen ones, and some that are hard to carry.
pub fn text(name: &'static str, random: &mut Random, steps: Vec<FittedStep>) -> Draft {
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

pub fn draft(
    name: &'static str,
    kind: ColumnType,
    values: RawValues,
    steps: Vec<FittedStep>,
) -> Draft {
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

pub fn impute(column: &str, value: &str) -> FittedStep {
    FittedStep::ImputeText {
        column: column.to_owned(),
        value: value.to_owned(),
    }
}

pub fn one_hot(column: &str, categories: &[&str]) -> FittedStep {
    FittedStep::OneHot {
        column: column.to_owned(),
        categories: texts(categories),
        rare: None,
    }
}

pub fn ordinal(column: &str, categories: &[&str]) -> FittedStep {
    FittedStep::Ordinal {
        column: column.to_owned(),
        categories: texts(categories),
    }
}
