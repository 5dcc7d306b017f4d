//! Files that mean harm, format by format: each is read or refused in one sentence, in little memory.

use assay_core::Task;
use assay_core::dataset::ImportOptions;
use assay_frame::{Error, files_of, read};
use tempfile::TempDir;

use crate::support::{fixture, read_as};

/// Bytes of small files are changed, one at a time. A length that polars would take at its word is refused before it is
/// used; were one let through, this test would end by asking for more memory than there is.
#[test]
fn a_changed_byte_never_brings_the_reader_down() {
    let folder = TempDir::new().unwrap();
    for (name, step) in [
        ("pandas_category.parquet", 1),
        ("types.parquet", 41),
        ("types.arrow", 41),
        ("types.arrows", 41),
        ("types.feather", 41),
    ] {
        let original = std::fs::read(fixture(&format!("formats/{name}"))).unwrap();
        let path = folder.path().join(name);
        let mut n_refused = 0;
        for place in (0..original.len()).step_by(step) {
            let mut bytes = original.clone();
            bytes[place] ^= [0x01, 0x80, 0xff][place % 3];
            std::fs::write(&path, &bytes).unwrap();
            match read(&path, &ImportOptions::default(), &Task::silent()) {
                Ok(frame) => assert!(frame.n_rows() <= 1000, "{name} {place}"),
                Err(error) => {
                    assert!(!error.to_string().contains('\n'), "{name} {place}: {error}");
                    n_refused += 1;
                }
            }
        }
        assert!(n_refused > 5, "{name}: {n_refused} refused");
    }
}

#[test]
fn wide_tables_and_odd_names_are_read() {
    let names: Vec<String> = (0..50_000).map(|i| format!("\"c{i}\":{i}")).collect();
    let object = format!("{{{}}}", names.join(","));
    let (frame, _) = read_as(
        "t.jsonl",
        format!("{object}\n{object}\n"),
        &ImportOptions::default(),
    );
    let frame = frame.unwrap();
    assert_eq!((frame.n_rows(), frame.n_columns()), (2, 50_000));
    let odd =
        "{\"../../etc/passwd\":1,\"a\\u0000b\":2,\"\":3,\"\\n\":4,\"a.b\":5,\"a\":{\"b\":6}}\n";
    let (frame, _) = read_as("t.jsonl", odd, &ImportOptions::default());
    assert_eq!(
        frame.unwrap().names(),
        ["../../etc/passwd", "a\0b", "column_3", "\n", "a.b", "a.b_2"]
    );
    let deep = format!("{}1{}\n", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    let (frame, _) = read_as("t.jsonl", deep, &ImportOptions::default());
    assert!(frame.is_err());
}

/// The header alone is longer than what a look at the beginning takes.
#[test]
fn a_header_of_any_length_is_read() {
    let join =
        |cell: &dyn Fn(usize) -> String, n: usize| (0..n).map(cell).collect::<Vec<_>>().join(",");
    let names = join(&|i| format!("column number {i}"), 50_000);
    let values = join(&|i| (i % 97).to_string(), 50_000);
    let (frame, warnings) = read_as(
        "t.csv",
        format!("{names}\n{values}\n{values}\n"),
        &ImportOptions::default(),
    );
    let frame = frame.unwrap();
    assert_eq!((frame.n_rows(), frame.n_columns()), (2, 50_000));
    assert_eq!(warnings, Vec::<String>::new());
    let too_many = join(&|i| i.to_string(), 100_001);
    let (frame, _) = read_as(
        "t.csv",
        format!("{too_many}\n1\n"),
        &ImportOptions::default(),
    );
    let said = frame.unwrap_err().to_string();
    assert!(said.ends_with("it has more than 100000 columns"), "{said}");
    // names that are all alike
    let (frame, warnings) = read_as(
        "t.csv",
        format!(
            "{}\n{}\n",
            join(&|_| "a".to_owned(), 20_000),
            join(&|_| "1".to_owned(), 20_000)
        ),
        &ImportOptions::default(),
    );
    assert_eq!(frame.unwrap().names()[19_999], "a_20000");
    assert_eq!(warnings.len(), 21);
    assert_eq!(warnings[20], "19,979 more names were mended like that");
}

#[test]
fn a_bad_row_among_many_is_found_by_its_line() {
    let text = format!(
        "a,b\n{}1,2\n{}",
        "x\n".repeat(50_000),
        "y\n\n".repeat(50_000)
    );
    let (frame, _) = read_as("t.csv", text, &ImportOptions::default());
    let Err(Error::BadRows {
        n_rows, of, first, ..
    }) = frame
    else {
        panic!("{frame:?}");
    };
    assert_eq!((n_rows, of, first[19].line), (100_000, 100_001, 21));
    let options = ImportOptions {
        types: [("a".to_owned(), "int".parse().unwrap())].into(),
        ..ImportOptions::default()
    };
    // lines that are blank or hold no object count
    let (frame, _) = read_as(
        "t.jsonl",
        "{\"a\":1}\n\n{\n{\"a\":\"x\"}\n{\"a\":2}\n",
        &options,
    );
    let Err(error @ Error::BadRows { .. }) = frame else {
        panic!("{frame:?}");
    };
    assert_eq!(
        error.to_string(),
        "2 of 4 rows cannot be read: line 3 is no JSON object: EOF while parsing an object; line 4 column `a` holds `x`, which is no int"
    );
}

#[test]
fn folders_and_patterns_are_one_table() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("part-10.jsonl", "{\"a\":1.5,\"b\":\"x\"}\n");
    write("part-2.jsonl", "{\"a\":1}\n");
    write("more/part-1.jsonl", "{\"a\":2,\"c\":true}\n");
    write("part-3.jsonl.tmp", "{");
    write(".hidden.jsonl", "{");
    let names = |path: &std::path::Path| -> Vec<String> {
        let files = files_of(path, &Task::silent()).unwrap();
        let name =
            |path: &std::path::PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        files.iter().map(name).collect()
    };
    assert_eq!(
        names(folder.path()),
        ["part-1.jsonl", "part-2.jsonl", "part-10.jsonl"]
    );
    assert_eq!(
        names(&folder.path().join("part-*.jsonl")),
        ["part-2.jsonl", "part-10.jsonl"]
    );
    assert!(matches!(
        files_of(&folder.path().join("*.csv"), &Task::silent()),
        Err(Error::NoFiles(_))
    ));
}
