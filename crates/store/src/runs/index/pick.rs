//! One question: which runs match, in which order, and a page of them.

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use assay_core::query::Filter;
use assay_core::run_table::{ARCHIVED_TAG, PARENT_TAG, RunView};
use assay_core::tracking::{OrderValue, RunCursor, ViewType};
use rusqlite::Connection;

use super::bits::Bits;
use super::column::Column;
use super::words::TextOrder;
use super::{RUN_ID, RunIndex};
use crate::error::{Error, Result};
use crate::runs::fields::{Field, State};

/// What is asked of the runs.
#[derive(Debug)]
pub(crate) struct Wanted<'q> {
    pub side: Side,
    /// `None`: all.
    pub experiments: Option<&'q [i64]>,
    pub filter: &'q Filter,
    /// What the names in the filter point at.
    pub named: HashMap<&'q str, Field>,
    /// The first decides, the others among equals; then the newest come first.
    pub orders: Vec<(Field, Direction)>,
    pub texts: TextOrder,
    pub ties: Ties,
}

/// Which runs are meant by where they are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Tracked(ViewType),
    Table(RunView),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    pub fn of(ascending: bool) -> Self {
        if ascending {
            Self::Ascending
        } else {
            Self::Descending
        }
    }
}

/// What decides between runs that began at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ties {
    /// The one that was written later comes first.
    LaterFirst,
    /// By the id's characters.
    ById,
}

/// The part of an order that is wanted.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Window<'q> {
    /// Only what stands behind this.
    pub after: Option<&'q RunCursor>,
    pub offset: usize,
    pub limit: usize,
}

struct Entry {
    key: u64,
    place: u32,
}

impl RunIndex {
    /// The runs that are looked at at all.
    pub fn visible(
        &mut self,
        db: &Connection,
        side: Side,
        experiments: Option<&[i64]>,
    ) -> Result<Bits> {
        let n = self.rows.len();
        let mut visible = Bits::of(n, |place| match self.states.get(place) {
            Some(State::Active) => match side {
                Side::Tracked(view) => view.shows(false),
                Side::Table(view) => view != RunView::Trash,
            },
            Some(State::Deleted) => match side {
                Side::Tracked(view) => view.shows(true),
                Side::Table(view) => view.shows(false, true),
            },
            Some(State::Absent) | None => false,
        });
        if let Side::Table(view @ (RunView::Active | RunView::Archived)) = side {
            let archived = Field::Tag(ARCHIVED_TAG.to_owned());
            self.require(db, std::slice::from_ref(&archived))?;
            if let Some(kept) = self.columns.get(&archived) {
                let mut archived = kept.column.present();
                if view == RunView::Active {
                    archived.invert();
                }
                visible.intersect(&archived);
            }
        }
        if let Some(experiments) = experiments {
            let mut experiments = experiments.to_vec();
            experiments.sort_unstable();
            visible.intersect(&Bits::of(n, |place| {
                self.experiments
                    .get(place)
                    .is_some_and(|id| experiments.binary_search(id).is_ok())
            }));
        }
        Ok(visible)
    }

    /// The visible runs that fulfil the filter.
    pub fn matching(
        &mut self,
        db: &Connection,
        wanted: &Wanted<'_>,
        visible: &Bits,
    ) -> Result<Bits> {
        let fields: Vec<Field> = wanted.named.values().cloned().collect();
        self.require(db, &fields)?;
        let mut matching = self.holding(wanted.filter, &wanted.named)?;
        matching.intersect(visible);
        Ok(matching)
    }

    /// A window of the runs `among` in the order asked for, and whether more stand behind it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor of another order.
    pub fn ordered(
        &mut self,
        db: &Connection,
        wanted: &Wanted<'_>,
        among: &Bits,
        window: Window<'_>,
    ) -> Result<(Vec<u32>, bool)> {
        let mut fields: Vec<Field> = wanted
            .orders
            .iter()
            .map(|(field, _)| field.clone())
            .collect();
        self.require(db, &fields)?;
        for (field, _) in &wanted.orders {
            if let Some(kept) = self.columns.get_mut(field) {
                kept.column.rank(wanted.texts);
            }
        }
        let (mut entries, has_unknown_ids) = self.sorted(wanted, among, window)?;
        if has_unknown_ids {
            fields.push(RUN_ID);
            self.require(db, &fields)?;
            (entries, _) = self.sorted(wanted, among, window)?;
        }
        let more = entries.len() > window.limit;
        entries.truncate(window.limit);
        Ok((entries.iter().map(|entry| entry.place).collect(), more))
    }

