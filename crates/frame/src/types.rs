//! The type of a column with its form: what two types have in common, and values brought to a type.

use assay_core::schema::{Column, ColumnType, Form};
use polars::prelude::{Column as PolarsColumn, DataType, IntoColumn, PlSmallStr, TimeUnit};

use crate::columns::{Values, View, text_series};
use crate::decimal;
use crate::error::Error;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Type {
    pub(crate) kind: ColumnType,
    pub(crate) form: Option<Form>,
}

impl Type {
    pub(crate) fn plain(kind: ColumnType) -> Self {
        Self { kind, form: None }
    }

    pub(crate) fn of(column: &Column) -> Self {
        Self {
            kind: column.kind,
            form: column.form.clone(),
        }
    }

    /// What polars keeps it as.
    pub(crate) fn data_type(&self) -> DataType {
        match (self.kind, &self.form) {
            (ColumnType::Float, Some(Form::Decimal { scale, .. })) => {
                DataType::Decimal(decimal::MAX_DIGITS, usize::from(*scale))
            }
            (ColumnType::Integer, _) => DataType::Int64,
            (ColumnType::Float, _) => DataType::Float64,
            (ColumnType::Boolean, _) => DataType::Boolean,
            (ColumnType::Text, _) => DataType::String,
            (ColumnType::Date, _) => DataType::Date,
            (ColumnType::Datetime, _) => DataType::Datetime(TimeUnit::Microseconds, None),
        }
    }

    /// A column of this type without a value.
    pub(crate) fn missing(&self, name: &str, n_rows: usize) -> PolarsColumn {
        PolarsColumn::full_null(PlSmallStr::from_str(name), n_rows, &self.data_type())
    }

    /// The narrowest type that holds the values of both: decimals with the digits of both, float for other numbers,
    /// date-time for dates and date-times, else text. Categories keep the levels of both; times of two zones are shown in
    /// UTC.
    pub(crate) fn unified(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        let is_time = |kind| matches!(kind, ColumnType::Date | ColumnType::Datetime);
        match (self.kind, other.kind) {
            (ColumnType::Text, ColumnType::Text) => Self {
                kind: ColumnType::Text,
                form: categories(self.form.as_ref(), other.form.as_ref()),
            },
            (ColumnType::Datetime, ColumnType::Datetime) => Self {
                kind: ColumnType::Datetime,
                form: zone(self.form.as_ref(), other.form.as_ref()),
            },
            (left, right) if left.is_numeric() && right.is_numeric() => Self {
                kind: ColumnType::Float,
                form: decimals(self, other),
            },
            (left, right) if left == right => Self::plain(left),
            (left, right) if is_time(left) && is_time(right) => Self::plain(ColumnType::Datetime),
            _ => Self::plain(ColumnType::Text),
        }
    }
}

/// The values in the type; those that it cannot hold are an error.
///
/// # Errors
/// [`Error::BadValue`] names the first value that does not fit.
pub(crate) fn cast(column: &PolarsColumn, to: &Type) -> Result<PolarsColumn, Error> {
    let wanted = to.data_type();
    if column.dtype() == &wanted {
        return Ok(column.clone());
    }
    let name = column.name().as_str();
    if column.null_count() == column.len() {
        return Ok(to.missing(name, column.len()));
    }
    let view = View::of(column)?;
    if let DataType::Decimal(_, scale) = wanted {
        let scale = u8::try_from(scale).unwrap_or(u8::MAX);
        return decimals_of(name, view, scale);
    }
    Ok(match (view, to.kind) {
        (_, ColumnType::Text) => {
            let texts = view.texts();
            text_series(name, texts.len(), texts.iter().map(Option::as_deref)).into_column()
        }
        (View::Decimal(..), ColumnType::Float) => Values::Float(view.numbers().unwrap_or_default())
            .into_series(name)
            .into_column(),
        _ => column.strict_cast(&wanted)?,
    })
}

fn decimals_of(name: &str, view: View<'_>, scale: u8) -> Result<PolarsColumn, Error> {
    let texts = view.texts();
    let units = |(text, row): (&Option<String>, u64)| match text {
        None => Ok(None),
        Some(text) => match decimal::parse(text, scale) {
            Some(units) => Ok(Some(units)),
            None => Err(Error::BadValue {
                column: name.to_owned(),
                row,
                value: text.clone(),
                needed: "decimal number of that many digits",
            }),
        },
    };
    let units = texts
        .iter()
        .zip(1..)
        .map(units)
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(Values::Decimal(units, scale)
        .into_series(name)
        .into_column())
}

