//! Finds the nearest of stored rows.

use std::collections::BinaryHeap;

use assay_core::model::Distance;

use super::screen::{QUESTIONS_A_BLOCK, Screen};

/// Up to so many features a kd-tree leaves most rows out.
const MAX_TREE_FEATURES: usize = 12;
const MIN_TREE_ROWS: usize = 512;
const ROWS_A_LEAF: usize = 32;

/// Rows whose distances are worked on at a time.
const BLOCK: usize = 1_024;

/// Stored rows, made ready for many questions.
pub struct Index<'a> {
    distance: Distance,
    n_rows: usize,
    n_features: usize,
    /// As they are stored, row-major.
    rows: &'a [f32],
    /// Feature-major, in the order of `numbers`.
    columns: Vec<f32>,
    /// Of each row here, its number among the stored ones.
    numbers: Vec<u32>,
    /// Empty: all rows are looked at. Else the root is 0.
    nodes: Vec<Node>,
    /// Of straight lines through many features.
    screen: Option<Screen>,
}

/// Rows `start..end` of the index, within a box.
struct Node {
    start: usize,
    end: usize,
    low: Vec<f32>,
    high: Vec<f32>,
    /// None in a leaf.
    children: Option<(usize, usize)>,
}

/// A stored row and how far it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    pub distance: f64,
    pub row: u32,
}

impl<'a> Index<'a> {
    /// `rows` is row-major, n x n_features.
    pub fn new(rows: &'a [f32], n_features: usize, distance: Distance) -> Self {
        let n_rows = rows.len() / n_features.max(1);
        let mut index = Self {
            distance,
            n_rows,
            n_features,
            rows,
            columns: Vec::with_capacity(rows.len()),
            numbers: (0..n_rows as u32).collect(),
            nodes: Vec::new(),
            screen: None,
        };
        if n_features <= MAX_TREE_FEATURES && n_rows >= MIN_TREE_ROWS {
            index.part();
        } else if distance == Distance::Euclidean {
            index.screen = Screen::new(rows, n_features);
        }
        for feature in 0..n_features {
            let value = |&row: &u32| rows[row as usize * n_features + feature];
            index.columns.extend(index.numbers.iter().map(value));
        }
        index
    }

    /// Of every row of `x` (row-major, n x n_features) the `n` nearest rows, the nearest first; of equally near ones
    /// those stored first.
    pub fn nearest(&self, x: &[f32], n: usize) -> Vec<Vec<Near>> {
        let width = self.n_features.max(1);
        x.chunks(QUESTIONS_A_BLOCK * width)
            .flat_map(|x| {
                let mut found: Vec<Found> = x.chunks(width).map(|_| Found::new(n)).collect();
                let screen = self.screen.as_ref();
                match screen.and_then(|screen| Some((screen, screen.questions(x)?))) {
                    Some((screen, questions)) => screen.each_near(&questions, |question, row| {
                        let own = &x[question * width..(question + 1) * width];
                        found[question].offer(key(self.apart(own, row), row as u32));
                        found[question].farthest()
                    }),
                    None => {
                        for (x, found) in x.chunks(width).zip(&mut found) {
                            self.search(x, found);
                        }
                    }
                }
                found.into_iter().map(|found| found.rows(self.distance))
            })
            .collect()
    }

    /// Every row of which the sum that distances are compared by, rounded to f32, is at most `most`, with that sum and
    /// in no order.
    pub fn within(&self, x: &[f32], most: f32) -> Vec<(f32, u32)> {
        let last = u64::from(most.to_bits()) << 32 | u64::from(u32::MAX);
        let mut found = Vec::new();
        let mut offer = |key: u64| {
            if key <= last {
                found.push((f32::from_bits((key >> 32) as u32), key as u32));
            }
        };
        if self.nodes.is_empty() {
            self.look(x, 0..self.n_rows, &mut offer);
            return found;
        }
        let mut open = vec![0];
        while let Some(at) = open.pop() {
            let node = &self.nodes[at];
            if self.bound(x, node) > last {
                continue;
            }
            match node.children {
                Some((left, right)) => open.extend([right, left]),
                None => self.look(x, node.start..node.end, &mut offer),
            }
        }
        found
    }

    fn search(&self, x: &[f32], found: &mut Found) {
        if self.nodes.is_empty() {
            self.look(x, 0..self.n_rows, &mut |key| found.offer(key));
            return;
        }
        let mut open = vec![(0_u64, 0)];
        while let Some((bound, at)) = open.pop() {
            if bound > found.worst() {
                continue;
            }
            let node = &self.nodes[at];
            let Some((left, right)) = node.children else {
                self.look(x, node.start..node.end, &mut |key| found.offer(key));
                continue;
            };
            let mut children = [left, right].map(|at| (self.bound(x, &self.nodes[at]), at));
            // The nearer child comes off the stack first.
            children.sort_unstable_by(|a, b| b.cmp(a));
            open.extend(children);
        }
    }

