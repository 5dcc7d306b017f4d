//! `assay data list | show | head`

use assay_core::reference::Reference;
use assay_lab::{Error, Lab};

use crate::output::{Output, bytes, count, plural, table};

pub fn list(lab: &Lab, output: Output) -> Result<(), Error> {
    output.result(&lab.datasets()?, |all| {
        let rows = all
            .iter()
            .map(|dataset| {
                let latest = &dataset.latest;
                vec![
                    latest.dataset.to_string(),
                    latest.version.to_string(),
                    latest.content.short().to_owned(),
                    count(latest.n_rows),
                    latest.columns.columns.len().to_string(),
                    bytes(latest.size_bytes),
                    latest.source.file_name.clone(),
                ]
            })
            .collect();
        table(
            &[
                "name", "version", "content", "rows", "columns", "size", "from",
            ],
            rows,
            &[1, 3, 4, 5],
        )
    });
    Ok(())
}

pub fn show(lab: &Lab, dataset: &Reference, output: Output) -> Result<(), Error> {
    output.result(&lab.dataset(dataset)?, |detail| {
        let version = &detail.version;
        let columns: Vec<String> = version
            .columns
            .columns
            .iter()
            .map(|column| format!("{} {}", column.name, column.kind.label()))
            .collect();
        format!(
            "{}@{}  b3:{}\n{}, {}, {}\nfrom {} ({}, b3:{})\ncolumns: {}\nused by {}, {}",
            version.dataset,
            version.version,
            version.content,
            plural(version.n_rows, "row"),
            plural(version.columns.columns.len() as u64, "column"),
            bytes(version.size_bytes),
            version.source.file_name,
            bytes(version.source.size_bytes),
            version.source.hash.short(),
            columns.join(", "),
            plural(detail.runs.len() as u64, "run"),
            plural(detail.replays.len() as u64, "replay"),
        )
    });
    Ok(())
}

pub fn head(lab: &Lab, dataset: &Reference, n_rows: u32, output: Output) -> Result<(), Error> {
    let rows = lab.head(dataset, n_rows)?;
    let document: Vec<serde_json::Value> = rows
        .rows
        .iter()
        .map(|row| {
            rows.header
                .iter()
                .cloned()
                .zip(row.iter().map(|cell| serde_json::json!(cell)))
                .collect()
        })
        .collect();
    output.result(&document, |_| {
        let head: Vec<&str> = rows.header.iter().map(String::as_str).collect();
        let cells = rows
            .rows
            .iter()
            .map(|row| {
                row.iter()
                    .map(|cell| cell.clone().unwrap_or_else(|| "null".to_owned()))
                    .collect()
            })
            .collect();
        table(&head, cells, &[])
    });

    Ok(())
}
