//! A block of rows as a table: every column in the type it is planned to have.

use polars::prelude::{
    BooleanChunkedBuilder, ChunkedBuilder, Column, DataFrame, Float64Type, Int32Type, Int64Type,
    Int128Chunked, IntoSeries, NewChunkedArray, PlSmallStr, PrimitiveChunkedBuilder, Series,
    StringChunkedBuilder, TimeUnit,
};

use super::blocks::Block;
use super::literal::{self, Seen};
use super::plan::{ColumnPlan, FilePlan, Kind};
use super::tokens::Fields;
use crate::error::Error;
use crate::frame::Frame;
use crate::read::nulls::Nulls;
use crate::time;
use assay_core::dataset::BadRow;

/// What a block turned out to be.
pub(super) enum Parsed {
    Rows(Rows),
    /// A value does not fit the type that its column was believed to have.
    Misfit,
}

pub(super) struct Rows {
    pub frame: Frame,
    pub bad: Vec<BadRow>,
    /// Offsets from UTC in seconds that were written with the moments of a column, by column: least and greatest.
    pub offsets: Vec<Option<(i32, i32)>>,
}

/// `skip`: records at the beginning that are no rows.
pub(super) fn parse(
    block: &Block,
    file: &FilePlan,
    columns: &[ColumnPlan],
    nulls: &Nulls,
    skip: usize,
) -> Result<Parsed, Error> {
    let fields = Fields::of(&block.text, &file.dialect, file.n_fields);
    let mut bad = ragged(block, &fields, file.n_fields);
    let n_rows = fields.n_rows().saturating_sub(skip);
    // Rows that are taken out again, ascending.
    let mut refused = Refused::default();
    let block_text = std::str::from_utf8(&block.text).ok();
    if block_text.is_none() {
        for row in skip..fields.n_rows() {
            let line = fields.text_of(&block.text, row);
            if std::str::from_utf8(line).is_err() {
                refused.add(row - skip, "is not UTF-8 text".to_owned());
            }
        }
    }
    let mut series = Vec::with_capacity(columns.len());
    let mut offsets = vec![None; columns.len()];
    for ((column, field), offset) in columns.iter().zip(&file.field_of).zip(&mut offsets) {
        let made = match field {
            None => Some(missing(column, n_rows)?),
            Some(field)
                if column.kind == Kind::Text
                    && let Some(cells) = block_text.and_then(|text| fields.texts(text, *field)) =>
            {
                let name = PlSmallStr::from_str(&column.name);
                let mut made = StringChunkedBuilder::new(name, n_rows);
                for cell in cells.skip(skip) {
                    made.append_option((!nulls.contains_bytes(cell.as_bytes())).then_some(cell));
                }
                Some(made.finish().into_series())
            }
            Some(field) => {
                let cells = fields
                    .column(&block.text, *field)
                    .skip(skip)
                    .map(|cell| (!nulls.contains_bytes(cell)).then_some(cell));
                Builder {
                    column,
                    n_rows,
                    decimal_comma: file.dialect.decimal_comma,
                    refused: &mut refused,
                    offset,
                }
                .series(cells)
            }
        };
        match made {
            Some(made) => series.push(made),
            None => return Ok(Parsed::Misfit),
        }
    }
    let columns = series.into_iter().map(Column::from).collect();
    let mut data = DataFrame::new(n_rows, columns)?;
    if !refused.rows.is_empty() {
        let lines = block.lines_at(refused.rows.keys().map(|row| fields.begin_of(row + skip)));
        bad.extend(
            lines
                .into_iter()
                .zip(&refused.rows)
                .map(|(line, (row, problem))| BadRow {
                    line,
                    problem: problem.clone(),
                    text: shown(fields.text_of(&block.text, row + skip)),
                }),
        );
        bad.sort_by_key(|row| row.line);
        let kept: polars::prelude::BooleanChunked = (0..n_rows)
            .map(|row| Some(!refused.rows.contains_key(&row)))
            .collect();
        data = data.filter(&kept)?;
    }
    Ok(Parsed::Rows(Rows {
        frame: Frame::plain(data),
        bad,
        offsets,
    }))
}

