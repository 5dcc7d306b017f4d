//! Which runs a client finds.
//!
//! The filter's meaning is core's. A run may have several data sets: a condition on `datasets.` holds when one of them
//! fulfils it. A page begins behind the last run of the page before, so what is logged in between moves nothing.

use assay_core::query;
use assay_core::tracking::{DatasetSummary, ExperimentId, RunCursor, TrackedQuery, TrackedRun};
use rusqlite::params;

use super::load;
use crate::error::{Error, Result};
use crate::rows::{Rows, to_json};
use crate::runs::fields::Field;
use crate::runs::index::{Direction, Side, TextOrder, Ties, Wanted, Window};
use crate::runs::query::named;
use crate::store::{Store, held};

/// The tag that says what a run used a data set for.
const CONTEXT_TAG: &str = "mlflow.data.context";

impl Store {
    /// A page of runs, and where the next begins when there is one. NaN stands behind all numbers and what is missing
    /// behind that, either way round; equal ones stand newest first, then by id.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a filter or an order that cannot be read, and for a page of another order.
    pub fn search_tracked_runs(
        &self,
        wanted: &TrackedQuery,
    ) -> Result<(Vec<TrackedRun>, Option<RunCursor>)> {
        let filter = query::parse(&wanted.filter).map_err(|error| {
            Error::invalid(
                format!("the filter `{}` cannot be read: {error}", wanted.filter),
                "write for example `metrics.accuracy > 0.9 and params.model = 'tree'`",
            )
        })?;
        let field = |name: &str| Field::parse_tracked(name, &wanted.artifact_root);
        let mut orders = Vec::new();
        for order in &wanted.order_by {
            orders.push((field(&order.name)?, Direction::of(order.ascending)));
        }
        let experiments: Vec<i64> = wanted.experiments.iter().map(|id| id.0).collect();
        let asked = Wanted {
            side: Side::Tracked(wanted.view),
            experiments: Some(&experiments),
            filter: &filter,
            named: named(&filter, field)?,
            orders,
            texts: TextOrder::ByCharacters,
            ties: Ties::ById,
        };
        let window = Window {
            after: wanted.after.as_ref(),
            offset: 0,
            limit: wanted.limit as usize,
        };
        self.read(|db| {
            // Before the first look at the database, whose state everything is of.
            let mut index = held(&self.run_index);
            index.refresh(db)?;
            let visible = index.visible(db, asked.side, asked.experiments)?;
            let matching = index.matching(db, &asked, &visible)?;
            let (places, more) = index.ordered(db, &asked, &matching, window)?;
            let last = places.last().filter(|_| more);
            let values = last.map(|&place| index.order_values(&asked, place));
            let rows: Vec<i64> = places
                .iter()
                .filter_map(|&place| index.row(place))
                .collect();
            drop(index);
            let runs = load::runs(db, &rows)?;
            let next = values.zip(runs.last()).map(|(values, run)| RunCursor {
                values,
                started_ms: run.started_ms,
                run_id: run.run_id.clone(),
            });
            Ok((runs, next))
        })
    }

    /// The data sets that runs of the experiments used, at most `limit`.
    pub fn used_datasets(
        &self,
        experiments: &[ExperimentId],
        limit: u32,
    ) -> Result<Vec<DatasetSummary>> {
        self.read(|db| {
            db.all(
                "SELECT DISTINCT r.experiment_id, i.doc ->> '$.name', i.doc ->> '$.digest',
                        (SELECT t.value FROM json_each(i.doc, '$.tags') t WHERE t.key = ?2)
                 FROM json_each(?1) w JOIN runs r ON r.experiment_id = w.value JOIN run_inputs i ON i.run = r.id
                 ORDER BY 1, 2, 3, 4 LIMIT ?3",
                params![to_json(&experiments)?, CONTEXT_TAG, limit],
                |row| {
                    Ok(DatasetSummary {
                        experiment_id: ExperimentId(row.get(0)?),
                        name: row.get(1)?,
                        digest: row.get(2)?,
                        context: row.get(3)?,
                    })
                },
            )
        })
    }
}
