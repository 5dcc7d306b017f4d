//! The Epps-Singleton test: the characteristic functions of two samples at two places (Epps and Singleton 1986).

use super::Measured;
use super::chi::survival;
use super::sides::Point;

/// Where the characteristic functions are compared, in half interquartile ranges.
const PLACES: [f64; 2] = [0.4, 0.8];
/// Parts of the covariance under this share of its largest are taken as none.
const SMALLEST_PART: f64 = 1e-12;
const SIZE: usize = 4;

type Matrix = [[f64; SIZE]; SIZE];

/// W and its p-value as `scipy.stats.epps_singleton_2samp`. `None` with fewer than 5 values on a side, or where the
/// middle half of all values is one value. `effect` is taken from the caller.
pub(super) fn epps_singleton(points: &[Point], effect: f64) -> Option<Measured> {
    let n = points.iter().map(|point| point.a).sum::<u64>();
    let m = points.iter().map(|point| point.b).sum::<u64>();
    let sigma = (quantile(points, 0.75) - quantile(points, 0.25)) / 2.0;
    if n < 5 || m < 5 || sigma <= 0.0 {
        return None;
    }
    let (n_f, m_f) = (n as f64, m as f64);
    let all = n_f + m_f;
    let waves: Vec<[f64; SIZE]> = points
        .iter()
        .map(|point| wave(point.value / sigma))
        .collect();
    let (mean_a, covariance_a) = moments(points, &waves, |point| point.a, n_f);
    let (mean_b, covariance_b) = moments(points, &waves, |point| point.b, m_f);
    let mut covariance = [[0.0; SIZE]; SIZE];
    let mut difference = [0.0; SIZE];
    for i in 0..SIZE {
        difference[i] = mean_a[i] - mean_b[i];
        for j in 0..SIZE {
            covariance[i][j] = all / n_f * covariance_a[i][j] + all / m_f * covariance_b[i][j];
        }
    }
    let (values, vectors) = eigen(covariance);
    let largest = values.iter().copied().fold(0.0, f64::max);
    let (mut statistic, mut rank) = (0.0, 0.0);
    for (part, value) in values.iter().enumerate() {
        if *value > largest * SMALLEST_PART {
            let along: f64 = (0..SIZE).map(|i| vectors[i][part] * difference[i]).sum();
            statistic += along * along / value;
            rank += 1.0;
        }
    }
    statistic *= all;
    if n.max(m) < 25 {
        statistic /= 1.0 + all.powf(-0.45) + 10.1 * (n_f.powf(-1.7) + m_f.powf(-1.7));
    }
    Some(Measured {
        statistic,
        p_value: Some(if rank > 0.0 {
            survival(statistic, rank)
        } else {
            1.0
        }),
        effect,
    })
}

fn wave(x: f64) -> [f64; SIZE] {
    let [near, far] = PLACES;
    [
        (near * x).cos(),
        (far * x).cos(),
        (near * x).sin(),
        (far * x).sin(),
    ]
}

fn moments(
    points: &[Point],
    waves: &[[f64; SIZE]],
    count: fn(&Point) -> u64,
    n: f64,
) -> ([f64; SIZE], Matrix) {
    let mut mean = [0.0; SIZE];
    for (point, wave) in points.iter().zip(waves) {
        for (sum, value) in mean.iter_mut().zip(wave) {
            *sum += value * count(point) as f64 / n;
        }
    }
    let mut covariance = [[0.0; SIZE]; SIZE];
    for (point, wave) in points.iter().zip(waves) {
        let weight = count(point) as f64 / n;
        for (i, row) in covariance.iter_mut().enumerate() {
            for (j, cell) in row.iter_mut().enumerate() {
                *cell += weight * (wave[i] - mean[i]) * (wave[j] - mean[j]);
            }
        }
    }
    (mean, covariance)
}

/// Of all values together, between neighbours in proportion, as numpy does.
fn quantile(points: &[Point], share: f64) -> f64 {
    let all: u64 = points.iter().map(|point| point.a + point.b).sum();
    let place = share * all.saturating_sub(1) as f64;
    let (low, part) = (place.floor() as u64, place.fract());
    let (below, above) = (ordered(points, low), ordered(points, low + 1));
    if part > 0.0 {
        below + (above - below) * part
    } else {
        below
    }
}

/// The value at this 0-based place in ascending order.
fn ordered(points: &[Point], place: u64) -> f64 {
    let mut so_far = 0;
    for point in points {
        so_far += point.a + point.b;
        if so_far > place {
            return point.value;
        }
    }
    points.last().map_or(0.0, |point| point.value)
}

/// Eigenvalues, and their vectors as columns, of a symmetric matrix: Jacobi's rotations.
fn eigen(mut matrix: Matrix) -> ([f64; SIZE], Matrix) {
    let mut vectors = [[0.0; SIZE]; SIZE];
    for (i, row) in vectors.iter_mut().enumerate() {
        row[i] = 1.0;
    }
    for _ in 0..60 {
        let mut off = 0.0;
        for p in 0..SIZE {
            for q in p + 1..SIZE {
                off += matrix[p][q].powi(2);
                rotate(&mut matrix, &mut vectors, p, q);
            }
        }
        if off == 0.0 {
            break;
        }
    }
    (std::array::from_fn(|i| matrix[i][i]), vectors)
}

fn rotate(matrix: &mut Matrix, vectors: &mut Matrix, p: usize, q: usize) {
    if matrix[p][q] == 0.0 {
        return;
    }
    let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * matrix[p][q]);
    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for row in matrix.iter_mut() {
        let (x, y) = (row[p], row[q]);
        row[p] = c * x - s * y;
        row[q] = s * x + c * y;
    }
    for k in 0..SIZE {
        let (x, y) = (matrix[p][k], matrix[q][k]);
        matrix[p][k] = c * x - s * y;
        matrix[q][k] = s * x + c * y;
        let (x, y) = (vectors[k][p], vectors[k][q]);
        vectors[k][p] = c * x - s * y;
        vectors[k][q] = s * x + c * y;
    }
    matrix[p][q] = 0.0;
    matrix[q][p] = 0.0;
}