    pub fn row(&self, place: u32) -> Option<i64> {
        self.rows.get(place as usize).copied()
    }

    pub fn place(&self, row: i64) -> Option<usize> {
        self.rows.binary_search(&row).ok()
    }

    pub fn n_runs(&self) -> usize {
        self.rows.len()
    }

    /// The run that each is a part of, when both are visible.
    pub fn parents(&mut self, db: &Connection, visible: &Bits) -> Result<Vec<Option<usize>>> {
        let parent = Field::Tag(PARENT_TAG.to_owned());
        self.require(db, &[parent.clone(), RUN_ID])?;
        let mut parents = vec![None; self.rows.len()];
        let (Some(tags), Some(ids)) = (self.columns.get(&parent), self.columns.get(&RUN_ID)) else {
            return Ok(parents);
        };
        let mut children = tags.column.present();
        children.intersect(visible);
        let children = children.places();
        // Few runs are parts of others, and only ids that are named matter.
        let named: HashSet<&str> = children
            .iter()
            .filter_map(|&child| tags.column.text(child as usize))
            .collect();
        let by_id: HashMap<&str, usize> = if named.is_empty() {
            HashMap::new()
        } else {
            visible
                .places()
                .into_iter()
                .filter_map(|place| Some((ids.column.text(place as usize)?, place as usize)))
                .filter(|(id, _)| named.contains(id))
                .collect()
        };
        for child in children {
            let child = child as usize;
            let parent = tags.column.text(child).and_then(|id| by_id.get(id));
            if let Some(place) = parents.get_mut(child) {
                *place = parent.copied();
            }
        }
        Ok(parents)
    }

    /// How often each text of a field occurs among these runs.
    pub fn counts(
        &mut self,
        db: &Connection,
        field: &Field,
        among: &Bits,
    ) -> Result<HashMap<String, u64>> {
        self.require(db, std::slice::from_ref(field))?;
        let mut counts: HashMap<&str, u64> = HashMap::new();
        if let Some(kept) = self.columns.get(field) {
            for place in among.places() {
                if let Some(text) = kept.column.text(place as usize) {
                    *counts.entry(text).or_default() += 1;
                }
            }
        }
        Ok(counts
            .into_iter()
            .map(|(text, n)| (text.to_owned(), n))
            .collect())
    }

    /// What the order looks at in a run.
    pub fn order_values(&self, wanted: &Wanted<'_>, place: u32) -> Vec<OrderValue> {
        wanted
            .orders
            .iter()
            .filter_map(|(field, _)| {
                Some(self.columns.get(field)?.column.order_value(place as usize))
            })
            .collect()
    }

    /// The rows of these places, ascending.
    pub fn rows_of(&self, places: &Bits) -> Vec<i64> {
        places
            .places()
            .into_iter()
            .filter_map(|place| self.rows.get(place as usize).copied())
            .collect()
    }

    fn holding(&self, filter: &Filter, named: &HashMap<&str, Field>) -> Result<Bits> {
        let n = self.rows.len();
        Ok(match filter {
            Filter::All => Bits::all(n),
            Filter::And(filters) => {
                let mut found = Bits::all(n);
                for filter in filters {
                    found.intersect(&self.holding(filter, named)?);
                }
                found
            }
            Filter::Or(filters) => {
                let mut found = Bits::none(n);
                for filter in filters {
                    found.unite(&self.holding(filter, named)?);
                }
                found
            }
            Filter::Not(filter) => {
                let mut found = self.holding(filter, named)?;
                found.invert();
                found
            }
            condition => {
                let name = condition.names().first().copied().unwrap_or_default();
                let column = named
                    .get(name)
                    .and_then(|field| self.columns.get(field))
                    .ok_or_else(|| Error::damaged(format!("no column was read for `{name}`")))?;
                column.column.matching(condition)
            }
        })
    }

