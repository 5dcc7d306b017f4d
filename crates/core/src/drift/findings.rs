//! What a replay found besides the drift of columns, in sentences.

use super::detectors::Signal;
use crate::metrics;
use crate::replay::{DriftReport, WindowMultivariate, WindowReport};
use crate::words::{count, figure};

const MAX_QUALITY: usize = 5;
const MAX_CHALLENGERS: usize = 3;
/// Detectors that are told of: on one stream they find much the same.
const MAX_DETECTORS: usize = 2;
/// Windows that are named before they are counted.
const MAX_STRETCHES: usize = 3;

/// The most important first.
pub fn findings(report: &DriftReport) -> Vec<String> {
    let mut found = Vec::new();
    found.extend(performance(report));
    found.extend(estimates(report));
    found.extend(concept(report));
    found.extend(multivariate(report));
    found.extend(quality(report));
    found.extend(challengers(report));
    found
}

/// Windows whose whole band is worse than the value on the test rows.
fn performance(report: &DriftReport) -> Option<String> {
    let metric = report.performance_metric.as_deref()?;
    let test = report.test_performance?;
    let greater = is_greater_better(metric);
    let is_worse = |window: &&WindowReport| {
        let measured = window.performance.as_ref();
        measured.is_some_and(|p| if greater { p.high < test } else { p.low > test })
    };
    let worse: Vec<&WindowReport> = report.windows.iter().filter(is_worse).collect();
    let values = worse.iter().filter_map(|window| window.performance);
    let worst = values.map(|p| p.value).reduce(worse_of(greater))?;
    Some(format!(
        "{metric} was worse than the {} of the {} in {}, at worst {}",
        figure(test),
        report.baseline_rows.words(),
        windows(worse.iter().map(|window| window.index)),
        figure(worst)
    ))
}

/// Where the labels have come: how near the estimates lay; where they have not: what they let expect.
fn estimates(report: &DriftReport) -> Option<String> {
    let metric = main_metric(report);
    let estimate = |window: &WindowReport| {
        let mut estimates = window.estimates.iter();
        estimates.find(|e| e.metric == metric).cloned()
    };
    let apart: Vec<f64> = report
        .windows
        .iter()
        .filter_map(|window| Some((estimate(window)?.value - window.performance?.value).abs()))
        .collect();
    if !apart.is_empty() {
        let mean = apart.iter().sum::<f64>() / apart.len() as f64;
        return Some(format!(
            "Without labels {metric} was estimated {} off on average, over {} windows",
            figure(mean),
            count(apart.len() as u64)
        ));
    }
    let estimated = report
        .windows
        .iter()
        .filter_map(|window| Some((window.index, estimate(window)?)));
    let alerts: Vec<_> = estimated.filter(|(_, estimate)| estimate.alert).collect();
    let values = alerts.iter().map(|(_, estimate)| estimate.value);
    let greater = is_greater_better(&metric);
    let worst = values.reduce(worse_of(greater))?;
    Some(format!(
        "Estimated {metric} left its limits in {}, at worst {}",
        windows(alerts.iter().map(|(index, _)| *index)),
        figure(worst)
    ))
}

fn concept(report: &DriftReport) -> Vec<String> {
    let told = report.concept.iter().filter(|stream| stream.is_telling());
    told.filter_map(|stream| {
        let mut detections = stream.detections.iter();
        let first = detections.find(|detection| detection.signal == Signal::Drift)?;
        let more = match stream.n_drifts {
            0 | 1 => String::new(),
            n => format!(", and {} times more", count(n - 1)),
        };
        Some(format!(
            "{} saw the errors change at row {} (window {}){more}",
            stream.detector.label(),
            count(first.row),
            first.window + 1
        ))
    })
    .take(MAX_DETECTORS)
    .collect()
}

fn multivariate(report: &DriftReport) -> Vec<String> {
    let measures = [
        (
            "PCA reconstruction error",
            WindowMultivariate::RECONSTRUCTION,
        ),
        ("change of correlations", WindowMultivariate::CORRELATION),
        (
            "area under the curve of a model that tells them apart",
            WindowMultivariate::DOMAIN,
        ),
    ];
    let told = measures.iter().filter_map(|(name, measure)| {
        let alerts: Vec<(u32, f64)> = report
            .windows
            .iter()
            .filter_map(|window| {
                let (value, alert) = measure(window)?;
                alert.then_some((window.index, value))
            })
            .collect();
        let most = alerts.iter().map(|(_, value)| *value).reduce(f64::max)?;
        Some(format!(
            "The rows hang together otherwise in {}: {name} up to {}",
            windows(alerts.iter().map(|(index, _)| *index)),
            figure(most)
        ))
    });
    told.collect()
}

