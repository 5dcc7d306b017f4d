//! Profiles against pandas and numpy (fixtures/golden.py).

use assay_core::Task;
use assay_core::dataset::ImportOptions;
use assay_core::profile::{LikelyKind, NoteKind, NoteSeverity, Profile};
use assay_frame::{profile, read};
use serde_json::Value;

use crate::support::{fixture, penguins, table};

fn close(ours: f64, theirs: &Value) -> bool {
    let theirs = theirs.as_f64().unwrap();
    (ours - theirs).abs() <= 1e-12 * theirs.abs().max(1.0)
}

fn profile_of(name: &str) -> Profile {
    let options = ImportOptions {
        no_header: name.starts_with("adult"),
        columns: if name.starts_with("adult") {
            [
                "age",
                "workclass",
                "fnlwgt",
                "education",
                "education_num",
                "marital_status",
                "occupation",
                "relationship",
                "race",
                "sex",
                "capital_gain",
                "capital_loss",
                "hours_per_week",
                "native_country",
                "income",
            ]
            .map(str::to_owned)
            .to_vec()
        } else {
            Vec::new()
        },
        ..ImportOptions::default()
    };
    let frame = read(&fixture(name), &options, &Task::silent()).unwrap();
    profile(&frame, &Task::silent()).unwrap()
}

#[test]
fn figures_agree_with_pandas_and_numpy() {
    let golden: Value =
        serde_json::from_slice(&std::fs::read(fixture("golden.json")).unwrap()).unwrap();
    let tables = golden["tables"].as_object().unwrap();
    assert_eq!(tables.len(), 6);
    for (name, expected) in tables {
        let profile = profile_of(name);
        assert_eq!(profile.n_rows, expected["n_rows"], "{name}");
        assert_eq!(
            profile.n_duplicate_rows, expected["n_duplicate_rows"],
            "{name}"
        );
        let columns = expected["columns"].as_object().unwrap();
        assert_eq!(profile.columns.len(), columns.len());
        for (column, (column_name, expected)) in profile.columns.iter().zip(columns) {
            assert_eq!(&column.name, column_name);
            let place = format!("{name} {column_name}");
            assert_eq!(column.n_rows, profile.n_rows, "{place}");
            assert_eq!(column.n_missing, expected["n_missing"], "{place}");
            assert_eq!(column.n_distinct, expected["n_distinct"], "{place}");
            match (&column.numeric, expected.get("numeric")) {
                (Some(ours), Some(theirs)) => {
                    assert!(close(ours.min, &theirs["min"]), "{place}");
                    assert!(close(ours.max, &theirs["max"]), "{place}");
                    assert!(
                        close(ours.mean, &theirs["mean"]),
                        "{place} mean {} {}",
                        ours.mean,
                        theirs["mean"]
                    );
                    assert!(
                        close(ours.std, &theirs["std"]),
                        "{place} std {} {}",
                        ours.std,
                        theirs["std"]
                    );
                    for (ours, theirs) in ours
                        .quantiles
                        .iter()
                        .zip(theirs["quantiles"].as_array().unwrap())
                    {
                        assert!(close(*ours, theirs), "{place} {ours} {theirs}");
                    }
                    assert_eq!(ours.quantiles.len(), 7);
                    assert_eq!(ours.n_zero, theirs["n_zero"], "{place}");
                    assert_eq!(ours.n_negative, theirs["n_negative"], "{place}");
                    let n_present = column.n_rows - column.n_missing;
                    assert_eq!(
                        ours.histogram.counts.iter().sum::<u64>(),
                        n_present,
                        "{place}"
                    );
                }
                (None, None) => {
                    let ours: Vec<Value> = column
                        .top
                        .iter()
                        .map(|top| serde_json::json!([top.value, top.count]))
                        .collect();
                    assert_eq!(Value::from(ours), expected["top"], "{place}");
                }
                other => panic!("{place}: {other:?}"),
            }
        }
    }
}

