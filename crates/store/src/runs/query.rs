//! The table of runs: filter, order, a page of it.
//!
//! The filter's meaning is core's; what it names is found in the columns of [`super::index`], and only the page is read
//! from the database.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::time::Instant;

use assay_core::ExperimentName;
use assay_core::query::{self, Filter};
use assay_core::run_table::{RunPage, RunQuery, RunView};
use rusqlite::{Connection, params};

use super::fields::Field;
use super::index::{Bits, Direction, RunIndex, Side, TextOrder, Ties, Wanted, Window};
use super::tree::Place;
use super::{table, tree};
use crate::changes;
use crate::error::{Error, Result};
use crate::rows::{Rows, to_json};
use crate::store::{Store, held};

const DEFAULT_LIMIT: u32 = 1_000;

impl Store {
    /// A page of the runs that match; newest first, or in the order asked for with runs that lack a value last,
    /// either way round.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a filter, an order or a column that cannot be read.
    pub fn runs(&self, query: &RunQuery) -> Result<RunPage> {
        let begun = Instant::now();
        let mut page = self.read(|db| page(db, &self.run_index, query))?;
        page.duration_secs = begun.elapsed().as_secs_f64();
        Ok(page)
    }
}

fn page(db: &Connection, index: &Mutex<RunIndex>, query: &RunQuery) -> Result<RunPage> {
    let filter = parse(&query.filter)?;
    // Before the first look at the database, whose state everything is of.
    let mut index = held(index);
    index.refresh(db)?;
    let experiments = experiment_ids(db, query.experiment.as_ref())?;
    let wanted = wanted(query, &filter, experiments.as_deref())?;
    let visible = index.visible(db, wanted.side, wanted.experiments)?;
    let matching = index.matching(db, &wanted, &visible)?;
    let window = Window {
        after: None,
        offset: usize::try_from(query.offset).unwrap_or(usize::MAX),
        limit: match query.limit {
            0 => DEFAULT_LIMIT as usize,
            limit => limit as usize,
        },
    };
    let (places, n_rows) = if query.tree {
        in_tree(db, &mut index, query, &wanted, &visible, &matching, window)?
    } else {
        let (places, _) = index.ordered(db, &wanted, &matching, window)?;
        let places = places.into_iter().map(|place| Place {
            index: place as usize,
            depth: 0,
            n_children: 0,
        });
        (places.collect(), matching.count())
    };
    let names = if query.skip_names {
        Default::default()
    } else {
        let question = format!("{:?} {experiments:?} {}", query.view, query.filter);
        index.names(db, &question, &matching)?
    };
    let rows: Vec<i64> = places
        .iter()
        .filter_map(|place| index.row(place.index as u32))
        .collect();
    drop(index);
    let mut runs = table::rows(db, &rows, query.columns.as_deref())?;
    for (run, place) in runs.iter_mut().zip(&places) {
        run.depth = place.depth;
        run.n_children = place.n_children;
        run.is_match = matching.contains(place.index);
    }
    Ok(RunPage {
        runs,
        n_rows: n_rows as u64,
        n_matching: matching.count() as u64,
        n_total: visible.count() as u64,
        param_names: names.params,
        metric_names: names.metrics,
        tag_names: names.tags,
        change: changes::newest(db)?,
        duration_secs: 0.0,
    })
}

/// The window's rows of the table with runs below the runs that they are a part of, and how many rows it has.
fn in_tree(
    db: &Connection,
    index: &mut RunIndex,
    query: &RunQuery,
    wanted: &Wanted<'_>,
    visible: &Bits,
    matching: &Bits,
    window: Window<'_>,
) -> Result<(Vec<Place>, usize)> {
    let places = index.arranged(query, wanted.experiments, |index| {
        let parents = index.parents(db, visible)?;
        let shown = tree::with_ancestors(&matching.to_flags(), &parents);
        let shown = Bits::of(shown.len(), |place| shown.get(place) == Some(&true));
        let all = Window {
            limit: index.n_runs(),
            ..Window::default()
        };
        let (order, _) = index.ordered(db, wanted, &shown, all)?;
        let order: Vec<usize> = order.into_iter().map(|place| place as usize).collect();
        let toggled: HashSet<usize> = db
            .all(
                "SELECT r.id FROM json_each(?1) w JOIN runs r ON r.run_id = w.value",
                params![to_json(&query.toggled)?],
                |row| Ok(row.get(0)?),
            )?
            .into_iter()
            .filter_map(|row| index.place(row))
            .collect();
        Ok(tree::arrange(&order, &parents, |place| {
            query.folded != toggled.contains(&place)
        }))
    })?;
    let page = places.iter().skip(window.offset).take(window.limit);
    Ok((page.copied().collect(), places.len()))
}

pub(super) fn parse(filter: &str) -> Result<Filter> {
    query::parse(filter).map_err(|error| {
        Error::invalid(
            format!("the filter `{filter}` cannot be read: {error}"),
            "write for example `metrics.test.accuracy > 0.9 and params.algorithm = \"random_forest\"`",
        )
    })
}

pub(super) fn wanted<'q>(
    query: &RunQuery,
    filter: &'q Filter,
    experiments: Option<&'q [i64]>,
) -> Result<Wanted<'q>> {
    let mut orders = Vec::new();
    for order in &query.order_by {
        let field = Field::parse(order.name.trim())?;
        orders.push((field, Direction::of(order.ascending)));
    }
    Ok(Wanted {
        side: Side::Table(query.view),
        experiments,
        named: named(filter, Field::parse)?,
        filter,
        orders,
        texts: TextOrder::NumbersFirst,
        ties: Ties::LaterFirst,
    })
}

/// The fields that a filter names.
pub(crate) fn named(
    filter: &Filter,
    parse: impl Fn(&str) -> Result<Field>,
) -> Result<HashMap<&str, Field>> {
    filter
        .names()
        .into_iter()
        .map(|name| Ok((name, parse(name)?)))
        .collect()
}

/// `None`: all. One that there is not has no runs either.
pub(super) fn experiment_ids(
    db: &Connection,
    name: Option<&ExperimentName>,
) -> Result<Option<Vec<i64>>> {
    name.map(|name| {
        db.all(
            "SELECT id FROM experiments WHERE name = ?1",
            params![name.as_str()],
            |row| Ok(row.get(0)?),
        )
    })
    .transpose()
}

/// The runs of a view as a reader that asks once finds them, who may be in the middle of a change.
pub(super) fn visible_once(
    db: &Connection,
    view: RunView,
    experiment: Option<&ExperimentName>,
) -> Result<(RunIndex, Bits)> {
    let mut index = RunIndex::default();
    index.refresh(db)?;
    let experiments = experiment_ids(db, experiment)?;
    let visible = index.visible(db, Side::Table(view), experiments.as_deref())?;
    Ok((index, visible))
}