/// What the values of every column look like in this block.
pub(super) fn look(
    block: &Block,
    file: &FilePlan,
    columns: &[ColumnPlan],
    nulls: &Nulls,
    skip: usize,
) -> Vec<Seen> {
    let fields = Fields::of(&block.text, &file.dialect, file.n_fields);
    columns
        .iter()
        .zip(&file.field_of)
        .map(|(column, field)| {
            let mut seen = Seen::default();
            let Some(field) = field.filter(|_| !column.chosen) else {
                return seen;
            };
            for cell in fields.column(&block.text, field).skip(skip) {
                if !nulls.contains_bytes(cell) {
                    // a row that is no text is refused when it is parsed
                    seen.note(
                        std::str::from_utf8(cell).unwrap_or_default(),
                        file.dialect.decimal_comma,
                    );
                }
            }
            seen
        })
        .collect()
}

/// Rows of the block that are no rows of the table, and why.
#[derive(Default)]
struct Refused {
    rows: std::collections::BTreeMap<usize, String>,
}

impl Refused {
    /// The first reason counts.
    fn add(&mut self, row: usize, problem: String) {
        self.rows.entry(row).or_insert(problem);
    }
}

fn ragged(block: &Block, fields: &Fields, expected: usize) -> Vec<BadRow> {
    let lines = block.lines_at(fields.ragged.iter().map(|row| row.begin));
    lines
        .into_iter()
        .zip(&fields.ragged)
        .map(|(line, row)| BadRow {
            line,
            problem: format!(
                "has {} field{} where {expected} are expected",
                row.n_fields,
                if row.n_fields == 1 { "" } else { "s" }
            ),
            text: shown(block.text.get(row.begin..row.end).unwrap_or(&[])),
        })
        .collect()
}

fn shown(row: &[u8]) -> String {
    String::from_utf8_lossy(row)
        .trim_end_matches(['\r', '\n'])
        .to_owned()
}

fn missing(column: &ColumnPlan, n_rows: usize) -> Result<Series, Error> {
    let data_type = match column.kind {
        Kind::Integer => polars::prelude::DataType::Int64,
        Kind::Float => polars::prelude::DataType::Float64,
        Kind::Boolean => polars::prelude::DataType::Boolean,
        Kind::Date => polars::prelude::DataType::Date,
        Kind::Datetime => polars::prelude::DataType::Datetime(TimeUnit::Microseconds, None),
        Kind::Decimal { scale } => {
            polars::prelude::DataType::Decimal(crate::decimal::MAX_DIGITS, usize::from(scale))
        }
        Kind::Text | Kind::Unknown => polars::prelude::DataType::String,
    };
    Ok(Series::full_null(
        PlSmallStr::from_str(&column.name),
        n_rows,
        &data_type,
    ))
}

struct Builder<'a> {
    column: &'a ColumnPlan,
    n_rows: usize,
    decimal_comma: bool,
    refused: &'a mut Refused,
    offset: &'a mut Option<(i32, i32)>,
}

