//! A table as a SQLite file of its own.

use assay_core::schema::{Column, ColumnType, Form, Schema};
use assay_store::{Error, SqliteValue, write_sqlite};
use rusqlite::types::Value;

fn column(name: &str, kind: ColumnType) -> Column {
    Column {
        name: name.to_owned(),
        kind,
        nullable: true,
        form: None,
    }
}

#[test]
fn values_come_back_as_they_went() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.sqlite");
    let mut amount = column("amount", ColumnType::Float);
    amount.form = Some(Form::Decimal {
        precision: 38,
        scale: 2,
    });
    let columns = Schema {
        columns: vec![
            column("n", ColumnType::Integer),
            column("flag", ColumnType::Boolean),
            column("day", ColumnType::Date),
            column("a \"quoted\" name", ColumnType::Text),
            amount,
        ],
    };
    let digits = "123456789012345678901234567890.10";
    let mut parts = vec![
        vec![vec![SqliteValue::Missing; 5]],
        vec![vec![
            SqliteValue::Integer(i64::MIN),
            SqliteValue::Integer(1),
            SqliteValue::Text("2026-01-31".to_owned()),
            SqliteValue::Text("007".to_owned()),
            SqliteValue::Text(digits.to_owned()),
        ]],
    ];
    write_sqlite(&path, "my \"data\"", &columns, || {
        Ok::<_, Error>(parts.pop())
    })
    .unwrap();

    let db = rusqlite::Connection::open(&path).unwrap();
    let mut statement = db.prepare("SELECT * FROM \"my \"\"data\"\"\"").unwrap();
    assert_eq!(statement.column_name(3).unwrap(), "a \"quoted\" name");
    let rows: Vec<Vec<Value>> = statement
        .query_map([], |row| (0..5).map(|place| row.get(place)).collect())
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        rows,
        [
            vec![
                Value::Integer(i64::MIN),
                Value::Integer(1),
                text("2026-01-31"),
                text("007"),
                text(digits)
            ],
            vec![Value::Null; 5],
        ]
    );
    let declared: Vec<String> = db
        .prepare("SELECT type FROM pragma_table_info('my \"data\"')")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(declared, ["INTEGER", "BOOLEAN", "DATE", "TEXT", "TEXT"]);
}

#[test]
fn what_stops_the_rows_stops_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let columns = Schema {
        columns: vec![column("n", ColumnType::Integer)],
    };
    let stopped = write_sqlite(&folder.path().join("t.sqlite"), "t", &columns, || {
        Err::<Option<_>, _>(Error::Busy)
    });
    assert!(matches!(stopped, Err(Error::Busy)));
}
