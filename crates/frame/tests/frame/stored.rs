//! A table in several files is read in part and answers as the whole in memory does; and two of them side by side.

use std::collections::BTreeMap;
use std::io::Cursor;

use assay_core::Task;
use assay_core::query::parse;
use assay_core::version_diff::RowsDiff;
use assay_frame::{
    Error, Frame, Rows, Side, StoredTable, column_changes, compare_rows, row_texts, rows,
    write_parquet,
};
use polars::prelude::{DataFrame, IpcStreamReader, SerReader};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tempfile::TempDir;

use crate::support::{penguins, table};

/// The frame in files of so many rows.
fn stored(frame: &Frame, group_rows: usize) -> (TempDir, StoredTable) {
    let folder = tempfile::tempdir().unwrap();
    let groups: Vec<_> = (0..frame.n_rows())
        .step_by(group_rows)
        .map(|first| {
            let part = frame.slice(first, group_rows);
            let path = folder.path().join(format!("{first}.parquet"));
            write_parquet(&part, &path).unwrap();
            (path, part.n_rows() as u64)
        })
        .collect();
    (folder, StoredTable::new(frame.schema(), groups))
}

fn opened(rows: &Rows) -> DataFrame {
    IpcStreamReader::new(Cursor::new(&rows.ipc))
        .finish()
        .unwrap()
}

#[test]
fn a_page_holds_the_same_rows_as_from_memory() {
    let frame = penguins();
    for group_rows in [7, 100, 10_000] {
        let (_folder, table) = stored(&frame, group_rows);
        for (filter, order_by, descending) in [
            ("", None, false),
            ("", Some("body_mass_g"), true),
            ("island = \"Dream\"", None, false),
            (
                "bill_length_mm > 40 and sex = \"male\"",
                Some("island"),
                false,
            ),
            ("body_mass_g > 1000000", None, false),
            ("body_mass_g > 1000000", Some("island"), true),
        ] {
            let filter = parse(filter).unwrap();
            let order = table
                .select(order_by, descending, &filter, &Task::silent())
                .unwrap();
            for (offset, limit) in [(0, 5), (95, 20), (340, 50), (5_000, 10), (0, 2_000)] {
                let wanted = rows(&frame, offset, limit, order_by, descending, &filter).unwrap();
                let found = table.page(&order, offset, limit).unwrap();
                assert_eq!(found.n_matching, wanted.n_matching);
                // What lies under a missing value is nobody's business.
                assert!(
                    opened(&found).equals_missing(&opened(&wanted)),
                    "{group_rows} {order_by:?} {offset} {limit}"
                );
            }
        }
        assert_eq!(
            table.head(98, 9).unwrap(),
            row_texts(&frame, 98, 9).unwrap()
        );
    }
}

#[test]
fn columns_that_are_not_there_are_named() {
    let (_folder, table) = stored(&penguins(), 100);
    let order = |filter: &str, order_by| {
        table.select(order_by, false, &parse(filter).unwrap(), &Task::silent())
    };
    for outcome in [order("x = 1", None), order("", Some("x"))] {
        assert!(
            matches!(&outcome, Err(Error::NoSuchColumn { column, columns }) if column == "x" && columns.len() > 3),
            "{outcome:?}"
        );
    }
}

/// Keys with values as a file.
fn frame_of(rows: &BTreeMap<u16, u8>) -> Frame {
    let lines: Vec<String> = rows
        .iter()
        .map(|(key, value)| format!("{key},v{value}\n"))
        .collect();
    table(&format!("key,value\n{}", lines.concat()))
}

