//! The steps against scikit-learn, and that each looks at the training rows alone.

use assay_core::recipe::{
    BinEncoding, BinMethod, DatePart, FittedStep, ImputeStrategy, InputColumn, Missing,
    RECIPE_SCHEMA, Recipe, Step,
};
use assay_core::schema::ColumnType::{self, Boolean, Date, Datetime, Float, Text};
use assay_core::{Columns, RawColumn, RawValues, Target, Task};
use assay_frame::{Error, apply_recipe, fit_and_apply, fit_recipe, raw_columns};
use serde_json::Value;

use crate::support::table;

fn golden() -> Value {
    serde_json::from_str(include_str!("../golden/recipes/recipes.json")).unwrap()
}

fn floats(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap().iter();
    list.map(|v| v.as_f64().unwrap()).collect()
}

fn on(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn recipe(kinds: &[(&str, ColumnType)], steps: Vec<Step>) -> Recipe {
    let inputs = kinds.iter().map(|(name, kind)| InputColumn {
        name: (*name).to_owned(),
        kind: *kind,
    });
    Recipe {
        schema: RECIPE_SCHEMA,
        inputs: inputs.collect(),
        steps,
        left_out: Vec::new(),
    }
}

fn column(name: &str, values: RawValues) -> RawColumn {
    let name = name.to_owned();
    RawColumn { name, values }
}

fn one(name: &str, values: RawValues) -> Columns {
    Columns {
        n_rows: match &values {
            RawValues::Numbers(values) => values.len(),
            RawValues::Texts(values) => values.len(),
        },
        columns: vec![column(name, values)],
    }
}

fn texts(values: impl IntoIterator<Item = impl Into<String>>) -> RawValues {
    RawValues::Texts(values.into_iter().map(|text| Some(text.into())).collect())
}

fn close(ours: f64, theirs: f64, tolerance: f64) -> bool {
    (ours - theirs).abs() <= tolerance * theirs.abs().max(1.0)
}

#[test]
fn numbers_become_what_scikit_learn_makes_of_them() {
    let golden = golden();
    let bins = |method| Step::Bins {
        columns: on(&["x"]),
        n_bins: 5,
        method,
        encoding: BinEncoding::Ordinal,
    };
    for (name, of) in golden["numeric"].as_object().unwrap() {
        let data = one("x", RawValues::Numbers(floats(&of["values"])));
        let x = || on(&["x"]);
        for (step, theirs, tolerance) in [
            (Step::Power { columns: x() }, &of["power"], 1e-5),
            (Step::Robust { columns: x() }, &of["robust"], 1e-6),
            (Step::MinMax { columns: x() }, &of["min_max"], 1e-6),
            (bins(BinMethod::Quantile), &of["bins"]["quantile"], 0.0),
            (bins(BinMethod::Uniform), &of["bins"]["uniform"], 0.0),
        ] {
            let fitted = fit_recipe(&data, &recipe(&[("x", Float)], vec![step.clone()])).unwrap();
            let matrix = apply_recipe(&data, &fitted).unwrap();
            for (row, (ours, theirs)) in matrix.values.iter().zip(floats(theirs)).enumerate() {
                let ours = f64::from(*ours);
                assert!(
                    close(ours, theirs, tolerance),
                    "{name}, {step:?}, row {row}: {ours} / {theirs}"
                );
            }
            if let FittedStep::YeoJohnson { lambda, .. } = fitted.steps[0] {
                let theirs = of["lambda"].as_f64().unwrap();
                assert!(close(lambda, theirs, 1e-6), "{name}: {lambda} / {theirs}");
            }
        }
    }
}

fn classes(indices: &[u32], n: usize) -> Target {
    Target::Classes {
        classes: (0..n).map(|class| class.to_string()).collect(),
        kind: ColumnType::Integer,
        indices: indices.to_vec(),
    }
}

#[test]
fn means_of_the_target_are_those_of_scikit_learn() {
    let golden = golden();
    let towns = golden["towns"].as_array().unwrap();
    let data = one(
        "town",
        texts(towns.iter().map(|town| town.as_str().unwrap())),
    );
    let indices = |name: &str| -> Vec<u32> {
        floats(&golden[name])
            .into_iter()
            .map(|v| v as u32)
            .collect()
    };
    for (name, target, smoothing) in [
        (
            "price, auto",
            Target::Values(floats(&golden["price"])),
            None,
        ),
        (
            "price, 10",
            Target::Values(floats(&golden["price"])),
            Some(10.0),
        ),
        ("sold, auto", classes(&indices("sold"), 2), None),
        ("kind, auto", classes(&indices("kind"), 3), None),
    ] {
        let theirs = &golden["target"][name];
        let step = Step::Target {
            columns: on(&["town"]),
            smoothing,
            n_folds: 5,
        };
        let recipe = recipe(&[("town", Text)], vec![step]);
        let (fitted, _) =
            fit_and_apply(&data, &target, &recipe, Missing::Refused, &Task::silent()).unwrap();
        let FittedStep::Target {
            categories,
            outputs,
            ..
        } = &fitted.steps[0]
        else {
            panic!("{name}")
        };
        let known: Vec<&str> = theirs["categories"]
            .as_array()
            .unwrap()
            .iter()
            .map(|category| category.as_str().unwrap())
            .collect();
        assert_eq!(*categories, known, "{name}");
        let encodings = theirs["encodings"].as_array().unwrap();
        assert_eq!(outputs.len(), encodings.len(), "{name}");
        for ((output, means), otherwise) in outputs
            .iter()
            .zip(encodings)
            .zip(floats(&theirs["otherwise"]))
        {
            assert!(close(output.otherwise, otherwise, 1e-12), "{name}");
            for (ours, theirs) in output.means.iter().zip(floats(means)) {
                assert!(close(*ours, theirs, 1e-12), "{name}: {ours} / {theirs}");
            }
        }
    }
}

#[test]
fn the_target_of_a_row_is_not_in_its_features() {
    let n = 200;
    let data = one("id", texts((0..n).map(|row| format!("c{}", row % 40))));
    let step = Step::Target {
        columns: on(&["id"]),
        smoothing: None,
        n_folds: 5,
    };
    let recipe = recipe(&[("id", Text)], vec![step]);
    let features = |y: &[f64]| {
        let target = Target::Values(y.to_vec());
        let task = Task::silent();
        fit_and_apply(&data, &target, &recipe, Missing::Refused, &task)
            .unwrap()
            .1
            .values
    };
    let y: Vec<f64> = (0..n).map(|row| f64::from(row * 7 % 31)).collect();
    let before = features(&y);
    for row in [0, 17, 199] {
        let mut poisoned = y.clone();
        poisoned[row] = 1e6;
        let after = features(&poisoned);
        assert_eq!(before[row], after[row], "{row}");
        assert_ne!(before, after, "others learn from it");
    }
    assert!(
        matches!(fit_recipe(&data, &recipe), Err(Error::Recipe(why)) if why.contains("target"))
    );
}

/// Every step at least once.
fn every_step() -> Recipe {
    let impute = |columns: &[&str], strategy| Step::Impute {
        columns: on(columns),
        strategy,
        indicator: true,
    };
    let one_hot = Step::OneHot {
        columns: on(&["colour"]),
        max_categories: 3,
        min_count: 2,
        rare: Some("rest".to_owned()),
    };
    let columns = |names: &[&str]| on(names);
    recipe(
        &[
            ("a", Float),
            ("b", Float),
            ("c", Float),
            ("d", Float),
            ("e", Float),
            ("f", Float),
            ("flag", Boolean),
            ("colour", Text),
            ("town", Text),
            ("shop", Text),
            ("size", Text),
            ("code", Text),
            ("born", Date),
            ("seen", Datetime),
            ("copy", Float),
            ("constant", Float),
        ],
        vec![
            impute(&["a", "b", "born", "seen"], ImputeStrategy::Median),
            impute(&["c"], ImputeStrategy::Mean),
            impute(&["d", "e", "f", "copy", "flag"], ImputeStrategy::Mode),
            impute(&["town"], ImputeStrategy::Mode),
            Step::Ratio {
                columns: columns(&["a", "b"]),
            },
            Step::Product {
                columns: columns(&["a", "c"]),
            },
            Step::Standardise {
                columns: columns(&["a"]),
            },
            Step::MinMax {
                columns: columns(&["b"]),
            },
            Step::Robust {
                columns: columns(&["c"]),
            },
            Step::Power {
                columns: columns(&["d"]),
            },
            Step::Log {
                columns: columns(&["e"]),
            },
            Step::Square {
                columns: columns(&["e"]),
            },
            Step::Bins {
                columns: columns(&["f"]),
                n_bins: 4,
                method: BinMethod::Quantile,
                encoding: BinEncoding::OneHot,
            },
            Step::Bins {
                columns: columns(&["copy"]),
                n_bins: 30,
                method: BinMethod::Uniform,
                encoding: BinEncoding::Ordinal,
            },
            one_hot,
            Step::Target {
                columns: columns(&["town"]),
                smoothing: None,
                n_folds: 4,
            },
            Step::Frequency {
                columns: columns(&["shop"]),
            },
            Step::Ordinal {
                columns: columns(&["size"]),
                order: Vec::new(),
            },
            Step::Hash {
                columns: columns(&["code"]),
                n_buckets: 3,
            },
            Step::DateParts {
                columns: columns(&["born", "seen"]),
                parts: vec![DatePart::Year, DatePart::Month, DatePart::Hour],
            },
            Step::Standardise {
                columns: columns(&["born", "seen"]),
            },
            Step::Passthrough {
                columns: columns(&["flag"]),
            },
            Step::VarianceFilter {
                columns: Vec::new(),
                threshold: 0.0,
            },
            Step::CorrelationFilter {
                columns: Vec::new(),
                threshold: 0.999,
            },
            Step::Drop {
                columns: columns(&["a_per_b"]),
            },
        ],
    )
}

/// Rows from `first` on; `odd` ones are unlike any other.
fn rows(first: usize, n: usize, odd: bool) -> String {
    let mut csv =
        "a,b,c,d,e,f,flag,colour,town,shop,size,code,born,seen,copy,constant\n".to_owned();
    for row in first..first + n {
        let gap = |of: usize, text: String| if row % of == 3 { String::new() } else { text };
        let x = (row * 37 % 101) as f64;
        let line = if odd {
            let day = "9999-12-31";
            format!(
                "1e30,-1e30,1e30,1e30,-1e30,1e30,true,Odd,Odd,Odd,Odd,Odd,{day},{day}T23:59:59,1e30,1e30"
            )
        } else {
            [
                gap(9, format!("{}", x / 7.0)),
                gap(11, format!("{}", (row % 13) as f64 - 6.5)),
                gap(5, format!("{}", x * x - 900.5)),
                gap(8, format!("{}", (x / 20.0).exp())),
                gap(7, format!("{}", x - 50.5)),
                gap(10, format!("{}", x * 1.5)),
                gap(6, (row % 3 == 0).to_string()),
                gap(12, ["red", "blue", "green", "grey"][row * 5 % 4].to_owned()),
                gap(13, format!("town {}", row * 3 % 7)),
                gap(14, format!("shop {}", row % 5)),
                gap(15, ["small", "large"][row % 2].to_owned()),
                gap(16, format!("code {}", row % 23)),
                gap(
                    17,
                    format!("20{:02}-0{}-1{}", row % 25, row % 9 + 1, row % 10),
                ),
                gap(
                    18,
                    format!("2024-0{}-11T{:02}:30:00", row % 8 + 1, row % 24),
                ),
                gap(10, format!("{}", x * 1.5)),
                "4.5".to_owned(),
            ]
            .join(",")
        };
        csv.push_str(&line);
        csv.push('\n');
    }
    csv
}

#[test]
fn no_step_sees_a_row_that_it_was_not_given() {
    let recipe = every_step();
    let train: Vec<usize> = (0..300).collect();
    let target = Target::Values((0..300).map(|row| f64::from(row % 17)).collect());
    let fitted = |csv: &str| {
        let columns = raw_columns(&table(csv), &train, &recipe.inputs).unwrap();
        fit_and_apply(
            &columns,
            &target,
            &recipe,
            Missing::Refused,
            &Task::silent(),
        )
        .unwrap()
    };
    let clean = fitted(&format!(
        "{}{}",
        rows(0, 300, false),
        body(&rows(300, 80, false))
    ));
    let poisoned = fitted(&format!(
        "{}{}",
        rows(0, 300, false),
        body(&rows(300, 80, true))
    ));
    assert_eq!(clean, poisoned);
    // The recipe did see every kind of step.
    let names = &clean.0.features;
    for name in [
        "a",
        "a_is_missing",
        "town_is_missing",
        "colour=rest",
        "colour=blue",
        "town",
        "code_bucket_2",
        "born_year",
        "seen_hour",
        "a_times_c",
        "flag",
    ] {
        assert!(
            names.iter().any(|known| known == name),
            "{name} of {names:?}"
        );
    }
    assert!(
        names.iter().any(|name| name.starts_with("f=..")),
        "{names:?}"
    );
    for name in ["a_per_b", "constant", "born_hour", "copy_is_missing"] {
        assert!(
            names.iter().all(|known| known != name),
            "{name} of {names:?}"
        );
    }
    // Inside a fold too.
    let fold: Vec<usize> = (0..300).filter(|row| row % 5 != 1).collect();
    let of_fold = target.take(&fold);
    let in_fold = |csv: &str| {
        let columns = raw_columns(&table(csv), &fold, &recipe.inputs).unwrap();
        fit_and_apply(
            &columns,
            &of_fold,
            &recipe,
            Missing::Refused,
            &Task::silent(),
        )
        .unwrap()
    };
    let clean = rows(0, 300, false);
    let mut lines: Vec<String> = clean.lines().map(str::to_owned).collect();
    let odd = rows(0, 1, true);
    for row in (0..300).filter(|row| row % 5 == 1) {
        lines[row + 1] = odd.lines().nth(1).unwrap().to_owned();
    }
    assert_eq!(in_fold(&clean), in_fold(&lines.join("\n")));
}

fn body(csv: &str) -> String {
    csv.lines()
        .skip(1)
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn dates_enter_as_days_and_microseconds() {
    let frame =
        table("d,t,n\n1970-01-02,1970-01-01T00:00:01,1\n,,2\n1969-12-31,1969-12-31T23:00:00,3\n");
    let recipe = recipe(&[("d", Date), ("t", Datetime)], vec![]);
    let got = raw_columns(&frame, &[0, 1, 2], &recipe.inputs).unwrap();
    let shown: Vec<String> = got
        .columns
        .iter()
        .map(|c| format!("{:?}", c.values))
        .collect();
    assert_eq!(
        shown,
        [
            "Numbers([1.0, NaN, -1.0])",
            "Numbers([1000000.0, NaN, -3600000000.0])"
        ]
    );
    // The other way round.
    let swapped = |name: &str, kind| {
        let inputs = [InputColumn {
            name: name.to_owned(),
            kind,
        }];
        format!(
            "{:?}",
            raw_columns(&frame, &[0, 2], &inputs).unwrap().columns[0].values
        )
    };
    assert_eq!(
        swapped("d", Datetime),
        "Numbers([86400000000.0, -86400000000.0])"
    );
    assert_eq!(swapped("t", Date), "Numbers([0.0, -1.0])");
}

#[test]
fn old_recipes_read_on() {
    let old = r#"{"schema":1,"inputs":[{"name":"t","kind":"text"}],"steps":[
        {"step":"impute","columns":["t"],"strategy":{"strategy":"mode"}},
        {"step":"one_hot","columns":["t"],"max_categories":4}]}"#;
    let old: Recipe = serde_json::from_str(old).unwrap();
    let fitted = fit_recipe(&one("t", texts(["x", "y", "x"])), &old).unwrap();
    assert_eq!(fitted.features, ["t=x", "t=y"]);
    let fitted = r#"{"step":"one_hot","column":"t","categories":["x"]}"#;
    let fitted: FittedStep = serde_json::from_str(fitted).unwrap();
    assert!(matches!(fitted, FittedStep::OneHot { rare: None, .. }));
}
