//! The table of runs: its rows, what changed, what a filter may say, and changes to many runs at once.

use assay_core::bulk::{PurgeRuns, RunTrash, RunsChange, RunsChanged, RunsPurged};
use assay_core::run_table::{
    FieldInfo, FieldValue, FieldsRequest, RunChanges, RunChangesRequest, RunPage, RunQuery,
    ValuesRequest,
};

use crate::error::Attempt;
use crate::{Error, Lab};

impl Lab {
    pub fn runs(&self, query: &RunQuery) -> Result<RunPage, Error> {
        self.store
            .runs(query)
            .attempt(|| "list the runs".to_owned())
    }

    /// Which runs changed since a change.
    pub fn run_changes(&self, request: &RunChangesRequest) -> Result<RunChanges, Error> {
        self.store
            .run_changes(request)
            .attempt(|| "follow the runs".to_owned())
    }

    /// The names that a filter, an order or a column of runs may use.
    pub fn run_fields(&self, request: &FieldsRequest) -> Result<Vec<FieldInfo>, Error> {
        self.store
            .run_fields(request)
            .attempt(|| "list the names that runs have".to_owned())
    }

    /// Values under a name, the most frequent first.
    pub fn run_values(&self, request: &ValuesRequest) -> Result<Vec<FieldValue>, Error> {
        self.store
            .run_values(request)
            .attempt(|| format!("list the values of `{}`", request.name))
    }

    /// Changes many runs; one undo takes it back.
    pub fn change_runs(&self, request: &RunsChange) -> Result<RunsChanged, Error> {
        self.store
            .change_runs(request, self.act())
            .attempt(|| "change the runs".to_owned())
    }

    /// What the trash holds of runs.
    pub fn run_trash(&self) -> Result<RunTrash, Error> {
        self.store
            .run_trash()
            .attempt(|| "look into the trash".to_owned())
    }

    /// Deletes runs of the trash for good; nothing takes it back.
    pub fn purge_runs(&self, request: &PurgeRuns) -> Result<RunsPurged, Error> {
        self.store
            .purge_runs(request, self.act())
            .attempt(|| "delete runs for good".to_owned())
    }
}
