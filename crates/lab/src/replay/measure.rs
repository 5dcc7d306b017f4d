//! The measures of a replay: distances per column and window, performance where the truth is known.

use assay_core::drift::{self, DriftRule, ReferenceSketch, Verdict};
use assay_core::matrix::Prediction;
use assay_core::replay::{
    ColumnShapes, DRIFT_REPORT_SCHEMA, ReplayShapes, ReplaySpec, WindowPerformance, WindowReport,
};
use assay_core::run::TrainRecord;
use assay_core::schema::ColumnType;
use assay_core::{RawColumn, RawValues, Task, metrics};
use assay_frame::{Frame, Window};

use super::{Scored, watched};
use crate::error::Cause;

/// The truth of a log, one entry a row, as drift compares it and as performance needs it.
pub struct Truth {
    pub column: RawColumn,
    pub values: TruthValues,
    /// Class names, for texts.
    pub classes: Vec<String>,
}

pub enum TruthValues {
    /// Index of the class; `None` where the label is missing or was not seen in training.
    Classes(Vec<Option<u32>>),
    /// `None` where it is missing.
    Values(Vec<Option<f64>>),
}

pub struct Measured {
    /// Names of the watched columns, in order.
    pub names: Vec<String>,
    pub windows: Vec<WindowReport>,
    pub shapes: ReplayShapes,
    pub performance_metric: Option<&'static str>,
    pub performance: Option<f64>,
}

/// Every watched column in every window. `answered` are the classes of the model.
pub fn measure(
    (reference, answered): (&ReferenceSketch, &[String]),
    scored: &Scored,
    windows: &[Window],
    rule: &DriftRule,
    task: &Task,
) -> Result<Measured, Cause> {
    let classes = scored
        .truth
        .as_ref()
        .map(|truth| truth.classes.clone())
        .unwrap_or_default();
    let classes = match (classes.is_empty(), answered.is_empty()) {
        (false, _) => classes,
        (true, false) => answered.to_vec(),
        (true, true) => reference_classes(reference),
    };
    let columns = watched(scored, &classes);
    let sketches: Vec<_> = columns
        .iter()
        .map(|column| {
            reference
                .columns
                .iter()
                .find(|sketch| sketch.name == column.name)
                .cloned()
                .unwrap_or_else(|| {
                    drift::sketch_column(&column.name, &RawValues::Numbers(Vec::new()))
                })
        })
        .collect();
    let mut shapes = prepare_shapes(&columns, &sketches);
    let mut reports = Vec::with_capacity(windows.len());
    for (index, window) in windows.iter().enumerate() {
        task.check()?;
        task.step(
            index as u64,
            windows.len() as u64,
            format!("window {} of {}", index + 1, windows.len()),
        );
        let mut drifts = Vec::new();
        if !window.range.is_empty() {
            let parts: Vec<RawValues> = columns
                .iter()
                .map(|column| column.values.slice(window.range.clone()))
                .collect();
            drifts = sketches
                .iter()
                .zip(&parts)
                .map(|(sketch, part)| drift::compare_values(sketch, part, rule))
                .collect();
            drift::judge(&mut drifts, &sketches, rule);
            for (shape, part) in shapes.iter_mut().zip(&parts) {
                shape.windows.push(drift::counts(&shape.bins, part));
            }
        } else {
            for shape in &mut shapes {
                shape.windows.push(Vec::new());
            }
        }
        let n_drifted = drifts
            .iter()
            .filter(|drift| drift.verdict == Verdict::Drifted)
            .count();
        reports.push(WindowReport {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            first_row: if window.range.is_empty() {
                0
            } else {
                window.range.start as u64 + 1
            },
            last_row: if window.range.is_empty() {
                0
            } else {
                window.range.end as u64
            },
            start_ms: window.start_ms,
            end_ms: window.end_ms,
            n_rows: window.range.len() as u64,
            n_drifted: u32::try_from(n_drifted).unwrap_or(u32::MAX),
            columns: drifts,
            performance: scored
                .truth
                .as_ref()
                .and_then(|truth| performance(truth, &scored.prediction, window.range.clone())),
        });
    }
    let n_rows = scored.log.frame.n_rows();
    let whole = scored
        .truth
        .as_ref()
        .and_then(|truth| performance(truth, &scored.prediction, 0..n_rows));
    Ok(Measured {
        names: columns.into_iter().map(|column| column.name).collect(),
        windows: reports,
        shapes: ReplayShapes {
            schema: DRIFT_REPORT_SCHEMA,
            columns: shapes,
        },
        performance_metric: scored.truth.as_ref().map(|truth| match truth.values {
            TruthValues::Classes(_) => "accuracy",
            TruthValues::Values(_) => "rmse",
        }),
        performance: whole.map(|whole| whole.value),
    })
}

