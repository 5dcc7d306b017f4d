//! Labels of a log's rows, of its own column or joined from another file.

use assay_core::TimestampMs;
use assay_core::matrix::{Prediction, RawValues};
use assay_core::recipe::InputColumn;
use assay_core::schema::ColumnType;
use assay_frame::{Frame, LogColumn, read_column};

use super::challengers::Said;
use super::oddities::Oddities;
use super::reading::Reading;
use super::subject::Subject;
use crate::error::Cause;

/// The truth of some rows.
pub enum Truth {
    /// Index of the class; `None` where the label is missing or was not seen in training.
    Classes(Vec<Option<u32>>),
    /// NaN where it is missing.
    Values(Vec<f64>),
}

/// What is known of each row of a part besides its columns.
pub struct Known {
    /// What the model said; `None` where it cannot be asked.
    pub said: Option<Said>,
    /// What its challengers said, in their order; empty where not all can be asked.
    pub beside: Vec<Said>,
    /// `None` where the log has no labels.
    pub truth: Option<Truth>,
    /// By input: rows whose value is not of the input's type, ascending.
    pub unreadable: Vec<Vec<usize>>,
}

impl Known {
    pub fn prediction(&self) -> Option<&Prediction> {
        self.said.as_ref().map(|said| &said.prediction)
    }
}

/// The labels as drift compares them and as performance needs them.
pub fn truth(
    subject: &Subject,
    reading: &Reading,
    frame: &Frame,
    there: &[String],
    times: Option<&[Option<TimestampMs>]>,
    odd: &mut Oddities,
) -> Result<Option<(LogColumn, Truth)>, Cause> {
    let classes = subject.answers();
    let kind = match classes.is_empty() {
        true => ColumnType::Float,
        false => ColumnType::Text,
    };
    let column = match (&reading.joined, &reading.label) {
        (Some(joined), _) => {
            let labels = joined.labels(frame, times)?;
            odd.n_unlabelled += labels.iter().filter(|label| label.is_none()).count() as u64;
            LogColumn::of(&RawValues::Texts(labels))
        }
        (None, Some(name)) if there.contains(name) => {
            let input = InputColumn {
                name: name.clone(),
                kind,
            };
            read_column(frame, name, &input)?.column
        }
        (None, Some(_)) => LogColumn::missing(!classes.is_empty(), frame.n_rows()),
        (None, None) => return Ok(None),
    };
    if classes.is_empty() {
        let numbers = numbers(column);
        return Ok(Some((
            LogColumn::Numbers(numbers.clone()),
            Truth::Values(numbers),
        )));
    }
    let LogColumn::Texts { codes, texts } = &column else {
        return Ok(None);
    };
    // Each distinct text is looked up once.
    let by_code: Vec<Option<u32>> = texts
        .iter()
        .map(|text| {
            let index = classes.iter().position(|class| class == text)?;
            u32::try_from(index).ok()
        })
        .collect();
    let indices = codes
        .iter()
        .map(|code| {
            let (index, text) = by_code.get(*code as usize).zip(texts.get(*code as usize))?;
            if index.is_none() {
                odd.unseen_label(text);
            }
            *index
        })
        .collect();
    Ok(Some((column, Truth::Classes(indices))))
}

/// Labels as numbers; what is none, or not finite, is NaN.
fn numbers(column: LogColumn) -> Vec<f64> {
    let finite = |number: f64| if number.is_finite() { number } else { f64::NAN };
    match column {
        LogColumn::Numbers(numbers) => numbers.into_iter().map(finite).collect(),
        LogColumn::Texts { codes, texts } => {
            let by_code: Vec<f64> = texts
                .iter()
                .map(|text| text.trim().parse().map_or(f64::NAN, finite))
                .collect();
            let number = |code: &u32| by_code.get(*code as usize).copied();
            codes
                .iter()
                .map(|code| number(code).unwrap_or(f64::NAN))
                .collect()
        }
    }
}
