//! The model of the domain classifier: boosted trees over binned columns, small enough to be fitted five times in every
//! window of a replay, and without a native library.

use assay_core::drift::multivariate::DomainFold;
use assay_core::{Cancelled, Task};

const N_TREES: usize = 40;
const DEPTH: usize = 5;
const RATE: f64 = 0.15;
/// Bins of a column.
const N_BINS: usize = 32;
const MIN_LEAF_ROWS: u32 = 20;
/// Added to the curvature of a leaf, against leaves that are too sure.
const RIDGE: f64 = 1.0;

/// The chance that each test row is of the window.
///
/// # Errors
/// [`Cancelled`].
pub fn told_apart(fold: &DomainFold<'_>, task: &Task) -> Result<Vec<f64>, Cancelled> {
    let p = fold.n_columns.max(1);
    let edges: Vec<Vec<f64>> = (0..p).map(|column| edges(fold.train, column, p)).collect();
    let (train, test) = (binned(fold.train, &edges), binned(fold.test, &edges));
    let n = fold.of_window.len();
    let n_window = fold
        .of_window
        .iter()
        .filter(|of_window| **of_window)
        .count();
    let share = (n_window as f64 / n.max(1) as f64).clamp(1e-6, 1.0 - 1e-6);
    let start = (share / (1.0 - share)).ln();
    let mut scores = vec![start; n];
    let mut answers = vec![start; fold.test.len() / p];
    for _ in 0..N_TREES {
        task.check()?;
        let slopes: Vec<Slope> = scores
            .iter()
            .zip(fold.of_window)
            .map(|(score, of_window)| {
                let chance = chance(*score);
                Slope {
                    gradient: chance - f64::from(u8::from(*of_window)),
                    curvature: chance * (1.0 - chance),
                }
            })
            .collect();
        let tree = Tree::grown(&train, &slopes, p);
        tree.add(&train, p, &mut scores);
        tree.add(&test, p, &mut answers);
    }
    Ok(answers.into_iter().map(chance).collect())
}

fn chance(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

/// Upper ends of a column's bins but the last, of about equally many rows.
fn edges(rows: &[f64], column: usize, p: usize) -> Vec<f64> {
    let mut values: Vec<f64> = rows.iter().skip(column).step_by(p).copied().collect();
    values.sort_unstable_by(f64::total_cmp);
    let mut edges: Vec<f64> = (1..N_BINS)
        .filter_map(|bin| values.get(values.len() * bin / N_BINS).copied())
        .collect();
    // Of a few values each has a bin of its own.
    let mut distinct = values;
    distinct.dedup();
    if distinct.len() <= N_BINS {
        distinct.pop();
        return distinct;
    }
    edges.dedup();
    edges
}

fn binned(rows: &[f64], edges: &[Vec<f64>]) -> Vec<u8> {
    let values = rows.iter().zip(edges.iter().cycle());
    values
        .map(|(value, edges)| edges.partition_point(|edge| edge < value) as u8)
        .collect()
}

/// Of the logistic loss at a row.
#[derive(Clone, Copy)]
struct Slope {
    gradient: f64,
    curvature: f64,
}

#[derive(Clone, Copy, Default)]
struct Sums {
    gradient: f64,
    curvature: f64,
    n: u32,
}

impl Sums {
    fn add(&mut self, slope: Slope) {
        self.gradient += slope.gradient;
        self.curvature += slope.curvature;
        self.n += 1;
    }

    fn plus(self, other: Self) -> Self {
        Self {
            gradient: self.gradient + other.gradient,
            curvature: self.curvature + other.curvature,
            n: self.n + other.n,
        }
    }

    fn less(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            curvature: self.curvature - other.curvature,
            n: self.n - other.n,
        }
    }

    /// What the loss falls by, where these rows are a leaf.
    fn gain(self) -> f64 {
        self.gradient * self.gradient / (self.curvature + RIDGE)
    }
}

enum Node {
    Leaf(f64),
    /// Bins up to this go to the node `children`, others to the next.
    Split {
        column: usize,
        bin: u8,
        children: usize,
    },
}

struct Tree(Vec<Node>);

/// Rows of a node that may still be split, with their sums by column and bin.
struct Open {
    node: usize,
    depth: usize,
    rows: Vec<u32>,
    sums: Vec<Sums>,
}

