//! Windows one after the other in which a rule was true, and the alert that they make together.

use super::{ALERT_SCHEMA, Alert, AlertRule, AlertStretch};
use crate::replay::{DriftReport, WindowReport};
use crate::words::count;

/// One look at a window: nothing to look at, or the value and whether it is bad.
pub(super) type Look = Option<(Option<f64>, bool)>;

pub(super) struct Stretch {
    first: u32,
    last: u32,
    n_windows: u32,
    is_ongoing: bool,
    value: Option<f64>,
}

/// Stretches of bad windows that are long enough.
pub(super) fn stretches(
    rule: &AlertRule,
    report: &DriftReport,
    look: impl Fn(&WindowReport) -> Look,
    worse: fn(f64, f64) -> f64,
) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    let mut under_way: Option<Stretch> = None;
    for window in &report.windows {
        match (look(window), &mut under_way) {
            (None, _) => {}
            (Some((value, true)), Some(stretch)) => {
                stretch.last = window.index;
                stretch.n_windows += 1;
                stretch.value = match (stretch.value, value) {
                    (Some(a), Some(b)) => Some(worse(a, b)),
                    (a, b) => a.or(b),
                };
            }
            (Some((value, true)), none) => {
                *none = Some(Stretch {
                    first: window.index,
                    last: window.index,
                    n_windows: 1,
                    is_ongoing: false,
                    value,
                });
            }
            (Some((_, false)), ended) => all.extend(ended.take()),
        }
    }
    all.extend(under_way.map(|stretch| Stretch {
        is_ongoing: true,
        ..stretch
    }));
    all.retain(|stretch| stretch.n_windows >= rule.windows.max(1));
    all
}

/// `what` says what was wrong by the worst value of a stretch; `None` when nothing was.
pub(super) fn alert(
    rule: &AlertRule,
    report: &DriftReport,
    column: Option<&str>,
    found: &[Stretch],
    threshold: Option<f64>,
    what: impl Fn(Option<f64>) -> String,
) -> Option<Alert> {
    let (first, later) = found.split_first()?;
    let n_windows = count(report.windows.len() as u64);
    let sentence = |stretch: &Stretch| {
        let what = what(stretch.value);
        format!("{what} {} of {n_windows}{}", place(stretch), end(stretch))
    };
    let again = match later {
        [] => String::new(),
        [once] => format!(", and once more {}{}", place(once), end(once)),
        [.., last] => {
            let n_more = count(later.len() as u64);
            format!(
                ", and {n_more} more times, the last {}{}",
                place(last),
                end(last)
            )
        }
    };
    Some(Alert {
        schema: ALERT_SCHEMA,
        rule: rule.name.clone(),
        severity: rule.severity,
        metric: rule.metric,
        model: report.model.clone(),
        replay_id: report.replay_id.clone(),
        column: column.map(str::to_owned),
        quality: None,
        first_window: first.first,
        last_window: first.last,
        is_ongoing: first.is_ongoing,
        value: first.value,
        threshold,
        muted: rule.muted,
        sentence: sentence(first) + &again,
        later: later
            .iter()
            .map(|stretch| AlertStretch {
                first_window: stretch.first,
                last_window: stretch.last,
                is_ongoing: stretch.is_ongoing,
                value: stretch.value,
                sentence: sentence(stretch),
            })
            .collect(),
        at_ms: report.created_ms,
    })
}

fn place(stretch: &Stretch) -> String {
    match (stretch.first, stretch.last) {
        (first, last) if first == last => format!("in window {}", first + 1),
        (first, last) => format!("in windows {} to {}", first + 1, last + 1),
    }
}

fn end(stretch: &Stretch) -> &'static str {
    if stretch.is_ongoing {
        ", the end of the log"
    } else {
        ""
    }
}
