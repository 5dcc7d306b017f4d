//! Where row groups end: a matter of the rows alone, so that two versions have the groups they share in common, and the
//! same rows have the same groups whatever file they came in.

use std::ops::Range;
use std::sync::Arc;

use crate::error::Error;
use crate::frame::Frame;

/// Cells that a group has at least, unless the table ends.
const MIN_CELLS: usize = 1 << 20;
const MIN_ROWS: usize = 16;
const MAX_MIN_ROWS: usize = 1 << 16;

/// Rows with the hashes of their values.
pub(super) struct Part {
    pub frame: Frame,
    /// By column and row.
    pub hashes: Vec<Vec<u64>>,
    pub row_hashes: Vec<u64>,
}

impl Part {
    pub(super) fn of(frame: Frame) -> Result<Self, Error> {
        let hashes: Vec<Vec<u64>> = frame
            .views()?
            .into_iter()
            .map(|(_, view)| crate::hash::value_hashes(view))
            .collect();
        let row_hashes = crate::hash::row_hashes(frame.n_rows(), &hashes);
        Ok(Self {
            frame,
            hashes,
            row_hashes,
        })
    }
}

/// Consecutive rows of a part.
pub(super) struct Piece {
    pub frame: Frame,
    part: Arc<Part>,
    rows: Range<usize>,
}

impl Piece {
    /// By column and row.
    pub(super) fn hashes(&self) -> Vec<&[u64]> {
        let rows = &self.rows;
        self.part
            .hashes
            .iter()
            .map(|column| column.get(rows.clone()).unwrap_or(&[]))
            .collect()
    }

    pub(super) fn row_hashes(&self) -> &[u64] {
        self.part.row_hashes.get(self.rows.clone()).unwrap_or(&[])
    }
}

/// A row group, in the pieces in which it came.
pub(super) struct Group {
    /// 0-based, in the whole table.
    pub first_row: u64,
    pub pieces: Vec<Piece>,
}

impl Group {
    /// The rows as one table.
    pub(super) fn frame(&self) -> Result<Frame, Error> {
        let mut pieces = self.pieces.iter();
        let mut whole = pieces.next().ok_or(Error::NoRows)?.frame.clone();
        for piece in pieces {
            whole.data.vstack_mut_owned(piece.frame.data.clone())?;
        }
        Ok(whole)
    }
}

/// Cuts after a row whose hash ends in zeros (content-defined chunking, Muthitacharoen et al. 2001, "A low-bandwidth
/// network file system"): a group has between `min_rows` and four times as many rows, about twice as many on average.
pub(super) struct Cutter {
    min_rows: usize,
    first_row: u64,
    /// The group that is being filled.
    rest: Vec<Piece>,
    n_rest: usize,
}

impl Cutter {
    pub(super) fn new(n_columns: usize) -> Self {
        let rows = MIN_CELLS / n_columns.max(1);
        Self {
            min_rows: rows.next_power_of_two().clamp(MIN_ROWS, MAX_MIN_ROWS),
            first_row: 0,
            rest: Vec::new(),
            n_rest: 0,
        }
    }

    /// The groups that end in this part.
    pub(super) fn push(&mut self, part: Part) -> Vec<Group> {
        let part = Arc::new(part);
        let mut groups = Vec::new();
        let mut begin = 0;
        let mask = self.min_rows as u64 - 1;
        let mut n_rows = self.n_rest;
        for (row, hash) in part.row_hashes.iter().enumerate() {
            n_rows += 1;
            if n_rows >= self.min_rows && (hash & mask == 0 || n_rows == 4 * self.min_rows) {
                self.add(&part, begin..row + 1);
                groups.extend(self.end());
                begin = row + 1;
                n_rows = 0;
            }
        }
        if begin < part.row_hashes.len() {
            self.add(&part, begin..part.row_hashes.len());
        }
        groups
    }

    /// The last group; `None` when there is no row left.
    pub(super) fn end(&mut self) -> Option<Group> {
        if self.rest.is_empty() {
            return None;
        }
        let first_row = self.first_row;
        self.first_row += self.n_rest as u64;
        self.n_rest = 0;
        Some(Group {
            first_row,
            pieces: std::mem::take(&mut self.rest),
        })
    }

    fn add(&mut self, part: &Arc<Part>, rows: Range<usize>) {
        self.n_rest += rows.len();
        self.rest.push(Piece {
            frame: part.frame.slice(rows.start, rows.len()),
            part: Arc::clone(part),
            rows,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::Values;
    use proptest::prelude::*;

    /// 2^20 / 2^13 columns: groups of 128 to 512 rows.
    const N_COLUMNS: usize = 1 << 13;

    fn part(values: &[i64]) -> Part {
        let series = Values::Integer(values.iter().copied().map(Some).collect()).into_series("x");
        Part::of(Frame::from_series(values.len(), vec![series]).unwrap()).unwrap()
    }

    fn lengths(pieces: &[&[i64]]) -> Vec<(u64, usize)> {
        let mut cutter = Cutter::new(N_COLUMNS);
        let mut groups = Vec::new();
        for piece in pieces {
            groups.extend(cutter.push(part(piece)));
        }
        groups.extend(cutter.end());
        groups
            .iter()
            .map(|group| {
                for piece in &group.pieces {
                    assert_eq!(piece.frame.n_rows(), piece.row_hashes().len());
                    assert_eq!(piece.hashes()[0].len(), piece.row_hashes().len());
                }
                (group.first_row, group.frame().unwrap().n_rows())
            })
            .collect()
    }

    #[test]
    fn rows_put_in_the_middle_change_the_groups_around_them_only() {
        let values: Vec<i64> = (0..20_000).collect();
        let whole = lengths(&[&values]);
        let with_more = lengths(&[&values[..10_000], &[-1, -2, -3], &values[10_000..]]);
        let ends = |groups: &[(u64, usize)], shift: u64| -> std::collections::BTreeSet<u64> {
            groups
                .iter()
                .map(|(first, n)| first + *n as u64 - shift)
                .collect()
        };
        let before = ends(&whole, 0);
        let after = ends(&with_more, 3);
        let shared_after = after
            .iter()
            .filter(|end| **end > 10_000 && before.contains(*end))
            .count();
        assert!(
            shared_after * 2 > before.iter().filter(|end| **end > 10_000).count(),
            "{before:?} {after:?}"
        );
        let shared_before = with_more
            .iter()
            .take_while(|group| whole.contains(group))
            .count();
        assert!(shared_before >= 20, "{shared_before}");
    }

    proptest! {
        #[test]
        fn groups_do_not_depend_on_the_parts(seed in any::<i64>(), cuts in proptest::collection::vec(0_usize..3000, 0..6)) {
            let values: Vec<i64> = (0..3000).map(|i| seed.wrapping_mul(i * i + 7)).collect();
            let mut cuts = cuts;
            cuts.extend([0, 3000]);
            cuts.sort_unstable();
            let pieces: Vec<&[i64]> = cuts.windows(2).map(|pair| &values[pair[0]..pair[1]]).collect();
            let groups = lengths(&pieces);
            prop_assert_eq!(&groups, &lengths(&[&values]));
            for (_, n_rows) in groups.iter().rev().skip(1) {
                prop_assert!((128..=512).contains(n_rows));
            }
        }
    }
}
