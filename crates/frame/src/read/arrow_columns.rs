//! One column of an Arrow table: what it becomes, and its values.

use std::collections::HashSet;

use assay_core::Task;
use assay_core::schema::{Column, ColumnType, Form};
use polars::prelude::{
    ArrowDataType, ArrowField, ArrowTimeUnit as TimeUnit, DataType, PlSmallStr, Series,
};
use polars_arrow::array::{Array, DictionaryArray, DictionaryKey, PrimitiveArray, StructArray};
use polars_arrow::bitmap::Bitmap;
use polars_arrow::types::NativeType;

use super::arrow::guarded;
use super::arrow_json::json_text;
use super::names;
use crate::columns::{Values, text_series};
use crate::decimal;
use crate::error::Error;
use crate::time;

/// Levels of a category; more are no category.
const MAX_LEVELS: usize = 100_000;

/// A column of the table that comes out.
pub(super) struct Leaf {
    pub(super) name: String,
    /// The field of the file that it stands in.
    pub(super) field: usize,
    /// From struct to struct inside the field.
    path: Vec<usize>,
    as_what: As,
    pub(super) kind: ColumnType,
    pub(super) form: Option<Form>,
}

/// How values are taken out of the array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum As {
    /// A type that polars and a table have alike, but for its width.
    Plain,
    Unsigned,
    Decimal(u8),
    Timestamp(TimeUnit),
    TimeOfDay(TimeUnit),
    /// Float seconds.
    Duration(TimeUnit),
    /// Text that is not declared as such.
    Bytes,
    /// A dictionary of texts.
    Category,
    /// A dictionary of other values.
    Dictionary,
    Json,
}

/// The place of each row's value, and the values.
type Dictionary = (Vec<Option<usize>>, Box<dyn Array>);

#[derive(Default)]
pub(super) struct Levels {
    known: HashSet<String>,
    list: Vec<String>,
}

impl Levels {
    fn add(&mut self, text: &str) {
        if self.list.len() <= MAX_LEVELS && !text.is_empty() && !self.known.contains(text) {
            self.known.insert(text.to_owned());
            self.list.push(text.to_owned());
        }
    }

    /// `None`: too many.
    pub(super) fn into_list(self) -> Option<Vec<String>> {
        (self.list.len() <= MAX_LEVELS).then_some(self.list)
    }
}

#[derive(Default)]
pub(super) struct Exceeding {
    pub(super) found: bool,
}

/// The columns that the fields become, with names that a table can have.
pub(super) fn leaves(fields: &[ArrowField], task: &Task) -> Result<Vec<Leaf>, Error> {
    let mut leaves = Vec::new();
    for (place, field) in fields.iter().enumerate() {
        collect(field, field.name.to_string(), place, &[], &mut leaves, task)?;
    }
    let given = leaves.iter().map(|leaf| leaf.name.clone()).collect();
    for (leaf, name) in leaves.iter_mut().zip(names::repaired(given, task)) {
        leaf.name = name;
    }
    Ok(leaves)
}

fn collect(
    field: &ArrowField,
    name: String,
    place: usize,
    path: &[usize],
    leaves: &mut Vec<Leaf>,
    task: &Task,
) -> Result<(), Error> {
    let data_type = field.dtype.to_storage();
    if let ArrowDataType::Struct(fields) = data_type {
        for (child, inner) in fields.iter().enumerate() {
            let path = [path, &[child]].concat();
            let name = format!("{name}.{}", inner.name);
            collect(inner, name, place, &path, leaves, task)?;
        }
        return Ok(());
    }
    let (as_what, kind, form) = taken_as(&name, data_type)?;
    if let As::Duration(_) = as_what {
        task.warn(format!(
            "column `{name}` holds durations; they are kept as seconds"
        ));
    }
    leaves.push(Leaf {
        name,
        field: place,
        path: path.to_vec(),
        as_what,
        kind,
        form,
    });
    Ok(())
}

