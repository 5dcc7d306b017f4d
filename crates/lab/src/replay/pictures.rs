//! A replay as charts: what the verdicts go by, performance, and how the columns hang together, over the windows.

use assay_core::chart::{Axis, ChartSpec, Figure, Limit, Series};
use assay_core::drift::detectors::Signal;
use assay_core::drift::estimate::MetricLimits;
use assay_core::drift::{ColumnDrift, Decides, Method, Verdict};
use assay_core::replay::{DriftReport, WindowReport};

use crate::charts::spec;

/// Columns by windows, coloured by distance; by how far beyond the limit where columns are measured by anything else.
pub fn drift_map(report: &DriftReport) -> ChartSpec {
    let all: Vec<usize> = (0..report.columns.len()).collect();
    drift_map_of(report, &all, 1)
}

/// Of some columns, by their places; each cell is the worst of `per` windows.
pub fn drift_map_of(report: &DriftReport, places: &[usize], per: usize) -> ChartSpec {
    let parts: Vec<&[WindowReport]> = report.windows.chunks(per.max(1)).collect();
    let mut all = report.windows.iter().flat_map(|window| &window.columns);
    let is_distance =
        all.all(|cell| cell.method == Method::JensenShannon && cell.decides != Decides::PValue);
    let value = |cell: &ColumnDrift| match is_distance {
        true => cell.jensen_shannon,
        false => cell.times_limit(),
    };
    let (threshold, units) = match is_distance {
        true => (report.rule.min_distance, ""),
        false => (1.0, "; in multiples of each column's limit"),
    };
    let mut values = Vec::with_capacity(parts.len() * places.len());
    let mut over = Vec::with_capacity(values.capacity());
    for place in places {
        for part in &parts {
            let cells = || part.iter().filter_map(|window| window.columns.get(*place));
            values.push(cells().filter_map(value).reduce(f64::max));
            over.push(cells().any(|cell| cell.verdict == Verdict::Drifted));
        }
    }
    let named = places.iter().filter_map(|place| report.columns.get(*place));
    spec(
        &format!("{} on {}", report.against(), report.logs.join(", ")),
        format!("{}{units}", report.verdict),
        Figure::HeatMap {
            rows: named.map(|column| column.name.clone()).collect(),
            columns: parts
                .iter()
                .map(|part| position(part).to_string())
                .collect(),
            values,
            over,
            threshold,
        },
    )
}

/// How far some columns come over the windows, in multiples of their limits; of `per` windows the worst.
pub fn severity_chart(report: &DriftReport, places: &[usize], per: usize) -> ChartSpec {
    let series = places.iter().zip(1_u8..).filter_map(|(place, color)| {
        let column = report.columns.get(*place)?;
        let (x, y) = worst(report, per, |window| {
            window.columns.get(*place)?.times_limit()
        });
        Some(line(column.name.clone(), color, x, y))
    });
    lines(
        "The columns that drifted most",
        "statistic in multiples of its limit, at most ten".to_owned(),
        "times the limit",
        series.collect(),
        vec![Limit {
            name: "limit".to_owned(),
            value: 1.0,
        }],
    )
}

/// `None` without labels.
pub fn performance_chart(report: &DriftReport) -> Option<ChartSpec> {
    let metric = report.performance_metric.as_ref()?;
    let points = banded(report, 1, |window| {
        let found = window.performance?;
        Some((found.value, found.low, found.high))
    });
    let test = report.test_performance.map(|value| Limit {
        name: format!("on the {} {value:.3}", report.baseline_rows.words()),
        value,
    });
    Some(lines(
        &format!("{metric} of {}", report.against()),
        format!("{} windows, 95 % interval", points.x.len()),
        metric,
        vec![Series {
            name: report.against(),
            ..points
        }],
        test.into_iter().collect(),
    ))
}