fn categories(left: Option<&Form>, right: Option<&Form>) -> Option<Form> {
    let (
        Form::Category { levels, ordered },
        Form::Category {
            levels: more,
            ordered: also,
        },
    ) = (left?, right?)
    else {
        return None;
    };
    if levels == more {
        return Some(Form::Category {
            levels: levels.clone(),
            ordered: *ordered && *also,
        });
    }
    let known: std::collections::HashSet<&str> = levels.iter().map(String::as_str).collect();
    let new = more.iter().filter(|level| !known.contains(level.as_str()));
    Some(Form::Category {
        levels: levels.iter().chain(new).cloned().collect(),
        // two orders say nothing of how their levels compare
        ordered: false,
    })
}

fn zone(left: Option<&Form>, right: Option<&Form>) -> Option<Form> {
    // a column without a zone says nothing of instants
    let (Form::Zone { .. }, Form::Zone { .. }) = (left?, right?) else {
        return None;
    };
    Some(Form::Zone {
        name: "UTC".to_owned(),
    })
}

fn decimals(left: &Type, right: &Type) -> Option<Form> {
    let digits = |found: &Type| match (found.kind, &found.form) {
        (_, Some(Form::Decimal { precision, scale })) => {
            Some((precision.saturating_sub(*scale), *scale))
        }
        // whole numbers of 64 bits
        (ColumnType::Integer, _) => Some((19, 0)),
        _ => None,
    };
    let ((left_whole, left_scale), (right_whole, right_scale)) = (digits(left)?, digits(right)?);
    let scale = left_scale.max(right_scale);
    let precision = left_whole.max(right_whole).checked_add(scale)?;
    (usize::from(precision) <= decimal::MAX_DIGITS).then_some(Form::Decimal { precision, scale })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal_type(precision: u8, scale: u8) -> Type {
        Type {
            kind: ColumnType::Float,
            form: Some(Form::Decimal { precision, scale }),
        }
    }

    fn zoned(name: &str) -> Type {
        Type {
            kind: ColumnType::Datetime,
            form: Some(Form::Zone {
                name: name.to_owned(),
            }),
        }
    }

    fn category(levels: &[&str], ordered: bool) -> Type {
        Type {
            kind: ColumnType::Text,
            form: Some(Form::Category {
                levels: levels.iter().map(|level| (*level).to_owned()).collect(),
                ordered,
            }),
        }
    }

    #[test]
    fn two_types_have_one_that_holds_both() {
        use ColumnType::{Boolean, Date, Datetime, Float, Integer, Text};
        let plain = Type::plain;
        for (left, right, both) in [
            (plain(Integer), plain(Integer), plain(Integer)),
            (plain(Integer), plain(Float), plain(Float)),
            (plain(Boolean), plain(Integer), plain(Text)),
            (plain(Date), plain(Datetime), plain(Datetime)),
            (plain(Date), plain(Text), plain(Text)),
            (
                decimal_type(10, 2),
                decimal_type(12, 4),
                decimal_type(12, 4),
            ),
            (decimal_type(10, 2), plain(Integer), decimal_type(21, 2)),
            (decimal_type(38, 30), plain(Integer), plain(Float)),
            (decimal_type(10, 2), plain(Float), plain(Float)),
            (
                zoned("Europe/Tallinn"),
                zoned("Europe/Tallinn"),
                zoned("Europe/Tallinn"),
            ),
            (zoned("Europe/Tallinn"), zoned("+02:00"), zoned("UTC")),
            (zoned("UTC"), plain(Datetime), plain(Datetime)),
            (
                category(&["a"], true),
                category(&["a"], true),
                category(&["a"], true),
            ),
            (
                category(&["a"], true),
                category(&["b", "a"], true),
                category(&["a", "b"], false),
            ),
            (category(&["a"], false), plain(Text), plain(Text)),
        ] {
            assert_eq!(left.unified(&right), both, "{left:?} {right:?}");
            if !matches!(both.form, Some(Form::Category { .. })) {
                assert_eq!(right.unified(&left), both, "{right:?} {left:?}");
            }
        }
    }
}
