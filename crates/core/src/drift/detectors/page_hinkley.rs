//! Page-Hinkley: the sum of what values lie over or under the mean so far (Page 1954, "Continuous inspection schemes"),
//! with forgetting.

use serde::{Deserialize, Serialize};

use super::{Direction, Signal};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageHinkleyState {
    min_instances: u64,
    delta: f64,
    threshold: f64,
    alpha: f64,
    direction: Direction,
    n_rows: u64,
    mean: f64,
    increase: f64,
    decrease: f64,
    least_increase: Option<f64>,
    largest_decrease: f64,
}

impl PageHinkleyState {
    pub(super) fn new(
        min_instances: u32,
        delta: f64,
        threshold: f64,
        alpha: f64,
        direction: Direction,
    ) -> Self {
        Self {
            min_instances: u64::from(min_instances),
            delta,
            threshold,
            alpha,
            direction,
            n_rows: 0,
            mean: 0.0,
            increase: 0.0,
            decrease: 0.0,
            least_increase: None,
            // As River begins.
            largest_decrease: -1.0,
        }
    }

    pub(super) fn push(&mut self, value: f64) -> Signal {
        self.n_rows += 1;
        self.mean += (1.0 / self.n_rows as f64) * (value - self.mean);
        let off = value - self.mean;
        self.increase = self.alpha * self.increase + off - self.delta;
        self.decrease = self.alpha * self.decrease + off + self.delta;
        let least = match self.least_increase {
            Some(least) if least <= self.increase => least,
            _ => *self.least_increase.insert(self.increase),
        };
        self.largest_decrease = self.largest_decrease.max(self.decrease);
        if self.n_rows < self.min_instances {
            return Signal::None;
        }
        let up = self.increase - least > self.threshold;
        let down = self.largest_decrease - self.decrease > self.threshold;
        let drift = match self.direction {
            Direction::Up => up,
            Direction::Down => down,
            Direction::Both => up || down,
        };
        if drift { Signal::Drift } else { Signal::None }
    }
}
