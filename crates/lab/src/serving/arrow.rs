//! Answers as an Arrow stream: a column a number, as stored predictions have them.

use assay_core::matrix::Prediction;
use assay_core::serving::{Answered, Refusal, RefusalKind};
use assay_frame::{PlainColumn, arrow_stream};

/// `label` and `class:NAME` for every class, `value`, or `coordinate:1` and so on.
///
/// # Errors
/// [`RefusalKind::Failed`].
pub fn arrow_of(answered: &Answered) -> Result<Vec<u8>, Refusal> {
    let every = |values: &[f64], start: usize, step: usize| {
        let values = values.iter().skip(start).step_by(step.max(1));
        PlainColumn::Floats(values.copied().map(Some).collect())
    };
    let columns = match &answered.prediction {
        None => Vec::new(),
        Some(Prediction::Values(values)) => vec![("value".to_owned(), every(values, 0, 1))],
        Some(Prediction::Coordinates {
            values,
            n_components,
        }) => (0..*n_components)
            .map(|i| {
                (
                    format!("coordinate:{}", i + 1),
                    every(values, i, *n_components),
                )
            })
            .collect(),
        Some(Prediction::Classes {
            indices,
            probabilities,
            n_classes,
        }) => {
            let labels = indices
                .iter()
                .map(|&index| answered.classes.get(index as usize).cloned());
            let label = ("label".to_owned(), PlainColumn::Texts(labels.collect()));
            let classes = answered.classes.iter().enumerate().map(|(i, class)| {
                (
                    format!("class:{class}"),
                    every(probabilities, i, *n_classes),
                )
            });
            std::iter::once(label).chain(classes).collect()
        }
    };
    arrow_stream(columns)
        .map_err(|error| Refusal::new(RefusalKind::Failed, format!("cannot write Arrow: {error}")))
}
