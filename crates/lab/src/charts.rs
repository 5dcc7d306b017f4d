//! Charts: a request becomes a spec, a spec becomes an image or a window.

mod results;

use std::path::Path;
use std::process::{Command, Stdio};

use assay_core::RunId;
use assay_core::ask::{OpenChart, SaveChart, Written};
use assay_core::chart::{
    Axis, BarSeries, CHART_SCHEMA, ChartRequest, ChartSpec, Figure, ImageFormat, RenderRequest,
    Series, Theme,
};
use assay_core::code::Code;
use assay_core::curves::MetricBucket;
use assay_core::metrics;
use assay_core::run::{RunSummary, StoredPredictions};
use assay_core::words::count;
use assay_store::ALL_STEPS;
use serde::{Deserialize, Serialize};

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

/// Points of a curve that a chart carries.
const MAX_POINTS: u32 = 2_000;

/// What the native plot window is given on stdin.
#[derive(Debug, Serialize, Deserialize)]
pub struct PlotOrder {
    pub spec: ChartSpec,
    pub theme: Theme,
}

impl Lab {
    pub fn chart(&self, request: &ChartRequest) -> Result<ChartSpec, Error> {
        self.chart_spec(request)
            .attempt(|| "draw the chart".to_owned())
    }

    /// The image's bytes.
    pub fn render_chart(&self, request: &RenderRequest) -> Result<Vec<u8>, Error> {
        self.render(request).attempt(|| "draw the chart".to_owned())
    }

    pub fn save_chart(&self, request: &SaveChart) -> Result<Written, Error> {
        let bytes = self.render_chart(&request.render)?;
        write_file(&request.path, &bytes)
            .attempt(|| format!("save the chart as {}", request.path.display()))
    }

    /// Opens the native plot window in a process of its own.
    pub fn open_chart(&self, request: &OpenChart) -> Result<(), Error> {
        self.open_plot(request)
            .attempt(|| "open the plot window".to_owned())
    }

    fn render(&self, request: &RenderRequest) -> Result<Vec<u8>, Cause> {
        if !(100..=8_000).contains(&request.width) || !(100..=8_000).contains(&request.height) {
            return Err(Cause::said(
                Code::Invalid,
                "width and height must lie between 100 and 8,000 pixels",
            ));
        }
        let spec = self.chart_spec(&request.chart)?;
        Ok(match request.format {
            ImageFormat::Svg => {
                assay_chart::svg(&spec, request.theme, request.width, request.height)?.into_bytes()
            }
            ImageFormat::Png => {
                assay_chart::png(&spec, request.theme, request.width, request.height)?
            }
        })
    }

