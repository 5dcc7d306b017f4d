//! Names of types, as pandas, numpy, SQL, Spark and people write them, and the column types they stand for.

use crate::schema::ColumnType;

/// The column types that a name may mean, in lower case; the width of a number is not asked for.
const NAMES: &[(&[ColumnType], &[&str])] = &[
    (
        &[ColumnType::Integer],
        &[
            "integer",
            "int",
            "int8",
            "int16",
            "int32",
            "int64",
            "uint8",
            "uint16",
            "uint32",
            "uint64",
            "int_",
            "intp",
            "long",
            "short",
            "byte",
            "bigint",
            "smallint",
            "tinyint",
            "mediumint",
            "int2",
            "int4",
            "serial",
            "bigserial",
            "hugeint",
            "integertype",
            "longtype",
            "shorttype",
            "bytetype",
            "biginteger",
            "smallinteger",
            "int64dtype",
            "int32dtype",
        ],
    ),
    (
        &[ColumnType::Float],
        &[
            "float",
            "float16",
            "float32",
            "float64",
            "float4",
            "float8",
            "float_",
            "double",
            "double_precision",
            "double precision",
            "real",
            "decimal",
            "numeric",
            "money",
            "floattype",
            "doubletype",
            "decimaltype",
            "float64dtype",
        ],
    ),
    (
        &[ColumnType::Integer, ColumnType::Float],
        &["number", "numbers"],
    ),
    (
        &[ColumnType::Boolean],
        &[
            "boolean",
            "bool",
            "bool_",
            "bit",
            "booleantype",
            "booleandtype",
        ],
    ),
    (
        &[ColumnType::Text],
        &[
            "text",
            "str",
            "string",
            "str_",
            "unicode",
            "char",
            "nchar",
            "varchar",
            "nvarchar",
            "clob",
            "uuid",
            "category",
            "categorical",
            "categoricaldtype",
            "stringtype",
            "stringdtype",
            "character varying",
        ],
    ),
    (
        // what pandas keeps as Python objects
        &[ColumnType::Text, ColumnType::Date],
        &["object", "object_", "o"],
    ),
    (&[ColumnType::Date], &["date", "datetype", "date32"]),
    (
        &[ColumnType::Datetime],
        &[
            "datetime",
            "datetime64",
            "datetime64[ns]",
            "datetime64[us]",
            "datetime64[ms]",
            "datetime64[s]",
            "datetimetz",
            "datetimetzdtype",
            "timestamp",
            "timestamptz",
            "timestamp_ntz",
            "timestamp with time zone",
            "timestamp without time zone",
            "timestamptype",
        ],
    ),
];

/// The column types that a name stands for, in any case; empty for a name that is none. What stands in brackets
/// (`VARCHAR(20)`, `DECIMAL(18, 2)`) is not asked for.
pub fn column_types(name: &str) -> &'static [ColumnType] {
    let name = name.trim().to_lowercase();
    let bare = name.split('(').next().unwrap_or(&name).trim();
    NAMES
        .iter()
        .find(|(_, names)| names.contains(&bare))
        .map_or(&[], |(types, _)| types)
}

pub(super) fn is_type_name(name: &str) -> bool {
    !column_types(name).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ColumnType::{Boolean, Date, Datetime, Float, Integer, Text};

    #[test]
    fn names_of_types_are_known_in_any_case() {
        let cases: [(&str, &[ColumnType]); 14] = [
            ("integer", &[Integer]),
            ("INTEGER", &[Integer]),
            ("int64", &[Integer]),
            ("float", &[Float]),
            ("DECIMAL(18, 2)", &[Float]),
            ("number", &[Integer, Float]),
            ("BooleanType", &[Boolean]),
            ("str", &[Text]),
            ("VARCHAR(20)", &[Text]),
            ("object", &[Text, Date]),
            ("date", &[Date]),
            ("datetime64[ns]", &[Datetime]),
            ("TIMESTAMP", &[Datetime]),
            ("complex", &[]),
        ];
        for (name, types) in cases {
            assert_eq!(column_types(name), types, "{name}");
        }
        for kind in [Integer, Float, Boolean, Text, Date, Datetime] {
            assert_eq!(column_types(kind.label()), [kind]);
        }
    }
}