/// The widest spread first.
fn quality(report: &DriftReport) -> Vec<String> {
    let mut issues: Vec<_> = report.quality.iter().collect();
    issues.sort_by_key(|issue| std::cmp::Reverse(issue.windows.len()));
    let told = issues.iter().take(MAX_QUALITY).map(|issue| {
        format!(
            "Data quality in {}; in window {}: {}",
            windows(issue.windows.iter().copied()),
            issue.worst_window + 1,
            issue.worst.sentence.trim_end_matches('.')
        )
    });
    let mut told: Vec<String> = told.collect();
    if let Some(more) = issues
        .len()
        .checked_sub(MAX_QUALITY)
        .filter(|more| *more > 0)
    {
        told.push(format!(
            "{} more measures of data quality alert",
            count(more as u64)
        ));
    }
    told
}

fn challengers(report: &DriftReport) -> Vec<String> {
    let tests = report
        .challenge
        .iter()
        .flat_map(|challenge| &challenge.tests);
    let told = tests.take(MAX_CHALLENGERS).map(|test| {
        let how = match (test.better, test.worse) {
            (true, _) => "better than",
            (_, true) => "worse than",
            _ => "not told apart from",
        };
        let sign = if test.gain > 0.0 { "+" } else { "" };
        format!(
            "{} is {how} {}: {} {sign}{} ({} to {})",
            test.challenger,
            test.champion,
            test.metric,
            figure(test.gain),
            figure(test.low),
            figure(test.high)
        )
    });
    told.collect()
}

/// The metric that a replay goes by, with labels or without.
pub(crate) fn main_metric(report: &DriftReport) -> String {
    let metric = report.performance_metric.as_deref();
    let by_problem = match report.problem {
        Some(problem) if problem.is_classification() => "accuracy",
        _ => "rmse",
    };
    metric.unwrap_or(by_problem).to_owned()
}

pub(crate) fn is_greater_better(metric: &str) -> bool {
    metrics::metric(metric).is_none_or(|metric| metric.greater_is_better)
}

fn worse_of(greater_is_better: bool) -> fn(f64, f64) -> f64 {
    if greater_is_better {
        f64::min
    } else {
        f64::max
    }
}

/// `window 3`, `windows 3 to 9, 12 and 2 more`; of 0-based ascending indices.
fn windows(indices: impl Iterator<Item = u32>) -> String {
    let mut stretches: Vec<(u32, u32)> = Vec::new();
    let mut n = 0_u64;
    for index in indices {
        n += 1;
        match stretches.last_mut() {
            Some((_, last)) if *last + 1 == index => *last = index,
            _ => stretches.push((index, index)),
        }
    }
    let named = stretches.iter().take(MAX_STRETCHES);
    let n_named: u64 = named.clone().map(|(a, b)| u64::from(b - a) + 1).sum();
    let texts: Vec<String> = named
        .map(|(first, last)| match first == last {
            true => (first + 1).to_string(),
            false => format!("{} to {}", first + 1, last + 1),
        })
        .collect();
    let noun = if n == 1 { "window" } else { "windows" };
    match n - n_named {
        0 => format!("{noun} {}", texts.join(", ")),
        more => format!("{noun} {} and {} more", texts.join(", "), count(more)),
    }
}

#[cfg(test)]
mod tests {
    use super::windows;

    #[test]
    fn stretches_are_named_and_the_rest_counted() {
        let cases: [(&[u32], &str); 4] = [
            (&[2], "window 3"),
            (&[2, 3, 4], "windows 3 to 5"),
            (&[0, 2, 3], "windows 1, 3 to 4"),
            (&[0, 2, 4, 6, 7], "windows 1, 3, 5 and 2 more"),
        ];
        for (indices, wanted) in cases {
            assert_eq!(windows(indices.iter().copied()), wanted);
        }
    }
}
