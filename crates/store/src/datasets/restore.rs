//! An older version as the newest again.

use assay_core::dataset::DatasetVersion;
use assay_core::reference::Reference;

use super::{find, line_of, put, versions};
use crate::act::Act;
use crate::error::{Error, Result};
use crate::store::Store;

impl Store {
    /// Adds the rows of an older version as a new version that says where it came from; nothing is removed.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Conflict`] when the newest version has these rows already.
    pub fn restore_dataset_version(
        &self,
        reference: &Reference,
        act: Act<'_>,
    ) -> Result<DatasetVersion> {
        self.write(act.at_ms, |write| {
            let (_, old) = find(&write.tx, reference)?;
            let newest = versions(&write.tx, &old.dataset)?.into_iter().next();
            if let Some(newest) = newest.filter(|newest| newest.content == old.content) {
                return Err(Error::conflict(
                    format!(
                        "{}@{} is the newest version and has these rows",
                        newest.dataset, newest.version
                    ),
                    "there is nothing to restore",
                ));
            }
            let name = old.dataset.clone();
            let line = line_of(&write.tx, name.as_str())?
                .ok_or_else(|| Error::not_found("data set", &name))?;
            let from = old.version;
            let version = put(
                write,
                line,
                DatasetVersion {
                    restored_from: Some(from),
                    created_ms: act.at_ms,
                    ..old
                },
            )?;
            write.audit(
                act,
                "dataset.version_restored",
                &format!("{name}@{}", version.version),
                &format!(
                    "The rows of version {from} again, content {}.",
                    version.content.short()
                ),
            )?;
            Ok(version)
        })
    }
}
