//! The line of a data set's versions: tagged, restored.

use assay_core::DatasetName;
use assay_core::dataset::{DatasetDetail, DatasetVersion};
use assay_core::reference::{Reference, Selector};

use crate::error::Attempt;
use crate::{Error, Lab};

impl Lab {
    /// Points a tag at a version, so that `name@tag` means it; can be undone.
    pub fn tag_dataset(&self, dataset: &Reference, tag: &str) -> Result<DatasetDetail, Error> {
        let attempted = || format!("tag `{dataset}` as `{tag}`");
        let version = self
            .store
            .tag_dataset(dataset, tag, self.act())
            .attempt(attempted)?;
        self.store
            .dataset_detail(&crate::dataset_reference(&version))
            .attempt(attempted)
    }

    /// Takes a tag away; can be undone. Answers with the newest version.
    pub fn untag_dataset(&self, dataset: &DatasetName, tag: &str) -> Result<DatasetDetail, Error> {
        let attempted = || format!("remove the tag `{tag}` of `{dataset}`");
        self.store
            .untag_dataset(dataset, tag, self.act())
            .attempt(attempted)?;
        let newest = Reference {
            name: dataset.0.clone(),
            selector: Selector::Latest,
        };
        self.store.dataset_detail(&newest).attempt(attempted)
    }

    /// Makes an older version the newest again, under a new number.
    pub fn restore_version(&self, dataset: &Reference) -> Result<DatasetVersion, Error> {
        self.store
            .restore_dataset_version(dataset, self.act())
            .attempt(|| format!("restore `{dataset}`"))
    }
}