/// Without labels the class names are those of the reference's target.
fn reference_classes(reference: &ReferenceSketch) -> Vec<String> {
    let target = reference
        .columns
        .iter()
        .find(|column| column.name == "target");
    match target.map(|column| &column.shape) {
        Some(drift::SketchShape::Categorical { values, .. }) => values.clone(),
        _ => Vec::new(),
    }
}

fn prepare_shapes(columns: &[RawColumn], sketches: &[drift::ColumnSketch]) -> Vec<ColumnShapes> {
    columns
        .iter()
        .zip(sketches)
        .map(|(column, sketch)| {
            let bins = drift::bins_over(sketch, &column.values);
            ColumnShapes {
                name: column.name.clone(),
                reference: drift::reference_counts(&bins, sketch),
                bins,
                windows: Vec::new(),
            }
        })
        .collect()
}

/// The label column of a log, when it was named or has the target's name.
pub fn truth(
    frame: &Frame,
    spec: &ReplaySpec,
    record: &TrainRecord,
    warnings: &mut Vec<String>,
) -> Result<Option<Truth>, Cause> {
    let schema = frame.schema();
    let name = match &spec.label {
        Some(name) => name.clone(),
        None if schema.column(&record.spec.target).is_some() => record.spec.target.clone(),
        None => return Ok(None),
    };
    if !record.problem.has_target() {
        return Ok(None);
    }
    let rows: Vec<usize> = (0..frame.n_rows()).collect();
    if record.classes.is_empty() {
        let columns = assay_frame::raw_columns(frame, &rows, &[input(&name, ColumnType::Float)])?;
        let numbers = match columns
            .columns
            .into_iter()
            .next()
            .map(|column| column.values)
        {
            Some(RawValues::Numbers(numbers)) => numbers,
            _ => Vec::new(),
        };
        let values = numbers
            .iter()
            .map(|value| value.is_finite().then_some(*value))
            .collect();
        let column = RawColumn {
            name: "target".to_owned(),
            values: RawValues::Numbers(numbers),
        };
        return Ok(Some(Truth {
            column,
            values: TruthValues::Values(values),
            classes: Vec::new(),
        }));
    }
    let texts = assay_frame::column_texts(frame, &name)?;
    let mut unseen: Vec<&str> = Vec::new();
    let indices = texts
        .iter()
        .map(|text| {
            let text = text.as_deref()?;
            let index = record.classes.iter().position(|class| class == text);
            if index.is_none() && !unseen.contains(&text) {
                unseen.push(text);
            }
            index.and_then(|index| u32::try_from(index).ok())
        })
        .collect();
    if !unseen.is_empty() {
        unseen.truncate(5);
        warnings.push(format!(
            "`{name}` holds labels that training did not see ({}); those rows do not count for the accuracy",
            unseen.join(", ")
        ));
    }
    Ok(Some(Truth {
        values: TruthValues::Classes(indices),
        classes: record.classes.clone(),
        column: RawColumn {
            name: "target".to_owned(),
            values: RawValues::Texts(texts),
        },
    }))
}

