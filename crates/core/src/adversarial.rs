//! Rows that nobody would like to see, made from rows that were seen: an exported graph has to agree on these, too.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::matrix::{Columns, Prediction, RawColumn, RawValues};
use crate::recipe::InputColumn;
use crate::schema::ColumnType;
use crate::words::number;

pub const ADVERSARIAL_SCHEMA: u32 = 1;

/// Rows that are changed; taken from the whole of the rows, evenly.
const N_BASES: usize = 2;
/// No more rows than this; of a table with more columns only the first ones are changed one by one.
const MAX_ROWS: usize = 2_000;
/// Characters of a very long text.
const LONG_TEXT: usize = 4_096;
/// Days since 1970-01-01: the first of the year 1, the last of 9999, and far beyond both.
const DAYS_OUT_OF_RANGE: [f64; 4] = [-719_162.0, 2_932_896.0, -1e7, 1e7];
const MICROSECONDS_A_DAY: f64 = 86_400e6;
/// Numbers that sums, squares and roundings to f32 dislike; the last two are whole and odd beyond what f32 and i64 hold.
const EXTREMES: [f64; 5] = [1e30, -1e30, -0.0, 16_777_217.0, 9_223_372_036_854_775_807.0];

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AdversarialKind {
    /// One column has no value.
    Missing,
    /// No column has one.
    AllMissing,
    /// A text that training did not see.
    UnseenCategory,
    EmptyText,
    /// Ten times the range beyond what was seen, 1e30, −0.0, whole numbers that f32 does not hold.
    ExtremeNumber,
    DateOutOfRange,
    LongText,
}

impl AdversarialKind {
    pub const ALL: [Self; 7] = [
        Self::Missing,
        Self::AllMissing,
        Self::UnseenCategory,
        Self::EmptyText,
        Self::ExtremeNumber,
        Self::DateOutOfRange,
        Self::LongText,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Missing => "a missing value",
            Self::AllMissing => "all values missing",
            Self::UnseenCategory => "unseen categories",
            Self::EmptyText => "empty texts",
            Self::ExtremeNumber => "extreme numbers",
            Self::DateOutOfRange => "dates out of range",
            Self::LongText => "very long texts",
        }
    }
}

/// Invariant: `kinds` and `changes` have an entry per row of `columns`.
#[derive(Debug, Clone, PartialEq)]
pub struct AdversarialRows {
    pub columns: Columns,
    pub kinds: Vec<AdversarialKind>,
    /// What was done to the row: `` `age` is 1e30 ``.
    pub changes: Vec<String>,
}

/// The rows and what the trained model said of them, as a run keeps them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredAdversarial {
    pub schema: u32,
    pub kinds: Vec<AdversarialKind>,
    pub changes: Vec<String>,
    pub columns: Vec<StoredColumn>,
    pub answers: StoredAnswers,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredColumn {
    pub name: String,
    pub values: StoredValues,
}

/// Missing is null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoredValues {
    Numbers(Vec<Option<f64>>),
    Texts(Vec<Option<String>>),
}

/// [`Prediction`], as it is stored. A number that is not finite is null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredAnswers {
    /// Empty but for classes.
    pub indices: Vec<u32>,
    /// Row-major.
    pub values: Vec<Option<f64>>,
    /// Values a row: classes, or coordinates; 0 for the one value of a regression.
    pub width: usize,
}

/// Rows of every kind that the inputs allow, made from the first and the middle one of `columns`; none of no rows.
pub fn adversarial_rows(inputs: &[InputColumn], columns: &Columns) -> AdversarialRows {
    let mut made = Made {
        bases: columns,
        rows: Vec::new(),
    };
    let bases: Vec<usize> = (0..N_BASES.min(columns.n_rows))
        .map(|base| base * columns.n_rows / N_BASES)
        .collect();
    for &base in &bases {
        made.all_missing(base);
    }
    for input in inputs {
        let Some(place) = columns.columns.iter().position(|c| c.name == input.name) else {
            continue;
        };
        for &base in &bases {
            made.column(base, place, input.kind);
        }
        if made.rows.len() >= MAX_ROWS {
            break;
        }
    }
    made.into_rows()
}

impl StoredAdversarial {
    pub fn new(rows: AdversarialRows, answers: &Prediction) -> Self {
        Self {
            schema: ADVERSARIAL_SCHEMA,
            columns: rows.columns.columns.into_iter().map(stored).collect(),
            kinds: rows.kinds,
            changes: rows.changes,
            answers: StoredAnswers::of(answers),
        }
    }

    pub fn into_parts(self) -> (AdversarialRows, Prediction) {
        let columns = self.columns.into_iter().map(restored).collect();
        let rows = AdversarialRows {
            columns: Columns {
                n_rows: self.kinds.len(),
                columns,
            },
            kinds: self.kinds,
            changes: self.changes,
        };
        (rows, self.answers.into_prediction())
    }
}