impl Tree {
    fn grown(rows: &[u8], slopes: &[Slope], p: usize) -> Self {
        let all: Vec<u32> = (0..).take(slopes.len()).collect();
        let mut nodes = vec![Node::Leaf(0.0)];
        let mut open = vec![Open {
            node: 0,
            depth: 0,
            sums: sums(rows, slopes, p, &all),
            rows: all,
        }];
        while let Some(here) = open.pop() {
            let total = (here.sums.iter().take(N_BINS)).fold(Sums::default(), |a, b| a.plus(*b));
            let split = match here.depth < DEPTH && total.n >= 2 * MIN_LEAF_ROWS {
                true => best_split(&here.sums, total, p),
                false => None,
            };
            let Some((column, bin)) = split else {
                let step = -total.gradient / (total.curvature + RIDGE);
                nodes[here.node] = Node::Leaf(RATE * step);
                continue;
            };
            let goes_left = |row: &u32| rows[*row as usize * p + column] <= bin;
            let (left, right): (Vec<u32>, Vec<u32>) = here.rows.into_iter().partition(goes_left);
            // The sums of the larger side are those of both less those of the smaller.
            let is_left_smaller = left.len() < right.len();
            let smaller = if is_left_smaller { &left } else { &right };
            let of_smaller = sums(rows, slopes, p, smaller);
            let of_larger = here.sums.iter().zip(&of_smaller).map(|(a, b)| a.less(*b));
            let of_larger: Vec<Sums> = of_larger.collect();
            let (of_left, of_right) = match is_left_smaller {
                true => (of_smaller, of_larger),
                false => (of_larger, of_smaller),
            };
            let children = nodes.len();
            nodes[here.node] = Node::Split {
                column,
                bin,
                children,
            };
            for (side, (rows, sums)) in [(left, of_left), (right, of_right)].into_iter().enumerate()
            {
                nodes.push(Node::Leaf(0.0));
                open.push(Open {
                    node: children + side,
                    depth: here.depth + 1,
                    rows,
                    sums,
                });
            }
        }
        Self(nodes)
    }

    fn add(&self, rows: &[u8], p: usize, scores: &mut [f64]) {
        for (row, score) in rows.chunks_exact(p).zip(scores) {
            let mut at = 0;
            loop {
                match self.0[at] {
                    Node::Leaf(step) => {
                        *score += step;
                        break;
                    }
                    Node::Split {
                        column,
                        bin,
                        children,
                    } => at = children + usize::from(row[column] > bin),
                }
            }
        }
    }
}

fn sums(rows: &[u8], slopes: &[Slope], p: usize, some: &[u32]) -> Vec<Sums> {
    let mut sums = vec![Sums::default(); p * N_BINS];
    for &row in some {
        let slope = slopes[row as usize];
        let bins = &rows[row as usize * p..(row as usize + 1) * p];
        for (of_column, bin) in sums.chunks_exact_mut(N_BINS).zip(bins) {
            of_column[usize::from(*bin)].add(slope);
        }
    }
    sums
}

/// Column and the last bin of the left side; `None` where nothing is gained.
fn best_split(sums: &[Sums], total: Sums, p: usize) -> Option<(usize, u8)> {
    let mut best = None;
    let mut most = total.gain() + 1e-9;
    for (column, of_column) in sums.chunks_exact(N_BINS).enumerate().take(p) {
        let mut left = Sums::default();
        for (bin, here) in (0_u8..).zip(of_column) {
            left = left.plus(*here);
            let right = total.less(left);
            if right.n < MIN_LEAF_ROWS {
                break;
            }
            let gain = left.gain() + right.gain();
            if left.n >= MIN_LEAF_ROWS && gain > most {
                most = gain;
                best = Some((column, bin));
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use assay_core::drift::multivariate::{JudgedBy, judge_domain};
    use rand_xoshiro::Xoshiro256PlusPlus;
    use rand_xoshiro::rand_core::SeedableRng;

    use super::*;
    use crate::draw::share;

    /// Three columns; `together`: the second is near the first, else near that of another row.
    fn rows(seed: u64, n: usize, together: bool, shift: f64) -> Vec<f64> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        (0..n)
            .flat_map(|_| {
                let (a, b, c) = (share(&mut rng), share(&mut rng), share(&mut rng));
                let second = if together { a } else { b };
                [a + shift, second + 0.1 * c, (4.0 * c).floor()]
            })
            .collect()
    }

    #[test]
    fn windows_are_told_by_values_and_by_how_they_hang_together() {
        let reference = rows(1, 1_000, true, 0.0);
        for (window, low, high) in [
            (rows(2, 1_000, true, 0.0), 0.44, 0.56),
            (rows(3, 1_000, false, 0.0), 0.80, 1.0),
            (rows(4, 300, true, 0.6), 0.85, 1.0),
            (rows(5, 60, true, 0.0), 0.35, 0.65),
        ] {
            let task = Task::silent();
            let classify = |fold: &DomainFold<'_>| told_apart(fold, &task);
            let judged = judge_domain(&reference, &window, 3, 1, JudgedBy::Chance(1e-3), classify);
            let judged = judged.expect("not cancelled").expect("enough rows");
            assert!((low..=high).contains(&judged.roc_auc), "{judged:?}");
            assert_eq!(judged.alert, low > 0.6, "{judged:?}");
        }
    }

    #[test]
    fn it_stops_when_it_is_told_to() {
        let task = Task::silent();
        task.cancel();
        let rows = rows(1, 100, true, 0.0);
        let fold = DomainFold {
            n_columns: 3,
            train: &rows,
            of_window: &[true; 100],
            test: &rows,
        };
        assert_eq!(told_apart(&fold, &task), Err(Cancelled));
    }
}