fn diff(left: &Frame, right: &Frame, group_rows: usize, key: &[String]) -> RowsDiff {
    let (_left, a) = stored(left, group_rows);
    let (_right, b) = stored(right, group_rows);
    // As the lab does it: groups of equal content are shared.
    let group = |frame: &Frame, i: usize| {
        assay_frame::content_hash(&frame.slice(i * group_rows, group_rows)).unwrap()
    };
    let shared = |these: &Frame, n: usize, others: &Frame, m: usize| -> Vec<bool> {
        let others: Vec<_> = (0..m).map(|i| group(others, i)).collect();
        (0..n).map(|i| others.contains(&group(these, i))).collect()
    };
    let shared_left = shared(left, a.n_groups(), right, b.n_groups());
    let shared_right = shared(right, b.n_groups(), left, a.n_groups());
    let side = |table, name, shared| Side {
        table,
        name,
        shared,
    };
    compare_rows(
        side(&a, "left", &shared_left),
        side(&b, "right", &shared_right),
        key,
        &Task::silent(),
    )
    .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 40,
        rng_seed: RngSeed::Fixed(20_261_121),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn rows_are_counted_as_by_hand(
        left in prop::collection::btree_map(0..60_u16, 0..3_u8, 1..40),
        right in prop::collection::btree_map(0..60_u16, 0..3_u8, 1..40),
        group_rows in 1..8_usize,
    ) {
        let (a, b) = (frame_of(&left), frame_of(&right));
        let n_same_key = left.keys().filter(|key| right.contains_key(key)).count() as u64;
        let n_equal = left.iter().filter(|(key, value)| right.get(key) == Some(value)).count() as u64;
        let by_key = diff(&a, &b, group_rows, &["key".to_owned()]);
        prop_assert_eq!(by_key.n_unchanged, n_equal);
        prop_assert_eq!(by_key.n_changed, n_same_key - n_equal);
        prop_assert_eq!(by_key.n_removed, left.len() as u64 - n_same_key);
        prop_assert_eq!(by_key.n_added, right.len() as u64 - n_same_key);
        for row in &by_key.changed {
            let key: u16 = row.key[0].value.as_ref().unwrap().parse().unwrap();
            prop_assert_eq!(&row.cells[0].left, &Some(format!("v{}", left[&key])));
            prop_assert_eq!(&row.cells[0].right, &Some(format!("v{}", right[&key])));
            prop_assert_eq!(left.keys().position(|other| *other == key), Some(row.left_row as usize - 1));
        }
        let whole = diff(&a, &b, group_rows, &[]);
        prop_assert_eq!(whole.n_unchanged, n_equal);
        prop_assert_eq!(whole.n_removed, left.len() as u64 - n_equal);
        prop_assert_eq!(whole.n_added, right.len() as u64 - n_equal);
    }
}

#[test]
fn rows_that_stand_twice_count_twice() {
    let (a, b) = (table("x\n1\n1\n1\n2\n"), table("x\n1\n2\n2\n3\n"));
    let rows = diff(&a, &b, 10, &[]);
    assert_eq!((rows.n_removed, rows.n_added, rows.n_unchanged), (2, 2, 2));
    let numbers: Vec<u64> = rows.removed.iter().map(|row| row.row).collect();
    assert_eq!(numbers, [2, 3]);
    let numbers: Vec<u64> = rows.added.iter().map(|row| row.row).collect();
    assert_eq!(numbers, [3, 4]);
}

#[test]
fn columns_change_by_what_they_hold() {
    let (_left, a) = stored(
        &table(
            "n,t,d,all,id\n1,a,2026-01-01,x,a1\n2,a,2026-01-02,x,a2\n3,b,2026-01-03,x,a3\n,b,,,\n",
        ),
        2,
    );
    let (_right, b) = stored(
        &table(
            "n,t,d,all,id\n1,b,2026-06-01,,b1\n2,b,2026-06-02,,b2\n3,b,2026-06-03,,b3\n4,a,,,\n",
        ),
        3,
    );
    let changes = column_changes(&a, &b, &Task::silent()).unwrap();
    let told: Vec<(String, Vec<String>)> = changes
        .iter()
        .map(|change| {
            let labels = change
                .effects
                .iter()
                .map(|effect| effect.measure.label().to_owned());
            (change.name.clone(), labels.collect())
        })
        .collect();
    let numeric = ["Cohen's d", "Kolmogorov-Smirnov", "missing (Cohen's h)"].map(str::to_owned);
    let category = ["Cramér's V", "Jensen-Shannon", "missing (Cohen's h)"].map(str::to_owned);
    assert_eq!(told[0], ("n".to_owned(), numeric.to_vec()));
    assert_eq!(told[1], ("t".to_owned(), category.to_vec()));
    assert_eq!(told[2], ("d".to_owned(), numeric.to_vec()));
    assert_eq!(told[3].1, ["missing (Cohen's h)"]);
    assert_eq!(
        changes[3].remark.as_deref(),
        Some("one version has no value here")
    );
    assert_eq!(changes[0].means, Some([2.0, 2.5]));
    assert_eq!(changes[2].means, None);
    assert_eq!(changes[4].n_distinct, Some([3, 3]));
    let v = &changes[4].effects[0];
    assert!((v.value - 1.0).abs() < 1e-12, "nothing in common: {v:?}");
}