impl StoredAnswers {
    fn of(prediction: &Prediction) -> Self {
        let stored = |values: &[f64]| {
            values
                .iter()
                .map(|v| Some(*v).filter(|v| v.is_finite()))
                .collect()
        };
        match prediction {
            Prediction::Classes {
                indices,
                probabilities,
                n_classes,
            } => Self {
                indices: indices.clone(),
                values: stored(probabilities),
                width: *n_classes,
            },
            Prediction::Values(values) => Self {
                indices: Vec::new(),
                values: stored(values),
                width: 0,
            },
            Prediction::Coordinates {
                values,
                n_components,
            } => Self {
                indices: Vec::new(),
                values: stored(values),
                width: *n_components,
            },
        }
    }

    fn into_prediction(self) -> Prediction {
        let values = self
            .values
            .into_iter()
            .map(|v| v.unwrap_or(f64::NAN))
            .collect();
        match (self.width, self.indices.is_empty()) {
            (0, _) => Prediction::Values(values),
            (n_components, true) => Prediction::Coordinates {
                values,
                n_components,
            },
            (n_classes, false) => Prediction::Classes {
                indices: self.indices,
                probabilities: values,
                n_classes,
            },
        }
    }
}

/// What stands in a column instead of the base row's value.
enum Change {
    /// In every column.
    NothingAnywhere,
    Nothing(usize),
    Number(usize, f64),
    Text(usize, String),
}

struct Made<'a> {
    bases: &'a Columns,
    /// Base row, what is changed, the kind, and the change in words.
    rows: Vec<(usize, Change, AdversarialKind, String)>,
}

impl Made<'_> {
    fn all_missing(&mut self, base: usize) {
        let said = "no column has a value".to_owned();
        self.rows.push((
            base,
            Change::NothingAnywhere,
            AdversarialKind::AllMissing,
            said,
        ));
    }

    fn column(&mut self, base: usize, place: usize, kind: ColumnType) {
        let Some(column) = self.bases.columns.get(place) else {
            return;
        };
        let name = &column.name;
        let missing = format!("`{name}` is missing");
        self.rows.push((
            base,
            Change::Nothing(place),
            AdversarialKind::Missing,
            missing,
        ));
        match &column.values {
            RawValues::Texts(seen) => {
                let texts = [
                    (AdversarialKind::UnseenCategory, unseen(seen)),
                    (AdversarialKind::EmptyText, String::new()),
                    (AdversarialKind::LongText, long_text()),
                ];
                for (kind, text) in texts {
                    let said = match kind {
                        AdversarialKind::EmptyText => format!("`{name}` is an empty text"),
                        AdversarialKind::LongText => format!("`{name}` has {LONG_TEXT} characters"),
                        _ => format!("`{name}` is `{text}`"),
                    };
                    self.rows
                        .push((base, Change::Text(place, text), kind, said));
                }
            }
            RawValues::Numbers(_) => {
                let (kind, values) = match kind {
                    ColumnType::Date => {
                        (AdversarialKind::DateOutOfRange, DAYS_OUT_OF_RANGE.to_vec())
                    }
                    ColumnType::Datetime => (
                        AdversarialKind::DateOutOfRange,
                        DAYS_OUT_OF_RANGE
                            .map(|days| days * MICROSECONDS_A_DAY)
                            .to_vec(),
                    ),
                    ColumnType::Integer
                    | ColumnType::Float
                    | ColumnType::Boolean
                    | ColumnType::Text => {
                        (AdversarialKind::ExtremeNumber, extremes(&column.values))
                    }
                };
                for value in values {
                    let said = if value == 0.0 {
                        format!("`{name}` is −0")
                    } else {
                        format!("`{name}` is {}", number(value))
                    };
                    self.rows
                        .push((base, Change::Number(place, value), kind, said));
                }
            }
        }
    }

    fn into_rows(mut self) -> AdversarialRows {
        self.rows.truncate(MAX_ROWS);
        let bases: Vec<usize> = self.rows.iter().map(|(base, ..)| *base).collect();
        let mut columns = self.bases.take(&bases);
        for (row, (_, change, ..)) in self.rows.iter().enumerate() {
            match change {
                Change::NothingAnywhere => {
                    for column in &mut columns.columns {
                        set_missing(column, row);
                    }
                }
                Change::Nothing(place) => {
                    if let Some(column) = columns.columns.get_mut(*place) {
                        set_missing(column, row);
                    }
                }
                Change::Number(place, value) => {
                    if let Some(RawValues::Numbers(values)) = values_of(&mut columns, *place)
                        && let Some(cell) = values.get_mut(row)
                    {
                        *cell = *value;
                    }
                }
                Change::Text(place, text) => {
                    if let Some(RawValues::Texts(values)) = values_of(&mut columns, *place)
                        && let Some(cell) = values.get_mut(row)
                    {
                        *cell = Some(text.clone());
                    }
                }
            }
        }
        let (kinds, changes) = self
            .rows
            .into_iter()
            .map(|(_, _, kind, said)| (kind, said))
            .unzip();
        AdversarialRows {
            columns,
            kinds,
            changes,
        }
    }
}

fn values_of(columns: &mut Columns, place: usize) -> Option<&mut RawValues> {
    columns
        .columns
        .get_mut(place)
        .map(|column| &mut column.values)
}

