//! What the model as trained says of rows that nobody would like to see; its export is held against it.

use assay_core::Columns;
use assay_core::adversarial::{AdversarialRows, adversarial_rows};
use assay_core::matrix::Prediction;
use assay_core::model::Model;
use assay_core::recipe::FittedRecipe;

use super::Fitted;

impl Fitted {
    /// Without the rows that the recipe refuses: a missing number that no step fills, a feature beyond the range of f32.
    /// The model has no answer to those, so that there is nothing to agree with.
    pub(super) fn adversarial(&self) -> (AdversarialRows, Prediction) {
        let AdversarialRows {
            columns,
            kinds,
            changes,
        } = adversarial_rows(&self.fitted.inputs, &self.test_columns);
        let mut taken = Vec::new();
        let mut answers = Vec::new();
        answer(
            (&self.fitted, &self.model),
            &columns,
            0..columns.n_rows,
            &mut |rows, prediction| {
                taken.extend(rows);
                answers.push(prediction);
            },
        );
        let rows = AdversarialRows {
            columns: columns.take(&taken),
            kinds: taken
                .iter()
                .filter_map(|&row| kinds.get(row).copied())
                .collect(),
            changes: taken
                .iter()
                .filter_map(|&row| changes.get(row).cloned())
                .collect(),
        };
        (rows, Prediction::concat(answers))
    }
}

/// All at once where the recipe takes them all; halved around the rows that it refuses.
fn answer(
    fitted: (&FittedRecipe, &Model),
    columns: &Columns,
    rows: std::ops::Range<usize>,
    give: &mut impl FnMut(std::ops::Range<usize>, Prediction),
) {
    if rows.is_empty() {
        return;
    }
    match assay_frame::apply_recipe(&columns.slice(rows.clone()), fitted.0) {
        Ok(matrix) => give(rows, assay_learn::predict(fitted.1, &matrix)),
        Err(_) if rows.len() > 1 => {
            let middle = rows.start + rows.len() / 2;
            answer(fitted, columns, rows.start..middle, give);
            answer(fitted, columns, middle..rows.end, give);
        }
        Err(_) => {}
    }
}
