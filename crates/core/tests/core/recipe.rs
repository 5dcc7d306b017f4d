//! Recommended recipes, and what a recipe must not say.

use assay_core::recipe::{
    DatePart, ImputeStrategy, InputColumn, Missing, RECIPE_SCHEMA, Recipe, RecipeError, Step,
    recommend, validate,
};
use assay_core::schema::{Column, ColumnType, Schema};

use crate::table::{TestColumn, profile, schema};

fn customers() -> Vec<TestColumn> {
    use ColumnType::{Boolean, Date, Datetime, Float, Integer, Text};
    let n = 200;
    let each = |f: fn(usize) -> String| (0..n).map(f).collect::<Vec<_>>();
    vec![
        TestColumn::full("customer_id", Integer, &each(|i| (i * 37).to_string())),
        TestColumn::full("visits", Integer, &each(|i| (i % 9).to_string())),
        TestColumn::new(
            "income",
            Float,
            &(0..n)
                .map(|i| (i > 5).then_some(i as f64 / 3.0))
                .collect::<Vec<_>>(),
        ),
        TestColumn::full("constant", Float, &each(|_| "0.5".into())),
        TestColumn::full("member", Boolean, &each(|i| (i % 2 == 0).to_string())),
        TestColumn::full("island", Text, &each(|i| format!("island {}", i % 3))),
        TestColumn::full("city", Text, &each(|i| format!("city {}", i % 50))),
        TestColumn::full("email", Text, &each(|i| format!("person{i}@example.org"))),
        TestColumn::full(
            "note",
            Text,
            &each(|i| format!("{} {}", "word ".repeat(20), i % 90)),
        ),
        TestColumn::full("born", Date, &each(|i| format!("19{:02}-01-01", i % 90))),
        TestColumn::full(
            "seen",
            Datetime,
            &each(|i| format!("2026-01-01T00:00:{:02}", i % 60)),
        ),
        TestColumn::new::<f64>("empty", Float, &vec![None; n]),
        TestColumn::full("left", Text, &each(|i| ["no", "yes"][i % 2].into())),
    ]
}

#[test]
fn columns_are_recommended_what_fits_them() {
    let columns = customers();
    let (profile, schema) = (profile(&columns), schema(&columns));
    let recipe = recommend(&profile, &schema, "left");
    let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        recipe
            .inputs
            .iter()
            .map(|input| input.name.as_str())
            .collect::<Vec<_>>(),
        [
            "visits", "income", "constant", "member", "island", "city", "note", "born", "seen"
        ]
    );
    let missing = ImputeStrategy::Constant {
        value: "(missing)".into(),
    };
    let impute = |columns: &[&str], strategy: &ImputeStrategy| Step::Impute {
        columns: names(columns),
        strategy: strategy.clone(),
        indicator: false,
    };
    let one_hot = |column: &str, min_count, rare: Option<&str>| Step::OneHot {
        columns: names(&[column]),
        max_categories: 32,
        min_count,
        rare: rare.map(str::to_owned),
    };
    let date_parts = |column: &str, parts: &[DatePart]| Step::DateParts {
        columns: names(&[column]),
        parts: parts.to_vec(),
    };
    use DatePart::{Day, DayOfYear, Hour, Month, Weekday, Year};
    let day = [Year, Month, Day, Weekday, DayOfYear];
    let filled = ["visits", "income", "constant", "born", "seen"];
    let scaled = [&filled[..], &["note_n_words"]].concat();
    assert_eq!(
        recipe.steps,
        [
            impute(&filled, &ImputeStrategy::Median),
            impute(&["member"], &ImputeStrategy::Mode),
            impute(&["island", "city"], &missing),
            Step::TextLength {
                columns: names(&["note"])
            },
            Step::Tfidf {
                columns: names(&["note"]),
                max_words: 64,
                min_count: 2
            },
            date_parts("born", &day),
            date_parts("seen", &[&day[..], &[Hour]].concat()),
            Step::Standardise {
                columns: names(&scaled)
            },
            Step::Passthrough {
                columns: names(&["member"])
            },
            one_hot("island", 0, None),
            one_hot("city", 2, Some("(other)")),
        ]
    );
    let left_out: Vec<(&str, &str)> = recipe
        .left_out
        .iter()
        .map(|left| (left.column.as_str(), left.reason.as_str()))
        .collect();
    assert_eq!(
        left_out,
        [
            ("customer_id", "it names the rows: no value occurs twice"),
            ("email", "it is an id: 200 distinct values in 200 rows"),
            ("empty", "it holds no value"),
        ]
    );
    assert_eq!(validate(&recipe, &schema, "left", Missing::Refused), Ok(()));
}

