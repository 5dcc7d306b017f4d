//! Columns as an Arrow IPC stream in memory, with types that every reader of Arrow knows.

use polars::prelude::{
    BooleanChunked, Column, CompatLevel, DataFrame, Float64Chunked, Int64Chunked, IntoSeries,
    IpcStreamWriter, NewChunkedArray, PlSmallStr, SerWriter, StringChunked,
};

use super::PlainColumn;
use crate::error::Error;

/// # Errors
/// [`Error::Engine`] for columns of different lengths and for a name that is there twice.
pub fn arrow_stream(columns: Vec<(String, PlainColumn)>) -> Result<Vec<u8>, Error> {
    let n_rows = columns.first().map_or(0, |(_, column)| match column {
        PlainColumn::Integers(values) => values.len(),
        PlainColumn::Floats(values) => values.len(),
        PlainColumn::Booleans(values) => values.len(),
        PlainColumn::Texts(values) => values.len(),
    });
    let columns = columns
        .into_iter()
        .map(|(name, column)| {
            let name = PlSmallStr::from_str(&name);
            let series = match column {
                PlainColumn::Integers(values) => {
                    Int64Chunked::from_iter_options(name, values.into_iter()).into_series()
                }
                PlainColumn::Floats(values) => {
                    Float64Chunked::from_iter_options(name, values.into_iter()).into_series()
                }
                PlainColumn::Booleans(values) => {
                    BooleanChunked::from_iter_options(name, values.into_iter()).into_series()
                }
                PlainColumn::Texts(values) => {
                    StringChunked::from_iter_options(name, values.into_iter()).into_series()
                }
            };
            Column::from(series)
        })
        .collect();
    let mut table = DataFrame::new(n_rows, columns)?;
    let mut bytes = Vec::new();
    IpcStreamWriter::new(&mut bytes)
        .with_compat_level(CompatLevel::oldest())
        .finish(&mut table)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use assay_core::Task;

    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let bytes = arrow_stream(vec![
            (
                "label".to_owned(),
                PlainColumn::Texts(vec![Some("a".to_owned()), None]),
            ),
            (
                "class:a".to_owned(),
                PlainColumn::Floats(vec![Some(0.25), Some(0.75)]),
            ),
        ])
        .expect("a stream");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.arrow");
        std::fs::write(&path, bytes).expect("a file");
        let frame = crate::read(&path, &Default::default(), &Task::silent()).expect("a table");
        assert_eq!(frame.names(), ["label", "class:a"]);
        assert_eq!(frame.n_rows(), 2);
        assert!(
            arrow_stream(vec![
                ("a".to_owned(), PlainColumn::Integers(vec![Some(1)])),
                ("b".to_owned(), PlainColumn::Integers(vec![])),
            ])
            .is_err()
        );
    }
}
