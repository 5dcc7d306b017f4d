//! A fair sample of a table's rows, which shards agree on.

use assay_core::schema::Schema;
use assay_core::sketch::scatter;

use super::stack::{stacked, with_rows};
use crate::error::Error;
use crate::frame::Frame;

/// Bottom-k sampling (Cohen, Kaplan 2007, "Summarizing data using bottom-k sketches"): the `size` rows whose numbers have
/// the least hashes.
///
/// Invariant: the sample depends on the rows and their numbers alone.
pub(super) struct RowSample {
    size: usize,
    /// Rows with a key from here on are not in the sample.
    bound: u64,
    /// Key and 0-based number of each row held.
    rows: Vec<(u64, u64)>,
    /// The rows held, in pieces.
    pieces: Vec<Frame>,
}

impl RowSample {
    pub(super) fn new(size: usize) -> Self {
        Self {
            size,
            bound: u64::MAX,
            rows: Vec::new(),
            pieces: Vec::new(),
        }
    }

    pub(super) fn push(
        &mut self,
        batch: &Frame,
        first_row: u64,
        schema: &Schema,
    ) -> Result<(), Error> {
        let mut chosen = Vec::new();
        for place in 0..batch.n_rows() {
            let row = first_row + place as u64;
            let key = scatter(row);
            if key < self.bound {
                self.rows.push((key, row));
                chosen.push(place);
            }
        }
        if !chosen.is_empty() {
            self.pieces.push(with_rows(batch, &chosen)?);
        }
        self.thin_out(2 * self.size, schema)
    }

    pub(super) fn merge(&mut self, other: Self, schema: &Schema) -> Result<(), Error> {
        self.bound = self.bound.min(other.bound);
        self.rows.extend(other.rows);
        self.pieces.extend(other.pieces);
        self.thin_out(2 * self.size, schema)
    }

    /// The sampled rows in the order of the table, with their 0-based numbers.
    pub(super) fn finish(mut self, schema: &Schema) -> Result<(Vec<u64>, Frame), Error> {
        self.thin_out(self.size, schema)?;
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_unstable_by_key(|place| self.rows.get(*place).map(|(_, row)| *row));
        let rows = order
            .iter()
            .filter_map(|place| self.rows.get(*place).map(|(_, row)| *row))
            .collect();
        let frame = with_rows(&stacked(schema, self.pieces)?, &order)?;
        Ok((rows, frame))
    }

    /// Keeps the `size` least keys once there are more than `most`.
    fn thin_out(&mut self, most: usize, schema: &Schema) -> Result<(), Error> {
        if self.rows.len() <= most || self.rows.len() <= self.size {
            return Ok(());
        }
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_unstable_by_key(|place| self.rows.get(*place).copied());
        order.truncate(self.size);
        self.rows = order
            .iter()
            .filter_map(|place| self.rows.get(*place).copied())
            .collect();
        self.bound = self.rows.last().map_or(self.bound, |(key, _)| *key);
        let held = stacked(schema, std::mem::take(&mut self.pieces))?;
        self.pieces = vec![with_rows(&held, &order)?];
        Ok(())
    }
}
