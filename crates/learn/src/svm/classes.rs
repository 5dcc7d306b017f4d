//! Support vector classification: a machine for every pair of classes, and a probability for its decision.
//!
//! The probabilities of a pair are fitted on decisions about rows that the deciding machine did not see (rows are dealt
//! to the folds in turn, class by class, so that nothing is left to chance). A class's probability is the mean of its
//! pairs' (Hastie and Tibshirani 1998): linear, so that the exported graph computes it too.

use assay_core::model::{ClassPair, Decisions, Form, Kernel};
use assay_core::{Cancelled, Task};
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, ArrayView2};
use rayon::prelude::*;

use super::SvmValidParams;
use super::kernel::KernelMatrix;
use super::numbers::weighted_sum;
use super::platt::Sigmoid;
use super::solver::{Problem, Solution, solve};
use crate::Error;

/// exp(−40) is nothing beside 1.
const CERTAIN: f64 = 40.0;

/// Machines over shared support vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct PairedMachines {
    pub kernel: Kernel,
    pub n_features: usize,
    /// Row-major.
    pub vectors: Vec<f32>,
    /// One row a pair, one number a vector.
    pub coefficients: Vec<Vec<f64>>,
    pub intercepts: Vec<f64>,
    pub pairs: Vec<ClassPair>,
}

/// The machine of one pair: y α by training row, where it is not 0.
struct Paired {
    coefficients: Vec<(usize, f64)>,
    intercept: f64,
    pair: ClassPair,
    is_converged: bool,
}

impl<'v> Fit<ArrayView2<'v, f32>, Array1<usize>, Error> for SvmValidParams {
    type Object = PairedMachines;

    /// Targets are class indices.
    fn fit(
        &self,
        dataset: &DatasetBase<ArrayView2<'v, f32>, Array1<usize>>,
    ) -> Result<PairedMachines, Error> {
        let (n_rows, n_features) = dataset.records().dim();
        let x = dataset
            .records()
            .to_slice()
            .ok_or_else(|| Error::Numeric("the features are not in row order".to_owned()))?;
        let weights: Vec<f64> = match dataset.weights() {
            Some(weights) => weights.iter().map(|&weight| f64::from(weight)).collect(),
            None => vec![1.0; n_rows],
        };
        let classes = dataset.targets().to_vec();
        let n_classes = classes.iter().max().map_or(1, |most| most + 1);
        let n_classes = self.n_classes.max(n_classes).max(2);
        let mut members = vec![Vec::new(); n_classes];
        for (row, &class) in classes.iter().enumerate() {
            if weights[row] > 0.0 {
                members[class].push(row);
            }
        }
        let present: Vec<usize> = (0..n_classes)
            .filter(|&class| !members[class].is_empty())
            .collect();
        let pairs: Vec<(usize, usize)> = present
            .iter()
            .enumerate()
            .flat_map(|(at, &first)| present[at + 1..].iter().map(move |&second| (first, second)))
            .collect();
        let matrix = KernelMatrix::new(x, n_rows, n_features, self.kernel);
        self.task.step(0, pairs.len() as u64, "solving");
        let mut machines = pairs
            .into_par_iter()
            .map(|pair| self.pair(pair, &members, &weights, &matrix))
            .collect::<Result<Vec<Paired>, Error>>()?;
        self.warn_if(machines.iter().any(|machine| !machine.is_converged));
        if machines.is_empty() {
            machines.push(only(present.first().copied().unwrap_or_default()));
        }
        Ok(assembled(machines, x, (n_rows, n_features), self.kernel))
    }
}

impl SvmValidParams {
    fn pair(
        &self,
        (first, second): (usize, usize),
        members: &[Vec<usize>],
        weights: &[f64],
        matrix: &KernelMatrix<'_>,
    ) -> Result<Paired, Error> {
        // The second class is the positive one. Rows of both in turn share a fold.
        let mut dealt: Vec<(usize, usize, bool)> = Vec::new();
        for (class, is_positive) in [(first, false), (second, true)] {
            let in_turn = members[class].iter().enumerate();
            dealt.extend(in_turn.map(|(at, &row)| (row, at % self.n_folds, is_positive)));
        }
        dealt.sort_unstable();
        let fewest = members[first].len().min(members[second].len());
        let n_folds = if fewest < self.n_folds {
            0
        } else {
            self.n_folds
        };
        // Machine 0 sees all rows, the others all but their fold.
        let machines = (0..=n_folds)
            .into_par_iter()
            .map(|number| {
                let seen: Vec<_> = dealt
                    .iter()
                    .filter(|(_, fold, _)| number == 0 || *fold != number - 1)
                    .collect();
                let rows: Vec<usize> = seen.iter().map(|(row, ..)| *row).collect();
                let problem = Problem {
                    rows: &rows,
                    is_positive: seen.iter().map(|(.., is_positive)| *is_positive).collect(),
                    linear: vec![-1.0; rows.len()],
                    upper: rows.iter().map(|&row| self.c * weights[row]).collect(),
                    start: Vec::new(),
                };
                let solution = solve(&problem, matrix, self.tolerance, self.max_iter, &self.task)?;
                Ok((rows, solution))
            })
            .collect::<Result<Vec<(Vec<usize>, Solution)>, Error>>()?;
        let unseen = machines
            .par_iter()
            .enumerate()
            .map(|(number, (rows, solution))| {
                // Without folds, the machine of all rows decides about them.
                let is_unseen = |fold: usize| n_folds == 0 || fold + 1 == number;
                let about: Vec<usize> = (0..dealt.len())
                    .filter(|&at| is_unseen(dealt[at].1))
                    .collect();
                let about_rows: Vec<usize> = about.iter().map(|&at| dealt[at].0).collect();
                let found = decisions(&about_rows, rows, solution, matrix, &self.task)?;
                Ok(about.into_iter().zip(found).collect())
            });
        let unseen = unseen.collect::<Result<Vec<Vec<(usize, f64)>>, Error>>()?;
        let mut decisions = vec![0.0; dealt.len()];
        for (at, decision) in unseen.into_iter().flatten() {
            decisions[at] = decision;
        }
        let is_positive: Vec<bool> = dealt.iter().map(|(.., is_positive)| *is_positive).collect();
        let row_weights: Vec<f64> = dealt.iter().map(|(row, ..)| weights[*row]).collect();
        let sigmoid = Sigmoid::fit(&decisions, &is_positive, &row_weights);
        let is_converged = machines.iter().all(|(_, solution)| solution.is_converged);
        let mut machines = machines.into_iter();
        let (rows, solution) = machines.next().unwrap_or_else(|| {
            let nothing = Solution {
                coefficients: Vec::new(),
                intercept: 0.0,
                is_converged: true,
            };
            (Vec::new(), nothing)
        });
        Ok(Paired {
            coefficients: rows
                .into_iter()
                .zip(solution.coefficients)
                .filter(|(_, coefficient)| *coefficient != 0.0)
                .collect(),
            intercept: solution.intercept,
            pair: ClassPair {
                first: first as u32,
                second: second as u32,
                slope: sigmoid.slope,
                shift: sigmoid.shift,
            },
            is_converged,
        })
    }
}

