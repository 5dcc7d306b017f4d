//! The rows of a request on their way into columns: every value checked as it comes, every fault noted with its field.

use assay_core::matrix::{Columns, RawColumn, RawValues};
use assay_core::serving::{FieldError, FieldErrorKind, FieldWarning, Refusal, RefusalKind};

use super::inputs::{Cell, Entered, Inputs};

/// What of a request enters the graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    pub columns: Columns,
    pub warnings: Vec<FieldWarning>,
}

/// Filled row by row or column by column. Invariant: a column holds no more values than there are rows.
pub struct Rows<'a> {
    inputs: &'a Inputs,
    columns: Vec<RawValues>,
    /// Whether the row at hand, or the table, has named the column.
    is_given: Vec<bool>,
    n_rows: usize,
    max_rows: usize,
    is_single: bool,
    faults: Vec<FieldError>,
}

impl<'a> Rows<'a> {
    /// `is_single`: a request of one record, whose row goes without saying.
    pub fn new(inputs: &'a Inputs, max_rows: usize, is_single: bool) -> Self {
        let columns = inputs.fields().iter().map(|field| match field.is_text() {
            true => RawValues::Texts(Vec::new()),
            false => RawValues::Numbers(Vec::new()),
        });
        Self {
            columns: columns.collect(),
            is_given: vec![false; inputs.fields().len()],
            inputs,
            n_rows: 0,
            max_rows,
            is_single,
            faults: Vec::new(),
        }
    }

