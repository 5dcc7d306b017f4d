//! What is ordinary for a reference: how far its own stretches lie from all of it, by every method a limit can be
//! calibrated for.

use std::ops::Range;

use super::cells::Cells;
use super::methods::{Sides, measure_sides};
use super::steps::Steps;
use super::{
    ColumnSketch, Decides, Method, MethodDistances, Mode, OwnDistances, SketchShape, sketch_column,
};
use crate::matrix::RawValues;

const MAX_STRETCHES: usize = 20;
const MIN_STRETCHES: usize = 5;
const MIN_STRETCH_ROWS: usize = 100;
/// NannyML's chunks.
const N_CHUNKS: usize = 10;

/// Fills what a sketch remembers of its own stretches. The rows stand in their order.
///
/// Textbook: at most 20 equal stretches with 100 rows or more; fewer than 5 say nothing. NannyML: chunks of a tenth of
/// the rows, and one of what is left over, with the standard deviation of a population.
pub(super) fn remember(sketch: &mut ColumnSketch, values: &RawValues) {
    let n_rows = sketch.n_rows as usize;
    let n_stretches = (n_rows / MIN_STRETCH_ROWS).min(MAX_STRETCHES);
    if n_stretches >= MIN_STRETCHES {
        let rows = (0..n_stretches)
            .map(|k| n_rows * k / n_stretches..n_rows * (k + 1) / n_stretches)
            .collect();
        let own = distances(sketch, values, Mode::Textbook, rows);
        for one in own {
            if one.method == Method::JensenShannon {
                sketch.own = Some(one.distances);
            } else {
                sketch.own_by_method.push(one);
            }
        }
    }
    let size = n_rows / N_CHUNKS;
    if size > 0 {
        let rows = (0..n_rows)
            .step_by(size)
            .map(|first| first..n_rows.min(first + size))
            .collect();
        let own = distances(sketch, values, Mode::NannyMl, rows);
        sketch.own_by_method.extend(own);
    }
}

impl ColumnSketch {
    /// How far the reference's own stretches lie from it by this method.
    pub fn own_distances(&self, mode: Mode, method: Method) -> Option<OwnDistances> {
        if (mode, method) == (Mode::Textbook, Method::JensenShannon) {
            return self.own;
        }
        self.own_by_method
            .iter()
            .find(|one| (one.mode, one.method) == (mode, method))
            .map(|one| one.distances)
    }

    /// Whether the reference's own stretches differ from it by more than chance explains: only then do they say
    /// anything about what is ordinary here. Their mean squared Jensen-Shannon distance lies four standard deviations
    /// over that of random stretches, which is a chi-square divided by 8 ln 2 and the rows.
    pub fn wanders(&self) -> bool {
        let Some(own) = self.own else { return false };
        let shares = self.cell_shares();
        let (n_stretches, n) = (f64::from(own.n_stretches), self.n_values() as f64);
        let of_one = (n_stretches - 1.0) / n / (8.0 * std::f64::consts::LN_2);
        // A rare category cannot differ by more than it holds.
        let sum: f64 = shares.iter().map(|share| of_one.min(share / 2.0)).sum();
        let n_cells = sum / of_one;
        let expected = sum - of_one;
        let degrees = (n_cells - 1.0) * (n_stretches - 1.0);
        let found = own.mean.powi(2) + own.std.powi(2) * (n_stretches - 1.0) / n_stretches;
        degrees > 0.0 && found > expected * (1.0 + WANDERING_DEVIATIONS * (2.0 / degrees).sqrt())
    }

    /// Of the cells that the Jensen-Shannon distance lies on.
    fn cell_shares(&self) -> Vec<f64> {
        let counts = match &self.shape {
            SketchShape::Numeric {
                values, cumulative, ..
            } => {
                let steps = Steps { values, cumulative };
                Cells::of(steps).counts(steps)
            }
            SketchShape::Categorical {
                counts, n_other, ..
            } => counts.iter().copied().chain([*n_other]).collect(),
            SketchShape::Empty => Vec::new(),
        };
        let n = self.n_values().max(1) as f64;
        counts
            .iter()
            .map(|&count| count as f64 / n)
            .filter(|&share| share > 0.0)
            .collect()
    }
}

/// Standard deviations over chance from which on stretches differ.
const WANDERING_DEVIATIONS: f64 = 4.0;

fn distances(
    sketch: &ColumnSketch,
    values: &RawValues,
    mode: Mode,
    rows: Vec<Range<usize>>,
) -> Vec<MethodDistances> {
    let Some(kind) = sketch.kind() else {
        return Vec::new();
    };
    let stretches: Vec<ColumnSketch> = rows
        .into_iter()
        .map(|rows| sketch_column(&sketch.name, &values.slice(rows)))
        .collect();
    let sides: Vec<Sides<'_>> = stretches
        .iter()
        .filter_map(|stretch| Sides::of(sketch, stretch))
        .collect();
    // NannyML leaves empty chunks out of its mean; here a stretch without a value says that nothing is ordinary.
    if sides.len() < stretches.len() && mode == Mode::Textbook || sides.is_empty() {
        return Vec::new();
    }
    let calibrated =
        |method: &Method| method.applies(mode, kind) && method.decides(mode) != Decides::PValue;
    Method::ALL
        .into_iter()
        .filter(calibrated)
        .filter_map(|method| {
            let statistic = |sides| Some(measure_sides(method, mode, sides)?.statistic);
            let found: Option<Vec<f64>> = sides.iter().map(statistic).collect();
            Some(MethodDistances {
                mode,
                method,
                distances: summary(&found?, mode),
            })
        })
        .collect()
}

fn summary(distances: &[f64], mode: Mode) -> OwnDistances {
    let n = distances.len() as f64;
    let mean = distances.iter().sum::<f64>() / n;
    let squares: f64 = distances
        .iter()
        .map(|distance| (distance - mean).powi(2))
        .sum();
    let degrees = match mode {
        Mode::NannyMl => n,
        Mode::Textbook | Mode::Evidently => (n - 1.0).max(1.0),
    };
    OwnDistances {
        n_stretches: distances.len() as u32,
        mean,
        std: (squares / degrees).sqrt(),
    }
}
