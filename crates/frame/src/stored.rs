//! A table that stands on the disk in canonical Parquet files, one per row group: only what is asked for is read.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use assay_core::Task;
use assay_core::query::Filter;
use assay_core::schema::Schema;
use polars::prelude::{DataFrame, IdxSize, ParquetReader, SerReader};

use crate::error::Error;
use crate::frame::Frame;
use crate::rows::{RowTexts, Rows, indices, ipc_of, match_rows, row_texts, sort_rows};

/// Files of one schema, first rows first.
#[derive(Debug, Clone)]
pub struct StoredTable {
    schema: Schema,
    groups: Vec<Group>,
    n_rows: u64,
}

#[derive(Debug, Clone)]
struct Group {
    path: PathBuf,
    /// 0-based, in the table.
    first_row: u64,
    n_rows: u64,
}

/// Which rows of a table a page shows, and in what order.
#[derive(Debug, Clone, PartialEq)]
pub enum RowOrder {
    All(u64),
    /// 0-based.
    Selected(Vec<IdxSize>),
}

impl StoredTable {
    /// `groups`: paths and numbers of rows.
    pub fn new(schema: Schema, groups: impl IntoIterator<Item = (PathBuf, u64)>) -> Self {
        let mut n_rows = 0;
        let groups = groups
            .into_iter()
            .map(|(path, rows)| {
                n_rows += rows;
                Group {
                    path,
                    first_row: n_rows - rows,
                    n_rows: rows,
                }
            })
            .collect();
        Self {
            schema,
            groups,
            n_rows,
        }
    }

    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    pub fn n_rows(&self) -> u64 {
        self.n_rows
    }

    pub fn n_groups(&self) -> usize {
        self.groups.len()
    }

    /// The 0-based rows of a group.
    pub(crate) fn rows_of_group(&self, group: usize) -> std::ops::Range<u64> {
        self.groups.get(group).map_or(0..0, |group| {
            group.first_row..group.first_row + group.n_rows
        })
    }

    /// These columns of one group, in this order; all columns when `names` is `None`.
    ///
    /// # Errors
    /// [`Error::NoSuchColumn`], and what the disk says.
    pub fn group(&self, group: usize, names: Option<&[String]>) -> Result<Frame, Error> {
        for name in names.unwrap_or_default() {
            self.check_column(name)?;
        }
        match self.groups.get(group) {
            Some(group) => self.read(&group.path, names, None),
            None => Ok(Frame::plain(DataFrame::empty())),
        }
    }

    /// These columns of all groups.
    ///
    /// # Errors
    /// As for [`StoredTable::group`].
    pub fn columns(&self, names: &[String], task: &Task) -> Result<Frame, Error> {
        let mut all: Option<DataFrame> = None;
        for group in 0..self.groups.len() {
            task.check()?;
            let part = self.group(group, Some(names))?.data;
            match &mut all {
                None => all = Some(part),
                Some(all) => {
                    all.vstack_mut_owned(part)?;
                }
            }
        }
        Ok(Frame::plain(all.unwrap_or_default()).with_forms_of(&self.schema))
    }

    /// Finds the rows that match, sorted as [`crate::rows()`] does. Reads the columns of the filter and of the order,
    /// group by group, and nothing when there is neither.
    ///
    /// # Errors
    /// [`Error::NoSuchColumn`] for a name in `order_by` or in the filter.
    pub fn select(
        &self,
        order_by: Option<&str>,
        descending: bool,
        filter: &Filter,
        task: &Task,
    ) -> Result<RowOrder, Error> {
        let mut wanted: Vec<String> = Vec::new();
        for name in filter.names() {
            self.check_column(name)?;
            if !wanted.iter().any(|known| known == name) {
                wanted.push(name.to_owned());
            }
        }
        if wanted.is_empty() && order_by.is_none() {
            return Ok(RowOrder::All(self.n_rows));
        }
        let mut matching: Vec<IdxSize> = Vec::new();
        if wanted.is_empty() {
            matching.extend(0..IdxSize::try_from(self.n_rows).unwrap_or(IdxSize::MAX));
        } else {
            for (group, place) in self.groups.iter().zip(0..) {
                task.check()?;
                let first = IdxSize::try_from(group.first_row).unwrap_or(IdxSize::MAX);
                let part = self.group(place, Some(&wanted))?;
                matching.extend(
                    match_rows(&part, filter)?
                        .into_iter()
                        .map(|row| first + row),
                );
            }
        }
        if let Some(column) = order_by {
            let frame = self.columns(&[column.to_owned()], task)?;
            matching = sort_rows(&frame, matching, column, descending)?;
        }
        Ok(RowOrder::Selected(matching))
    }

