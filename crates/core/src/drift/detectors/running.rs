//! What all detectors share: names, the beginning, and one row after another.

use super::{
    AdwinState, DdmState, Detection, Detector, Direction, EddmState, KswinState, PageHinkleyState,
    RunningDetector, Signal, State, defaults,
};

impl Detector {
    /// Every detector, with River's defaults.
    pub const ALL: [Self; 5] = [
        Self::Adwin {
            delta: defaults::delta(),
            clock: defaults::clock(),
            max_buckets: defaults::max_buckets(),
            min_window_length: defaults::min_window_length(),
            grace_period: defaults::grace_period(),
        },
        Self::Ddm {
            warm_start: defaults::warm_start(),
            warning_threshold: defaults::ddm_warning(),
            drift_threshold: defaults::ddm_drift(),
        },
        Self::Eddm {
            warm_start: defaults::warm_start(),
            alpha: defaults::eddm_warning(),
            beta: defaults::eddm_drift(),
        },
        Self::PageHinkley {
            min_instances: defaults::warm_start(),
            delta: defaults::ph_delta(),
            threshold: defaults::ph_threshold(),
            alpha: defaults::ph_alpha(),
            direction: Direction::Both,
        },
        Self::Kswin {
            alpha: defaults::kswin_alpha(),
            window_size: defaults::window_size(),
            stat_size: defaults::stat_size(),
            seed: 0,
        },
    ];

    pub const fn label(&self) -> &'static str {
        match self {
            Self::Adwin { .. } => "ADWIN",
            Self::Ddm { .. } => "DDM",
            Self::Eddm { .. } => "EDDM",
            Self::PageHinkley { .. } => "Page-Hinkley",
            Self::Kswin { .. } => "KSWIN",
        }
    }

    /// Takes errors alone, 1 for wrong and 0 for right; the others take any numbers.
    pub const fn takes_errors_only(&self) -> bool {
        matches!(self, Self::Ddm { .. } | Self::Eddm { .. })
    }

    pub fn start(&self) -> RunningDetector {
        RunningDetector {
            detector: *self,
            n_rows: 0,
            renew: false,
            state: State::of(self),
        }
    }

    /// Where the detector speaks on a whole stream; a warning is named at its first row.
    pub fn detections(&self, values: &[f64]) -> Vec<Detection> {
        let mut running = self.start();
        let mut before = Signal::None;
        let mut found = Vec::new();
        for (row, value) in values.iter().enumerate() {
            let signal = running.push(*value);
            let goes_on = signal == Signal::Warning && before == Signal::Warning;
            if signal != Signal::None && !goes_on {
                found.push(Detection {
                    row: row as u64,
                    signal,
                });
            }
            before = signal;
        }
        found
    }
}

impl RunningDetector {
    /// The next value of the stream. Detectors that take errors alone read anything but 0 as an error; a value that is
    /// not finite (a row without a label) says nothing and is not counted.
    pub fn push(&mut self, value: f64) -> Signal {
        if !value.is_finite() {
            return Signal::None;
        }
        if self.renew {
            self.state = State::of(&self.detector);
        }
        self.n_rows += 1;
        let error = value != 0.0;
        let signal = match &mut self.state {
            State::Adwin(state) => state.push(value),
            State::Ddm(state) => state.push(error),
            State::Eddm(state) => state.push(error),
            State::PageHinkley(state) => state.push(value),
            State::Kswin(state) => state.push(value),
        };
        self.renew = signal == Signal::Drift;
        signal
    }

    /// Rows that were counted.
    pub fn n_rows(&self) -> u64 {
        self.n_rows
    }
}

impl State {
    fn of(detector: &Detector) -> Self {
        match *detector {
            Detector::Adwin {
                delta,
                clock,
                max_buckets,
                min_window_length,
                grace_period,
            } => Self::Adwin(AdwinState::new(
                delta,
                clock,
                max_buckets,
                min_window_length,
                grace_period,
            )),
            Detector::Ddm {
                warm_start,
                warning_threshold,
                drift_threshold,
            } => Self::Ddm(DdmState::new(
                warm_start,
                warning_threshold,
                drift_threshold,
            )),
            Detector::Eddm {
                warm_start,
                alpha,
                beta,
            } => Self::Eddm(EddmState::new(warm_start, alpha, beta)),
            Detector::PageHinkley {
                min_instances,
                delta,
                threshold,
                alpha,
                direction,
            } => Self::PageHinkley(PageHinkleyState::new(
                min_instances,
                delta,
                threshold,
                alpha,
                direction,
            )),
            Detector::Kswin {
                alpha,
                window_size,
                stat_size,
                seed,
            } => Self::Kswin(KswinState::new(alpha, window_size, stat_size, seed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_a_label_says_nothing() {
        for detector in Detector::ALL {
            let mut running = detector.start();
            let before = running.clone();
            assert_eq!(running.push(f64::NAN), Signal::None);
            assert_eq!(running, before, "{}", detector.label());
        }
    }

    #[test]
    fn parameters_that_are_left_out_are_those_of_river() {
        for (kind, wanted) in ["adwin", "ddm", "eddm", "page_hinkley", "kswin"]
            .into_iter()
            .zip(Detector::ALL)
        {
            let read: Detector = serde_json::from_str(&format!("{{\"kind\":\"{kind}\"}}")).unwrap();
            assert_eq!(read, wanted);
        }
        assert!(serde_json::from_str::<Detector>(r#"{"kind":"ddm","delta":1}"#).is_err());
    }
}
