//! Tags: names that a person gives to versions of a data set, `penguins@gold`.

use std::collections::BTreeMap;

use assay_core::DatasetName;
use assay_core::dataset::DatasetVersion;
use assay_core::event::Kind;
use assay_core::ids::check_name;
use assay_core::reference::{Reference, Selector};
use rusqlite::{Connection, params};

use super::line_of;
use crate::act::Act;
use crate::error::{Error, Result};
use crate::rows::Rows;
use crate::store::{Store, Write};
use crate::undo::Step;

/// Always means the newest version.
pub(crate) const LATEST: &str = "latest";

impl Store {
    /// Points a tag at a version, whatever it pointed at before; can be undone.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Name`] and [`Error::Invalid`] for what is no tag: a number, or `latest`.
    pub fn tag_dataset(
        &self,
        reference: &Reference,
        tag: &str,
        act: Act<'_>,
    ) -> Result<DatasetVersion> {
        check_tag(tag)?;
        self.write(act.at_ms, |write| {
            let (_, version) = super::find(&write.tx, reference)?;
            write.move_tag(&version.dataset, tag, Some(version.version), act)?;
            Ok(version)
        })
    }

    /// Takes a tag away; can be undone.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the data set has no such tag.
    pub fn untag_dataset(&self, dataset: &DatasetName, tag: &str, act: Act<'_>) -> Result<()> {
        self.write(act.at_ms, |write| {
            if !of(&write.tx, dataset)?.contains_key(tag) {
                return Err(Error::not_found("tag", format!("{dataset}@{tag}")));
            }
            write.move_tag(dataset, tag, None, act)
        })
    }
}

impl Write<'_> {
    fn move_tag(
        &mut self,
        dataset: &DatasetName,
        tag: &str,
        version: Option<u32>,
        act: Act<'_>,
    ) -> Result<()> {
        let previous = of(&self.tx, dataset)?.get(tag).copied();
        if previous == version {
            return Ok(());
        }
        self.undoable(
            &format!("move of the tag {dataset}@{tag}"),
            &Step::Tag {
                dataset: dataset.clone(),
                tag: tag.to_owned(),
                version: previous,
            },
        )?;
        self.put_tag(dataset, tag, version)?;
        let detail = match (previous, version) {
            (None, Some(now)) => format!("It points at version {now}."),
            (Some(before), Some(now)) => {
                format!("It points at version {now}; before at version {before}.")
            }
            (before, None) => format!(
                "It was removed; it pointed at version {}.",
                before.unwrap_or(0)
            ),
        };
        self.audit(act, "dataset.tagged", &format!("{dataset}@{tag}"), &detail)?;
        Ok(())
    }

    /// `None` removes the tag.
    pub(crate) fn put_tag(
        &mut self,
        dataset: &DatasetName,
        tag: &str,
        version: Option<u32>,
    ) -> Result<()> {
        let missing = || Error::not_found("data set", dataset);
        let line = line_of(&self.tx, dataset.as_str())?.ok_or_else(missing)?;
        match version {
            Some(version) => {
                super::find(&self.tx, &Reference::version(dataset.as_str(), version))?;
                self.tx.run(
                    "INSERT OR REPLACE INTO dataset_tags (dataset_id, tag, version) VALUES (?1, ?2, ?3)",
                    params![line, tag, version],
                )?
            }
            None => self.tx.run(
                "DELETE FROM dataset_tags WHERE dataset_id = ?1 AND tag = ?2",
                params![line, tag],
            )?,
        };
        self.changed(Kind::Datasets);
        Ok(())
    }
}

/// Versions by tag.
pub(crate) fn of(db: &Connection, dataset: &DatasetName) -> Result<BTreeMap<String, u32>> {
    let missing = || Error::not_found("data set", dataset);
    let line = line_of(db, dataset.as_str())?.ok_or_else(missing)?;
    let tags = db.all(
        "SELECT tag, version FROM dataset_tags WHERE dataset_id = ?1",
        params![line],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(tags.into_iter().collect())
}

pub(super) fn find(db: &Connection, line: i64, tag: &str) -> Result<Option<u32>> {
    db.first(
        "SELECT version FROM dataset_tags WHERE dataset_id = ?1 AND tag = ?2",
        params![line, tag],
        |row| Ok(row.get(0)?),
    )
}

/// A tag must not read as a version.
fn check_tag(tag: &str) -> Result<()> {
    check_name(tag)?;
    let selector = format!("x@{tag}").parse::<Reference>()?.selector;
    if tag == LATEST || !matches!(selector, Selector::Alias(_)) {
        return Err(Error::invalid(
            format!("`{tag}` is no tag: it means a version by itself"),
            "choose a word, for example `gold`",
        ));
    }
    Ok(())
}
