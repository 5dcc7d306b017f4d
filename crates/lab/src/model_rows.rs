//! Rows for graphs: of data sets, of files, made up.

use assay_core::code::Code;
use assay_core::dataset::ImportOptions;
use assay_core::imported_model::{RowSource, Wiring};
use assay_core::matrix::{RawColumn, RawValues};
use assay_core::recipe::InputColumn;
use assay_core::schema::ColumnType;
use assay_core::{Columns, Task};
use assay_frame::Frame;

use crate::Lab;
use crate::datasets::file_name;
use crate::error::Cause;

impl Lab {
    /// The rows of a source and what they are called: `dataset penguins@2`, `file rows.csv`.
    pub(crate) fn rows_to_score(
        &self,
        source: &RowSource,
        task: &Task,
    ) -> Result<(String, Frame), Cause> {
        match source {
            RowSource::Dataset { dataset } => {
                let version = self.store.dataset_version(dataset)?;
                let name = format!("dataset {}", crate::dataset_reference(&version));
                Ok((name, self.frame_of(&version)?))
            }
            RowSource::File { path } => {
                let frame = assay_frame::read(path, &ImportOptions::default(), task)?;
                Ok((format!("file {}", file_name(path)), frame))
            }
        }
    }

    /// The columns that a graph takes, of the first `n_rows` rows or of all. Where none of its columns is there by name
    /// and they are numbered ones (`f0` ...), the columns of the source are taken in their order.
    pub(crate) fn wired_rows(
        &self,
        source: &RowSource,
        wiring: &Wiring,
        n_rows: Option<usize>,
        task: &Task,
    ) -> Result<(String, Columns), Cause> {
        let (name, frame) = self.rows_to_score(source, task)?;
        let n_rows = n_rows.unwrap_or(usize::MAX).min(frame.n_rows());
        let rows: Vec<usize> = (0..n_rows).collect();
        Ok((name, wired_columns(&frame, &rows, wiring)?))
    }
}

/// # Errors
/// Columns that are missing or of another type.
pub(crate) fn wired_columns(
    frame: &Frame,
    rows: &[usize],
    wiring: &Wiring,
) -> Result<Columns, Cause> {
    let wanted = inputs(wiring);
    let there: Vec<String> = frame
        .schema()
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let is_there = |input: &InputColumn| there.contains(&input.name);
    let are_numbered = wanted
        .iter()
        .enumerate()
        .all(|(place, input)| input.name == format!("f{place}"));
    if are_numbered && !wanted.iter().any(is_there) && !wanted.is_empty() {
        if there.len() < wanted.len() {
            return Err(Cause::with_hint(
                Code::Invalid,
                format!(
                    "the model takes {} columns, the rows have {}",
                    wanted.len(),
                    there.len()
                ),
                "name the columns it takes with `--columns a,b,c`",
            ));
        }
        let by_place: Vec<InputColumn> = wanted
            .iter()
            .zip(&there)
            .map(|(input, name)| InputColumn {
                name: name.clone(),
                kind: input.kind,
            })
            .collect();
        let mut columns = assay_frame::raw_columns(frame, rows, &by_place)?;
        for (column, input) in columns.columns.iter_mut().zip(&wanted) {
            column.name.clone_from(&input.name);
        }
        return Ok(columns);
    }
    Ok(assay_frame::raw_columns(frame, rows, &wanted)?)
}

/// Columns of a graph as they are taken from a table: texts or numbers.
pub(crate) fn inputs(wiring: &Wiring) -> Vec<InputColumn> {
    let inputs = wiring.inputs.iter();
    inputs
        .flat_map(|input| {
            let kind = if input.element == "string" {
                ColumnType::Text
            } else {
                ColumnType::Float
            };
            input.columns.iter().map(move |name| InputColumn {
                name: name.clone(),
                kind,
            })
        })
        .collect()
}

/// Small numbers that differ, zeros and ones for booleans, one short text.
pub(crate) fn made_up(wiring: &Wiring, n_rows: usize) -> Columns {
    let mut columns = Vec::new();
    for input in &wiring.inputs {
        for (place, name) in input.columns.iter().enumerate() {
            let values = match input.element.as_str() {
                "string" => RawValues::Texts(vec![Some("a".to_owned()); n_rows]),
                element => {
                    let value = |row: usize| match element {
                        "bool" => (row % 2) as f64,
                        "float" | "double" => ((row + place) % 17) as f64 / 8.0,
                        _ => (row % 3) as f64,
                    };
                    RawValues::Numbers((0..n_rows).map(value).collect())
                }
            };
            columns.push(RawColumn {
                name: name.clone(),
                values,
            });
        }
    }
    Columns { n_rows, columns }
}
