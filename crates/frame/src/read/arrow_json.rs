//! Lists and maps of Arrow as JSON text.

use polars::prelude::{ArrowDataType, ArrowTimeUnit as TimeUnit};
use polars_arrow::array::{
    Array, BinaryArray, BinaryViewArray, BooleanArray, FixedSizeListArray, ListArray, MapArray,
    PrimitiveArray, StructArray, Utf8Array, Utf8ViewArray,
};
use polars_arrow::types::NativeType;
use serde_json::{Map, Value};

use super::arrow_columns::micros;
use crate::{decimal, time};

/// `None`: the value is missing.
pub(super) fn json_text(array: &dyn Array, row: usize) -> Option<String> {
    match value_of(array, row) {
        Value::Null => None,
        value => Some(value.to_string()),
    }
}

fn value_of(array: &dyn Array, row: usize) -> Value {
    if row >= array.len() || array.is_null(row) {
        return Value::Null;
    }
    use ArrowDataType as Type;
    match array.dtype().to_storage() {
        Type::Boolean => of::<BooleanArray>(array, |array| array.value(row).into()),
        Type::Int8 => number::<i8>(array, row, Value::from),
        Type::Int16 => number::<i16>(array, row, Value::from),
        Type::Int32 => number::<i32>(array, row, Value::from),
        Type::Int64 => number::<i64>(array, row, Value::from),
        Type::UInt8 => number::<u8>(array, row, Value::from),
        Type::UInt16 => number::<u16>(array, row, Value::from),
        Type::UInt32 => number::<u32>(array, row, Value::from),
        Type::UInt64 => number::<u64>(array, row, Value::from),
        Type::Float32 => number::<f32>(array, row, |value| f64::from(value).into()),
        Type::Float64 => number::<f64>(array, row, Value::from),
        Type::Utf8 => of::<Utf8Array<i32>>(array, |array| array.value(row).into()),
        Type::LargeUtf8 => of::<Utf8Array<i64>>(array, |array| array.value(row).into()),
        Type::Utf8View => of::<Utf8ViewArray>(array, |array| array.value(row).into()),
        Type::Binary => of::<BinaryArray<i32>>(array, |array| bytes(array.value(row))),
        Type::LargeBinary => of::<BinaryArray<i64>>(array, |array| bytes(array.value(row))),
        Type::BinaryView => of::<BinaryViewArray>(array, |array| bytes(array.value(row))),
        Type::Date32 => number::<i32>(array, row, |days| time::date_text(days).into()),
        Type::Date64 => instant(array, row, TimeUnit::Millisecond),
        Type::Timestamp(unit, _) => instant(array, row, *unit),
        Type::Decimal(_, scale) => number::<i128>(array, row, |units| {
            decimal::text(units, u8::try_from(*scale).unwrap_or(u8::MAX)).into()
        }),
        Type::List(_) => of::<ListArray<i32>>(array, |array| items(&*array.value(row))),
        Type::LargeList(_) => of::<ListArray<i64>>(array, |array| items(&*array.value(row))),
        Type::FixedSizeList(..) => {
            of::<FixedSizeListArray>(array, |array| items(&*array.value(row)))
        }
        Type::Map(..) => of::<MapArray>(array, |array| items(&*array.value(row))),
        Type::Struct(_) => of::<StructArray>(array, |array| {
            let fields = array.fields().iter().zip(array.values());
            let object: Map<String, Value> = fields
                .map(|(field, values)| (field.name.to_string(), value_of(&**values, row)))
                .collect();
            Value::Object(object)
        }),
        _ => Value::Null,
    }
}

fn of<T: 'static>(array: &dyn Array, value: impl FnOnce(&T) -> Value) -> Value {
    array
        .as_any()
        .downcast_ref::<T>()
        .map_or(Value::Null, value)
}

fn number<T: NativeType>(array: &dyn Array, row: usize, value: impl FnOnce(T) -> Value) -> Value {
    of::<PrimitiveArray<T>>(array, |array| value(array.value(row)))
}

fn instant(array: &dyn Array, row: usize, unit: TimeUnit) -> Value {
    number::<i64>(array, row, |value| {
        micros(value, unit).map_or(Value::Null, |micros| time::datetime_text(micros).into())
    })
}

fn bytes(bytes: &[u8]) -> Value {
    String::from_utf8_lossy(bytes).into()
}

fn items(array: &dyn Array) -> Value {
    (0..array.len()).map(|row| value_of(array, row)).collect()
}