    fn open_plot(&self, request: &OpenChart) -> Result<(), Cause> {
        let plotter = self.environment.plotter.as_ref().ok_or_else(|| {
            Cause::with_hint(
                Code::Unsupported,
                "a browser cannot open a native window",
                "open this lab in the desktop application, or save the chart",
            )
        })?;
        let order = PlotOrder {
            spec: self.chart_spec(&request.chart)?,
            theme: request.theme,
        };
        let mut child = Command::new(plotter)
            .arg("plot")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| Cause::io(plotter, error))?;
        if let Some(stdin) = child.stdin.take() {
            serde_json::to_writer(stdin, &order)?;
        }
        // Waited for so that it does not stay as a zombie; the window closes when its user closes it.
        std::thread::spawn(move || child.wait());
        Ok(())
    }

    pub(crate) fn chart_spec(&self, request: &ChartRequest) -> Result<ChartSpec, Cause> {
        match request {
            ChartRequest::Roc { runs } => self.roc_chart(runs),
            ChartRequest::Metrics { runs, metrics } => self.metrics_chart(runs, metrics),
            ChartRequest::Result { run, part } => self.result_chart(run, *part),
            ChartRequest::Confusion { run } => self.confusion_chart(run),
            ChartRequest::MetricHistory { runs, metric } => self.history_chart(runs, metric),
            ChartRequest::ColumnHistogram { dataset, column } => self.column_chart(dataset, column),
            ChartRequest::DriftMap { replay, judged_by } => {
                self.drift_map(replay, judged_by.as_deref())
            }
            ChartRequest::DriftCell {
                replay,
                column,
                window,
                reference,
            } => self.drift_cell_chart(replay, column, *window, reference.as_ref()),
            ChartRequest::Performance { replay } => self.performance_chart(replay),
        }
    }

    fn roc_chart(&self, runs: &[RunId]) -> Result<ChartSpec, Cause> {
        let mut series = Vec::new();
        let mut n_rows = 0;
        for (index, run_id) in runs.iter().enumerate() {
            let summary = self.store.run(run_id.as_str())?;
            let predictions = self.predictions(run_id)?;
            if predictions.classes.is_empty() {
                return Err(Cause::with_hint(
                    Code::Invalid,
                    format!(
                        "run `{}` predicts numbers, which have no ROC curve",
                        summary.name
                    ),
                    "choose runs that predict classes",
                ));
            }
            n_rows = n_rows.max(predictions.rows.len());
            let (x, y, auc) = roc(&predictions);
            series.push(Series {
                name: format!("{}, AUC {auc:.4}", summary.name),
                color: color(index),
                x,
                y,
                low: vec![],
                high: vec![],
            });
        }
        Ok(spec(
            "ROC",
            format!("{} test rows", count(n_rows as u64)),
            Figure::Lines {
                x: Axis::between("false positive rate", 0.0, 1.0),
                y: Axis::between("true positive rate", 0.0, 1.0),
                series,
                limits: Vec::new(),
                diagonal: true,
            },
        ))
    }

    fn metrics_chart(&self, runs: &[RunId], metrics: &[String]) -> Result<ChartSpec, Cause> {
        let summaries = self.summaries(runs)?;
        let series = summaries
            .iter()
            .enumerate()
            .map(|(index, run)| BarSeries {
                name: run.name.clone(),
                color: color(index),
                values: metrics
                    .iter()
                    .map(|metric| run.metrics.get(metric).copied())
                    .collect(),
            })
            .collect();
        Ok(spec(
            "Metrics",
            n_runs(runs.len()),
            Figure::Bars {
                categories: metrics.to_vec(),
                y: Axis::linear("value"),
                series,
            },
        ))
    }

    fn confusion_chart(&self, run_id: &RunId) -> Result<ChartSpec, Cause> {
        let parts = self.store.run_parts(run_id)?;
        let confusion = parts.confusion.ok_or_else(|| {
            Cause::said(
                Code::NotFound,
                format!("run `{}` has no confusion matrix", parts.summary.name),
            )
        })?;
        let n: u64 = confusion.counts.iter().flatten().sum();
        Ok(spec(
            "Confusion",
            format!("{}, {} test rows", parts.summary.name, count(n)),
            Figure::Confusion {
                classes: confusion.classes,
                counts: confusion.counts,
            },
        ))
    }

    fn history_chart(&self, runs: &[RunId], metric: &str) -> Result<ChartSpec, Cause> {
        let mut series = Vec::new();
        for (index, run) in self.summaries(runs)?.iter().enumerate() {
            let buckets = self
                .store
                .metric_buckets(&run.run_id, metric, &ALL_STEPS, MAX_POINTS)?;
            series.push(Series {
                name: run.name.clone(),
                color: color(index),
                // Both ends of every bucket, so that spikes stay.
                x: ends(&buckets, |bucket| {
                    [bucket.first_step as f64, bucket.last_step as f64]
                }),
                y: ends(&buckets, |bucket| [bucket.min, bucket.max]),
                low: Vec::new(),
                high: Vec::new(),
            });
        }
        Ok(spec(
            metric,
            n_runs(runs.len()),
            Figure::Lines {
                x: Axis::linear(if metric.starts_with("cv.") {
                    "fold"
                } else {
                    "step"
                }),
                y: Axis::linear(metric),
                series,
                limits: Vec::new(),
                diagonal: false,
            },
        ))
    }

    fn column_chart(
        &self,
        dataset: &assay_core::reference::Reference,
        column: &str,
    ) -> Result<ChartSpec, Cause> {
        let profile = self.profile_of(dataset)?;
        let found = profile
            .columns
            .iter()
            .find(|candidate| candidate.name == column)
            .ok_or_else(|| Cause::said(Code::NotFound, format!("there is no column `{column}`")))?;
        let title = format!("{column} of {dataset}");
        let subtitle = format!(
            "{} rows, {} missing",
            count(found.n_rows),
            count(found.n_missing)
        );
        let figure = match &found.numeric {
            Some(numeric) => Figure::Histogram {
                x: Axis::linear(column),
                edges: numeric.histogram.edges.clone(),
                series: vec![BarSeries {
                    name: column.to_owned(),
                    color: 1,
                    values: shares(&numeric.histogram.counts),
                }],
            },
            None => Figure::Bars {
                categories: found.top.iter().map(|top| top.value.clone()).collect(),
                y: Axis::linear("rows"),
                series: vec![BarSeries {
                    name: column.to_owned(),
                    color: 1,
                    values: found.top.iter().map(|top| Some(top.count as f64)).collect(),
                }],
            },
        };
        Ok(spec(&title, subtitle, figure))
    }

    fn summaries(&self, runs: &[RunId]) -> Result<Vec<RunSummary>, Cause> {
        Ok(runs
            .iter()
            .map(|run| self.store.run(run.as_str()))
            .collect::<Result<_, _>>()?)
    }
}

pub(crate) fn spec(title: &str, subtitle: String, figure: Figure) -> ChartSpec {
    ChartSpec {
        schema: CHART_SCHEMA,
        title: title.to_owned(),
        subtitle,
        figure,
    }
}