fn set_missing(column: &mut RawColumn, row: usize) {
    match &mut column.values {
        RawValues::Numbers(values) => {
            if let Some(cell) = values.get_mut(row) {
                *cell = f64::NAN;
            }
        }
        RawValues::Texts(values) => {
            if let Some(cell) = values.get_mut(row) {
                *cell = None;
            }
        }
    }
}

/// Beyond the range of the rows by ten times its width, then [`EXTREMES`].
fn extremes(values: &RawValues) -> Vec<f64> {
    let (low, high) = values.finite_range().unwrap_or((0.0, 1.0));
    let width = if high > low { high - low } else { 1.0 };
    [low - 10.0 * width, high + 10.0 * width]
        .into_iter()
        .filter(|value| value.is_finite())
        .chain(EXTREMES)
        .collect()
}

fn unseen(seen: &[Option<String>]) -> String {
    let mut text = "never seen, \u{fc}ber".to_owned();
    while seen.iter().flatten().any(|known| *known == text) {
        text.push('!');
    }
    text
}

fn long_text() -> String {
    "na\u{ef}ve words, many of them; "
        .chars()
        .cycle()
        .take(LONG_TEXT)
        .collect()
}

fn stored(column: RawColumn) -> StoredColumn {
    StoredColumn {
        name: column.name,
        values: match column.values {
            RawValues::Numbers(values) => StoredValues::Numbers(
                values
                    .into_iter()
                    .map(|value| Some(value).filter(|v| v.is_finite()))
                    .collect(),
            ),
            RawValues::Texts(values) => StoredValues::Texts(values),
        },
    }
}

fn restored(column: StoredColumn) -> RawColumn {
    RawColumn {
        name: column.name,
        values: match column.values {
            StoredValues::Numbers(values) => {
                RawValues::Numbers(values.into_iter().map(|v| v.unwrap_or(f64::NAN)).collect())
            }
            StoredValues::Texts(values) => RawValues::Texts(values),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn table() -> (Vec<InputColumn>, Columns) {
        let column = |name: &str, values| RawColumn {
            name: name.to_owned(),
            values,
        };
        let texts = ["a", "b", "never seen, \u{fc}ber", "a"];
        let columns = Columns {
            n_rows: 4,
            columns: vec![
                column("n", RawValues::Numbers(vec![1.0, 2.0, 3.0, f64::NAN])),
                column(
                    "t",
                    RawValues::Texts(texts.iter().map(|t| Some((*t).to_owned())).collect()),
                ),
                column("d", RawValues::Numbers(vec![0.0; 4])),
            ],
        };
        let kinds = [ColumnType::Integer, ColumnType::Text, ColumnType::Date];
        let inputs = columns
            .columns
            .iter()
            .zip(kinds)
            .map(|(column, kind)| InputColumn {
                name: column.name.clone(),
                kind,
            });
        (inputs.collect(), columns)
    }

    #[test]
    fn every_kind_is_made_of_every_column_that_can_have_it() {
        let (inputs, columns) = table();
        let rows = adversarial_rows(&inputs, &columns);
        let mut counts: BTreeMap<AdversarialKind, usize> = BTreeMap::new();
        for kind in &rows.kinds {
            *counts.entry(*kind).or_default() += 1;
        }
        let wanted = [6, 2, 2, 2, 14, 8, 2];
        let wanted: Vec<_> = AdversarialKind::ALL.into_iter().zip(wanted).collect();
        assert_eq!(counts.into_iter().collect::<Vec<_>>(), wanted);
        assert_eq!(rows.columns.n_rows, rows.changes.len());
        for said in [
            "`n` is −19",
            "`n` is 23",
            "`n` is −0",
            "`n` is missing",
            "`t` is `never seen, \u{fc}ber!`",
        ] {
            assert!(
                rows.changes.iter().any(|change| change == said),
                "{said}: {:?}",
                rows.changes
            );
        }
    }

    #[test]
    fn what_is_stored_comes_back() {
        let (inputs, columns) = table();
        let rows = adversarial_rows(&inputs, &columns);
        let n_rows = rows.kinds.len();
        let said = |rows: &AdversarialRows| format!("{rows:?}");
        for answers in [
            Prediction::Values(vec![0.25; n_rows]),
            Prediction::Coordinates {
                values: vec![0.5; 2 * n_rows],
                n_components: 2,
            },
            Prediction::Classes {
                indices: vec![1; n_rows],
                probabilities: vec![0.1; 3 * n_rows],
                n_classes: 3,
            },
        ] {
            let stored = StoredAdversarial::new(rows.clone(), &answers);
            let text = serde_json::to_string(&stored).unwrap();
            let read: StoredAdversarial = serde_json::from_str(&text).unwrap();
            let (back, back_answers) = read.into_parts();
            // -0.0 and NaN among them.
            assert_eq!(said(&back), said(&rows));
            assert_eq!(back_answers, answers);
        }
    }

    #[test]
    fn of_no_rows_none_are_made() {
        let (inputs, columns) = table();
        assert_eq!(adversarial_rows(&inputs, &columns.take(&[])).kinds, []);
    }
}