fn taken_as(
    column: &str,
    data_type: &ArrowDataType,
) -> Result<(As, ColumnType, Option<Form>), Error> {
    use ArrowDataType as Type;
    let plain = |kind| (As::Plain, kind, None);
    Ok(match data_type {
        Type::Boolean => plain(ColumnType::Boolean),
        Type::Int8
        | Type::Int16
        | Type::Int32
        | Type::Int64
        | Type::UInt8
        | Type::UInt16
        | Type::UInt32 => plain(ColumnType::Integer),
        Type::UInt64 => (As::Unsigned, ColumnType::Integer, None),
        Type::Float32 | Type::Float64 => plain(ColumnType::Float),
        Type::Null | Type::Utf8 | Type::LargeUtf8 | Type::Utf8View => plain(ColumnType::Text),
        Type::Date32 => plain(ColumnType::Date),
        Type::Date64 => (
            As::Timestamp(TimeUnit::Millisecond),
            ColumnType::Datetime,
            None,
        ),
        Type::Timestamp(unit, zone) => (
            As::Timestamp(*unit),
            ColumnType::Datetime,
            zone.as_ref().map(|zone| Form::Zone {
                name: zone.to_string(),
            }),
        ),
        Type::Time32(unit) | Type::Time64(unit) => (As::TimeOfDay(*unit), ColumnType::Text, None),
        Type::Duration(unit) => (As::Duration(*unit), ColumnType::Float, None),
        Type::Decimal(precision, scale)
        | Type::Decimal32(precision, scale)
        | Type::Decimal64(precision, scale)
            if *precision <= decimal::MAX_DIGITS && scale <= precision =>
        {
            let (precision, scale) = (*precision as u8, *scale as u8);
            let form = Form::Decimal { precision, scale };
            (As::Decimal(scale), ColumnType::Float, Some(form))
        }
        Type::Binary | Type::LargeBinary | Type::BinaryView => (As::Bytes, ColumnType::Text, None),
        Type::List(_) | Type::LargeList(_) | Type::FixedSizeList(..) | Type::Map(..) => {
            (As::Json, ColumnType::Text, None)
        }
        Type::Dictionary(_, values, ordered) => match taken_as(column, values.to_storage())? {
            (As::Plain, ColumnType::Text, _) => {
                let levels = Vec::new();
                let ordered = *ordered;
                let form = Form::Category { levels, ordered };
                (As::Category, ColumnType::Text, Some(form))
            }
            (As::Plain, kind, form) => (As::Dictionary, kind, form),
            _ => return Err(unsupported(column, data_type)),
        },
        other => return Err(unsupported(column, other)),
    })
}

fn unsupported(column: &str, data_type: &ArrowDataType) -> Error {
    Error::UnsupportedType {
        column: column.to_owned(),
        type_name: format!("values of the type {data_type:?}"),
    }
}

impl Leaf {
    pub(super) fn column(&self) -> Column {
        Column {
            name: self.name.clone(),
            kind: self.kind,
            nullable: true,
            form: self.form.clone(),
        }
    }

    /// Takes a form that is known to be the column's. An order of levels that the file does not keep is none.
    pub(super) fn take(&mut self, known: Option<&Form>, keeps_level_order: bool) {
        let of_text = matches!(self.as_what, As::Plain | As::Category);
        match (&mut self.form, known) {
            (form, Some(Form::Category { .. })) if of_text && self.kind == ColumnType::Text => {
                *form = known.cloned();
            }
            (form, Some(Form::Zone { .. })) if self.kind == ColumnType::Datetime => {
                *form = known.cloned();
            }
            (form @ Some(Form::Decimal { .. }), Some(Form::Decimal { scale, .. }))
                if self.as_what == As::Decimal(*scale) =>
            {
                *form = known.cloned()
            }
            (Some(Form::Category { ordered, .. }), _) => *ordered &= keeps_level_order,
            _ => {}
        }
    }

    /// Whether its type depends on all its values.
    pub(super) fn needs_a_look(&self) -> bool {
        match &self.form {
            Some(Form::Category { levels, .. }) => {
                self.as_what == As::Category && levels.is_empty()
            }
            _ => self.as_what == As::Unsigned,
        }
    }