    /// The squared straight line to a stored row, rounded as in [`Index::look`].
    fn apart(&self, x: &[f32], row: usize) -> f64 {
        let stored = &self.rows[row * self.n_features..(row + 1) * self.n_features];
        let apart = x
            .iter()
            .zip(stored)
            .map(|(&a, &b)| f64::from(a) - f64::from(b));
        apart.fold(0.0, |sum, apart| sum + apart * apart)
    }

    fn look(&self, x: &[f32], rows: std::ops::Range<usize>, offer: &mut impl FnMut(u64)) {
        let mut sums = [0.0_f64; BLOCK];
        for start in rows.clone().step_by(BLOCK) {
            let end = (start + BLOCK).min(rows.end);
            let sums = &mut sums[..end - start];
            sums.fill(0.0);
            for (feature, &value) in x.iter().enumerate().take(self.n_features) {
                let value = f64::from(value);
                let column = &self.columns[feature * self.n_rows..][start..end];
                match self.distance {
                    Distance::Euclidean => {
                        for (sum, &other) in sums.iter_mut().zip(column) {
                            let apart = value - f64::from(other);
                            *sum += apart * apart;
                        }
                    }
                    Distance::Manhattan => {
                        for (sum, &other) in sums.iter_mut().zip(column) {
                            *sum += (value - f64::from(other)).abs();
                        }
                    }
                }
            }
            for (&sum, &number) in sums.iter().zip(&self.numbers[start..end]) {
                offer(key(sum, number));
            }
        }
    }

    /// No row of the node is nearer. Every step rounds as that of a distance does, so this holds to the bit.
    fn bound(&self, x: &[f32], node: &Node) -> u64 {
        let mut sum = 0.0;
        for ((&x, &low), &high) in x.iter().zip(&node.low).zip(&node.high) {
            let (x, low, high) = (f64::from(x), f64::from(low), f64::from(high));
            let apart = (low - x).max(x - high).max(0.0);
            sum += match self.distance {
                Distance::Euclidean => apart * apart,
                Distance::Manhattan => apart,
            };
        }
        key(sum, 0)
    }

    /// Sorts the rows into a tree of boxes, each halved along its widest side.
    fn part(&mut self) {
        let (rows, n_features) = (self.rows, self.n_features);
        let value = |row: u32, feature: usize| rows[row as usize * n_features + feature];
        let mut open = vec![(0, self.n_rows, None)];
        while let Some((start, end, parent)) = open.pop() {
            let mut low = vec![f32::INFINITY; n_features];
            let mut high = vec![f32::NEG_INFINITY; n_features];
            for &row in &self.numbers[start..end] {
                for (feature, (low, high)) in low.iter_mut().zip(&mut high).enumerate() {
                    *low = low.min(value(row, feature));
                    *high = high.max(value(row, feature));
                }
            }
            let width = |feature: &usize| f64::from(high[*feature]) - f64::from(low[*feature]);
            let widest =
                (0..n_features).max_by(|a, b| width(a).total_cmp(&width(b)).then(b.cmp(a)));
            let at = self.nodes.len();
            if let Some((parent, is_left)) = parent {
                let parent: &mut Node = &mut self.nodes[parent];
                let (left, right) = parent.children.get_or_insert((0, 0));
                *(if is_left { left } else { right }) = at;
            }
            if let Some(widest) = widest.filter(|f| end - start > ROWS_A_LEAF && width(f) > 0.0) {
                let middle = (end - start) / 2;
                self.numbers[start..end].select_nth_unstable_by(middle, |&a, &b| {
                    value(a, widest)
                        .total_cmp(&value(b, widest))
                        .then(a.cmp(&b))
                });
                open.push((start + middle, end, Some((at, false))));
                open.push((start, start + middle, Some((at, true))));
            }
            self.nodes.push(Node {
                start,
                end,
                low,
                high,
                children: None,
            });
        }
    }
}

/// The nearest so far, the farthest of them on top.
struct Found {
    n: usize,
    heap: BinaryHeap<u64>,
}

impl Found {
    fn new(n: usize) -> Self {
        Self {
            n,
            heap: BinaryHeap::with_capacity(n + 1),
        }
    }

    /// How far (as distances are compared) a row may be; infinity, while there are too few.
    fn farthest(&self) -> f64 {
        match self.worst() {
            u64::MAX => f64::INFINITY,
            worst => f64::from(f32::from_bits((worst >> 32) as u32)),
        }
    }

    /// The nearest first.
    fn rows(self, distance: Distance) -> Vec<Near> {
        let keys = self.heap.into_sorted_vec().into_iter();
        keys.map(|key| {
            let compared = f64::from(f32::from_bits((key >> 32) as u32));
            let distance = match distance {
                Distance::Euclidean => compared.sqrt(),
                Distance::Manhattan => compared,
            };
            let row = key as u32;
            Near { distance, row }
        })
        .collect()
    }

