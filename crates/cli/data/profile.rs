//! `assay data profile`

use assay_core::profile::{ColumnProfile, Profile};

use crate::output::{count, figure, plural, table};

pub fn text(profile: &Profile) -> String {
    let rows = profile.columns.iter().map(profile_row).collect();
    let head = [
        "column",
        "type",
        "missing",
        "distinct",
        "min",
        "median",
        "max",
        "mean",
        "most frequent",
    ];
    let mut text = table(&head, rows, &[2, 3, 4, 5, 6, 7]);
    text.push_str(&format!(
        "\n\n{}, {} missing, {}",
        plural(profile.n_rows, "row"),
        plural(profile.n_missing, "cell"),
        plural(profile.n_duplicate_rows, "duplicate row")
    ));
    for note in &profile.notes {
        text.push_str(&format!("\n- {}", note.text));
    }
    text
}

fn profile_row(column: &ColumnProfile) -> Vec<String> {
    let numeric = column.numeric.as_ref();
    let median = numeric
        .and_then(|numeric| numeric.quantiles.get(3))
        .copied();
    let (low, high) = match (&column.numeric, &column.time) {
        (Some(numeric), _) => (figure(Some(numeric.min)), figure(Some(numeric.max))),
        (None, Some(time)) => (time.min.clone(), time.max.clone()),
        (None, None) => (figure(None), figure(None)),
    };
    let top: Vec<String> = column
        .top
        .iter()
        .take(3)
        .map(|top| format!("{} ({})", top.value, count(top.count)))
        .collect();
    vec![
        column.name.clone(),
        column.kind.label().to_owned(),
        count(column.n_missing),
        count(column.n_distinct),
        low,
        figure(median),
        high,
        figure(numeric.map(|numeric| numeric.mean)),
        top.join(", "),
    ]
}
