//! Does the exported graph say what the trained model said?

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::adversarial::AdversarialKind;
use crate::profile::Histogram;

/// 1: test rows alone. 2: adversarial rows and slices too.
pub const PARITY_SCHEMA: u32 = 2;

/// The largest difference that passes: |a − b| <= TOLERANCE * max(1, |a|).
pub const TOLERANCE: f64 = 1e-5;

/// Differences between our own predictions and those of ONNX Runtime on the same rows. All but `passed` and `parts` is
/// about the test rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ParityReport {
    pub schema: u32,
    /// Test rows compared.
    pub rows: u64,
    /// Of probabilities, or of values for regression.
    pub max_abs_diff: f64,
    /// |a − b| / max(1, |a|).
    pub max_rel_diff: f64,
    pub label_flips: u64,
    pub tolerance: f64,
    /// Test rows and every kind of adversarial rows.
    pub passed: bool,
    /// Rows whose answers are equal to the bit.
    pub n_exact: u64,
    /// Rows that differ, by log10 of the absolute difference; edges −12 to 0.
    pub log10_differences: Histogram,
    /// 1-based rows of the comparison with the largest differences, at most 10.
    pub worst_rows: Vec<u64>,
    /// `onnxruntime 1.31.1`
    pub runtime: String,
    /// `None` in a report of schema 1.
    #[serde(default)]
    pub parts: Option<ParityParts>,
}

impl ParityReport {
    /// What is over tolerance, one clause each: `2 of 5 rows with missing values`; empty when all passed.
    pub fn failures(&self) -> Vec<String> {
        let clause = |differences: &Differences, what: &str| {
            format!(
                "{what}: {} of {} labels differ, largest difference {:.2e} over {:.0e}",
                differences.label_flips, differences.rows, differences.max_rel_diff, self.tolerance
            )
        };
        let test = Differences {
            rows: self.rows,
            max_abs_diff: self.max_abs_diff,
            max_rel_diff: self.max_rel_diff,
            label_flips: self.label_flips,
            n_exact: self.n_exact,
            passed: self.rows > 0 && self.label_flips == 0 && self.max_rel_diff <= self.tolerance,
            log10_counts: Vec::new(),
        };
        let adversarial = self.parts.iter().flat_map(|parts| &parts.adversarial);
        std::iter::once((&test, "test rows".to_owned()))
            .chain(adversarial.map(|part| {
                let label = part.kind.label();
                let what = format!("{label} ({} worst)", part.worst);
                (&part.differences, what)
            }))
            .filter(|(differences, _)| !differences.passed)
            .map(|(differences, what)| clause(differences, &what))
            .collect()
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ParityParts {
    /// By kind, those that the inputs allow; empty for a run that was trained before they were kept.
    pub adversarial: Vec<AdversarialPart>,
    /// Of the test rows, the largest differences first.
    pub slices: Vec<ParitySlice>,
}

/// Rows that nobody would like to see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AdversarialPart {
    pub kind: AdversarialKind,
    pub differences: Differences,
    /// What was done to the row with the largest difference: `` `age` is 1e30 ``.
    pub worst: String,
}

/// The test rows with one value of a column, or one range of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ParitySlice {
    pub column: String,
    /// `Biscoe`, `10 to 20`, `missing`, `other`
    pub label: String,
    pub differences: Differences,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Differences {
    pub rows: u64,
    pub max_abs_diff: f64,
    pub max_rel_diff: f64,
    pub label_flips: u64,
    pub n_exact: u64,
    pub passed: bool,
    /// Rows that differ, by the edges of [`ParityReport::log10_differences`]; empty in a report that was made before they
    /// were counted by part.
    #[serde(default)]
    pub log10_counts: Vec<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_the_first_schema_is_read() {
        let old = r#"{"schema":1,"rows":3,"max_abs_diff":0.0,"max_rel_diff":0.0,"label_flips":0,"tolerance":1e-5,
            "passed":true,"n_exact":3,"log10_differences":{"edges":[-12.0,0.0],"counts":[0]},"worst_rows":[],
            "runtime":"onnxruntime 1.31.1"}"#;
        let read: ParityReport = serde_json::from_str(old).unwrap();
        assert_eq!((read.rows, read.parts.is_none()), (3, true));
        assert_eq!(read.failures(), Vec::<String>::new());
    }

    #[test]
    fn each_kind_that_fails_is_counted() {
        let differences = |label_flips, max_rel_diff, passed| Differences {
            rows: 4,
            max_abs_diff: max_rel_diff,
            max_rel_diff,
            label_flips,
            n_exact: 0,
            passed,
            log10_counts: Vec::new(),
        };
        let part = |kind, differences| AdversarialPart {
            kind,
            differences,
            worst: "`a` is 1e30".to_owned(),
        };
        let report = ParityReport {
            schema: PARITY_SCHEMA,
            rows: 2,
            max_abs_diff: 0.0,
            max_rel_diff: 0.0,
            label_flips: 0,
            tolerance: TOLERANCE,
            passed: false,
            n_exact: 2,
            log10_differences: Histogram {
                edges: Vec::new(),
                counts: Vec::new(),
            },
            worst_rows: Vec::new(),
            runtime: String::new(),
            parts: Some(ParityParts {
                adversarial: vec![
                    part(AdversarialKind::Missing, differences(0, 0.0, true)),
                    part(AdversarialKind::ExtremeNumber, differences(1, 0.5, false)),
                ],
                slices: Vec::new(),
            }),
        };
        assert_eq!(
            report.failures(),
            [
                "extreme numbers (`a` is 1e30 worst): 1 of 4 labels differ, largest difference 5.00e-1 over 1e-5"
            ]
        );
    }
}
