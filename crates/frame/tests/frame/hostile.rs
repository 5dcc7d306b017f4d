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
    fn damaged_parquet(place in 0.0_f64..1.0, byte in any::<u8>(), keep in 0.5_f64..1.0) {
        let mut bytes = std::fs::read(fixture("types.parquet")).unwrap();
        let n = bytes.len();
        bytes[((n as f64) * place) as usize] = byte;
        if byte.is_multiple_of(3) {
            bytes.truncate((n as f64 * keep) as usize);
        }
        sound(read_as("t.parquet", bytes, &ImportOptions::default()).0)?;
    }
}
