//! Concept drift detectors: what a model's errors, in the order of the rows, say of a change of the world.
//!
//! Each follows River 0.26 step by step, so that it fires at the same rows; where River draws at random (KSWIN) the
//! generator is ours and the law is the same.

mod adwin;
mod ddm;
mod eddm;
mod kswin;
mod page_hinkley;
mod running;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use adwin::AdwinState;
pub use ddm::DdmState;
pub use eddm::EddmState;
pub use kswin::KswinState;
pub use page_hinkley::PageHinkleyState;

/// A detector and its parameters; River's defaults. What is out of range is brought to the nearest that is in it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Detector {
    /// Adaptive windowing (Bifet and Gavaldà 2007): any numbers.
    Adwin {
        /// Chance of a false alarm, over 0 and under 1.
        #[serde(default = "defaults::delta")]
        delta: f64,
        /// Looks at the window once in so many rows, 1 or more.
        #[serde(default = "defaults::clock")]
        clock: u32,
        /// Summaries of each size before two become one, 1 or more.
        #[serde(default = "defaults::max_buckets")]
        max_buckets: u32,
        /// Rows that either side of a cut must have.
        #[serde(default = "defaults::min_window_length")]
        min_window_length: u32,
        /// Rows before the first look.
        #[serde(default = "defaults::grace_period")]
        grace_period: u32,
    },
    /// Drift detection method (Gama et al. 2004): errors, 0 or 1.
    Ddm {
        /// Rows before the first verdict.
        #[serde(default = "defaults::warm_start")]
        warm_start: u32,
        /// Standard deviations over the least error rate.
        #[serde(default = "defaults::ddm_warning")]
        warning_threshold: f64,
        #[serde(default = "defaults::ddm_drift")]
        drift_threshold: f64,
    },
    /// Early drift detection method (Baena-García et al. 2006), by the distance between errors: errors, 0 or 1.
    Eddm {
        /// Errors before the first verdict.
        #[serde(default = "defaults::warm_start")]
        warm_start: u32,
        /// Share of the largest distance under which it warns, `beta` to 1.
        #[serde(default = "defaults::eddm_warning")]
        alpha: f64,
        /// Share under which it is drift.
        #[serde(default = "defaults::eddm_drift")]
        beta: f64,
    },
    /// Cumulative sums around the mean so far (Page 1954): any numbers.
    PageHinkley {
        /// Rows before the first verdict.
        #[serde(default = "defaults::warm_start")]
        min_instances: u32,
        /// What is taken off each deviation, in units of the values.
        #[serde(default = "defaults::ph_delta")]
        delta: f64,
        /// The sum that is drift, in units of the values.
        #[serde(default = "defaults::ph_threshold")]
        threshold: f64,
        /// Share of the sum kept at each row, over 0 and at most 1.
        #[serde(default = "defaults::ph_alpha")]
        alpha: f64,
        #[serde(default)]
        direction: Direction,
    },
    /// Kolmogorov-Smirnov test of the newest rows against a sample of those before (Raab et al. 2020): any numbers.
    Kswin {
        /// Largest p-value that is drift, over 0 and under 1.
        #[serde(default = "defaults::kswin_alpha")]
        alpha: f64,
        /// Rows looked back on, over `stat_size`.
        #[serde(default = "defaults::window_size")]
        window_size: u32,
        /// Newest rows, and rows drawn of those before.
        #[serde(default = "defaults::stat_size")]
        stat_size: u32,
        /// Decides which rows are drawn.
        #[serde(default)]
        seed: u64,
    },
}

/// Which change of the mean counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Up,
    Down,
    #[default]
    Both,
}

/// What a detector says after a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    None,
    Warning,
    Drift,
}

/// A detector on its way through a stream. May be stored and taken up again at the same row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunningDetector {
    pub detector: Detector,
    /// Rows since the beginning.
    n_rows: u64,
    /// The last signal was drift: the next row begins anew.
    renew: bool,
    state: State,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum State {
    Adwin(AdwinState),
    Ddm(DdmState),
    Eddm(EddmState),
    PageHinkley(PageHinkleyState),
    Kswin(KswinState),
}

/// A row at which a detector spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Detection {
    /// From 0.
    pub row: u64,
    pub signal: Signal,
}

mod defaults {
    pub const fn delta() -> f64 {
        0.002
    }
    pub const fn clock() -> u32 {
        32
    }
    pub const fn max_buckets() -> u32 {
        5
    }
    pub const fn min_window_length() -> u32 {
        5
    }
    pub const fn grace_period() -> u32 {
        10
    }
    pub const fn warm_start() -> u32 {
        30
    }
    pub const fn ddm_warning() -> f64 {
        2.0
    }
    pub const fn ddm_drift() -> f64 {
        3.0
    }
    pub const fn eddm_warning() -> f64 {
        0.95
    }
    pub const fn eddm_drift() -> f64 {
        0.9
    }
    pub const fn ph_delta() -> f64 {
        0.005
    }
    pub const fn ph_threshold() -> f64 {
        50.0
    }
    pub const fn ph_alpha() -> f64 {
        1.0 - 0.0001
    }
    pub const fn kswin_alpha() -> f64 {
        0.005
    }
    pub const fn window_size() -> u32 {
        100
    }
    pub const fn stat_size() -> u32 {
        30
    }
}
