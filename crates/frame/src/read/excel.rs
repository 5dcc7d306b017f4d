//! A sheet of a workbook as a table: where it begins, and whether its first row holds names.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use assay_core::Task;
use assay_core::dataset::ImportOptions;

use super::cells::Row;
use super::header;
use super::nulls::Nulls;
use super::pump::Pump;
use super::records::{Next, Records};
use super::workbook::{self, Extent, Sheet, SheetRow};
use crate::error::Error;

/// Rows that the header is judged by.
const HEADER_ROWS: usize = 200;

pub(super) struct SheetRecords {
    path: PathBuf,
    sheet: String,
    options: ImportOptions,
    merged: Vec<(u32, u32, u32)>,
    file_len: u64,
    extent: Extent,
    /// `None`: to be started.
    pump: Option<Pump<SheetRow>>,
    /// Read ahead for the header.
    ahead: VecDeque<SheetRow>,
    /// By column from the first of the sheet.
    header: Vec<String>,
    headless: bool,
    /// Whether a column holds a value under its name.
    has_values: Vec<bool>,
    row_number: u64,
    /// Rows above the header.
    n_above: usize,
}

/// The sheet that the options name, else the first that is not hidden.
///
/// # Errors
/// [`Error::NoSuchTable`], [`Error::NoRows`] for a workbook without sheets.
pub(super) fn chosen<'a>(sheets: &'a [Sheet], options: &ImportOptions) -> Result<&'a Sheet, Error> {
    let found = match &options.sheet {
        Some(name) => sheets.iter().find(|sheet| sheet.name == *name),
        None => sheets
            .iter()
            .find(|sheet| !sheet.is_hidden)
            .or(sheets.first()),
    };
    found.ok_or_else(|| match &options.sheet {
        None => Error::NoRows,
        Some(name) => Error::NoSuchTable {
            name: name.clone(),
            tables: sheets.iter().map(|sheet| sheet.name.clone()).collect(),
        },
    })
}

impl SheetRecords {
    pub(super) fn open(path: &Path, options: &ImportOptions, task: &Task) -> Result<Self, Error> {
        let sheets = workbook::sheets(path)?;
        let sheet = chosen(&sheets, options)?.name.clone();
        if options.sheet.is_none() && sheets.len() > 1 {
            let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
            task.warn(format!(
                "the workbook has {} sheets ({}); `{sheet}` is taken",
                sheets.len(),
                names.join(", ")
            ));
        }
        let (_, file_len) = super::source::open_file(path)?;
        Ok(Self {
            merged: workbook::merged_in_rows(path, &sheet),
            path: path.to_owned(),
            sheet,
            options: options.clone(),
            file_len,
            extent: Extent::default(),
            pump: None,
            ahead: VecDeque::new(),
            header: Vec::new(),
            headless: false,
            has_values: Vec::new(),
            row_number: 0,
            n_above: 0,
        })
    }

    fn start(&mut self) -> Result<(), Error> {
        let (path, sheet) = (self.path.clone(), self.sheet.clone());
        self.extent.n_errors.store(0, Ordering::Relaxed);
        let extent = self.extent.clone();
        let skipped = u64::from(self.options.skip_lines);
        let mut pump = Pump::start(move |hand_over| {
            workbook::rows(
                &path,
                &sheet,
                &extent,
                &mut |row| match row.number > skipped {
                    true => hand_over(row),
                    false => Ok(()),
                },
            )
        });
        while self.ahead.len() <= HEADER_ROWS {
            match pump.next().map_err(Error::Workbook)? {
                Some(row) => self.ahead.push_back(row),
                None => break,
            }
        }
        self.pump = Some(pump);
        self.find_header();
        Ok(())
    }