fn input(name: &str, kind: ColumnType) -> assay_core::recipe::InputColumn {
    assay_core::recipe::InputColumn {
        name: name.to_owned(),
        kind,
    }
}

/// What production predicted against what the model says now, in one sentence when they differ.
pub fn disagreement(
    frame: &Frame,
    column: &str,
    prediction: &Prediction,
    classes: &[String],
) -> Result<Option<String>, Cause> {
    let texts = assay_frame::column_texts(frame, column)?;
    let (mut n_compared, mut n_different) = (0_u64, 0_u64);
    for (row, text) in texts.iter().enumerate() {
        let Some(text) = text else { continue };
        let same = match prediction {
            Prediction::Classes { indices, .. } => indices
                .get(row)
                .and_then(|&index| classes.get(index as usize))
                .is_some_and(|class| class == text),
            // Coordinates are no one number that a log could hold.
            Prediction::Coordinates { .. } => continue,
            Prediction::Values(values) => values
                .get(row)
                .zip(text.parse::<f64>().ok())
                .is_some_and(|(ours, logged)| (ours - logged).abs() <= 1e-5 * ours.abs().max(1.0)),
        };
        n_compared += 1;
        n_different += u64::from(!same);
    }
    Ok((n_different > 0).then(|| {
        format!("`{column}` differs from this model's predictions in {n_different} of {n_compared} rows; another version may have made them")
    }))
}

/// Accuracy or RMSE over the labelled rows of a range, with its 95 % interval; `None` without labelled rows.
fn performance(
    truth: &Truth,
    prediction: &Prediction,
    range: std::ops::Range<usize>,
) -> Option<WindowPerformance> {
    match (&truth.values, prediction) {
        (TruthValues::Classes(labels), Prediction::Classes { indices, .. }) => {
            let pairs = || {
                let labels = labels.get(range.clone()).unwrap_or_default();
                let indices = indices.get(range.clone()).unwrap_or_default();
                labels
                    .iter()
                    .zip(indices)
                    .filter_map(|(label, index)| label.map(|label| label == *index))
            };
            let n = pairs().count() as u64;
            let right = pairs().filter(|right| *right).count() as u64;
            let (low, high) = metrics::wilson_interval(right, n);
            (n > 0).then(|| WindowPerformance {
                value: right as f64 / n as f64,
                low,
                high,
                n,
            })
        }
        (TruthValues::Values(truth), Prediction::Values(predicted)) => {
            let truth = truth.get(range.clone()).unwrap_or_default();
            let predicted = predicted.get(range).unwrap_or_default();
            let squares: Vec<f64> = truth
                .iter()
                .zip(predicted)
                .filter_map(|(truth, predicted)| truth.map(|truth| (truth - predicted).powi(2)))
                .collect();
            rmse_with_interval(&squares)
        }
        _ => None,
    }
}

/// Root of the mean squared error; the interval is that of the mean by the normal approximation, rooted.
fn rmse_with_interval(squares: &[f64]) -> Option<WindowPerformance> {
    let n = squares.len() as f64;
    if squares.is_empty() {
        return None;
    }
    let mean = squares.iter().sum::<f64>() / n;
    let variance = squares
        .iter()
        .map(|square| (square - mean).powi(2))
        .sum::<f64>()
        / (n - 1.0).max(1.0);
    let half = 1.959_963_984_540_054 * (variance / n).sqrt();
    Some(WindowPerformance {
        value: mean.sqrt(),
        low: (mean - half).max(0.0).sqrt(),
        high: (mean + half).sqrt(),
        n: squares.len() as u64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_an_rmse_holds_it() {
        let answer = rmse_with_interval(&[1.0, 4.0, 9.0, 16.0]).expect("four errors");
        assert!((answer.value - 7.5_f64.sqrt()).abs() < 1e-12);
        assert!(
            answer.low < answer.value && answer.value < answer.high,
            "{answer:?}"
        );
        assert_eq!(rmse_with_interval(&[]), None);
    }
}
