//! The recommended recipe fits whatever a file holds, on few rows as on many.

use assay_core::recipe::{Missing, Step, recommend, validate};
use assay_core::{Target, Task};
use assay_frame::{Frame, apply_recipe, fit_and_apply, profile, raw_columns, read};

use crate::support::{fixture, table};

/// Fitted on the rows given, applied to all; the steps.
fn fits(name: &str, frame: &Frame, target: &str, train: &[usize]) -> Vec<Step> {
    let schema = frame.schema();
    let profile = profile(frame, &Task::silent()).unwrap();
    let recipe = recommend(&profile, &schema, target);
    assert_eq!(
        validate(&recipe, &schema, target, Missing::Refused),
        Ok(()),
        "{name}"
    );
    let y = Target::Values(train.iter().map(|row| (row % 3) as f64).collect());
    let given = raw_columns(frame, train, &recipe.inputs).unwrap();
    let (fitted, matrix) = fit_and_apply(&given, &y, &recipe, Missing::Refused, &Task::silent())
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(matrix.n_rows, train.len(), "{name}");
    let all: Vec<usize> = (0..frame.n_rows()).collect();
    let all = raw_columns(frame, &all, &recipe.inputs).unwrap();
    let matrix = apply_recipe(&all, &fitted).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(
        matrix.values.iter().all(|value| value.is_finite()),
        "{name}"
    );
    recipe.steps
}

#[test]
fn files_as_people_have_them() {
    for (file, target) in [
        ("penguins.csv", "species"),
        ("titanic_300.csv", "survived"),
        ("bigmart_200.csv", "Item_Outlet_Sales"),
        ("diamonds_60.csv", "price"),
        ("electricity_60.csv", "class"),
    ] {
        let frame = read(&fixture(file), &Default::default(), &Task::silent()).unwrap();
        assert!(frame.schema().column(target).is_some(), "{file}: {target}");
        let n = frame.n_rows();
        for train in [
            (0..n).collect::<Vec<_>>(),
            (0..n / 2).collect(),
            vec![0, n - 1],
            vec![1],
        ] {
            fits(file, &frame, target, &train);
        }
    }
}

#[test]
fn files_that_are_made_to_be_hard() {
    let one_row_per_class = (0..30).map(|row| format!("class {row},{row}.5,{}\n", row % 2 == 0));
    let one_row_per_class = format!("y,x,b\n{}", one_row_per_class.collect::<String>());
    let constant = format!(
        "y,c,t,b\n{}",
        "1,4.25,same,true\n0,4.25,same,true\n".repeat(20)
    );
    let many = (0..24_000).map(|row| format!("{},k{}\n", row % 2, row % 10_000));
    let many = format!("y,k\n{}", many.collect::<String>());
    let dates = (0..60).map(|row| {
        let (day, hour) = (row % 28 + 1, row % 24);
        let gap = if row % 9 == 0 { "" } else { "2024-02-29" };
        format!(
            "{},2025-11-{day:02},1969-12-31T{hour:02}:59:59,{gap},7\n",
            row % 2
        )
    });
    let dates = format!("y,d,t,g,d_year\n{}", dates.collect::<String>());
    let words = "the quick brown fox jumps over the lazy dog and does not look back";
    let free = (0..80).map(|row| format!("{},{words} {row},{}\n", row % 2, row % 4));
    let free = format!("y,text,n\n{}", free.collect::<String>());
    let late = (0..60).map(|row| match row {
        0..50 => format!("{},,,,{row}\n", row % 2),
        _ => format!("{},1.5,word,2024-01-01,{row}\n", row % 2),
    });
    let late = format!("y,x,t,d,n\n{}", late.collect::<String>());
    let huge = (0..40).map(|row| format!("{},{row}e200,{row}e30,{}\n", row % 2, row % 5));
    let huge = format!("y,a,b,n\n{}", huge.collect::<String>());
    let mut steps = Vec::new();
    for (name, csv) in [
        ("one row per class", one_row_per_class),
        ("constant columns", constant),
        ("10,000 categories", many),
        ("dates", dates),
        ("free text", free),
        ("values that begin late", late),
        ("huge numbers", huge),
    ] {
        let frame = table(&csv);
        let n = frame.n_rows();
        for train in [
            (0..n).collect::<Vec<_>>(),
            (0..n / 2).collect(),
            vec![0],
            vec![0, 1],
        ] {
            steps.extend(fits(name, &frame, "y", &train));
        }
    }
    let has = |is: fn(&Step) -> bool| steps.iter().any(is);
    assert!(has(|step| matches!(
        step,
        Step::OneHot { rare: Some(_), .. }
    )));
    assert!(has(|step| matches!(
        step,
        Step::Impute {
            indicator: true,
            ..
        }
    )));
    assert!(has(
        |step| matches!(step, Step::DateParts { parts, .. } if parts.len() == 6)
    ));
    // `d_year` is taken.
    assert!(has(
        |step| matches!(step, Step::DateParts { parts, .. } if parts.len() == 4)
    ));
}
