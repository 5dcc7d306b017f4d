//! Bytes that mean harm: a file is read or refused, never a panic.

use assay_core::dataset::ImportOptions;
use assay_frame::{Error, Frame};
use proptest::prelude::*;

use crate::support::{fixture, read_as};

const NAMES: [&str; 7] = [
    "t.csv",
    "t.tsv",
    "t.parquet",
    "t.jsonl",
    "t.json",
    "t.csv.gz",
    "t",
];

/// What holds of every outcome.
fn sound(outcome: Result<Frame, Error>) -> Result<(), TestCaseError> {
    match outcome {
        Ok(frame) => {
            prop_assert!(frame.n_rows() > 0 && frame.n_columns() > 0);
            let mut names = frame.names();
            prop_assert!(names.iter().all(|name| !name.is_empty()));
            names.sort();
            names.dedup();
            prop_assert_eq!(names.len(), frame.n_columns());
        }
        Err(error) => prop_assert!(!error.to_string().is_empty()),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(name in prop::sample::select(&NAMES[..]), bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        sound(read_as(name, bytes, &ImportOptions::default()).0)?;
    }

    #[test]
    fn random_text(name in prop::sample::select(&NAMES[..]), text in "[{}\\[\\]\":,;\n\r\t a1.\\-?\\\\é]{0,120}") {
        sound(read_as(name, text, &ImportOptions::default()).0)?;
    }

    #[test]
    // A changed byte can make polars ask for more memory than there is, which ends the process: that is tested where
    // a worker reads (tests/cli/bad_input.rs of the root package).
    fn cut_off_parquet(keep in 0.0_f64..1.0) {
        let mut bytes = std::fs::read(fixture("types.parquet")).unwrap();
        bytes.truncate((bytes.len() as f64 * keep) as usize);
        sound(read_as("t.parquet", bytes, &ImportOptions::default()).0)?;
    }
}
