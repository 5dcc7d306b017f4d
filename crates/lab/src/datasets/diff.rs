//! Two versions side by side.

use std::collections::HashMap;

use assay_core::dataset::{DatasetVersion, RowGroup};
use assay_core::version_diff::{
    DiffRequest, RowsDiff, SchemaDiff, SharedRowGroups, VERSION_DIFF_SCHEMA, VersionDiff,
    VersionSide,
};
use assay_core::{ObjectHash, Task};
use assay_frame::Side;

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

/// Cells of both versions that are compared while somebody waits: less than a tenth of a second.
const CELLS_AT_ONCE: u64 = 400_000;

impl Lab {
    /// What differs between two versions, of one data set or of two; kept until it is asked for again.
    pub fn diff_versions(&self, request: &DiffRequest, task: &Task) -> Result<VersionDiff, Error> {
        self.diff_and_keep(request, task)
            .attempt(|| attempted(request))
    }

    /// The same where it is known or found at once; `None`: it is worth a job.
    pub fn diff_at_once(&self, request: &DiffRequest) -> Result<Option<VersionDiff>, Error> {
        self.known_diff(request).attempt(|| attempted(request))
    }

    fn known_diff(&self, request: &DiffRequest) -> Result<Option<VersionDiff>, Cause> {
        let (left, right) = self.sides(request)?;
        if let Some(diff) = self.store.diff(&key(&left, &right, request)?)? {
            return Ok(Some(diff));
        }
        let nothing_to_do = left.content == right.content && request.key.is_empty();
        let cells = [&left, &right].map(|side| side.n_rows * side.columns.columns.len() as u64);
        if nothing_to_do || cells.iter().sum::<u64>() <= CELLS_AT_ONCE {
            return self.diff(left, right, request, &Task::silent()).map(Some);
        }
        Ok(None)
    }

    fn diff_and_keep(&self, request: &DiffRequest, task: &Task) -> Result<VersionDiff, Cause> {
        let (left, right) = self.sides(request)?;
        let key = key(&left, &right, request)?;
        let diff = self.diff(left, right, request, task)?;
        self.store.save_diff(&key, &diff)?;
        Ok(diff)
    }

    fn sides(&self, request: &DiffRequest) -> Result<(DatasetVersion, DatasetVersion), Cause> {
        Ok((
            self.store.dataset_version(&request.left)?,
            self.store.dataset_version(&request.right)?,
        ))
    }

    fn diff(
        &self,
        left: DatasetVersion,
        right: DatasetVersion,
        request: &DiffRequest,
        task: &Task,
    ) -> Result<VersionDiff, Cause> {
        let (shared_left, shared_right) = shared(&left.row_groups, &right.row_groups);
        let row_groups = SharedRowGroups {
            n_left: left.row_groups.len() as u32,
            n_right: right.row_groups.len() as u32,
            n_shared: shared_right.iter().filter(|shared| **shared).count() as u32,
            n_shared_rows: right
                .row_groups
                .iter()
                .zip(&shared_right)
                .filter(|(_, shared)| **shared)
                .map(|(group, _)| group.n_rows)
                .sum(),
        };
        let same_content = left.content == right.content;
        let (table_left, table_right) = (self.stored(&left)?, self.stored(&right)?);
        let names =
            [&left, &right].map(|version| format!("{}@{}", version.dataset, version.version));
        let side_left = Side {
            table: &table_left,
            name: &names[0],
            shared: &shared_left,
        };
        let side_right = Side {
            table: &table_right,
            name: &names[1],
            shared: &shared_right,
        };
        let (distributions, rows) = if same_content && request.key.is_empty() {
            let rows = RowsDiff {
                n_unchanged: right.n_rows,
                ..RowsDiff::default()
            };
            (Vec::new(), rows)
        } else {
            (
                assay_frame::column_changes(&table_left, &table_right, task)?,
                assay_frame::compare_rows(side_left, side_right, &request.key, task)?,
            )
        };
        Ok(VersionDiff {
            schema: VERSION_DIFF_SCHEMA,
            columns: SchemaDiff::between(&left.columns.columns, &right.columns.columns),
            left: side(left),
            right: side(right),
            same_content,
            row_groups,
            distributions,
            rows,
        })
    }
}

fn attempted(request: &DiffRequest) -> String {
    format!("compare `{}` with `{}`", request.left, request.right)
}

/// Names both versions and how they are compared.
fn key(
    left: &DatasetVersion,
    right: &DatasetVersion,
    request: &DiffRequest,
) -> Result<ObjectHash, Cause> {
    let sides = [left, right].map(|side| (&side.dataset, side.version, &side.content));
    let text = serde_json::to_vec(&(sides, &request.key))?;
    Ok(ObjectHash::new(blake3::hash(&text).to_hex().to_string()))
}

fn side(version: DatasetVersion) -> VersionSide {
    VersionSide {
        dataset: version.dataset,
        version: version.version,
        content: version.content,
        n_rows: version.n_rows,
        n_columns: u32::try_from(version.columns.columns.len()).unwrap_or(u32::MAX),
    }
}

/// Which groups of either side the other one has, too; a group that stands twice here and once there is shared once.
fn shared(left: &[RowGroup], right: &[RowGroup]) -> (Vec<bool>, Vec<bool>) {
    let mut counts: HashMap<&str, (usize, usize)> = HashMap::new();
    for group in left {
        counts.entry(group.content.as_str()).or_default().0 += 1;
    }
    for group in right {
        counts.entry(group.content.as_str()).or_default().1 += 1;
    }
    let flags = |groups: &[RowGroup]| {
        let mut left_over: HashMap<&str, usize> = counts
            .iter()
            .map(|(content, (a, b))| (*content, (*a).min(*b)))
            .collect();
        groups
            .iter()
            .map(|group| match left_over.get_mut(group.content.as_str()) {
                Some(n) if *n > 0 => {
                    *n -= 1;
                    true
                }
                _ => false,
            })
            .collect()
    };
    (flags(left), flags(right))
}