    pub fn inputs(&self) -> &'a Inputs {
        self.inputs
    }

    /// Whether another row would be one too many.
    pub fn is_full(&self) -> bool {
        self.n_rows >= self.max_rows
    }

    pub fn max_rows(&self) -> usize {
        self.max_rows
    }

    /// Why it is full.
    pub fn too_many(max_rows: usize) -> Refusal {
        Refusal::new(
            RefusalKind::TooLarge,
            format!("the request holds more than {max_rows} rows"),
        )
        .with_hint("send it in parts, or raise max_rows in assay.toml under [serve.MODEL]")
    }

    /// A value of the row at hand.
    pub fn cell(&mut self, field: usize, cell: Cell<'_>) {
        if std::mem::replace(&mut self.is_given[field], true) {
            let name = &self.inputs.fields()[field].name;
            let wrong = format!("`{name}` is there twice");
            self.fault(name.clone(), FieldErrorKind::Twice, wrong, true);
            return;
        }
        self.push(field, cell, self.n_rows);
    }

    /// A column that the model does not take.
    pub fn extra(&mut self, name: &str, is_of_row: bool) {
        let name: String = name.chars().take(100).collect();
        let wrong = format!("the model takes no column `{name}`");
        self.fault(name, FieldErrorKind::Extra, wrong, is_of_row);
    }

    /// After the last value of a row.
    pub fn end_row(&mut self) {
        for (field, is_given) in self.is_given.iter_mut().enumerate() {
            if std::mem::replace(is_given, false) {
                continue;
            }
            let name = &self.inputs.fields()[field].name;
            push_missing(&mut self.columns[field]);
            if self.faults.len() < Refusal::MAX_FIELDS {
                self.faults.push(FieldError {
                    row: (!self.is_single).then_some(self.n_rows as u64),
                    field: name.clone(),
                    kind: FieldErrorKind::Missing,
                    wrong: format!("`{name}` is missing"),
                });
            }
        }
        self.n_rows += 1;
    }

    /// All values of a column; `false` when it was there before.
    pub fn begin_column(&mut self, field: usize) -> bool {
        let is_new = !std::mem::replace(&mut self.is_given[field], true);
        if !is_new {
            let name = &self.inputs.fields()[field].name;
            let wrong = format!("`{name}` is there twice");
            self.fault(name.clone(), FieldErrorKind::Twice, wrong, false);
        }
        is_new
    }

    /// The next value of a column that was begun; `false` when it is one too many.
    pub fn cell_of_column(&mut self, field: usize, cell: Cell<'_>) -> bool {
        let row = length(&self.columns[field]);
        if row >= self.max_rows {
            return false;
        }
        self.push(field, cell, row);
        true
    }

    /// A whole column as it enters the graph.
    pub fn raw_column(&mut self, field: usize, values: RawValues) {
        if !self.begin_column(field) {
            return;
        }
        match values {
            RawValues::Numbers(numbers) => {
                for number in numbers {
                    self.cell_of_column(field, Cell::Float(number));
                }
            }
            texts @ RawValues::Texts(_) => self.columns[field] = texts,
        }
    }

    /// A whole column that does not fit.
    pub fn wrong_column(&mut self, field: usize, wrong: &str) {
        self.is_given[field] = true;
        let name = &self.inputs.fields()[field].name;
        self.fault(
            name.clone(),
            FieldErrorKind::WrongType,
            wrong.to_owned(),
            false,
        );
    }

    /// After the last column. Columns of other lengths than the first are a fault of the request as a whole.
    ///
    /// # Errors
    /// A [`RefusalKind::Unreadable`] that names both columns.
    pub fn end_columns(&mut self) -> Result<(), Refusal> {
        let fields = self.inputs.fields();
        // A column that did not fit as a whole has no values.
        let is_whole_fault = |field: &usize| {
            let mut faults = self.faults.iter();
            faults.any(|fault| fault.row.is_none() && fault.field == fields[*field].name)
        };
        let mut given = (0..fields.len())
            .filter(|&field| self.is_given[field])
            .filter(|field| !is_whole_fault(field));
        if let Some(first) = given.next() {
            self.n_rows = length(&self.columns[first]);
            if let Some(other) = given.find(|&other| length(&self.columns[other]) != self.n_rows) {
                return Err(Refusal::new(
                    RefusalKind::Unreadable,
                    format!(
                        "column `{}` has {} rows, `{}` has {}",
                        fields[first].name,
                        self.n_rows,
                        fields[other].name,
                        length(&self.columns[other])
                    ),
                ));
            }
        }
        for (field, is_given) in self.is_given.clone().into_iter().enumerate() {
            if !is_given {
                let name = fields[field].name.clone();
                let wrong = format!("`{name}` is missing");
                self.fault(name, FieldErrorKind::Missing, wrong, false);
            }
        }
        Ok(())
    }

    /// # Errors
    /// All faults, at most [`Refusal::MAX_FIELDS`].
    pub fn finish(self) -> Result<Checked, Refusal> {
        if !self.faults.is_empty() {
            return Err(Refusal::of_fields(self.faults));
        }
        let warnings = self.inputs.warnings(&self.columns, self.is_single);
        let named = self.inputs.fields().iter().zip(self.columns);
        Ok(Checked {
            columns: Columns {
                n_rows: self.n_rows,
                columns: named
                    .map(|(field, values)| RawColumn {
                        name: field.name.clone(),
                        values,
                    })
                    .collect(),
            },
            warnings,
        })
    }

    fn push(&mut self, field: usize, cell: Cell<'_>, row: usize) {
        let described = &self.inputs.fields()[field];
        match (described.enter(cell), &mut self.columns[field]) {
            (Ok(Entered::Number(number)), RawValues::Numbers(numbers)) => numbers.push(number),
            (Ok(Entered::Text(text)), RawValues::Texts(texts)) => texts.push(text),
            (Ok(_), values) => push_missing(values),
            (Err((kind, wrong)), values) => {
                push_missing(values);
                if self.faults.len() < Refusal::MAX_FIELDS {
                    self.faults.push(FieldError {
                        row: (!self.is_single).then_some(row as u64),
                        field: described.name.clone(),
                        kind,
                        wrong: format!("`{}` {wrong}", described.name),
                    });
                }
            }
        }
    }

    fn fault(&mut self, field: String, kind: FieldErrorKind, wrong: String, is_of_row: bool) {
        if self.faults.len() < Refusal::MAX_FIELDS {
            self.faults.push(FieldError {
                row: (is_of_row && !self.is_single).then_some(self.n_rows as u64),
                field,
                kind,
                wrong,
            });
        }
    }
}

fn push_missing(values: &mut RawValues) {
    match values {
        RawValues::Numbers(numbers) => numbers.push(f64::NAN),
        RawValues::Texts(texts) => texts.push(None),
    }
}

fn length(values: &RawValues) -> usize {
    match values {
        RawValues::Numbers(numbers) => numbers.len(),
        RawValues::Texts(texts) => texts.len(),
    }
}