/// Names of the metrics that were measured or estimated, in the order of the report.
pub fn metric_names(report: &DriftReport) -> Vec<&str> {
    let mut names: Vec<&str> = report.performance_metric.as_deref().into_iter().collect();
    for window in &report.windows {
        let measured = window.metrics.iter().map(|known| known.metric.as_str());
        let estimated = window.estimates.iter().map(|known| known.metric.as_str());
        for name in measured.chain(estimated) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// One metric over the windows: as labels say and as the model's answers let expect, each with its band, and where the
/// detectors of concept drift fired. `None`: there is neither.
pub fn metric_chart(report: &DriftReport, metric: &str, per: usize) -> Option<ChartSpec> {
    let measured = banded(report, per, |window| {
        let mut known = window.metrics.iter();
        let found = known.find(|known| known.metric == metric);
        let is_main = report.performance_metric.as_deref() == Some(metric);
        let plain = window.performance.filter(|_| is_main);
        let found = found.map(|known| (known.value, known.low, known.high));
        found.or_else(|| plain.map(|known| (known.value, known.low, known.high)))
    });
    let estimated = banded(report, per, |window| {
        let mut known = window.estimates.iter();
        let found = known.find(|known| known.metric == metric)?;
        let (low, high) = (
            found.low.unwrap_or(found.value),
            found.high.unwrap_or(found.value),
        );
        Some((found.value, low, high))
    });
    let mut series = Vec::new();
    for (name, color, points) in [("measured", 1, measured), ("expected", 3, estimated)] {
        if !points.x.is_empty() {
            series.push(Series {
                name: name.to_owned(),
                color,
                ..points
            });
        }
    }
    if series.is_empty() {
        return None;
    }
    series.extend(marks(report, &series));
    let mut limits = Vec::new();
    let is_main = report.performance_metric.as_deref() == Some(metric);
    limits.extend(
        report
            .test_performance
            .filter(|_| is_main)
            .map(|value| Limit {
                name: format!("on the {} {value:.3}", report.baseline_rows.words()),
                value,
            }),
    );
    let of_windows = match per {
        0 | 1 => "a point a window".to_owned(),
        _ => format!("a point is the mean of {per} windows, its band holds all of theirs"),
    };
    Some(lines(metric, of_windows, metric, series, limits))
}

/// What looks at all columns together, one chart a measure that was made.
pub fn multivariate_charts(report: &DriftReport, per: usize) -> Vec<ChartSpec> {
    type Measure = fn(&WindowReport) -> Option<(f64, Option<MetricLimits>)>;
    let measures: [(&str, &str, Measure); 3] = [
        (
            "Reconstruction error",
            "distance to the principal components",
            |window| {
                let found = window.multivariate.as_ref()?.reconstruction?;
                Some((found.error, found.limits))
            },
        ),
        (
            "Change of correlation",
            "root mean square over all pairs",
            |window| {
                let found = window.multivariate.as_ref()?.correlation.as_ref()?;
                Some((found.statistic, found.limits))
            },
        ),
        (
            "Domain classifier",
            "area under the curve; 0.5: no row can be told",
            |window| {
                let found = window.multivariate.as_ref()?.domain?;
                Some((found.roc_auc, Some(found.limits)))
            },
        ),
    ];
    let chart = |(title, subtitle, measure): (&str, &str, Measure)| {
        let (x, y) = worst(report, per, |window| Some(measure(window)?.0));
        if x.is_empty() {
            return None;
        }
        let (limit_x, limit_y) = worst(report, per, |window| measure(window)?.1?.high);
        let mut series = vec![line("window".to_owned(), 1, x, y)];
        if !limit_x.is_empty() {
            series.push(line("upper limit".to_owned(), 2, limit_x, limit_y));
        }
        Some(lines(title, subtitle.to_owned(), title, series, Vec::new()))
    };
    measures.into_iter().filter_map(chart).collect()
}

/// Upright lines where a detector of concept drift fired, from the bottom to the top of what is drawn.
fn marks(report: &DriftReport, series: &[Series]) -> Option<Series> {
    let all = || {
        series
            .iter()
            .flat_map(|series| series.y.iter().chain(&series.low).chain(&series.high))
    };
    let finite = || all().copied().filter(|value| value.is_finite());
    let (low, high) = (finite().reduce(f64::min)?, finite().reduce(f64::max)?);
    let mut windows: Vec<u32> = report
        .concept
        .iter()
        .flat_map(|stream| &stream.detections)
        .filter(|found| found.signal == Signal::Drift)
        .map(|found| found.window)
        .collect();
    windows.sort_unstable();
    windows.dedup();
    let at = |window: &u32| f64::from(*window) + 1.0;
    let x: Vec<f64> = windows
        .iter()
        .flat_map(|w| [at(w), at(w), f64::NAN])
        .collect();
    let y: Vec<f64> = windows.iter().flat_map(|_| [low, high, f64::NAN]).collect();
    (!x.is_empty()).then(|| line("concept drift".to_owned(), 6, x, y))
}

fn position(part: &[WindowReport]) -> u32 {
    part.first().map_or(0, |window| window.index + 1)
}

fn worst(
    report: &DriftReport,
    per: usize,
    value: impl Fn(&WindowReport) -> Option<f64>,
) -> (Vec<f64>, Vec<f64>) {
    let parts = report.windows.chunks(per.max(1));
    parts
        .filter_map(|part| {
            let most = part.iter().filter_map(&value).reduce(f64::max)?;
            Some((f64::from(position(part)), most))
        })
        .unzip()
}

/// Means of values, within the lowest and the highest end of their bands.
fn banded(
    report: &DriftReport,
    per: usize,
    value: impl Fn(&WindowReport) -> Option<(f64, f64, f64)>,
) -> Series {
    let mut series = line(String::new(), 1, Vec::new(), Vec::new());
    for part in report.windows.chunks(per.max(1)) {
        let found: Vec<(f64, f64, f64)> = part.iter().filter_map(&value).collect();
        if found.is_empty() {
            continue;
        }
        series.x.push(f64::from(position(part)));
        let sum: f64 = found.iter().map(|(value, ..)| value).sum();
        series.y.push(sum / found.len() as f64);
        let low = found.iter().map(|(_, low, _)| *low);
        series.low.push(low.fold(f64::INFINITY, f64::min));
        let high = found.iter().map(|(.., high)| *high);
        series.high.push(high.fold(f64::NEG_INFINITY, f64::max));
    }
    series
}

fn line(name: String, color: u8, x: Vec<f64>, y: Vec<f64>) -> Series {
    Series {
        name,
        color,
        x,
        y,
        low: Vec::new(),
        high: Vec::new(),
    }
}

fn lines(
    title: &str,
    subtitle: String,
    y: &str,
    series: Vec<Series>,
    limits: Vec<Limit>,
) -> ChartSpec {
    spec(
        title,
        subtitle,
        Figure::Lines {
            x: Axis::linear("window"),
            y: Axis::linear(y),
            series,
            limits,
            diagonal: false,
        },
    )
}
