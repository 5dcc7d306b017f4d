//! When a model is trained again: what each rule would have brought, window by window.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// When a model is trained again, at the end of a window, on what came until then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Policy {
    Never,
    Every {
        n_windows: u32,
    },
    /// After a window with an alert; then not again for so many windows.
    OnAlert {
        rest_windows: u32,
    },
}

/// What a model shows in a window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct WindowScore {
    pub performance: f64,
    pub alert: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PolicyOutcome {
    pub policy: Policy,
    pub steps: Vec<PolicyStep>,
    pub n_refits: u32,
    pub n_alerts: u32,
    /// Over the windows; `None` without one.
    pub mean_performance: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct PolicyStep {
    pub window: u32,
    /// 0: the model that was there; then one more with each refit.
    pub model: u32,
    pub performance: f64,
    pub alert: bool,
    /// At the end of this window; the next is the new model's.
    pub refitted: bool,
}

/// As people write it: `never`, `every=5`, `on-alert`, `on-alert=3`.
impl FromStr for Policy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || format!("`{text}` is none; write never, every=5, on-alert or on-alert=3");
        let (kind, windows) = match text.split_once('=') {
            Some((kind, windows)) => (kind, Some(windows.parse().map_err(|_| refused())?)),
            None => (text, None),
        };
        match (kind, windows) {
            ("never", None) => Ok(Self::Never),
            ("every", Some(n_windows @ 1..)) => Ok(Self::Every { n_windows }),
            ("on-alert", rest) => Ok(Self::OnAlert {
                rest_windows: rest.unwrap_or(0),
            }),
            _ => Err(refused()),
        }
    }
}

impl Policy {
    pub fn label(&self) -> String {
        match self {
            Self::Never => "never".to_owned(),
            Self::Every { n_windows: 1 } => "after every window".to_owned(),
            Self::Every { n_windows } => format!("every {n_windows} windows"),
            Self::OnAlert { rest_windows: 0 } => "on alert".to_owned(),
            Self::OnAlert { rest_windows } => format!("on alert, rest {rest_windows}"),
        }
    }

    fn asks(self, window: u32, alert: bool, last_refit: Option<u32>) -> bool {
        match self {
            Self::Never => false,
            Self::Every { n_windows } => (window + 1).is_multiple_of(n_windows.max(1)),
            Self::OnAlert { rest_windows } => {
                alert && last_refit.is_none_or(|last| window - last > rest_windows)
            }
        }
    }
}

/// Walks through the windows: `score` says how a model does in a window, `refit` trains one on all that came up to the end
/// of a window. The last window is followed by none, so nothing is trained after it.
///
/// # Errors
/// Those of `score` and `refit`.
pub fn simulate<M, E>(
    policy: Policy,
    n_windows: u32,
    champion: M,
    mut score: impl FnMut(&M, u32) -> Result<WindowScore, E>,
    mut refit: impl FnMut(u32) -> Result<M, E>,
) -> Result<PolicyOutcome, E> {
    let (mut model, mut number) = (champion, 0);
    let mut last_refit = None;
    let mut steps = Vec::new();
    for window in 0..n_windows {
        let WindowScore { performance, alert } = score(&model, window)?;
        let refitted = window + 1 < n_windows && policy.asks(window, alert, last_refit);
        steps.push(PolicyStep {
            window,
            model: number,
            performance,
            alert,
            refitted,
        });
        if refitted {
            model = refit(window)?;
            number += 1;
            last_refit = Some(window);
        }
    }
    let sum: f64 = steps.iter().map(|step| step.performance).sum();
    Ok(PolicyOutcome {
        policy,
        n_refits: number,
        n_alerts: steps.iter().map(|step| u32::from(step.alert)).sum(),
        mean_performance: (!steps.is_empty()).then(|| sum / steps.len() as f64),
        steps,
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// The world turns at windows 3 and 7; a model is as good as it is new.
    fn walk(policy: Policy) -> PolicyOutcome {
        let era = |window: u32| u32::from(window >= 3) + u32::from(window >= 7);
        simulate::<u32, Infallible>(
            policy,
            10,
            0,
            |model, window| {
                let right = *model == era(window);
                Ok(WindowScore {
                    performance: if right { 0.9 } else { 0.6 },
                    alert: !right,
                })
            },
            |window| Ok(era(window)),
        )
        .unwrap()
    }

    #[test]
    fn each_policy_trains_when_it_says() {
        for (policy, refits, n_alerts, mean) in [
            (Policy::Never, vec![], 7, 0.69),
            (Policy::Every { n_windows: 2 }, vec![1, 3, 5, 7], 2, 0.84),
            (Policy::Every { n_windows: 4 }, vec![3, 7], 2, 0.84),
            (Policy::OnAlert { rest_windows: 0 }, vec![3, 7], 2, 0.84),
            (Policy::OnAlert { rest_windows: 5 }, vec![3], 4, 0.78),
        ] {
            let found = walk(policy);
            let at: Vec<u32> = found
                .steps
                .iter()
                .filter(|s| s.refitted)
                .map(|s| s.window)
                .collect();
            assert_eq!(at, refits, "{policy:?}");
            assert_eq!(
                (found.n_refits as usize, found.n_alerts),
                (refits.len(), n_alerts),
                "{policy:?}"
            );
            assert!(
                (found.mean_performance.unwrap() - mean).abs() < 1e-12,
                "{policy:?} {found:?}"
            );
        }
    }

    #[test]
    fn policies_are_read_as_they_are_written() {
        for (text, read) in [
            ("never", Some(Policy::Never)),
            ("every=5", Some(Policy::Every { n_windows: 5 })),
            ("on-alert", Some(Policy::OnAlert { rest_windows: 0 })),
            ("on-alert=3", Some(Policy::OnAlert { rest_windows: 3 })),
            ("every", None),
            ("every=0", None),
            ("every=-1", None),
            ("never=1", None),
            ("sometimes", None),
        ] {
            assert_eq!(text.parse().ok(), read, "{text}");
        }
    }

    #[test]
    fn what_stops_the_training_stops_the_walk() {
        let scored = |_: &(), _| {
            Ok(WindowScore {
                performance: 1.0,
                alert: true,
            })
        };
        let stopped = simulate(Policy::Every { n_windows: 1 }, 3, (), scored, |_| {
            Err("no rows")
        });
        assert_eq!(stopped, Err("no rows"));
    }
}