#[test]
fn each_target_gets_a_recipe_without_itself() {
    let columns = customers();
    let (profile, schema) = (profile(&columns), schema(&columns));
    for target in schema.names() {
        let recipe = recommend(&profile, &schema, &target);
        assert!(recipe.inputs.iter().all(|input| input.name != target));
        assert_eq!(
            recipe.inputs.len() + recipe.left_out.len() + 1,
            schema.columns.len()
        );
        assert_eq!(
            validate(&recipe, &schema, &target, Missing::Refused),
            Ok(()),
            "{target}"
        );
    }
}

fn input(name: &str, kind: ColumnType) -> InputColumn {
    InputColumn {
        name: name.into(),
        kind,
    }
}

fn on(name: &str) -> Vec<String> {
    vec![name.to_owned()]
}

fn small_schema() -> Schema {
    let column = |name: &str, kind, nullable| Column {
        name: name.into(),
        kind,
        nullable,
        form: None,
    };
    Schema {
        columns: vec![
            column("age", ColumnType::Integer, false),
            column("income", ColumnType::Float, true),
            column("city", ColumnType::Text, true),
            column("born", ColumnType::Date, false),
            column("left", ColumnType::Boolean, false),
        ],
    }
}

fn check(inputs: &[InputColumn], steps: &[Step]) -> Result<(), String> {
    check_with(inputs, steps, Missing::Refused)
}

fn check_with(inputs: &[InputColumn], steps: &[Step], missing: Missing) -> Result<(), String> {
    let recipe = Recipe {
        schema: RECIPE_SCHEMA,
        inputs: inputs.to_vec(),
        steps: steps.to_vec(),
        left_out: vec![],
    };
    validate(&recipe, &small_schema(), "left", missing).map_err(|error| error.to_string())
}

