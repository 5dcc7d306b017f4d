//! Parquet: a row group at a time, or a part of one. What the file says of its sizes is held against its length and
//! against each other before anything is made room for.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use assay_core::schema::Form;
use polars::prelude::{ArrowField, FileMetadata};
use polars_arrow::array::Array;
use polars_buffer::Buffer;
use polars_parquet::read::{
    BasicDecompressor, ColumnChunkMetadata, Filter, PageReader, RowGroupMetadata,
    column_iter_to_arrays, infer_schema, n_columns, read_metadata,
};
use rayon::prelude::*;

use super::arrow::{Parts, Rows, guarded};
use super::batches::BATCH_ROWS;
use super::ipc_check::check_embedded_schema;
use super::source::{ReadBytes, open_file};
use super::thrift;
use crate::error::Error;
use crate::write::FORMS_KEY;

/// Cells of a part that is read at once: a large row group comes in several.
const PART_CELLS: usize = 1 << 24;
/// A page is read as a whole.
const MAX_PAGE_BYTES: usize = 1 << 30;
/// Where the footer keeps the schema of Arrow.
const EMBEDDED_SCHEMA_KEY: &str = "ARROW:schema";

/// A Parquet file's rows.
pub(super) struct ParquetParts {
    path: PathBuf,
    metadata: FileMetadata,
    fields: Vec<ArrowField>,
    /// Of each field: its first leaf and the number of its leaves.
    leaves: Vec<(usize, usize)>,
    file_len: u64,
    progress: ReadBytes,
    group: usize,
    /// Rows of the group that are done.
    row: usize,
    /// Rows of a part at most, where the file lets parts be cut out.
    most: usize,
}

/// The footer, checked.
///
/// # Errors
/// [`Error::Parquet`] says what is wrong with it.
pub(super) fn metadata(path: &Path) -> Result<FileMetadata, Error> {
    let (mut file, len) = open_file(path)?;
    let failed = |error: std::io::Error| Error::Io {
        path: path.to_owned(),
        source: error,
    };
    let cut = || Error::Parquet("the file is cut off".to_owned());
    let mut tail = [0; 8];
    file.seek(SeekFrom::End(-8)).map_err(|_| cut())?;
    file.read_exact(&mut tail).map_err(failed)?;
    let [a, b, c, d, mark @ ..] = tail;
    if mark != *b"PAR1" {
        return Err(cut());
    }
    let footer_len = u64::from(u32::from_le_bytes([a, b, c, d]));
    if footer_len + 12 > len {
        return Err(damaged("its footer is longer than the file"));
    }
    let mut footer = vec![0; usize::try_from(footer_len).unwrap_or(usize::MAX)];
    file.seek(SeekFrom::Start(len - 8 - footer_len))
        .map_err(failed)?;
    file.read_exact(&mut footer).map_err(failed)?;
    thrift::check_footer(&footer).map_err(damaged)?;
    guarded(|| read_metadata(&mut file)).map_err(Error::Parquet)
}

/// Forms that this program wrote into the footer.
pub(super) fn forms_of(metadata: &FileMetadata) -> BTreeMap<String, Form> {
    let entries = metadata.key_value_metadata().iter().flatten();
    let mut texts = entries
        .filter(|entry| entry.key == FORMS_KEY)
        .filter_map(|entry| entry.value.as_deref());
    texts
        .next()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default()
}

impl ParquetParts {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let metadata = metadata(path)?;
        for entry in metadata.key_value_metadata().iter().flatten() {
            if entry.key == EMBEDDED_SCHEMA_KEY {
                check_embedded_schema(entry.value.as_deref().unwrap_or_default())
                    .map_err(Error::Parquet)?;
            }
        }
        let schema = guarded(|| infer_schema(&metadata)).map_err(Error::Parquet)?;
        let fields: Vec<ArrowField> = schema.iter_values().cloned().collect();
        let mut leaves = Vec::with_capacity(fields.len());
        let mut first = 0;
        for field in &fields {
            let n = guarded(|| Ok(n_columns(&field.dtype))).map_err(Error::Parquet)?;
            leaves.push((first, n));
            first += n;
        }
        let n_rows: usize = metadata
            .row_groups
            .iter()
            .map(RowGroupMetadata::num_rows)
            .sum();
        let whole = metadata
            .row_groups
            .iter()
            .all(|group| group.n_columns() == first);
        if !whole || metadata.schema().columns().len() != first || n_rows != metadata.num_rows {
            return Err(damaged("its numbers of rows or columns do not agree"));
        }
        let file_len = open_file(path)?.1;
        Ok(Self {
            path: path.to_owned(),
            metadata,
            fields,
            leaves,
            file_len,
            progress: ReadBytes::new(file_len),
            group: 0,
            row: 0,
            most: usize::MAX,
        })
    }

    /// The same in parts of few rows, for somebody who wants the first of them alone.
    pub(super) fn at_most(self, n_rows: u64) -> Self {
        Self {
            most: usize::try_from(n_rows).unwrap_or(usize::MAX).max(1),
            ..self
        }
    }

    fn part_rows(&self, group: &RowGroupMetadata) -> usize {
        // parts of lists cannot be cut out
        let flat = self.leaves.iter().all(|(_, n)| *n == 1)
            && self
                .metadata
                .schema()
                .columns()
                .iter()
                .all(|column| column.descriptor.max_rep_level == 0);
        match flat {
            true => (PART_CELLS / self.leaves.len().max(1))
                .max(BATCH_ROWS)
                .min(self.most),
            false => group.num_rows().max(1),
        }
    }
}

