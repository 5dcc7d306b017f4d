//! The same rows are the same content, whatever file and chunks they came in.

use assay_core::Task;
use assay_core::dataset::ImportOptions;
use assay_frame::{
    Frame, content_hash, read, read_parquet, write_csv, write_json_lines, write_parquet,
};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::{fixture, penguins, table};

fn hash(frame: &Frame) -> String {
    content_hash(frame).unwrap().to_string()
}

#[test]
fn csv_parquet_and_json_lines_of_the_same_rows_are_the_same_content() {
    let expected = hash(&penguins());
    for name in ["penguins.parquet", "penguins.jsonl"] {
        let frame = read(&fixture(name), &ImportOptions::default(), &Task::silent()).unwrap();
        assert_eq!(frame.schema(), penguins().schema(), "{name}");
        assert_eq!(hash(&frame), expected, "{name}");
    }
}

/// Changing this value means that every stored version gets another name. The encoding is built by hand here.
#[test]
fn the_digest_is_pinned() {
    let frame = table("a,b,c,d,e\n1,1.5,x,true,1970-01-03\n,,,,\n");
    let mut bytes = b"assay table 1".to_vec();
    bytes.extend([2_u64, 5].map(u64::to_le_bytes).concat());
    for (name, kind) in [(b"a", 1_u8), (b"b", 2), (b"c", 4), (b"d", 3), (b"e", 5)] {
        bytes.extend(1_u64.to_le_bytes());
        bytes.extend(name);
        bytes.push(kind);
    }
    for value in [
        &1_i64.to_le_bytes()[..],
        &1.5_f64.to_le_bytes(),
        &[1, 0, 0, 0, 0, 0, 0, 0, b'x'],
        &[1],
        &2_i32.to_le_bytes(),
    ] {
        bytes.push(1);
        bytes.extend(value);
        bytes.push(0);
    }
    assert_eq!(hash(&frame), blake3::hash(&bytes).to_hex().to_string());
    assert_eq!(
        hash(&frame),
        "b5c0b53d075f22c837fc54a22ef2765d5a551d06cf2f77ad4429c0b1fcdf271d"
    );
}

#[test]
fn every_difference_shows() {
    let base = "a,b\n1,x\n2,y\n";
    let different = [
        "a,b\n1,x\n2,z\n",
        "a,b\n1,x\n",
        "a,c\n1,x\n2,y\n",
        "a,b\n2,y\n1,x\n",
        "a,b\n1.0,x\n2,y\n",
        "a,b\n1,x\n2,\n",
        "b,a\nx,1\ny,2\n",
        "a,b\n01,x\n2,y\n",
    ];
    let mut hashes: Vec<String> = different.iter().map(|csv| hash(&table(csv))).collect();
    hashes.push(hash(&table(base)));
    let n = hashes.len();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), n);
}

#[test]
fn chunks_zeros_and_exports_do_not_change_the_content() {
    let frame = penguins();
    let chunked = Frame::concat(&[
        frame.slice(0, 100),
        frame.slice(100, 1),
        frame.slice(101, 999),
    ])
    .unwrap();
    assert_eq!(chunked.missing, []);
    assert_eq!(hash(&chunked.frame), hash(&frame));
    assert_eq!(
        hash(&table("a\n0.0\n1.5\n")),
        hash(&table("a\n-0.0\n1.5\n"))
    );

    let mixed = table(
        "i,f,b,t,d,m\n1,0.1,true,\"a, \"\"b\"\"\",2026-11-21,2026-11-21T10:00:00.25\n,1e300,,x,,\n-5,,false,,1969-01-01,1969-01-01T00:00\n",
    );
    for frame in [frame, chunked.frame, mixed] {
        let folder = TempDir::new().unwrap();
        let (csv, json, parquet) = (
            folder.path().join("t.csv"),
            folder.path().join("t.jsonl"),
            folder.path().join("t.parquet"),
        );
        write_csv(&frame, &csv).unwrap();
        write_json_lines(&frame, &json).unwrap();
        write_parquet(&frame, &parquet).unwrap();
        assert_eq!(hash(&read_parquet(&parquet).unwrap()), hash(&frame));
        for path in [csv, json, parquet] {
            let again = read(&path, &ImportOptions::default(), &Task::silent()).unwrap();
            assert_eq!(hash(&again), hash(&frame), "{}", path.display());
        }
    }
}

#[test]
fn the_canonical_file_is_the_same_for_the_same_rows() {
    let frame = penguins();
    let chunked = Frame::concat(&[frame.slice(0, 7), frame.slice(7, 999)])
        .unwrap()
        .frame;
    let folder = TempDir::new().unwrap();
    let write = |frame: &Frame, name: &str| {
        let path = folder.path().join(name);
        write_parquet(frame, &path).unwrap();
        std::fs::read(path).unwrap()
    };
    assert_eq!(write(&frame, "a"), write(&chunked, "b"));
}

#[test]
fn a_folder_that_is_not_there_is_an_io_error() {
    let nowhere = std::path::Path::new("/nowhere/at/all.parquet");
    for outcome in [
        write_parquet(&penguins(), nowhere),
        write_csv(&penguins(), nowhere),
        write_json_lines(&penguins(), nowhere),
    ] {
        assert_eq!(outcome.unwrap_err().code(), assay_core::Code::Io);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// Floats are written with all their digits and texts with all their characters.
    #[test]
    fn any_table_survives_csv(
        rows in prop::collection::vec((any::<i64>(), prop::num::f64::NORMAL, "[a-z,\"\n;é ]{0,8}"), 1..20)
    ) {
        let mut csv = "i,f,t\n".to_owned();
        for (i, f, t) in &rows {
            csv.push_str(&format!("{i},{f:?},\"x{}x\"\n", t.replace('"', "\"\"")));
        }
        let frame = table(&csv);
        prop_assert_eq!(frame.n_rows(), rows.len());
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("t.csv");
        write_csv(&frame, &path).unwrap();
        let again = read(&path, &ImportOptions::default(), &Task::silent()).unwrap();
        prop_assert_eq!(hash(&again), hash(&frame));
    }
}