    /// What must be beaten; everything, while there are too few.
    fn worst(&self) -> u64 {
        match self.heap.peek() {
            Some(&worst) if self.heap.len() >= self.n => worst,
            _ => u64::MAX,
        }
    }

    fn offer(&mut self, key: u64) {
        if key < self.worst() {
            self.heap.push(key);
            if self.heap.len() > self.n {
                self.heap.pop();
            }
        }
    }
}

/// Sorts as the distance, rounded to f32 and within its range, and then by the row. A distance is never under 0, so
/// its bits sort as it does.
fn key(distance: f64, row: u32) -> u64 {
    let rounded = distance.min(f64::from(f32::MAX)) as f32;
    u64::from(rounded.to_bits()) << 32 | u64::from(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, rng_seed: RngSeed::Fixed(6), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_tree_finds_what_looking_at_all_rows_finds(
            values in prop::collection::vec(prop_oneof![(-3_i8..4).prop_map(f32::from), -5.0_f32..5.0], 3 * 700),
            x in prop::collection::vec(prop_oneof![(-3_i8..4).prop_map(f32::from), -9.0_f32..9.0], 3),
            n in 1_usize..40,
        ) {
            for distance in [Distance::Euclidean, Distance::Manhattan] {
                let tree = Index::new(&values, 3, distance);
                prop_assert!(tree.nodes.len() > 10);
                let nearest = nearest_of_all(&values, &x, n, distance);
                prop_assert_eq!(tree.nearest(&x, n), vec![nearest.clone()]);
                // Within the distance of the last of them: they, and those that are as far.
                let last = nearest.last().map_or(0.0, |near| near.distance);
                let most = match distance {
                    Distance::Euclidean => (last * last) as f32,
                    Distance::Manhattan => last as f32,
                };
                let within = tree.within(&x, most);
                prop_assert!(within.len() >= n);
                prop_assert!(within.iter().all(|(compared, _)| *compared <= most));
                prop_assert!(nearest.iter().all(|near| within.iter().any(|(_, row)| *row == near.row)));
            }
        }

        #[test]
        fn a_screen_leaves_out_no_row_that_is_near(
            values in prop::collection::vec(prop_oneof![(-3_i8..4).prop_map(f32::from), -5.0_f32..5.0], 16 * 600),
            x in prop::collection::vec(prop_oneof![(-3_i8..4).prop_map(f32::from), -9.0_f32..9.0], 16 * 3),
            n in 1_usize..40,
            (scale, shift) in prop_oneof![
                Just((1.0, 0.0)), Just((1e-3, 2_000.0)), Just((1e-20, 0.0)), Just((1e18, 0.0)), Just((3e37, 0.0)),
            ],
        ) {
            let moved = |values: &[f32]| values.iter().map(|x| x * scale + shift).collect::<Vec<f32>>();
            // Equal rows, and rows that are asked for themselves.
            let (values, x) = (moved(&[&values[..], &values[..160]].concat()), moved(&[&x[..], &values[..32]].concat()));
            let index = Index::new(&values, 16, Distance::Euclidean);
            let found = index.nearest(&x, n);
            prop_assert_eq!(found.len(), 5);
            for (x, found) in x.chunks(16).zip(found) {
                prop_assert_eq!(found, nearest_of_all(&values, x, n, Distance::Euclidean));
            }
        }
    }

    fn nearest_of_all(values: &[f32], x: &[f32], n: usize, distance: Distance) -> Vec<Near> {
        let rows = values.chunks(x.len()).enumerate();
        let mut all: Vec<(f32, u32)> = rows
            .map(|(row, other)| {
                let apart = other
                    .iter()
                    .zip(x)
                    .map(|(a, b)| f64::from(*b) - f64::from(*a));
                let sum = apart.fold(0.0, |sum, apart| match distance {
                    Distance::Euclidean => sum + apart * apart,
                    Distance::Manhattan => sum + apart.abs(),
                });
                (sum.min(f64::from(f32::MAX)) as f32, row as u32)
            })
            .collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let near = |&(compared, row): &(f32, u32)| Near {
            distance: match distance {
                Distance::Euclidean => f64::from(compared).sqrt(),
                Distance::Manhattan => f64::from(compared),
            },
            row,
        };
        all.iter().take(n).map(near).collect()
    }

    #[test]
    fn questions_without_a_number_are_answered() {
        let values: Vec<f32> = (0..320).map(|i| i as f32).collect();
        let index = Index::new(&values, 16, Distance::Euclidean);
        let mut x = vec![1.0; 16];
        x[3] = f32::NAN;
        let rows: Vec<u32> = index.nearest(&x, 3)[0]
            .iter()
            .map(|near| near.row)
            .collect();
        assert_eq!(rows, [0, 1, 2]);
    }
}