#[test]
fn shapes_and_associations_agree_with_polars_and_scipy() {
    let golden: Value =
        serde_json::from_slice(&std::fs::read(fixture("profile_golden.json")).unwrap()).unwrap();
    // for both libraries sum in other orders, and F of an analysis of variance is turned back
    let near = |ours: f64, theirs: &Value| {
        let theirs = theirs.as_f64().unwrap();
        (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0)
    };
    for (name, expected) in golden["tables"].as_object().unwrap() {
        let profile = profile_of(name);
        assert!(profile.exact, "{name}");
        for (column, expected) in expected["columns"].as_object().unwrap() {
            let place = format!("{name} {column}");
            let found = profile.columns.iter().find(|found| found.name == *column);
            let numeric = found.unwrap().numeric.as_ref().unwrap();
            assert!(near(numeric.std, &expected["std"]), "{place}");
            for (ours, theirs) in [
                (numeric.skewness, "skewness"),
                (numeric.skewness, "skewness_polars"),
                (numeric.kurtosis, "kurtosis"),
                (numeric.kurtosis, "kurtosis_polars"),
            ] {
                match ours {
                    Some(ours) => assert!(near(ours, &expected[theirs]), "{place} {theirs} {ours}"),
                    None => assert!(expected[theirs].is_null(), "{place} {theirs}"),
                }
            }
            assert_eq!(numeric.n_outliers, expected["n_outliers"], "{place}");
            assert_eq!(numeric.n_far_out, expected["n_far_out"], "{place}");
        }
        let theirs = expected["associations"].as_array().unwrap();
        for pair in theirs {
            let ours = profile.associations.iter().find(|ours| {
                serde_json::to_value(ours.method).unwrap() == pair["method"]
                    && ours.a == pair["a"]
                    && ours.b == pair["b"]
            });
            let ours = ours.unwrap_or_else(|| panic!("{name} lacks {pair}"));
            assert!(
                near(ours.value, &pair["value"]),
                "{name} {pair} {}",
                ours.value
            );
            assert_eq!(ours.n, pair["n"], "{name} {pair}");
        }
        assert_eq!(profile.associations.len(), theirs.len(), "{name}");
    }
}

fn notes(profile: &Profile) -> Vec<&str> {
    profile
        .notes
        .iter()
        .map(|note| note.text.as_str())
        .collect()
}

#[test]
fn penguins_are_worth_a_look_where_the_design_says() {
    let profile = profile(&penguins(), &Task::silent()).unwrap();
    assert_eq!(profile.n_missing, 19);
    assert_eq!(
        notes(&profile),
        [
            "Rows 4 and 340 lack every measurement",
            "`species` gives `island` away: `Gentoo` is all `Biscoe`",
            "`island` gives `species` away: `Torgersen` is all `Adelie`",
            "`flipper_length_mm` and `body_mass_g` move together: r 0.87",
        ]
    );
    assert_eq!(profile.notes[0].rows, [4, 340]);
    let bill = profile.columns[2].numeric.as_ref().unwrap();
    assert_eq!(bill.histogram.edges[..3], [32.0, 34.0, 36.0]);
}

#[test]
fn leaks_ids_and_constants_are_told() {
    let titanic = profile_of("titanic_300.csv");
    for sentence in [
        "`class` repeats `pclass`",
        "`alive` repeats `survived`",
        "`embark_town` repeats `embarked`",
    ] {
        assert!(
            notes(&titanic).contains(&sentence),
            "{sentence}: {:?}",
            notes(&titanic)
        );
    }
    let bigmart = profile_of("bigmart_200.csv");
    assert!(
        notes(&bigmart)
            .iter()
            .any(|text| text.ends_with("`Low Fat`, `low fat`, `LF`; `Regular`, `reg`")),
        "{:?}",
        notes(&bigmart)
    );

    for sentence in [
        "`Item_Identifier` has 183 distinct values in 200 rows; it looks like an id",
        "`Outlet_Identifier` gives `Outlet_Establishment_Year`, `Outlet_Size`, `Outlet_Location_Type` and `Outlet_Type` away: each of its values goes with one value",
    ] {
        assert!(
            notes(&bigmart).contains(&sentence),
            "{sentence}: {:?}",
            notes(&bigmart)
        );
    }

    let mut csv = "id,name,same,none,code\n".to_owned();
    for i in 1..=30 {
        csv.push_str(&format!(
            "{i},n{i},7,,{}\n",
            if i == 12 {
                "n/k".to_owned()
            } else {
                (i * i % 11).to_string()
            }
        ));
    }
    let small = profile(&table(&csv), &Task::silent()).unwrap();
    for sentence in [
        "`id` is different in every row; it looks like an id",
        "`name` is different in every row; it looks like an id",
        "`same` is `7` in every row",
        "`none` has no value in any row",
        "`code` is text because of `n/k`; 29 of 30 values are numbers",
    ] {
        assert!(
            notes(&small).contains(&sentence),
            "{sentence}: {:?}",
            notes(&small)
        );
    }
}

