//! Suites as files: TOML that a person edits, Great Expectations' JSON, and results as JUnit XML.
//!
//! Pure functions of their texts, so that they can be tested with anything.

mod gx_read;
mod gx_write;
mod junit;
mod toml_read;
mod toml_write;

use assay_core::expect::{Expectation, RuleType, Suite};
use assay_core::suites::{NotUnderstood, SuiteFormat};
use serde_json::Value;

pub use gx_read::from_gx_json;
pub use gx_write::{to_gx_json, to_gx_value};
pub use junit::to_junit;
pub use toml_read::from_toml;
pub use toml_write::to_toml;

/// The argument of a rule that is not understood: what its file said, unchanged.
const ENTRY: &str = "entry";
/// The part of `meta` in which other programs keep what they have no place for.
const OWN_META: &str = "assay";

/// Of what is said of a file.
const SHOWN_CHARACTERS: usize = 250;

/// Why a text is no suite.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SuiteFileError {
    #[error("line {line}: {wrong}")]
    Syntax { line: usize, wrong: String },
    #[error("{0}")]
    NotASuite(String),
    /// `rule` counts from 1.
    #[error("rule {rule} (line {line}) {wrong}")]
    Rule {
        rule: usize,
        line: usize,
        wrong: String,
    },
}

impl SuiteFileError {
    /// Names from a file stand in the sentence, and can be of any length and on any number of lines.
    fn in_brief(self) -> Self {
        match self {
            Self::Syntax { line, wrong } => Self::Syntax {
                line,
                wrong: in_brief(&wrong),
            },
            Self::NotASuite(wrong) => Self::NotASuite(in_brief(&wrong)),
            Self::Rule { rule, line, wrong } => Self::Rule {
                rule,
                line,
                wrong: in_brief(&wrong),
            },
        }
    }
}

/// A suite that was read, and what of it has no meaning here.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadSuite {
    pub suite: Suite,
    /// In the order of the file.
    pub not_understood: Vec<NotUnderstood>,
}

/// Reads a suite from a file's text; what the text looks like decides its format.
pub fn read_suite(text: &str) -> Result<ReadSuite, SuiteFileError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with(['{', '[']) && !looks_like_toml_table(text) {
        from_gx_json(text)
    } else {
        from_toml(text).map(|suite| ReadSuite {
            suite,
            not_understood: Vec::new(),
        })
    }
}

/// `[[rules]]` and `[table]` begin as a list in JSON does.
fn looks_like_toml_table(text: &str) -> bool {
    let first = text.trim_start().lines().next().unwrap_or_default();
    let name = first.trim_start_matches('[');
    first.starts_with('[') && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Writes a suite in one of its formats.
pub fn write_suite(suite: &Suite, format: SuiteFormat) -> String {
    match format {
        SuiteFormat::Toml => to_toml(suite),
        SuiteFormat::GreatExpectations | SuiteFormat::GreatExpectations0 => {
            to_gx_json(suite, format)
        }
    }
}

/// A rule that keeps what it was made of and never passes.
fn kept(entry: Value) -> Expectation {
    Expectation::new(
        assay_core::expect::Rule::new(RuleType::NotUnderstood, serde_json::json!({ ENTRY: entry })),
        assay_core::expect::Severity::Critical,
        "",
    )
}

/// On one line, and not longer than a sentence.
fn in_brief(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or(&line)),
        None => line,
    }
}

/// 1-based line of a byte.
fn line_at(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().get(..byte).unwrap_or(text.as_bytes());
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}