impl Builder<'_> {
    /// `None`: a value does not fit, and nobody chose the type.
    fn series<'t>(self, cells: impl Iterator<Item = Option<&'t [u8]>>) -> Option<Series> {
        let name = PlSmallStr::from_str(&self.column.name);
        let n_rows = self.n_rows;
        let comma = self.decimal_comma;
        match self.column.kind {
            Kind::Integer => {
                let mut made = PrimitiveChunkedBuilder::<Int64Type>::new(name, n_rows);
                self.each(
                    cells,
                    |cell| integer(cell, comma),
                    |value| made.append_option(value),
                )?;
                Some(made.finish().into_series())
            }
            Kind::Float => {
                let mut made = PrimitiveChunkedBuilder::<Float64Type>::new(name, n_rows);
                self.each(
                    cells,
                    |cell| float(cell, comma),
                    |value| made.append_option(value),
                )?;
                Some(made.finish().into_series())
            }
            Kind::Boolean => {
                let mut made = BooleanChunkedBuilder::new(name, n_rows);
                self.each(cells, boolean, |value| made.append_option(value))?;
                Some(made.finish().into_series())
            }
            Kind::Date => {
                let mut made = PrimitiveChunkedBuilder::<Int32Type>::new(name, n_rows);
                self.each(
                    cells,
                    |cell| time::parse_date(text(cell)?),
                    |value| made.append_option(value),
                )?;
                Some(made.finish().into_date().into_series())
            }
            Kind::Datetime => {
                let mut made = PrimitiveChunkedBuilder::<Int64Type>::new(name, n_rows);
                self.moments(cells, |value| made.append_option(value))?;
                let made = made.finish();
                Some(
                    made.into_datetime(TimeUnit::Microseconds, None)
                        .into_series(),
                )
            }
            Kind::Decimal { scale } => {
                let mut values = Vec::with_capacity(n_rows);
                self.each(
                    cells,
                    |cell| literal::decimal(text(cell)?, scale, comma),
                    |value| values.push(value),
                )?;
                Some(
                    Int128Chunked::from_iter_options(name, values.into_iter())
                        .into_decimal_unchecked(crate::decimal::MAX_DIGITS, usize::from(scale))
                        .into_series(),
                )
            }
            Kind::Text => {
                let mut made = StringChunkedBuilder::new(name, n_rows);
                for cell in cells {
                    // a row that is no text was refused before
                    made.append_option(cell.map(|cell| text(cell).unwrap_or_default()));
                }
                Some(made.finish().into_series())
            }
            Kind::Unknown => {
                let mut made = StringChunkedBuilder::new(name, n_rows);
                for cell in cells {
                    if cell.is_some() {
                        return None;
                    }
                    made.append_null();
                }
                Some(made.finish().into_series())
            }
        }
    }

    fn each<'t, T>(
        self,
        cells: impl Iterator<Item = Option<&'t [u8]>>,
        parse: impl Fn(&'t [u8]) -> Option<T>,
        mut keep: impl FnMut(Option<T>),
    ) -> Option<()> {
        for (row, cell) in cells.enumerate() {
            let value = match cell {
                None => None,
                Some(cell) => match parse(cell) {
                    Some(value) => Some(value),
                    None => {
                        if !self.column.chosen {
                            return None;
                        }
                        self.refused.add(row, unfit(self.column, cell));
                        None
                    }
                },
            };
            keep(value);
        }
        Some(())
    }

    fn moments<'t>(
        self,
        cells: impl Iterator<Item = Option<&'t [u8]>>,
        mut keep: impl FnMut(Option<i64>),
    ) -> Option<()> {
        let mut n_local = 0_usize;
        for (row, cell) in cells.enumerate() {
            let Some(cell) = cell else {
                keep(None);
                continue;
            };
            let Some(moment) = time::parse_datetime_bytes(cell) else {
                if !self.column.chosen {
                    return None;
                }
                self.refused.add(row, unfit(self.column, cell));
                keep(None);
                continue;
            };
            match moment.offset_secs {
                None => n_local += 1,
                Some(offset) => {
                    let (least, greatest) = self.offset.unwrap_or((offset, offset));
                    *self.offset = Some((least.min(offset), greatest.max(offset)));
                }
            }
            keep(Some(moment.micros));
        }
        // times with and without a zone cannot be put in one order
        (n_local == 0 || self.offset.is_none() || self.column.chosen).then_some(())
    }
}

fn unfit(column: &ColumnPlan, cell: &[u8]) -> String {
    let kind = match column.kind {
        Kind::Integer => "whole number of 64 bits",
        Kind::Float => "number",
        Kind::Boolean => "true or false",
        Kind::Date => "date in ISO 8601",
        Kind::Datetime => "date-time in ISO 8601",
        Kind::Decimal { .. } => "decimal number of so many digits",
        Kind::Text | Kind::Unknown => "text",
    };
    format!(
        "holds `{}` in `{}`, which is no {kind}",
        shown(cell),
        column.name
    )
}

fn text(cell: &[u8]) -> Option<&str> {
    std::str::from_utf8(cell).ok()
}

fn integer(cell: &[u8], decimal_comma: bool) -> Option<i64> {
    match literal::integer(cell) {
        Some(value) => Some(value),
        None if decimal_comma => match literal::number(text(cell)?, true) {
            literal::Number::Integer(value) => Some(value),
            _ => None,
        },
        None => None,
    }
}

fn float(cell: &[u8], decimal_comma: bool) -> Option<f64> {
    if !decimal_comma && let Some(value) = literal::short_decimal(cell) {
        return Some(value);
    }
    literal::float(text(cell)?, decimal_comma)
}

fn boolean(cell: &[u8]) -> Option<bool> {
    match cell {
        b"true" => Some(true),
        b"false" => Some(false),
        other => literal::boolean(text(other)?),
    }
}