fn n_runs(n: usize) -> String {
    if n == 1 {
        "1 run".to_owned()
    } else {
        format!("{n} runs")
    }
}

/// Two figures of every bucket, or one where it holds a single point.
fn ends(buckets: &[MetricBucket], of: fn(&MetricBucket) -> [f64; 2]) -> Vec<f64> {
    buckets
        .iter()
        .flat_map(|bucket| {
            let n = if bucket.first_step == bucket.last_step && bucket.min == bucket.max {
                1
            } else {
                2
            };
            of(bucket).into_iter().take(n)
        })
        .collect()
}

/// Category colours 1 to 8, over and over.
pub(crate) fn color(index: usize) -> u8 {
    (index % 8) as u8 + 1
}

/// Each count as a share of their sum.
pub(crate) fn shares(counts: &[u64]) -> Vec<Option<f64>> {
    let sum: u64 = counts.iter().sum();
    counts
        .iter()
        .map(|&count| (sum > 0).then(|| count as f64 / sum as f64))
        .collect()
}

/// False and true positive rates, and the area. Two classes: the second one is positive. More: one against the
/// rest, averaged over the classes at 201 false positive rates.
fn roc(stored: &StoredPredictions) -> (Vec<f64>, Vec<f64>, f64) {
    let n_classes = stored.classes.len();
    let one = |class: usize| {
        let positive: Vec<bool> = stored
            .truth_class
            .iter()
            .map(|&truth| truth as usize == class)
            .collect();
        let score: Vec<f64> = stored
            .probabilities
            .iter()
            .skip(class)
            .step_by(n_classes.max(1))
            .copied()
            .collect();
        let area = metrics::roc_auc(&positive, &score);
        (metrics::roc_curve(&positive, &score), area)
    };
    if n_classes == 2 {
        let (curve, area) = one(1);
        let curve = metrics::thin(&curve, MAX_POINTS as usize);
        return (
            curve.false_positive_rate,
            curve.true_positive_rate,
            area.unwrap_or(f64::NAN),
        );
    }
    let curves: Vec<_> = (0..n_classes)
        .map(one)
        .filter(|(_, area)| area.is_some())
        .collect();
    let x: Vec<f64> = (0..=200).map(|step| f64::from(step) / 200.0).collect();
    let y = x
        .iter()
        .map(|&rate| {
            curves
                .iter()
                .map(|(curve, _)| height(curve, rate))
                .sum::<f64>()
                / curves.len().max(1) as f64
        })
        .collect();
    let area =
        curves.iter().filter_map(|(_, area)| *area).sum::<f64>() / curves.len().max(1) as f64;
    (x, y, area)
}

/// The true positive rate at a false positive rate, on the line between the curve's points.
fn height(curve: &metrics::RocCurve, rate: f64) -> f64 {
    let (x, y) = (&curve.false_positive_rate, &curve.true_positive_rate);
    let after = x.partition_point(|&point| point <= rate);
    match (
        after
            .checked_sub(1)
            .and_then(|at| Some((x.get(at)?, y.get(at)?))),
        x.get(after).zip(y.get(after)),
    ) {
        (Some((x0, y0)), Some((x1, y1))) if x1 > x0 => y0 + (y1 - y0) * (rate - x0) / (x1 - x0),
        (Some((_, y0)), _) => *y0,
        (None, _) => 0.0,
    }
}

/// Writes a file that a person named: whole, or not at all.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<Written, Cause> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let failed = |error: std::io::Error| Cause::io(path, error);
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // A temporary file is private; this one is what its user asked for, as any other program would make it.
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    std::io::Write::write_all(&mut file, bytes).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(Written {
        path: path.display().to_string(),
        size_bytes: bytes.len() as u64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(classes: &[&str], truth: &[u32], probabilities: &[f64]) -> StoredPredictions {
        StoredPredictions {
            schema: 1,
            rows: (0..truth.len() as u64).collect(),
            classes: classes.iter().map(|class| (*class).to_owned()).collect(),
            truth_class: truth.to_vec(),
            predicted_class: Vec::new(),
            probabilities: probabilities.to_vec(),
            truth_value: Vec::new(),
            predicted_value: Vec::new(),
            coordinates: Vec::new(),
            n_components: 0,
        }
    }

    #[test]
    fn perfect_scores_have_an_area_of_one_for_two_classes_and_for_three() {
        let (x, y, area) = roc(&stored(&["a", "b"], &[0, 1], &[0.9, 0.1, 0.2, 0.8]));
        assert_eq!((x.first(), y.last(), area), (Some(&0.0), Some(&1.0), 1.0));
        let three = stored(
            &["a", "b", "c"],
            &[0, 1, 2],
            &[0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.8],
        );
        let (x, y, area) = roc(&three);
        assert_eq!((x.len(), area), (201, 1.0));
        assert!(y.iter().all(|&height| height == 1.0), "{y:?}");
    }
}