    /// A page of the rows that were selected, as [`crate::rows()`] gives it. Reads the groups that it shows.
    ///
    /// # Errors
    /// What the disk says.
    pub fn page(&self, order: &RowOrder, offset: u64, limit: u32) -> Result<Rows, Error> {
        let (n_matching, page): (u64, Vec<IdxSize>) = match order {
            RowOrder::All(n_rows) => {
                let first = offset.min(*n_rows);
                let end = (first + u64::from(limit)).min(*n_rows);
                let rows = first..end;
                let narrow = |row| IdxSize::try_from(row).unwrap_or(IdxSize::MAX);
                (*n_rows, rows.map(narrow).collect())
            }
            RowOrder::Selected(rows) => {
                let offset = usize::try_from(offset).unwrap_or(usize::MAX);
                let page = rows.iter().skip(offset).take(limit as usize);
                (rows.len() as u64, page.copied().collect())
            }
        };
        Ok(Rows {
            n_matching,
            ipc: ipc_of(self.rows(&page)?.data, &page)?,
        })
    }

    /// These 0-based rows as texts, in their order.
    pub(crate) fn texts(&self, rows: &[IdxSize]) -> Result<RowTexts, Error> {
        let frame = self.rows(rows)?;
        row_texts(&frame, 0, u32::try_from(rows.len()).unwrap_or(u32::MAX))
    }

    /// At most `limit` rows from the 0-based row `offset` on, as texts.
    ///
    /// # Errors
    /// What the disk says.
    pub fn head(&self, offset: u64, limit: u32) -> Result<RowTexts, Error> {
        let end = (offset + u64::from(limit)).min(self.n_rows);
        let narrow = |row| IdxSize::try_from(row).unwrap_or(IdxSize::MAX);
        self.texts(&(offset.min(end)..end).map(narrow).collect::<Vec<_>>())
    }

    /// These 0-based rows in their order, from the groups in which they stand.
    fn rows(&self, rows: &[IdxSize]) -> Result<Frame, Error> {
        // Where each wanted row comes to stand among those that were read.
        let mut found: Vec<(IdxSize, IdxSize)> = Vec::with_capacity(rows.len());
        let mut data: Option<DataFrame> = None;
        for group in &self.groups {
            let inside: Vec<IdxSize> = rows
                .iter()
                .filter(|row| {
                    (group.first_row..group.first_row + group.n_rows).contains(&u64::from(**row))
                })
                .copied()
                .collect();
            let (Some(first), Some(last)) = (inside.iter().min(), inside.iter().max()) else {
                continue;
            };
            let skipped = u64::from(*first) - group.first_row;
            let slice = (
                usize::try_from(skipped).unwrap_or(usize::MAX),
                (last - first) as usize + 1,
            );
            let part = self.read(&group.path, None, Some(slice))?.data;
            let taken: Vec<IdxSize> = inside.iter().map(|row| row - first).collect();
            let part = part.take(&indices(&taken))?;
            found.extend(inside.into_iter().zip(found.len() as IdxSize..));
            match &mut data {
                None => data = Some(part),
                Some(data) => {
                    data.vstack_mut_owned(part)?;
                }
            }
        }
        let data = match data {
            Some(data) => data,
            // Without rows there are columns still.
            None => match self.groups.first() {
                Some(group) => self.read(&group.path, None, Some((0, 0)))?.data,
                None => DataFrame::empty(),
            },
        };
        found.sort_unstable();
        let places: Vec<IdxSize> = rows
            .iter()
            .filter_map(|row| {
                let place = found.binary_search_by_key(row, |(row, _)| *row).ok()?;
                found.get(place).map(|(_, place)| *place)
            })
            .collect();
        let data = data.take(&indices(&places))?;
        Ok(Frame::plain(data).with_forms_of(&self.schema))
    }

    pub(crate) fn check_column(&self, name: &str) -> Result<(), Error> {
        if self.schema.column(name).is_some() {
            return Ok(());
        }
        Err(Error::NoSuchColumn {
            column: name.to_owned(),
            columns: self.schema.names(),
        })
    }

    /// `slice`: first row and number of rows.
    fn read(
        &self,
        path: &Path,
        names: Option<&[String]>,
        slice: Option<(usize, usize)>,
    ) -> Result<Frame, Error> {
        let file = File::open(path).map_err(|error| crate::write::io(path, error))?;
        // polars panics on some damaged files instead of returning an error.
        let read = catch_unwind(AssertUnwindSafe(|| {
            ParquetReader::new(file)
                .with_columns(names.map(<[String]>::to_vec))
                .with_slice(slice)
                .finish()
        }));
        let damaged = || Error::Parquet("the file is damaged".to_owned());
        let data = read.map_err(|_| damaged())?.map_err(|_| damaged())?;
        let data = match names {
            Some(names) => data.select(names.iter().map(String::as_str))?,
            None => data,
        };
        Ok(Frame::plain(data).with_forms_of(&self.schema))
    }
}