#[test]
fn a_recipe_that_cannot_be_fitted_is_told_so() {
    use ColumnType::{Date, Float, Integer, Text};
    let (age, income, city) = (
        input("age", Integer),
        input("income", Float),
        input("city", Text),
    );
    let impute = |name: &str, strategy| Step::Impute {
        columns: on(name),
        strategy,
        indicator: false,
    };
    let constant = |value: &str| ImputeStrategy::Constant {
        value: value.into(),
    };
    let one_hot = |name: &str| Step::OneHot {
        columns: on(name),
        max_categories: 9,
        min_count: 0,
        rare: None,
    };
    let standardise = |name: &str| Step::Standardise { columns: on(name) };
    let pca = |names: &[&str], variance| Step::Pca {
        columns: names.iter().map(|name| (*name).to_owned()).collect(),
        n_components: None,
        variance,
    };
    let ordinal = |order: &[&str]| Step::Ordinal {
        columns: on("city"),
        order: order.iter().map(|o| (*o).to_owned()).collect(),
    };
    let table: Vec<(Vec<InputColumn>, Vec<Step>, &str)> = vec![
        (vec![], vec![], "no input"),
        (
            vec![input("left", ColumnType::Boolean)],
            vec![],
            "the target `left`",
        ),
        (vec![input("hight", Float)], vec![], "no column `hight`"),
        (vec![age.clone(), age.clone()], vec![], "named twice"),
        (
            vec![input("age", Float)],
            vec![],
            "said to be float and is int",
        ),
        (
            vec![input("born", Date)],
            vec![],
            "the date column `born` is not encoded",
        ),
        (
            vec![age.clone()],
            vec![standardise("income")],
            "`income`, which is no input",
        ),
        (
            vec![city.clone()],
            vec![standardise("city")],
            "step 1 (standardise) needs numbers",
        ),
        (
            vec![city.clone()],
            vec![impute("city", ImputeStrategy::Mean)],
            "needs numbers",
        ),
        (
            vec![city.clone()],
            vec![Step::Passthrough {
                columns: on("city"),
            }],
            "(passthrough) needs numbers",
        ),
        (vec![age.clone()], vec![one_hot("age")], "needs text"),
        (
            vec![city.clone()],
            vec![one_hot("city"), impute("city", constant("x"))],
            "step 2 (impute) comes after the step that made several features of `city`",
        ),
        (
            vec![income.clone()],
            vec![impute("income", constant("none"))],
            "no number",
        ),
        (
            vec![city.clone()],
            vec![Step::OneHot {
                columns: on("city"),
                max_categories: 0,
                min_count: 0,
                rare: None,
            }],
            "keeps no category",
        ),
        (
            vec![city.clone()],
            vec![ordinal(&["a", "b", "a"])],
            "`a` twice",
        ),
        (
            vec![age.clone(), city.clone()],
            vec![],
            "`city` is not encoded",
        ),
        (
            vec![age.clone()],
            vec![Step::DateParts {
                columns: on("age"),
                parts: vec![DatePart::Year],
            }],
            "step 1 (date parts) needs dates",
        ),
        (
            vec![age.clone()],
            vec![Step::Ratio { columns: on("age") }],
            "takes two columns, and 1 are named",
        ),
        (
            vec![age.clone()],
            vec![Step::Drop { columns: on("age") }],
            "leaves no column",
        ),
        (
            vec![age.clone(), city.clone()],
            vec![Step::Ratio {
                columns: vec!["age".into(), "city".into()],
            }],
            "step 1 (ratio) needs numbers",
        ),
        (
            vec![age.clone()],
            vec![
                Step::Product {
                    columns: vec!["age".into(), "age".into()],
                },
                Step::Product {
                    columns: vec!["age".into(), "age".into()],
                },
            ],
            "makes a column `age_times_age`, which is there already",
        ),
        (
            vec![age.clone()],
            vec![Step::TextLength { columns: on("age") }],
            "step 1 (text length) needs text",
        ),
        (
            vec![city.clone()],
            vec![Step::TextLength {
                columns: on("city"),
            }],
            "`city` is not encoded by any step; add a one-hot, an ordinal or a tf-idf step",
        ),
        (
            vec![city.clone()],
            vec![Step::Tfidf {
                columns: on("city"),
                max_words: 0,
                min_count: 1,
            }],
            "step 1 (tf-idf) has max_words = 0; take 1 to 10000",
        ),
        (
            vec![city.clone()],
            vec![pca(&["city"], None)],
            "step 1 (pca) needs numbers",
        ),
        (
            vec![income.clone()],
            vec![pca(&[], None)],
            "needs a value in every row, and `income` has missing ones",
        ),
        (
            vec![age.clone()],
            vec![pca(&["age"], Some(1.5))],
            "step 1 (pca) has variance = 1.5; take more than 0 and at most 1",
        ),
        (
            vec![age.clone()],
            vec![pca(&[], None), standardise("pca")],
            "step 2 (standardise) comes after the step that made several features of `pca`",
        ),
        (
            vec![city.clone()],
            vec![Step::Target {
                columns: on("city"),
                smoothing: None,
                n_folds: 1,
            }],
            "step 1 (target) has n_folds = 1; take at least 2",
        ),
        (
            vec![city.clone()],
            vec![Step::Hash {
                columns: on("city"),
                n_buckets: 0,
            }],
            "n_buckets = 0",
        ),
        (
            vec![age.clone()],
            vec![Step::CorrelationFilter {
                columns: vec![],
                threshold: 1.5,
            }],
            "threshold = 1.5",
        ),
        (
            vec![income.clone()],
            vec![standardise("income")],
            "`income` has missing values",
        ),
    ];
    for (inputs, steps, words) in table {
        let error = check(&inputs, &steps).expect_err(words);
        assert!(error.contains(words), "{error} / {words}");
    }
    let kept = check_with(
        std::slice::from_ref(&income),
        &[standardise("income")],
        Missing::Kept,
    );
    assert_eq!(kept, Ok(()));
    let recipe = Recipe {
        schema: RECIPE_SCHEMA,
        inputs: vec![age.clone()],
        steps: vec![],
        left_out: vec![],
    };
    assert_eq!(
        validate(&recipe, &small_schema(), "gone", Missing::Refused),
        Err(RecipeError::UnknownTarget("gone".into()))
    );
    let parts = |column: &str| Step::DateParts {
        columns: on(column),
        parts: vec![DatePart::Year, DatePart::Month],
    };
    for (inputs, steps) in [
        (
            vec![input("born", Date)],
            vec![
                parts("born"),
                standardise("born"),
                standardise("born_year"),
                Step::Select {
                    columns: on("born"),
                },
            ],
        ),
        (
            vec![income.clone(), age.clone()],
            vec![
                Step::Impute {
                    columns: on("income"),
                    strategy: ImputeStrategy::Mean,
                    indicator: true,
                },
                standardise("income_is_missing"),
                Step::VarianceFilter {
                    columns: vec![],
                    threshold: 0.0,
                },
                Step::Drop { columns: on("age") },
            ],
        ),
        (vec![age], vec![]),
        (
            vec![income],
            vec![standardise("income"), impute("income", constant("0"))],
        ),
        (vec![city.clone()], vec![one_hot("city")]),
        (
            vec![city],
            vec![ordinal(&["low", "high"]), standardise("city")],
        ),
    ] {
        assert_eq!(check(&inputs, &steps), Ok(()));
    }
}