    fn find_header(&mut self) {
        let width = |row: &SheetRow| row.row.iter().count();
        let widest = self.ahead.iter().map(width).max().unwrap_or(0);
        self.n_above = 0;
        let given = self.options.no_header || !self.options.columns.is_empty();
        // a title stands alone in its row
        while !given
            && widest > 2
            && self.ahead.len() > 2
            && self.ahead.front().map(width) == Some(1)
        {
            self.ahead.pop_front();
            self.n_above += 1;
        }
        let n_columns = self
            .ahead
            .iter()
            .flat_map(|row| row.row.iter().map(|(column, _)| column + 1))
            .max()
            .unwrap_or(0);
        let nulls = Nulls::of_delimited(&self.options.null_values);
        let mut texts = self.ahead.iter().map(|row| texts_of(&row.row, n_columns));
        let first = texts.next().unwrap_or_default();
        let rest: Vec<Vec<String>> = texts.collect();
        self.headless = self.options.no_header || header::looks_like_values(&first, &rest, &nulls);
        self.header = match self.headless {
            true => Vec::new(),
            false => match self.ahead.pop_front() {
                Some(row) => self.spread(first, row.number),
                None => first,
            },
        };
    }

    /// A name over several columns names each of them.
    fn spread(&self, mut names: Vec<String>, row_number: u64) -> Vec<String> {
        for (row, first, last) in &self.merged {
            if u64::from(*row) + 1 != row_number {
                continue;
            }
            let (first, last) = (*first as usize, *last as usize);
            let Some(name) = names.get(first).cloned() else {
                continue;
            };
            for under in names.iter_mut().take(last + 1).skip(first + 1) {
                if under.is_empty() {
                    under.clone_from(&name);
                }
            }
        }
        names
    }
}

fn texts_of(row: &Row, n_columns: usize) -> Vec<String> {
    let mut texts = vec![String::new(); n_columns];
    for (column, cell) in row.iter() {
        if let Some(text) = texts.get_mut(column) {
            *text = cell.text().unwrap_or_default();
        }
    }
    texts
}

impl Records for SheetRecords {
    fn rewind(&mut self) -> Result<(), Error> {
        self.pump = None;
        self.ahead.clear();
        self.row_number = 0;
        Ok(())
    }

    fn next(&mut self, row: &mut Row) -> Result<Next, Error> {
        if self.pump.is_none() {
            self.start()?;
        }
        let next = match (self.ahead.pop_front(), &mut self.pump) {
            (Some(row), _) => Some(row),
            (None, Some(pump)) => pump.next().map_err(Error::Workbook)?,
            (None, None) => None,
        };
        let Some(found) = next else {
            return Ok(Next::End);
        };
        self.row_number = found.number;
        for (column, _) in found.row.iter() {
            if column >= self.has_values.len() {
                self.has_values.resize(column + 1, false);
            }
            if let Some(slot) = self.has_values.get_mut(column) {
                *slot = true;
            }
        }
        *row = found.row;
        Ok(Next::Row)
    }

    fn names(&self) -> Vec<Option<String>> {
        let n_columns = self.header.len().max(self.has_values.len());
        (0..n_columns)
            .map(|column| {
                let name = self.header.get(column).cloned().unwrap_or_default();
                let has_values = self.has_values.get(column) == Some(&true);
                match (self.headless, name.is_empty(), has_values) {
                    (true, _, true) => Some(format!("column_{}", column + 1)),
                    (false, true, false) | (true, _, false) => None,
                    _ => Some(name),
                }
            })
            .collect()
    }

    fn progress(&self) -> (u64, u64) {
        let n_rows = self.extent.n_rows.load(Ordering::Relaxed).max(1);
        let done = self.row_number.min(n_rows) as f64 / n_rows as f64;
        ((done * self.file_len as f64) as u64, self.file_len)
    }

    fn line(&self) -> Option<u64> {
        Some(self.row_number)
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        match self.n_above {
            0 => {}
            1 => warnings
                .push("a row above the header is left out: it looks like a title".to_owned()),
            n => warnings.push(format!(
                "{n} rows above the header are left out: they look like a title"
            )),
        }
        if self.headless && !self.options.no_header {
            warnings.push("the first row looks like values, not names; it is kept as a row (name the columns with --columns)".to_owned());
        }
        match self.extent.n_errors.load(Ordering::Relaxed) {
            0 => {}
            n => warnings.push(format!(
                "{n} cells hold an error of a formula (such as #N/A); they are missing"
            )),
        }
        warnings
    }
}