/// What the machine of `rows` says about other rows. Kernel rows of support vectors are there already, so that none
/// is computed for this.
fn decisions(
    about: &[usize],
    rows: &[usize],
    solution: &Solution,
    matrix: &KernelMatrix<'_>,
    task: &Task,
) -> Result<Vec<f64>, Cancelled> {
    let mut sums = vec![solution.intercept; about.len()];
    if about.is_empty() {
        return Ok(sums);
    }
    for (&row, &coefficient) in rows.iter().zip(&solution.coefficients) {
        if coefficient != 0.0 {
            task.check()?;
            let kernel = matrix.row(row);
            for (sum, &other) in sums.iter_mut().zip(about) {
                *sum += coefficient * f64::from(kernel[other]);
            }
        }
    }
    Ok(sums)
}

/// The only class that has rows is certain.
fn only(class: usize) -> Paired {
    let other = usize::from(class == 0);
    let (first, second) = (class.min(other), class.max(other));
    Paired {
        coefficients: Vec::new(),
        intercept: 0.0,
        pair: ClassPair {
            first: first as u32,
            second: second as u32,
            slope: 0.0,
            shift: if second == class { CERTAIN } else { -CERTAIN },
        },
        is_converged: true,
    }
}

fn assembled(
    machines: Vec<Paired>,
    x: &[f32],
    (n_rows, n_features): (usize, usize),
    kernel: Kernel,
) -> PairedMachines {
    let row_of = |row: usize| &x[row * n_features..(row + 1) * n_features];
    let intercepts = machines.iter().map(|machine| machine.intercept).collect();
    let pairs = machines.iter().map(|machine| machine.pair).collect();
    let n_coefficients: usize = machines.iter().map(|m| m.coefficients.len()).sum();
    if kernel == Kernel::Linear || n_coefficients == 0 {
        // One vector a machine: the sum of its own.
        let n_machines = machines.len();
        let sums = machines.iter().map(|machine| {
            let (rows, coefficients): (Vec<usize>, Vec<f64>) =
                machine.coefficients.iter().copied().unzip();
            let vectors: Vec<f32> = rows.into_iter().flat_map(row_of).copied().collect();
            weighted_sum(&vectors, &coefficients, n_features)
        });
        return PairedMachines {
            kernel: Kernel::Linear,
            n_features,
            vectors: sums.flatten().collect(),
            coefficients: (0..n_machines)
                .map(|at| {
                    (0..n_machines)
                        .map(|to| f64::from(u8::from(to == at)))
                        .collect()
                })
                .collect(),
            intercepts,
            pairs,
        };
    }
    let mut number = vec![None; n_rows];
    let mut vectors = Vec::new();
    let mut n_vectors = 0;
    for (row, number) in number.iter_mut().enumerate() {
        let is_support = |machine: &Paired| {
            (machine.coefficients)
                .binary_search_by_key(&row, |(row, _)| *row)
                .is_ok()
        };
        if machines.iter().any(is_support) {
            *number = Some(n_vectors);
            n_vectors += 1;
            vectors.extend_from_slice(row_of(row));
        }
    }
    let coefficients = machines.iter().map(|machine| {
        let mut row = vec![0.0; n_vectors];
        for (of_row, coefficient) in &machine.coefficients {
            if let Some(number) = number[*of_row] {
                row[number] = *coefficient;
            }
        }
        row
    });
    PairedMachines {
        kernel,
        n_features,
        vectors,
        coefficients: coefficients.collect(),
        intercepts,
        pairs,
    }
}

impl PairedMachines {
    pub(super) fn form(self) -> Form {
        Form::Kernel {
            kernel: self.kernel,
            vectors: self.vectors,
            coefficients: self.coefficients,
            intercepts: self.intercepts,
            decisions: Decisions::Pairs(self.pairs),
        }
    }
}
