//! The rising curve nearest to rows of scores: pooled adjacent violators (Zadrozny and Elkan 2002).

/// A row with a weight over 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    pub score: f64,
    /// 0 or 1.
    pub truth: f64,
    pub weight: f64,
}

/// Rows whose scores lie together, and what came true of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pool {
    pub first: f64,
    pub last: f64,
    sum: f64,
    weight: f64,
}

impl Pool {
    /// The share that came true.
    pub fn mean(&self) -> f64 {
        self.sum / self.weight
    }
}

/// Pools by ascending score, each with a larger mean than the one before: as scikit-learn's `IsotonicRegression` fits.
pub fn rising_pools(mut rows: Vec<Scored>) -> Vec<Pool> {
    rows.sort_by(|a, b| a.score.total_cmp(&b.score));
    let mut pools: Vec<Pool> = Vec::new();
    for row in rows {
        let (sum, weight) = (row.truth * row.weight, row.weight);
        match pools.last_mut() {
            // Equal scores are one, whatever came true of them.
            Some(pool) if pool.last == row.score => {
                pool.sum += sum;
                pool.weight += weight;
            }
            _ => pools.push(Pool {
                first: row.score,
                last: row.score,
                sum,
                weight,
            }),
        }
    }
    let mut rising: Vec<Pool> = Vec::new();
    for mut pool in pools {
        while let Some(before) = rising.pop_if(|before| before.mean() >= pool.mean()) {
            pool = Pool {
                first: before.first,
                last: pool.last,
                sum: before.sum + pool.sum,
                weight: before.weight + pool.weight,
            };
        }
        rising.push(pool);
    }
    rising
}
