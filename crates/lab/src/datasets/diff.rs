//! Two versions side by side.

use std::collections::HashMap;

use assay_core::Task;
use assay_core::dataset::{DatasetVersion, RowGroup};
use assay_core::version_diff::{
    DiffRequest, RowsDiff, SchemaDiff, SharedRowGroups, VERSION_DIFF_SCHEMA, VersionDiff,
    VersionSide,
};
use assay_frame::Side;

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

impl Lab {
    /// What differs between two versions, of one data set or of two.
    pub fn diff_versions(&self, request: &DiffRequest, task: &Task) -> Result<VersionDiff, Error> {
        self.diff(request, task)
            .attempt(|| format!("compare `{}` with `{}`", request.left, request.right))
    }

    fn diff(&self, request: &DiffRequest, task: &Task) -> Result<VersionDiff, Cause> {
        let left = self.store.dataset_version(&request.left)?;
        let right = self.store.dataset_version(&request.right)?;
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
