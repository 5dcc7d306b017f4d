//! Labels of a log's rows, of its own column or joined from another file.

use assay_core::TimestampMs;
use assay_core::matrix::{Prediction, RawValues};
use assay_frame::{Frame, LogColumn};

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
    pub prediction: Option<Prediction>,
    /// `None` where the log has no labels.
    pub truth: Option<Truth>,
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
    let texts = match (&reading.joined, &reading.label) {
        (Some(joined), _) => {
            let labels = joined.labels(frame, times)?;
            odd.n_unlabelled += labels.iter().filter(|label| label.is_none()).count() as u64;
            labels
        }
        (None, Some(name)) if there.contains(name) => assay_frame::column_texts(frame, name)?,
        (None, Some(_)) => vec![None; frame.n_rows()],
        (None, None) => return Ok(None),
    };
    if subject.answers().is_empty() {
        let number = |text: &Option<String>| {
            let number = text.as_deref().and_then(|text| text.trim().parse().ok());
            number
                .filter(|number: &f64| number.is_finite())
                .unwrap_or(f64::NAN)
        };
        let numbers: Vec<f64> = texts.iter().map(number).collect();
        return Ok(Some((
            LogColumn::Numbers(numbers.clone()),
            Truth::Values(numbers),
        )));
    }
    let classes = subject.answers();
    let indices = texts
        .iter()
        .map(|text| {
            let text = text.as_deref()?;
            let index = classes.iter().position(|class| class == text);
            if index.is_none() {
                odd.unseen_label(text);
            }
            u32::try_from(index?).ok()
        })
        .collect();
    let column = LogColumn::of(&RawValues::Texts(texts));
    Ok(Some((column, Truth::Classes(indices))))
}