    /// Takes note of what decides its type.
    pub(super) fn look(
        &self,
        array: &dyn Array,
        levels: &mut Levels,
        exceeding: &mut Exceeding,
    ) -> Result<(), Error> {
        match self.as_what {
            As::Category => {
                let (_, values) = self.dictionary(&*self.inner(array)?)?;
                for text in self.plain(values)?.str()?.iter().flatten() {
                    levels.add(text);
                }
            }
            As::Unsigned => {
                let array = self.inner(array)?;
                let too_large = |value: u64| i64::try_from(value).is_err();
                exceeding.found |= self
                    .primitive::<u64>(&*array)?
                    .iter()
                    .flatten()
                    .any(|value| too_large(*value));
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn series(&self, array: &dyn Array) -> Result<Series, Error> {
        let array = &*self.inner(array)?;
        let name = self.name.as_str();
        Ok(match self.as_what {
            As::Plain => self.normal(self.plain(array.to_boxed())?)?,
            As::Unsigned if self.kind == ColumnType::Text => {
                let texts: Vec<Option<String>> = self
                    .primitive::<u64>(array)?
                    .iter()
                    .map(|value| value.map(u64::to_string))
                    .collect();
                text_series(name, texts.len(), texts.iter().map(Option::as_deref))
            }
            As::Unsigned => {
                let signed = |value: &u64| i64::try_from(*value).ok();
                let values = self.primitive::<u64>(array)?.iter();
                Values::Integer(values.map(|value| value.and_then(signed)).collect())
                    .into_series(name)
            }
            As::Decimal(scale) => Values::Decimal(self.units(array)?, scale).into_series(name),
            As::Timestamp(unit) => {
                let values = self.primitive::<i64>(array)?.iter();
                let micros = values.map(|value| value.and_then(|value| micros(*value, unit)));
                Values::Datetime(micros.collect()).into_series(name)
            }
            As::TimeOfDay(unit) => {
                let texts: Vec<Option<String>> = self
                    .integers(array)?
                    .into_iter()
                    .map(|value| Some(time::clock_text(micros(value?, unit)?)))
                    .collect();
                text_series(name, texts.len(), texts.iter().map(Option::as_deref))
            }
            As::Duration(unit) => {
                let per_second = match unit {
                    TimeUnit::Second => 1.0,
                    TimeUnit::Millisecond => 1e3,
                    TimeUnit::Microsecond => 1e6,
                    TimeUnit::Nanosecond => 1e9,
                };
                let values = self.integers(array)?.into_iter();
                let seconds = values.map(|value| value.map(|value| value as f64 / per_second));
                Values::Float(seconds.collect()).into_series(name)
            }
            As::Bytes => self.bytes_as_text(array)?,
            As::Category => {
                let (keys, values) = self.dictionary(array)?;
                let values = self.plain(values)?;
                let values = values.str()?;
                let texts = keys.iter().map(|key| values.get((*key)?));
                text_series(name, keys.len(), texts)
            }
            As::Dictionary => {
                let ArrowDataType::Dictionary(_, values, _) = array.dtype().to_storage() else {
                    return Err(self.damaged());
                };
                let cast = guarded(|| polars_compute::cast::cast_default(array, values));
                self.normal(self.plain(cast.map_err(Error::Parquet)?)?)?
            }
            As::Json => {
                let texts: Vec<Option<String>> =
                    (0..array.len()).map(|row| json_text(array, row)).collect();
                text_series(name, texts.len(), texts.iter().map(Option::as_deref))
            }
        })
    }

    /// The array of the leaf itself; a row whose struct is missing is missing.
    fn inner(&self, array: &dyn Array) -> Result<Box<dyn Array>, Error> {
        let mut found = storage(array);
        for child in &self.path {
            let group = found.as_any().downcast_ref::<StructArray>();
            let group = group.ok_or_else(|| self.damaged())?;
            let inner = group.values().get(*child).ok_or_else(|| self.damaged())?;
            let inner = storage(&**inner);
            found = match group.validity() {
                None => inner,
                Some(outer) => inner.with_validity(Some(both(outer, inner.validity()))),
            };
        }
        Ok(found)
    }

    fn plain(&self, array: Box<dyn Array>) -> Result<Series, Error> {
        let name = PlSmallStr::from_str(&self.name);
        guarded(|| Series::from_arrow(name, array)).map_err(Error::Parquet)
    }

    /// In the type that a table keeps.
    fn normal(&self, series: Series) -> Result<Series, Error> {
        let name = self.name.as_str();
        Ok(match series.dtype() {
            DataType::Int64 | DataType::Boolean | DataType::Date => series,
            // Most columns hold nothing that has to become missing: those stay as they came.
            DataType::Float64 if !series.f64()?.iter().flatten().any(f64::is_nan) => series,
            DataType::String if !series.str()?.iter().flatten().any(str::is_empty) => series,
            DataType::Float64 => Values::Float(series.f64()?.iter().collect()).into_series(name),
            DataType::Float32 => {
                let wide = series.cast(&DataType::Float64)?;
                Values::Float(wide.f64()?.iter().collect()).into_series(name)
            }
            DataType::String => text_series(name, series.len(), series.str()?.iter()),
            DataType::Null => text_series(name, series.len(), (0..series.len()).map(|_| None)),
            _ => series.strict_cast(&DataType::Int64)?,
        })
    }

    fn primitive<'a, T: NativeType>(
        &self,
        array: &'a dyn Array,
    ) -> Result<&'a PrimitiveArray<T>, Error> {
        let found = array.as_any().downcast_ref::<PrimitiveArray<T>>();
        found.ok_or_else(|| self.damaged())
    }

    /// Of 32 or 64 bits.
    fn integers(&self, array: &dyn Array) -> Result<Vec<Option<i64>>, Error> {
        if let Some(narrow) = array.as_any().downcast_ref::<PrimitiveArray<i32>>() {
            return Ok(narrow.iter().map(|v| v.map(|v| i64::from(*v))).collect());
        }
        Ok(self
            .primitive::<i64>(array)?
            .iter()
            .map(|v| v.copied())
            .collect())
    }

    fn units(&self, array: &dyn Array) -> Result<Vec<Option<i128>>, Error> {
        if let Some(wide) = array.as_any().downcast_ref::<PrimitiveArray<i128>>() {
            return Ok(wide.iter().map(|value| value.copied()).collect());
        }
        let narrow = self.integers(array)?.into_iter();
        Ok(narrow.map(|value| value.map(i128::from)).collect())
    }

    fn bytes_as_text(&self, array: &dyn Array) -> Result<Series, Error> {
        let cast =
            guarded(|| polars_compute::cast::cast_default(array, &ArrowDataType::LargeBinary));
        let cast = cast.map_err(Error::Parquet)?;
        let bytes = cast
            .as_any()
            .downcast_ref::<polars_arrow::array::BinaryArray<i64>>()
            .ok_or_else(|| self.damaged())?;
        let texts = bytes
            .iter()
            .map(|value| value.map(std::str::from_utf8).transpose())
            .collect::<Result<Vec<Option<&str>>, _>>()
            .map_err(|_| unsupported(&self.name, array.dtype()))?;
        Ok(text_series(&self.name, texts.len(), texts.into_iter()))
    }

    /// The place of each row's value among the values; `None`: missing.
    fn dictionary(&self, array: &dyn Array) -> Result<Dictionary, Error> {
        fn keys<K: DictionaryKey>(array: &dyn Array) -> Option<Dictionary> {
            let array = array.as_any().downcast_ref::<DictionaryArray<K>>()?;
            Some((array.keys_iter().collect(), array.values().clone()))
        }
        keys::<u32>(array)
            .or_else(|| keys::<i32>(array))
            .or_else(|| keys::<i8>(array))
            .or_else(|| keys::<u8>(array))
            .or_else(|| keys::<i16>(array))
            .or_else(|| keys::<u16>(array))
            .or_else(|| keys::<i64>(array))
            .or_else(|| keys::<u64>(array))
            .ok_or_else(|| self.damaged())
    }

    fn damaged(&self) -> Error {
        Error::Parquet(format!(
            "column `{}` is not of the type that the file says",
            self.name
        ))
    }
}

/// Microseconds; finer digits are cut.
pub(super) fn micros(value: i64, unit: TimeUnit) -> Option<i64> {
    match unit {
        TimeUnit::Second => value.checked_mul(1_000_000),
        TimeUnit::Millisecond => value.checked_mul(1000),
        TimeUnit::Microsecond => Some(value),
        TimeUnit::Nanosecond => Some(value.div_euclid(1000)),
    }
}

fn both(outer: &Bitmap, inner: Option<&Bitmap>) -> Bitmap {
    match inner {
        None => outer.clone(),
        Some(inner) => outer & inner,
    }
}

/// Without a type that a program has put around it.
fn storage(array: &dyn Array) -> Box<dyn Array> {
    match array.dtype() {
        ArrowDataType::Extension(extension) => {
            let mut inner = array.to_boxed();
            *inner.dtype_mut() = extension.inner.clone();
            inner
        }
        _ => array.to_boxed(),
    }
}
