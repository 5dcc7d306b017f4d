//! Centres laid out so that a row meets eight of them at once.

/// Centres that are met at once.
const LANES: usize = 8;

/// f32 centres in groups of [`LANES`], feature by feature within a group; places without a centre are far away.
pub struct Centres {
    groups: Vec<[f32; LANES]>,
    n_features: usize,
}

/// What one row is to all centres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearest {
    /// The first of the nearest.
    pub cluster: u32,
    pub squared: f32,
    /// Squared distance to the nearest other centre.
    pub second_squared: f32,
}

impl Centres {
    pub fn new(centres: &[Vec<f64>], n_features: usize) -> Self {
        let mut groups = Vec::with_capacity(centres.len().div_ceil(LANES) * n_features);
        for group in centres.chunks(LANES) {
            for feature in 0..n_features {
                let mut lanes = [f32::INFINITY; LANES];
                for (lane, centre) in lanes.iter_mut().zip(group) {
                    *lane = centre[feature] as f32;
                }
                groups.push(lanes);
            }
        }
        Self { groups, n_features }
    }

    pub fn nearest(&self, row: &[f32]) -> Nearest {
        let mut found = Nearest {
            cluster: 0,
            squared: f32::INFINITY,
            second_squared: f32::INFINITY,
        };
        for (index, group) in self.groups.chunks_exact(self.n_features).enumerate() {
            let mut squares = [0.0_f32; LANES];
            for (&x, centres) in row.iter().zip(group) {
                for (square, centre) in squares.iter_mut().zip(centres) {
                    let apart = x - centre;
                    *square += apart * apart;
                }
            }
            for (lane, &squared) in squares.iter().enumerate() {
                if squared < found.squared {
                    found.second_squared = found.squared;
                    found.squared = squared;
                    found.cluster = (index * LANES + lane) as u32;
                } else if squared < found.second_squared {
                    found.second_squared = squared;
                }
            }
        }
        found
    }

    pub fn squared_to(&self, row: &[f32], cluster: u32) -> f32 {
        let (group, lane) = (cluster as usize / LANES, cluster as usize % LANES);
        let group = &self.groups[group * self.n_features..(group + 1) * self.n_features];
        row.iter()
            .zip(group)
            .map(|(&x, centres)| (x - centres[lane]).powi(2))
            .sum()
    }
}
