//! The rows of a tree of runs, for the next window of the same table.

use assay_core::run_table::RunQuery;

use super::RunIndex;
use crate::error::Result;
use crate::runs::tree::Place;

/// The last answer.
#[derive(Debug)]
pub(super) struct Arranged {
    query: RunQuery,
    /// Those that the query's experiment meant.
    experiments: Option<Vec<i64>>,
    places: Vec<Place>,
}

impl RunIndex {
    /// All rows of the table that `query` asks for, whichever of them are its page.
    pub fn arranged(
        &mut self,
        query: &RunQuery,
        experiments: Option<&[i64]>,
        arrange: impl FnOnce(&mut Self) -> Result<Vec<Place>>,
    ) -> Result<&[Place]> {
        let query = RunQuery {
            columns: None,
            skip_names: false,
            offset: 0,
            limit: 0,
            ..query.clone()
        };
        let known = self
            .arranged
            .take()
            .filter(|known| known.query == query && known.experiments.as_deref() == experiments);
        let arranged = match known {
            Some(known) => known,
            None => Arranged {
                places: arrange(self)?,
                query,
                experiments: experiments.map(<[i64]>::to_vec),
            },
        };
        Ok(&self.arranged.insert(arranged).places)
    }
}
