//! `assay data diff`

use assay_core::Task;
use assay_core::job::JobSpec;
use assay_core::reference::Reference;
use assay_core::version_diff::{
    Cell, ChangedRow, ColumnChange, DiffRequest, Magnitude, RowAt, VersionDiff,
};
use assay_lab::{Error, Lab};

use crate::output::{Output, count, figure, plural, table};
use crate::progress;

#[derive(clap::Args)]
pub struct Arguments {
    left: Reference,
    right: Reference,
    /// Columns that together name a row, to see which rows changed
    #[arg(long, value_delimiter = ',', value_name = "COL")]
    key: Vec<String>,
}

impl Arguments {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        let request = DiffRequest {
            left: self.left.clone(),
            right: self.right.clone(),
            key: self.key.clone(),
        };
        let known = match lab.diff_at_once(&request)? {
            Some(diff) => Some(diff),
            None => {
                progress::run(lab, JobSpec::Diff(request.clone()))?;
                lab.diff_at_once(&request)?
            }
        };
        let diff = match known {
            Some(diff) => diff,
            // The cache went away meanwhile.
            None => lab.diff_versions(&request, &Task::silent())?,
        };
        output.result(&diff, text);
        Ok(())
    }
}

fn text(diff: &VersionDiff) -> String {
    let (left, right) = (&diff.left, &diff.right);
    let mut lines = vec![format!(
        "{}@{} to {}@{}: {} to {}, {} to {} columns",
        left.dataset,
        left.version,
        right.dataset,
        right.version,
        count(left.n_rows),
        plural(right.n_rows, "row"),
        left.n_columns,
        right.n_columns,
    )];
    if diff.row_groups.n_shared > 0 {
        lines.push(format!(
            "{} of {} row groups are shared, {}",
            diff.row_groups.n_shared,
            diff.row_groups.n_right,
            plural(diff.row_groups.n_shared_rows, "row"),
        ));
    }
    if diff.same_content {
        lines.push("The content is the same: names, types and values.".to_owned());
        return lines.join("\n");
    }
    schema(diff, &mut lines);
    if !diff.distributions.is_empty() {
        lines.push(String::new());
        lines.push(distributions(&diff.distributions));
    }
    lines.push(String::new());
    rows(diff, &mut lines);
    lines.join("\n")
}

fn schema(diff: &VersionDiff, lines: &mut Vec<String>) {
    let columns = &diff.columns;
    for column in &columns.added {
        lines.push(format!("+ column {} {}", column.name, column.type_label()));
    }
    for column in &columns.removed {
        lines.push(format!("- column {} {}", column.name, column.type_label()));
    }
    for column in &columns.retyped {
        lines.push(format!(
            "~ column {} {} to {}",
            column.name, column.from, column.to
        ));
    }
    for column in &columns.moved {
        lines.push(format!(
            "~ column {} from place {} to {}",
            column.name, column.from, column.to
        ));
    }
}

/// The strongest change first.
fn distributions(changes: &[ColumnChange]) -> String {
    let mut sorted: Vec<&ColumnChange> = changes.iter().collect();
    sorted.sort_by_key(|change| std::cmp::Reverse(change.magnitude));
    let rows = sorted
        .into_iter()
        .map(|change| {
            let mut effects: Vec<String> = change
                .effects
                .iter()
                .filter(|effect| effect.magnitude > Magnitude::None || effect.value != 0.0)
                .map(|effect| format!("{} {:.3}", effect.measure.label(), effect.value))
                .collect();
            effects.extend(change.remark.clone());
            let means = change
                .means
                .map(|[a, b]| format!("{} to {}", figure(Some(a)), figure(Some(b))));
            vec![
                change.name.clone(),
                change.type_label.clone(),
                change.magnitude.label().to_owned(),
                means.unwrap_or_else(|| figure(None)),
                effects.join(", "),
            ]
        })
        .collect();
    table(&["column", "type", "change", "mean", "effects"], rows, &[])
}

fn rows(diff: &VersionDiff, lines: &mut Vec<String>) {
    let rows = &diff.rows;
    let mut counts = vec![
        format!("{} added", count(rows.n_added)),
        format!("{} removed", count(rows.n_removed)),
    ];
    if !rows.key.is_empty() {
        counts.push(format!("{} changed", count(rows.n_changed)));
    }
    counts.push(format!("{} unchanged", count(rows.n_unchanged)));
    lines.push(format!("rows: {}", counts.join(", ")));
    if rows.only_common_columns {
        lines.push("Only the columns of both versions were compared.".to_owned());
    }
    for row in &rows.added {
        lines.push(format!("+ row {}: {}", row.row, cells(row)));
    }
    for row in &rows.removed {
        lines.push(format!("- row {}: {}", row.row, cells(row)));
    }
    for row in &rows.changed {
        lines.push(changed(row));
    }
}

fn cells(row: &RowAt) -> String {
    let cells: Vec<String> = row.cells.iter().map(cell).collect();
    cells.join(", ")
}

fn cell(cell: &Cell) -> String {
    format!("{} {}", cell.column, value(cell.value.as_deref()))
}

fn changed(row: &ChangedRow) -> String {
    let key: Vec<String> = row.key.iter().map(cell).collect();
    let cells: Vec<String> = row
        .cells
        .iter()
        .map(|cell| {
            let (left, right) = (value(cell.left.as_deref()), value(cell.right.as_deref()));
            format!("{} {left} to {right}", cell.column)
        })
        .collect();
    format!("~ {}: {}", key.join(", "), cells.join(", "))
}

fn value(text: Option<&str>) -> &str {
    text.unwrap_or("null")
}
