//! Clusters as crowds: DBSCAN (Ester et al. 1996) and OPTICS (Ankerst et al. 1999).
//!
//! Ours behind linfa's traits: linfa's keep every neighbourhood at once, and their answers for new rows are none.
//! Distances are Euclidean, compared as sums of squares rounded to f32, as the stored model compares them.

mod dbscan;
mod optics;
mod params;

use assay_core::model::{Form, Model, Output};
use assay_core::schema::ColumnType;
use assay_core::{Cancelled, Task};
use rayon::prelude::*;

pub(crate) use dbscan::fit as fit_dbscan;
pub use dbscan::{Dbscan, DbscanParams};
pub(crate) use optics::fit as fit_optics;
pub use optics::{Optics, OpticsModel, OpticsParams};
pub use params::{CrowdAlgorithm, CrowdParams, CrowdValidParams};

use crate::neighbours::Index;

/// Rows that are asked for their neighbours when the radius is chosen.
const ASKED: usize = 1_000;
/// Of these rows' distances to their last neighbour, the share that lies within the radius.
const SHARE_WITHIN: f64 = 0.9;

/// Rows with their clusters.
#[derive(Debug, Clone, PartialEq)]
pub struct Crowds {
    /// Per training row; the larger clusters first, `None` for noise.
    pub labels: Vec<Option<u32>>,
    /// Whether a row has enough others within the radius.
    pub is_core: Vec<bool>,
    pub radius: f64,
    pub n_clusters: usize,
}

impl Crowds {
    /// `found` are any codes of clusters.
    fn new(found: &[Option<u32>], is_core: Vec<bool>, radius: f64) -> Self {
        let n_codes = found
            .iter()
            .flatten()
            .max()
            .map_or(0, |&code| code as usize + 1);
        let mut sizes = vec![0_usize; n_codes];
        for &code in found.iter().flatten() {
            sizes[code as usize] += 1;
        }
        let mut order: Vec<usize> = (0..n_codes).filter(|&code| sizes[code] > 0).collect();
        order.sort_by_key(|&code| (std::cmp::Reverse(sizes[code]), code));
        let mut place_of = vec![0; n_codes];
        for (place, &code) in order.iter().enumerate() {
            place_of[code] = place as u32;
        }
        let labels = found
            .iter()
            .map(|code| code.map(|code| place_of[code as usize]));
        Self {
            labels: labels.collect(),
            is_core,
            radius,
            n_clusters: order.len(),
        }
    }

    /// The core rows with their clusters: a row belongs to that of the nearest one within the radius, else it is noise.
    fn model(&self, x: &[f32], n_features: usize) -> Model {
        let mut rows = Vec::new();
        let mut clusters = Vec::new();
        for (row, label) in self.labels.iter().enumerate() {
            if let (true, Some(label)) = (self.is_core[row], label) {
                rows.extend_from_slice(&x[row * n_features..(row + 1) * n_features]);
                clusters.push(*label);
            }
        }
        let mut radius_squared = squared(self.radius);
        if clusters.is_empty() {
            // Every row is noise: the one that is stored reaches nothing.
            rows.extend_from_slice(&x[..n_features]);
            clusters.push(0);
            radius_squared = -1.0;
        }
        let names = (0..self.n_clusters).map(|cluster| cluster.to_string());
        Model {
            n_features,
            output: Output::Classes {
                classes: names.chain(["noise".to_owned()]).collect(),
                kind: ColumnType::Text,
            },
            form: Form::Reach {
                rows,
                clusters,
                radius_squared,
            },
        }
    }

    fn warn(&self, task: &Task) {
        if self.n_clusters == 0 {
            task.warn(format!(
                "no row has enough others within {:.4}, so that all are noise: give a larger eps, or a smaller \
                 min_samples",
                self.radius
            ));
        }
    }
}

/// What sums of squares are compared with.
fn squared(radius: f64) -> f32 {
    (radius * radius).min(f64::from(f32::MAX)) as f32
}

/// A radius within which nine in ten rows have `min_samples` rows, themselves included.
fn chosen_radius(
    index: &Index,
    x: &[f32],
    n_features: usize,
    min_samples: usize,
    task: &Task,
) -> Result<f64, Cancelled> {
    let n_rows = x.len() / n_features.max(1);
    let step = n_rows.div_ceil(ASKED).max(1);
    let mut distances = (0..n_rows)
        .step_by(step)
        .collect::<Vec<usize>>()
        .into_par_iter()
        .map(|row| {
            task.check()?;
            let row = &x[row * n_features..(row + 1) * n_features];
            let near = index.nearest(row, min_samples).concat();
            Ok(near.last().map_or(0.0, |near| near.distance))
        })
        .collect::<Result<Vec<f64>, Cancelled>>()?;
    distances.sort_unstable_by(f64::total_cmp);
    let place = (SHARE_WITHIN * distances.len().saturating_sub(1) as f64) as usize;
    let radius = distances.get(place).copied().unwrap_or(0.0);
    // Rounding must not leave out the row that the distance was taken from.
    Ok(radius * (1.0 + 1e-6))
}
