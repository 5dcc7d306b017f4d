//! Data sets: listed and looked at.

mod database;
mod diff;
mod export;
mod import;
mod preview;
mod rows;
mod versions;

use assay_core::Task;
use assay_core::dataset::{DatasetDetail, DatasetSummary, DatasetVersion};
use assay_core::profile::Profile;
use assay_core::reference::Reference;
use assay_frame::{Frame, StoredTable};

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

pub(crate) use export::{Beside, forget_export, path_beside};
pub(crate) use import::file_name;
pub(crate) use rows::Shown;

impl Lab {
    pub fn datasets(&self) -> Result<Vec<DatasetSummary>, Error> {
        self.store
            .datasets()
            .attempt(|| "list the data sets".to_owned())
    }

    pub fn dataset(&self, dataset: &Reference) -> Result<DatasetDetail, Error> {
        self.store
            .dataset_detail(dataset)
            .attempt(|| format!("show `{dataset}`"))
    }

    pub fn profile(&self, dataset: &Reference) -> Result<Profile, Error> {
        self.profile_of(dataset)
            .attempt(|| format!("profile `{dataset}`"))
    }

    pub(crate) fn profile_of(&self, dataset: &Reference) -> Result<Profile, Cause> {
        let version = self.store.dataset_version(dataset)?;
        if let Some(profile) = self.store.profile(&version.content)? {
            return Ok(profile);
        }
        // Profiles are a cache: made again when they are gone.
        let profile = assay_frame::profile(&self.frame_of(&version)?, &Task::silent())?;
        self.store.save_profile(&version.content, &profile)?;
        Ok(profile)
    }

    /// The version where it stands, to be read in part.
    pub(crate) fn stored(&self, version: &DatasetVersion) -> Result<StoredTable, Cause> {
        let groups = version
            .row_groups
            .iter()
            .map(|group| Ok((self.store.object_path(&group.object)?, group.n_rows)))
            .collect::<Result<Vec<_>, Cause>>()?;
        Ok(StoredTable::new(version.columns.clone(), groups))
    }

    /// The whole version in memory.
    pub(crate) fn frame_of(&self, version: &DatasetVersion) -> Result<Frame, Cause> {
        let paths = version
            .row_groups
            .iter()
            .map(|group| self.store.object_path(&group.object))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(assay_frame::read_row_groups(&paths, &version.columns)?)
    }
}
