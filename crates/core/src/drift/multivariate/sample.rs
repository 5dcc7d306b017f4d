//! A sample of a window's rows: those with the least hash of their number in the log, so that parts of a window merge to
//! the sample of the whole.

use xxhash_rust::xxh3::xxh3_64;

/// Rows of a window that are looked at together, at most; smaller windows are kept whole.
pub const MAX_SAMPLE_ROWS: usize = 2_000;

/// Rows as [`super::RowEncoding::raw`] has them.
///
/// Invariant: of all rows whose hash is under `bound` none is missing, so that samples of unequal thickness still merge to
/// one in which every row had the same chance.
#[derive(Debug, Clone, PartialEq)]
pub struct RowSample {
    n_columns: usize,
    /// Rows at most.
    most: usize,
    bound: u64,
    /// Ascending.
    hashes: Vec<u64>,
    /// Row-major.
    values: Vec<f64>,
}

impl Default for RowSample {
    fn default() -> Self {
        Self {
            n_columns: 0,
            most: MAX_SAMPLE_ROWS,
            bound: u64::MAX,
            hashes: Vec::new(),
            values: Vec::new(),
        }
    }
}

/// Which rows of a part stay, by rising hash.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    bound: u64,
    /// Hash, and place in the part.
    rows: Vec<(u64, usize)>,
}

/// Of the rows at `places` of a part whose first row has the number `first_row` in the log.
pub fn draw(first_row: u64, places: impl Iterator<Item = usize>) -> Drawn {
    let mut rows: Vec<(u64, usize)> = places
        .map(|place| (row_hash(first_row + place as u64), place))
        .collect();
    let mut bound = u64::MAX;
    if rows.len() > MAX_SAMPLE_ROWS {
        let (_, beyond, _) = rows.select_nth_unstable(MAX_SAMPLE_ROWS);
        bound = beyond.0;
        rows.truncate(MAX_SAMPLE_ROWS);
    }
    rows.sort_unstable();
    Drawn { bound, rows }
}

impl Drawn {
    pub fn n_rows(&self) -> usize {
        self.rows.len()
    }

    pub fn places(&self) -> impl Iterator<Item = usize> {
        self.rows.iter().map(|(_, place)| *place)
    }

    /// `values`: of the rows in the order of [`Self::places`], row-major.
    pub fn with(self, n_columns: usize, values: Vec<f64>) -> RowSample {
        RowSample {
            n_columns,
            bound: self.bound,
            hashes: self.rows.iter().map(|(hash, _)| *hash).collect(),
            values,
            ..RowSample::default()
        }
    }
}

impl RowSample {
    pub fn merge(&mut self, other: &Self) {
        if self.n_columns == 0 {
            self.n_columns = other.n_columns;
        }
        let p = self.n_columns;
        if other.n_columns == p {
            self.bound = self.bound.min(other.bound);
            self.most = self.most.min(other.most);
            let rows = |sample: &Self| sample.hashes.partition_point(|hash| *hash < self.bound);
            let (n_ours, n_theirs) = (rows(self), rows(other));
            let n = n_ours + n_theirs;
            let (mut hashes, mut values) = (Vec::with_capacity(n), Vec::with_capacity(n * p));
            let (mut ours, mut theirs) = (0, 0);
            while ours + theirs < n && hashes.len() <= self.most {
                let is_ours = theirs == n_theirs
                    || ours < n_ours && self.hashes[ours] <= other.hashes[theirs];
                let (from, at) = match is_ours {
                    true => (&*self, &mut ours),
                    false => (other, &mut theirs),
                };
                hashes.push(from.hashes[*at]);
                values.extend_from_slice(&from.values[*at * p..(*at + 1) * p]);
                *at += 1;
            }
            self.hashes = hashes;
            self.values = values;
        }
        self.shrink(self.most);
    }

    /// Keeps at most so many rows, now and of what is merged later.
    pub fn shrink(&mut self, most: usize) {
        self.most = self.most.min(most);
        if let Some(beyond) = self.hashes.get(self.most) {
            self.bound = *beyond;
            self.hashes.truncate(self.most);
            self.values.truncate(self.most * self.n_columns);
        }
    }

    pub fn n_rows(&self) -> usize {
        self.hashes.len()
    }

    /// Numbers of 8 bytes.
    pub fn n_held(&self) -> usize {
        self.hashes.len() + self.values.len()
    }

    /// Row-major, in an order that has nothing to do with that of the log.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

fn row_hash(row: u64) -> u64 {
    xxh3_64(&row.to_le_bytes())
}
