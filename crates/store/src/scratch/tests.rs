//! Queries that read, and queries that must not do more.

use super::*;

/// id 1..=4, name with one missing, price.
fn orders() -> Scratch {
    let columns = [
        ("id", ScratchKind::Integer),
        ("name", ScratchKind::Text),
        ("price", ScratchKind::Real),
        ("Price", ScratchKind::Real),
    ];
    let mut scratch = Scratch::new(&columns).unwrap();
    let names = [Some("a"), None, Some("c"), Some("d")];
    scratch
        .add(&[0, 1, 2], 11..15, |row, column| match column {
            0 => ScratchValue::Integer(row as i64 + 1),
            1 => names[row].map_or(ScratchValue::Missing, ScratchValue::Text),
            _ => ScratchValue::Real(row as f64 / 2.0),
        })
        .unwrap();
    scratch
}

fn select(query: &str) -> Result<SelectedRows, String> {
    orders()
        .select(query, 2, || true)
        .map_err(|error| error.to_string())
}

#[test]
fn a_query_selects_the_bad_rows() {
    let selected = select("SELECT rowid, name FROM {batch} WHERE price > 0.4").unwrap();
    assert_eq!(selected.n_rows, 3);
    assert_eq!(selected.row_numbers, [12, 13]);
    assert_eq!(selected.columns, ["rowid", "name"]);
    assert_eq!(selected.rows[0], [Some("12".to_owned()), None]);
    let none = select("SELECT * FROM {batch} WHERE id < 0").unwrap();
    assert_eq!((none.n_rows, none.row_numbers.len()), (0, 0));
    // The table's name, CTEs, windows and aggregates are all of SQL that reads.
    for query in [
        "SELECT * FROM batch AS b WHERE b.id = 1",
        "WITH twice AS (SELECT id FROM {batch} GROUP BY id HAVING count(*) = 1) SELECT * FROM twice LIMIT 1",
        "SELECT 1 FROM (SELECT id, lag(id) OVER (ORDER BY id) AS before FROM {batch}) WHERE before = 1",
        "SELECT value FROM json_each('[1]');",
    ] {
        assert_eq!(select(query).map(|found| found.n_rows), Ok(1), "{query}");
    }
}

#[test]
fn only_columns_that_are_read_need_values() {
    let mut scratch = orders();
    for (query, columns) in [
        ("SELECT id FROM {batch} WHERE price > 1", vec![0, 2]),
        ("SELECT rowid FROM {batch} WHERE NAME IS NULL", vec![1]),
        ("SELECT count(*) FROM {batch}", vec![]),
        ("SELECT * FROM {batch}", vec![0, 1, 2, 3]),
        ("SELECT Price_2 FROM {batch}", vec![3]),
    ] {
        assert_eq!(scratch.columns_read(query).unwrap(), columns, "{query}");
    }
}

#[test]
fn a_wrong_or_a_dangerous_query_gets_one_clause() {
    for (query, clause) in [
        ("", "its query is empty"),
        (" ; ", "its query is empty"),
        ("-- nothing", "its query is empty"),
        (
            "SELEC 1",
            "its query is wrong: near \"SELEC\": syntax error",
        ),
        (
            "SELECT nosuch FROM {batch}",
            "its query is wrong: no such column: nosuch",
        ),
        (
            "SELECT * FROM {batch} WHERE \"nosuch\" = 1",
            "its query is wrong: no such column: \"nosuch\"",
        ),
        (
            "SELECT * FROM orders",
            "its query is wrong: no such table: orders",
        ),
        ("SELECT 1; SELECT 2", "its query is more than one statement"),
        (
            "SELECT * FROM sqlite_master",
            "its query may not read `sqlite_master`",
        ),
        (
            "SELECT * FROM pragma_table_info('batch')",
            "its query may not read `pragma_table_info`",
        ),
        (
            "PRAGMA user_version",
            "its query does more than to select rows",
        ),
        (
            "ATTACH '/tmp/x' AS x",
            "its query does more than to select rows",
        ),
        (
            "DELETE FROM {batch}",
            "its query does more than to select rows",
        ),
        (
            "DELETE FROM {batch} RETURNING id",
            "its query does more than to select rows",
        ),
        (
            "CREATE TABLE t (a)",
            "its query does more than to select rows",
        ),
        ("BEGIN", "its query does more than to select rows"),
        (
            "EXPLAIN SELECT 1",
            "its query does more than to select rows",
        ),
        (
            "SELECT load_extension('x')",
            "its query may not call `load_extension`",
        ),
        (
            "SELECT * FROM {batch} WHERE id = ?",
            "its query has a place for a value; write it without them",
        ),
        (
            "SELECT hex(zeroblob(100000000))",
            "its query is wrong: string or blob too big",
        ),
    ] {
        let said = select(query).unwrap_err();
        assert!(said.starts_with(clause), "{query}: {said}");
    }
}

#[test]
fn an_endless_query_is_stopped() {
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    let mut left = 50;
    let error = orders()
        .select(endless, 1, move || {
            left -= 1;
            left > 0
        })
        .unwrap_err();
    assert!(matches!(error, ScratchError::Stopped), "{error:?}");
}

#[test]
fn columns_with_strange_names_are_found() {
    let columns = [("row\"id", ScratchKind::Text), ("rowid", ScratchKind::Text)];
    let mut scratch = Scratch::new(&columns).unwrap();
    scratch
        .add(&[0, 1], 5..6, |_, _| ScratchValue::Text("x"))
        .unwrap();
    let query = "SELECT \"row\"\"id\", rowid, _rowid_ AS row_number FROM {batch}";
    let selected = scratch.select(query, 9, || true).unwrap();
    assert_eq!(selected.row_numbers, [5]);
    assert_eq!(selected.rows[0][1].as_deref(), Some("x"));
    let many: Vec<(&str, ScratchKind)> = vec![("a", ScratchKind::Real); 2_001];
    assert!(matches!(
        Scratch::new(&many),
        Err(ScratchError::TooManyColumns(2_001))
    ));
}
