//! Where row groups end: a matter of the rows alone, so that two versions have the groups they share in common, and the
//! same rows have the same groups whatever file they came in.

use std::ops::Range;
use std::sync::Arc;

use polars_arrow::array::Array;

use crate::error::Error;
use crate::frame::Frame;

/// Cells that a group has at least, unless the table ends.
const MIN_CELLS: usize = 1 << 20;
const MIN_ROWS: usize = 16;
const MAX_MIN_ROWS: usize = 1 << 16;
/// Bytes of texts after which a group ends in any case: a group is held in memory.
const MAX_TEXT_BYTES: u64 = 64 << 20;

/// Rows with the hashes of their values.
pub(super) struct Part {
    pub frame: Frame,
    /// By column and row.
    pub hashes: Vec<Vec<u64>>,
    pub row_hashes: Vec<u64>,
    /// Bytes of the texts of each row; empty when there is no column of texts.
    text_bytes: Vec<u32>,
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
            text_bytes: text_bytes(&frame),
            frame,
            hashes,
            row_hashes,
        })
    }
}

fn text_bytes(frame: &Frame) -> Vec<u32> {
    let mut sums: Vec<u32> = Vec::new();
    for column in frame.data.columns() {
        let Ok(texts) = column.str() else {
            continue;
        };
        sums.resize(frame.n_rows(), 0);
        let mut slots = sums.iter_mut();
        for chunk in texts.downcast_iter() {
            for (row, (view, sum)) in chunk.views().iter().zip(&mut slots).enumerate() {
                if chunk.is_valid(row) {
                    *sum = sum.saturating_add(view.length);
                }
            }
        }
    }
    sums
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
/// network file system"): a group has between `min_rows` and four times as many rows, about twice as many on average;
/// fewer when its texts are long.
pub(super) struct Cutter {
    min_rows: usize,
    max_text_bytes: u64,
    first_row: u64,
    /// The group that is being filled.
    rest: Vec<Piece>,
    n_rest: usize,
    text_bytes_rest: u64,
}

impl Cutter {
    pub(super) fn new(n_columns: usize) -> Self {
        let rows = MIN_CELLS / n_columns.max(1);
        Self {
            min_rows: rows.next_power_of_two().clamp(MIN_ROWS, MAX_MIN_ROWS),
            max_text_bytes: MAX_TEXT_BYTES,
            first_row: 0,
            rest: Vec::new(),
            n_rest: 0,
            text_bytes_rest: 0,
        }
    }

    /// The groups that end in this part.
    pub(super) fn push(&mut self, part: Part) -> Vec<Group> {
        let part = Arc::new(part);
        let mut groups = Vec::new();
        let mut begin = 0;
        let mask = self.min_rows as u64 - 1;
        let mut n_rows = self.n_rest;
        let mut text_bytes = self.text_bytes_rest;
        for (row, hash) in part.row_hashes.iter().enumerate() {
            n_rows += 1;
            text_bytes += part.text_bytes.get(row).copied().map_or(0, u64::from);
            if (n_rows >= self.min_rows && (hash & mask == 0 || n_rows == 4 * self.min_rows))
                || text_bytes >= self.max_text_bytes
            {
                self.add(&part, begin..row + 1);
                groups.extend(self.end());
                begin = row + 1;
                (n_rows, text_bytes) = (0, 0);
            }
        }
        self.text_bytes_rest = text_bytes;
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

    #[test]
    fn long_texts_end_a_group_early() {
        let texts: Vec<Option<String>> = (0..100)
            .map(|i| (i % 7 > 0).then(|| "x".repeat(i)))
            .collect();
        let lengths = |cuts: &[usize]| -> Vec<usize> {
            let mut cutter = Cutter::new(1);
            cutter.max_text_bytes = 300;
            let mut groups = Vec::new();
            for pair in cuts.windows(2) {
                let texts = texts[pair[0]..pair[1]].iter().map(Option::as_deref);
                let series = crate::columns::text_series("x", pair[1] - pair[0], texts);
                let frame = Frame::from_series(pair[1] - pair[0], vec![series]).unwrap();
                groups.extend(cutter.push(Part::of(frame).unwrap()));
            }
            groups.extend(cutter.end());
            let n_rows = |group: &Group| group.frame().unwrap().n_rows();
            groups.iter().map(n_rows).collect()
        };
        let whole = lengths(&[0, 100]);
        // 1 + 2 + ... without the multiples of seven: 300 bytes are there with row 26
        assert_eq!(whole[..2], [27, 12]);
        assert_eq!(whole.iter().sum::<usize>(), 100);
        for cuts in [[0, 1, 50, 100], [0, 27, 28, 100], [0, 29, 37, 100]] {
            assert_eq!(lengths(&cuts), whole, "{cuts:?}");
        }
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