    /// The window and one more, and whether ids that were not read would have decided.
    fn sorted(
        &self,
        wanted: &Wanted<'_>,
        among: &Bits,
        window: Window<'_>,
    ) -> Result<(Vec<Entry>, bool)> {
        let order = Ordered {
            index: self,
            keys: wanted
                .orders
                .iter()
                .filter_map(|(field, direction)| {
                    let ascending = *direction == Direction::Ascending;
                    Some((&self.columns.get(field)?.column, ascending))
                })
                .collect(),
            texts: wanted.texts,
            ties: wanted.ties,
            ids: self.columns.get(&RUN_ID).map(|kept| &kept.column),
            has_unknown_ids: Cell::new(false),
        };
        let mut entries: Vec<Entry> = among
            .places()
            .into_iter()
            .map(|place| Entry {
                key: order.first_key(place),
                place,
            })
            .collect();
        if let Some(cursor) = window.after {
            let keys = order.keys_of(cursor).ok_or_else(|| {
                Error::invalid(
                    "the token of a page belongs to another order",
                    "ask for the next page with the filter and the order of the first",
                )
            })?;
            entries.retain(|entry| order.against(entry, &keys, cursor).is_gt());
        }
        let from = window.offset.min(entries.len());
        let to = from.saturating_add(window.limit).saturating_add(1);
        // The page's runs are brought to the front before anything is sorted.
        if to < entries.len() {
            entries.select_nth_unstable_by(to, |a, b| order.compare(a, b));
            entries.truncate(to);
        }
        if from > 0 && from < entries.len() {
            entries.select_nth_unstable_by(from, |a, b| order.compare(a, b));
        }
        entries.drain(..from.min(entries.len()));
        entries.sort_unstable_by(|a, b| order.compare(a, b));
        Ok((entries, order.has_unknown_ids.get()))
    }
}

struct Ordered<'i> {
    index: &'i RunIndex,
    keys: Vec<(&'i Column, bool)>,
    texts: TextOrder,
    ties: Ties,
    ids: Option<&'i Column>,
    has_unknown_ids: Cell<bool>,
}

impl Ordered<'_> {
    fn first_key(&self, place: u32) -> u64 {
        match self.keys.first() {
            Some((column, ascending)) => column.key(place as usize, self.texts, *ascending),
            None => Self::time_key(self.started_ms(place)),
        }
    }

    /// What decides when no field does.
    fn time_key(started_ms: i64) -> u64 {
        !((started_ms as u64) ^ (1 << 63))
    }

    fn other_keys(&self, place: u32) -> impl Iterator<Item = u64> {
        self.keys
            .iter()
            .skip(1)
            .map(move |(column, ascending)| column.key(place as usize, self.texts, *ascending))
    }

    fn started_ms(&self, place: u32) -> i64 {
        self.index
            .started_ms
            .get(place as usize)
            .copied()
            .unwrap_or_default()
    }

    fn id(&self, place: u32) -> Option<&str> {
        let found = self.ids.and_then(|ids| ids.text(place as usize));
        if found.is_none() {
            self.has_unknown_ids.set(true);
        }
        found
    }

    fn compare(&self, a: &Entry, b: &Entry) -> Ordering {
        a.key
            .cmp(&b.key)
            .then_with(|| self.other_keys(a.place).cmp(self.other_keys(b.place)))
            .then_with(|| {
                let later = self.started_ms(b.place).cmp(&self.started_ms(a.place));
                match self.ties {
                    Ties::LaterFirst => later.then(b.place.cmp(&a.place)),
                    Ties::ById => later.then_with(|| {
                        if a.place == b.place {
                            return Ordering::Equal;
                        }
                        self.id(a.place).cmp(&self.id(b.place))
                    }),
                }
            })
    }

    /// `None`: of another order.
    fn keys_of(&self, cursor: &RunCursor) -> Option<Vec<u64>> {
        (cursor.values.len() == self.keys.len()).then(|| {
            self.keys
                .iter()
                .zip(&cursor.values)
                .map(|((column, ascending), value)| column.key_of(value, self.texts, *ascending))
                .collect()
        })
    }

    /// Where an entry stands as seen from the cursor.
    fn against(&self, entry: &Entry, keys: &[u64], cursor: &RunCursor) -> Ordering {
        let first = keys
            .first()
            .copied()
            .unwrap_or_else(|| Self::time_key(cursor.started_ms));
        entry
            .key
            .cmp(&first)
            .then_with(|| {
                self.other_keys(entry.place)
                    .cmp(keys.iter().skip(1).copied())
            })
            .then_with(|| cursor.started_ms.cmp(&self.started_ms(entry.place)))
            .then_with(|| self.id(entry.place).cmp(&Some(cursor.run_id.as_str())))
    }
}
