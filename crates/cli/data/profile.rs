//! `assay data profile`

use assay_core::profile::{ColumnProfile, Figures, LikelyKind, NoteSeverity, Profile};

use crate::output::{count, figure, plural, table};

pub fn text(profile: &Profile) -> String {
    let rows = profile.columns.iter().map(profile_row).collect();
    let head = [
        "column",
        "type",
        "likely",
        "missing",
        "distinct",
        "min",
        "median",
        "max",
        "mean",
        "most frequent",
    ];
    let mut text = table(&head, rows, &[3, 4, 5, 6, 7, 8]);
    text.push_str(&format!(
        "\n\n{}, {} missing, {}",
        plural(profile.n_rows, "row"),
        plural(profile.n_missing, "cell"),
        plural(profile.n_duplicate_rows, "duplicate row")
    ));
    for note in &profile.notes {
        text.push_str(&format!("\n{} {}", mark(note.severity), note.text));
    }
    if profile
        .notes
        .iter()
        .any(|n| n.severity == NoteSeverity::High)
    {
        text.push_str("\n(! look at this before training)");
    }
    let estimated = profile.accuracy.iter().filter(|group| !group.exact);
    let estimated: Vec<String> = estimated
        .map(|group| format!("\n- {}: {}", figures(group.figures), group.bound))
        .collect();
    if !estimated.is_empty() {
        text.push_str("\n\nNot every figure counts every row:");
        text.push_str(&estimated.concat());
    }
    text
}

fn mark(severity: NoteSeverity) -> &'static str {
    match severity {
        NoteSeverity::High => "!",
        NoteSeverity::Medium | NoteSeverity::Low => "-",
    }
}

fn figures(figures: Figures) -> &'static str {
    match figures {
        Figures::Totals => "totals",
        Figures::Distinct => "distinct values",
        Figures::Top => "most frequent values",
        Figures::Quantiles => "quantiles, outliers and histograms",
        Figures::DuplicateRows => "duplicate rows",
        Figures::Associations => "associations",
        Figures::Notes => "notes",
    }
}

fn likely(kind: LikelyKind) -> &'static str {
    match kind {
        LikelyKind::Id => "id",
        LikelyKind::Date => "date",
        LikelyKind::Category => "category",
        LikelyKind::Boolean => "boolean",
        LikelyKind::FreeText => "free text",
        LikelyKind::Constant => "constant",
        LikelyKind::NearConstant => "nearly constant",
        LikelyKind::Number => "number",
    }
}

fn profile_row(column: &ColumnProfile) -> Vec<String> {
    let about = if column.exact { "" } else { "~" };
    let distinct = format!("{about}{}", count(column.n_distinct));
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
        likely(column.likely.kind).to_owned(),
        count(column.n_missing),
        distinct,
        low,
        figure(median),
        high,
        figure(numeric.map(|numeric| numeric.mean)),
        top.join(", "),
    ]
}
