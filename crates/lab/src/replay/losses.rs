//! How large the errors of a model will be, by models of its loss: a few rows of each pane are asked, and speak for it.

use assay_core::drift::estimate::LossTally;
use assay_core::drift::multivariate::Drawn;
use assay_core::matrix::{Columns, Prediction, RawColumn};
use assay_frame::LogColumn;

use super::reading::Source;
use super::subject::Model;
use crate::error::Cause;

/// By pane, then by the model's loss models in their order. `panes`: the rows of each that are asked, and how many it has.
///
/// # Errors
/// A loss model cannot answer.
pub fn expected(
    model: &Model,
    inputs: &[Source],
    columns: &[LogColumn],
    panes: &[(Drawn, u64)],
) -> Result<Vec<Vec<LossTally>>, Cause> {
    let mut tallies = vec![vec![LossTally::default(); model.loss_scorers.len()]; panes.len()];
    let asked: Vec<usize> = panes.iter().flat_map(|(rows, _)| rows.places()).collect();
    if model.loss_scorers.is_empty() || asked.is_empty() {
        return Ok(tallies);
    }
    let rows = Columns {
        n_rows: asked.len(),
        columns: inputs
            .iter()
            .zip(columns)
            .map(|(source, column)| RawColumn {
                name: source.input.name.clone(),
                values: column.values_at(&asked),
            })
            .collect(),
    };
    for (place, scorer) in model.loss_scorers.iter().enumerate() {
        let Prediction::Values(losses) = scorer.predict(&rows)? else {
            continue;
        };
        let mut losses = losses.as_slice();
        for ((drawn, n_rows), tallies) in panes.iter().zip(&mut tallies) {
            let (of_pane, others) = losses.split_at(drawn.n_rows().min(losses.len()));
            losses = others;
            if let Some(tally) = tallies.get_mut(place) {
                tally.add_sample(of_pane, *n_rows);
            }
        }
    }
    Ok(tallies)
}