impl Parts for ParquetParts {
    fn fields(&self) -> &[ArrowField] {
        &self.fields
    }

    fn rewind(&mut self) {
        self.group = 0;
        self.row = 0;
        self.progress.set(0);
    }

    fn next(&mut self, wanted: &[usize]) -> Result<Option<Rows>, Error> {
        let group = loop {
            let Some(group) = self.metadata.row_groups.get(self.group) else {
                return Ok(None);
            };
            if self.row < group.num_rows() {
                break group;
            }
            self.group += 1;
            self.row = 0;
        };
        let end = group
            .num_rows()
            .min(self.row.saturating_add(self.part_rows(group)));
        let part = (self.row > 0 || end < group.num_rows()).then_some(self.row..end);
        let arrays = wanted
            .par_iter()
            .map(|field| self.column(group, *field, part.clone()))
            .collect::<Result<Vec<_>, Error>>()?;
        let n_rows = end - self.row;
        if arrays.iter().any(|array| array.len() != n_rows) {
            return Err(damaged("its columns are of different lengths"));
        }
        let share = end as f64 / group.num_rows().max(1) as f64;
        let groups = self.metadata.row_groups.len().max(1) as f64;
        let done = (self.group as f64 + share) / groups * self.file_len as f64;
        self.progress.set(done as u64);
        self.row = end;
        Ok(Some(Rows { n_rows, arrays }))
    }

    fn forms(&self) -> BTreeMap<String, Form> {
        forms_of(&self.metadata)
    }

    fn keeps_level_order(&self) -> bool {
        // a dictionary page holds the levels in the order in which they came up
        false
    }

    fn progress(&self) -> (u64, u64) {
        (self.progress.done(), self.file_len)
    }
}

impl ParquetParts {
    fn column(
        &self,
        group: &RowGroupMetadata,
        field: usize,
        part: Option<std::ops::Range<usize>>,
    ) -> Result<Box<dyn Array>, Error> {
        let (Some(target), Some((first, n))) = (self.fields.get(field), self.leaves.get(field))
        else {
            return Err(damaged("a column is missing"));
        };
        let (mut file, _) = open_file(&self.path)?;
        let mut columns = Vec::with_capacity(*n);
        let mut types = Vec::with_capacity(*n);
        for chunk in group.parquet_columns().iter().skip(*first).take(*n) {
            let bytes = self.chunk(&mut file, chunk)?;
            check_pages(chunk, &bytes, group.num_rows())?;
            let pages = PageReader::new(Cursor::new(bytes), chunk, Vec::new(), MAX_PAGE_BYTES);
            columns.push(BasicDecompressor::new(pages, Vec::new()));
            types.push(&chunk.descriptor().descriptor.primitive_type);
        }
        let filter = part.map(Filter::Range);
        let arrays = guarded(|| column_iter_to_arrays(columns, types, target.clone(), filter))
            .map_err(|reason| Error::Parquet(format!("column `{}`: {reason}", target.name)))?
            .0;
        joined(arrays, target)
    }

    fn chunk(&self, file: &mut File, chunk: &ColumnChunkMetadata) -> Result<Buffer<u8>, Error> {
        let range = guarded(|| Ok(chunk.byte_range())).map_err(Error::Parquet)?;
        if range.start > range.end || range.end > self.file_len {
            return Err(damaged("a column lies outside the file"));
        }
        let len = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        let mut bytes = vec![0; len];
        file.seek(SeekFrom::Start(range.start))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(|source| Error::Io {
                path: self.path.clone(),
                source,
            })?;
        Ok(Buffer::from_vec(bytes))
    }
}

/// Holds what the pages say of themselves against the column and its rows.
fn check_pages(chunk: &ColumnChunkMetadata, bytes: &[u8], n_rows: usize) -> Result<(), Error> {
    let n_values = usize::try_from(chunk.num_values())
        .map_err(|_| damaged("a column has less than no values"))?;
    let flat = chunk.descriptor().descriptor.max_rep_level == 0;
    if flat && n_values != n_rows {
        return Err(damaged(
            "a column has more or fewer values than there are rows",
        ));
    }
    let mut rest = bytes;
    let mut found = 0_usize;
    while found < n_values {
        let head =
            thrift::page_head(rest).ok_or_else(|| damaged("the head of a page is damaged"))?;
        let unpacked = head.unpacked_len;
        if unpacked > MAX_PAGE_BYTES {
            return Err(damaged("a page is larger than 1 GB"));
        }
        if head.is_dictionary && head.n_values > unpacked {
            return Err(damaged("a dictionary is larger than its page"));
        }
        if !head.is_dictionary {
            found = found.saturating_add(head.n_values);
        }
        let page_end = head.len.saturating_add(head.packed_len);
        rest = rest
            .get(page_end..)
            .ok_or_else(|| damaged("a page is longer than its column"))?;
    }
    match found == n_values {
        true => Ok(()),
        false => Err(damaged(
            "the pages of a column hold more values than it has",
        )),
    }
}

/// The pieces of a column as one.
fn joined(mut arrays: Vec<Box<dyn Array>>, field: &ArrowField) -> Result<Box<dyn Array>, Error> {
    if arrays.len() == 1
        && let Some(only) = arrays.pop()
    {
        return Ok(only);
    }
    if arrays.is_empty() {
        return Ok(polars_arrow::array::new_empty_array(field.dtype.clone()));
    }
    let pieces: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
    guarded(|| polars_arrow::compute::concatenate::concatenate(&pieces)).map_err(Error::Parquet)
}

fn damaged(what: impl Into<String>) -> Error {
    Error::Parquet(what.into())
}
