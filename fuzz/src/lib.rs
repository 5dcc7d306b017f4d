//! What all targets for data files share: bytes become a file and options, the file is looked at and imported as a lab
//! would, and what came out is held against what must be true of every import.

// a part of `assay-lab`, compiled in from its files, since the rest of that crate is heavy
#[path = "../../crates/lab/src/suites/mod.rs"]
pub mod suites;

use std::path::{Path, PathBuf};

use assay_core::dataset::{BadRows, ImportOptions, RowGroup, TextEncoding, TypeChoice};
use assay_core::{Code, ObjectHash, Task};
use assay_frame::{
    Error, Frame, GroupSink, content_hash, ingest, preview, read_parquet, write_parquet,
};

/// Types to choose for columns, one after the other.
const TYPES: [&str; 8] = [
    "int",
    "float",
    "bool",
    "text",
    "date",
    "datetime",
    "category",
    "decimal(18,2)",
];

/// Imports `bytes` as a file. The first two bytes are no part of it: they say how it is read.
///
/// # Panics
/// When something is not true of the outcome; this is what the fuzzer looks for.
pub fn import(bytes: &[u8], names: [&str; 4]) {
    let [flags, more, text @ ..] = bytes else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let name = names.get(usize::from(more & 3)).expect("two bits");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("a temporary file");
    let files = [path];
    let mut options = options(*flags, *more);
    let beginning = match preview(&files, &options, 20, &Task::silent()) {
        Ok(beginning) => Some(beginning),
        Err(error) => {
            hold_error(&error);
            None
        }
    };
    if let Some(beginning) = beginning
        && flags & 0x80 != 0
    {
        for (place, column) in beginning.columns.into_iter().enumerate() {
            let word = TYPES.get((place + usize::from(*more)) % TYPES.len());
            let choice: TypeChoice = word.and_then(|word| word.parse().ok()).expect("a type");
            options.types.insert(column.name, choice);
        }
    }
    let sink = Folder(folder.path().join("group.parquet"));
    match ingest(&files, &options, &sink, &Task::silent()) {
        Ok(ingested) => {
            let n_rows: u64 = ingested.row_groups.iter().map(|group| group.n_rows).sum();
            assert_eq!(n_rows, ingested.n_rows);
            assert!(n_rows > 0 && !ingested.schema.columns.is_empty());
            assert_eq!(ingested.profile.n_rows, n_rows);
            assert_eq!(
                ingested.profile.columns.len(),
                ingested.schema.columns.len()
            );
            assert!(ingested.set_aside.is_none() || options.bad_rows == BadRows::SetAside);
        }
        Err(error) => hold_error(&error),
    }
}

/// Reads `bytes` as the runs that a file of that name holds.
///
/// # Panics
/// When what is said of them is not one line; this, a crash and a reading without end are what the fuzzer looks for.
pub fn read_runs(bytes: &[u8], name: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("a temporary file");
    let format = assay_imports::recognise(&path).expect("the name says it");
    let Ok(mut source) = assay_imports::open(&path, format, &Task::silent()) else {
        return;
    };
    let mut n_points = 0;
    for index in 0..source.n_runs() {
        if let Err(problem) = source.run(index) {
            assert!(!problem.to_string().contains('\n'), "{problem}");
        }
        let _ = source.points(index, &mut |_, _| {
            n_points += 1;
            std::ops::ControlFlow::Continue(())
        });
        for problem in source.take_problems() {
            assert!(!problem.to_string().contains('\n'), "{problem}");
        }
    }
    assert!(n_points <= bytes.len());
}

/// One sentence, and never a failure of the table engine.
fn hold_error(error: &Error) {
    assert_ne!(error.code(), Code::Bug, "{error}");
    assert!(!error.to_string().is_empty());
}

fn options(flags: u8, more: u8) -> ImportOptions {
    let is_set = |bit: u8| flags & (1 << bit) != 0;
    ImportOptions {
        no_header: is_set(0),
        bad_rows: if is_set(1) {
            BadRows::Refuse
        } else {
            BadRows::SetAside
        },
        comment: is_set(2).then(|| "#".to_owned()),
        skip_lines: u32::from(is_set(3)),
        quote: match (is_set(4), is_set(5)) {
            (false, _) => None,
            (true, false) => Some("'".to_owned()),
            (true, true) => Some(String::new()),
        },
        decimal_comma: is_set(6).then_some(true),
        encoding: match (more >> 2) & 7 {
            0 => Some(TextEncoding::Latin1),
            1 => Some(TextEncoding::Utf16Le),
            2 => Some(TextEncoding::Utf16Be),
            3 => Some(TextEncoding::Utf8),
            _ => None,
        },
        delimiter: match more >> 5 {
            0 => Some(";".to_owned()),
            4 => Some("\t".to_owned()),
            _ => None,
        },
        null_values: if more >> 5 == 5 {
            vec!["-".to_owned()]
        } else {
            Vec::new()
        },
        ..ImportOptions::default()
    }
}

/// Row groups are written and read back: what a lab keeps is what was read.
struct Folder(PathBuf);

impl GroupSink for Folder {
    type Failure = Error;

    fn known(&self, _content: &ObjectHash) -> Option<RowGroup> {
        None
    }

    fn put(&self, content: ObjectHash, group: &Frame) -> Result<RowGroup, Error> {
        write_parquet(group, &self.0)?;
        let again = read_parquet(Path::new(&self.0))?;
        assert_eq!(content_hash(&again)?, content);
        Ok(RowGroup {
            object: content.clone(),
            content,
            n_rows: group.n_rows() as u64,
            size_bytes: 1,
        })
    }
}