#[test]
fn hints_are_given_where_a_data_scientist_would() {
    let mut csv = "day,price,zip,mixed,town,flag,measure,remark,near\n".to_owned();
    for i in 0..300_u64 {
        let town = ["New York", "new-york", "Boston"][(i % 3) as usize];
        let flag = if i % 20 == 0 { "yes" } else { "no" };
        let mixed = if i % 2 == 0 { "12" } else { "tall" };
        let measure = if i % 10 == 0 {
            0.0
        } else {
            1.0 + i as f64 / 7.0
        };
        let near = if i == 77 { "y" } else { "x" };
        csv.push_str(&format!(
            "{}/{}/2024,${}.50,{:05},{mixed},{town},{flag},{measure},the {i} quick brown foxes,{near}\n",
            1 + i % 28,
            1 + i % 12,
            i * 7 % 290,
            i * 331 % 99_999,
        ));
    }
    let profile = profile(&table(&csv), &Task::silent()).unwrap();
    let kinds: Vec<LikelyKind> = profile.columns.iter().map(|c| c.likely.kind).collect();
    assert_eq!(
        kinds,
        [
            LikelyKind::Date,
            LikelyKind::Number,
            LikelyKind::Id,
            LikelyKind::Category,
            LikelyKind::Category,
            LikelyKind::Boolean,
            LikelyKind::Number,
            LikelyKind::FreeText,
            LikelyKind::NearConstant,
        ]
    );
    let told: Vec<(NoteSeverity, NoteKind, &str)> = profile
        .notes
        .iter()
        .map(|note| (note.severity, note.kind, note.text.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (
                NoteSeverity::High,
                NoteKind::Spelling,
                "`town` spells one value in several ways: `New York`, `new-york`"
            ),
            (
                NoteSeverity::Medium,
                NoteKind::NumericText,
                "`price` is text, but every value is a number"
            ),
            (
                NoteSeverity::Medium,
                NoteKind::DateText,
                "`day` is text, but every value is a date"
            ),
            (
                NoteSeverity::Medium,
                NoteKind::MixedTypes,
                "`mixed` mixes numbers with other texts: 150 of 300 values are numbers"
            ),
            (
                NoteSeverity::Medium,
                NoteKind::LikelyId,
                "`zip` is different in every row; it looks like an id"
            ),
            (
                NoteSeverity::Medium,
                NoteKind::Zeros,
                "`measure` is 0 in 30 rows: does it stand for a missing value?"
            ),
            (
                NoteSeverity::Low,
                NoteKind::NearConstant,
                "`near` is `x` in 99.7 % of the rows"
            ),
            (
                NoteSeverity::Low,
                NoteKind::Imbalance,
                "`flag` is out of balance: `no` in 95.0 % of the rows"
            ),
        ]
    );
    assert_eq!(profile.notes[0].rows[..3], [2, 5, 8]);
}

#[test]
fn odd_columns_have_a_profile() {
    let frame = table(
        "f,b,d,m\ninf,true,2026-01-02,2026-01-02T10:00\n1.5,false,2025-01-01,2025-01-01T00:00\n-2.5,true,,\n",
    );
    let profile = profile(&frame, &Task::silent()).unwrap();
    let floats = profile.columns[0].numeric.as_ref().unwrap();
    assert_eq!(
        (floats.min, floats.max, floats.n_not_finite),
        (-2.5, 1.5, 1)
    );
    assert_eq!(profile.columns[1].numeric, None);
    assert_eq!(profile.columns[1].top[0].value, "true");
    let time = profile.columns[2].time.as_ref().unwrap();
    assert_eq!(
        (time.min.as_str(), time.max.as_str()),
        ("2025-01-01", "2026-01-02")
    );
    let time = profile.columns[3].time.as_ref().unwrap();
    assert_eq!(time.max, "2026-01-02T10:00:00");
    assert_eq!(profile.n_duplicate_rows, 0);
    let twice = table("a,b\n1,x\n1,x\n1,\n1,\n2,x\n");
    assert_eq!(
        assay_frame::profile(&twice, &Task::silent())
            .unwrap()
            .n_duplicate_rows,
        2
    );
}

#[test]
fn a_cancelled_profile_stops() {
    let task = Task::silent();
    task.cancel();
    assert!(profile(&penguins(), &task).is_err());
}
