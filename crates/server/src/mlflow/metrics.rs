//! `metrics/…`: every point that was logged.

use std::collections::BTreeSet;

use assay_core::RunId;
use assay_core::tracking::LoggedMetric;
use serde::Serialize;
use serde_json::{Value, json};

use super::answer::Point;
use super::fields::Fields;
use super::{Answer, Context, Refusal, filter, runs};

const MAX_POINTS: usize = 25_000;
const MAX_POINTS_PER_RUN: i64 = 2_500;
const MAX_RUNS: usize = 100;

pub fn history(context: &Context<'_>, fields: &Fields) -> Result<Answer, Refusal> {
    let run = runs::find(context, fields)?;
    let points = points(context, &run.run_id, fields.required("metric_key")?)?;
    let offset = filter::offset(fields)?;
    let limit = match fields.integer("max_results")? {
        None => points.len(),
        Some(_) => filter::limit(fields, MAX_POINTS, usize::MAX >> 1)?,
    };
    let metrics: Vec<Point<'_>> = points
        .iter()
        .skip(offset)
        .take(limit)
        .map(Point::of)
        .collect();
    let end = offset + metrics.len();
    Answer::of(&PointPage {
        metrics,
        next_page_token: (end < points.len()).then(|| end.to_string()),
    })
}

#[derive(Serialize)]
struct PointPage<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metrics: Vec<Point<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
}

/// Of each run by time; `max_results` counts all of them together.
pub fn history_bulk(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let ids = fields.texts("run_id")?;
    let asked = "GetMetricHistoryBulk request";
    if ids.is_empty() {
        return Err(Refusal::invalid(format!(
            "{asked} must specify at least one run_id."
        )));
    }
    if ids.len() > MAX_RUNS {
        return Err(Refusal::invalid(format!(
            "{asked} cannot specify more than {MAX_RUNS} run_ids. Received {} run_ids.",
            ids.len()
        )));
    }
    let key = fields
        .text("metric_key")?
        .ok_or_else(|| Refusal::invalid(format!("{asked} must specify a metric_key.")))?;
    let limit = fields
        .integer("max_results")?
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(MAX_POINTS)
        .min(MAX_POINTS);
    let mut ids: Vec<RunId> = ids.into_iter().map(RunId::new).collect();
    ids.sort();
    let mut all = Vec::new();
    for run_id in &ids {
        if all.len() < limit {
            all.extend(
                points(context, run_id, key)?
                    .iter()
                    .map(|found| point_of(run_id, found)),
            );
        }
    }
    all.truncate(limit);
    Ok(json!({ "metrics": all }))
}

/// The points of at most `max_results` steps, spread over the steps of all runs, and of the first and last of each run.
pub fn history_bulk_interval(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let ids = fields.texts("run_ids")?;
    if ids.is_empty() {
        return Err(Refusal::missing("run_ids"));
    }
    if ids.len() > MAX_RUNS {
        return Err(Refusal::invalid(format!(
            "GetMetricHistoryBulkInterval request must specify at most {MAX_RUNS} run_ids. Received {} run_ids.",
            ids.len()
        )));
    }
    let key = fields.required("metric_key")?;
    let limit = fields.integer("max_results")?.unwrap_or(MAX_POINTS_PER_RUN);
    if !(1..=MAX_POINTS_PER_RUN).contains(&limit) {
        return Err(Refusal::invalid(format!(
            "max_results must be between 1 and {MAX_POINTS_PER_RUN}."
        )));
    }
    let (from, to) = match (fields.integer("start_step")?, fields.integer("end_step")?) {
        (None, None) => (i64::MIN, i64::MAX),
        (Some(from), Some(to)) if from > to => {
            return Err(Refusal::invalid(format!(
                "end_step must be greater than start_step. Found start_step={from} and end_step={to}."
            )));
        }
        (Some(from), Some(to)) => (from, to),
        _ => {
            return Err(Refusal::invalid(
                "If either start step or end step are specified, both must be specified.",
            ));
        }
    };
    let mut runs = Vec::with_capacity(ids.len());
    for run_id in ids.into_iter().map(RunId::new) {
        let mut points = points(context, &run_id, key)?;
        points.retain(|found| (from..=to).contains(&found.step));
        points.sort_by_key(|found| (found.step, found.at_ms));
        runs.push((run_id, points));
    }
    let steps: Vec<Vec<i64>> = runs
        .iter()
        .map(|(_, points)| points.iter().map(|found| found.step).collect())
        .collect();
    let chosen = chosen_steps(&steps, limit as usize);
    let mut all = Vec::new();
    for (run_id, points) in &runs {
        let shown = points.iter().filter(|found| chosen.contains(&found.step));
        all.extend(shown.take(MAX_POINTS).map(|found| point_of(run_id, found)));
    }
    Ok(json!({ "metrics": all }))
}

/// Each run's steps stand in order. Evenly many of all steps, the last one, and both ends of each run.
fn chosen_steps(runs: &[Vec<i64>], limit: usize) -> BTreeSet<i64> {
    let all: BTreeSet<i64> = runs.iter().flatten().copied().collect();
    if all.len() <= limit {
        return all;
    }
    let ends = runs.iter().flat_map(|steps| [steps.first(), steps.last()]);
    let mut chosen: BTreeSet<i64> = ends.flatten().copied().collect();
    let interval = all.len() as f64 / limit as f64;
    let mut places = (0..limit)
        .map(|at| (at as f64 * interval) as usize)
        .peekable();
    for (place, step) in all.iter().enumerate() {
        if places.next_if_eq(&place).is_some() {
            chosen.insert(*step);
        }
    }
    chosen
}

fn points(context: &Context<'_>, run_id: &RunId, key: &str) -> Result<Vec<LoggedMetric>, Refusal> {
    context.lab.metric_history(run_id, key).map_err(|error| {
        Refusal::of(error.failure(), || {
            format!("Run with id={run_id} not found")
        })
    })
}

fn point_of(run_id: &RunId, found: &LoggedMetric) -> Value {
    let mut answer = json!(Point::of(found));
    if let Value::Object(answer) = &mut answer {
        answer.insert("run_id".to_owned(), run_id.as_str().into());
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_are_cut_evenly_at_the_same_steps_and_keep_their_ends() {
        let to = |n: i64| (0..n).collect::<Vec<i64>>();
        for (runs, limit, wanted) in [
            (vec![], 5, vec![]),
            (vec![vec![7]], 5, vec![7]),
            (vec![to(5)], 5, vec![0, 1, 2, 3, 4]),
            (vec![to(10)], 5, vec![0, 2, 4, 6, 8, 9]),
            (vec![to(10), to(20)], 5, vec![0, 4, 8, 9, 12, 16, 19]),
            (vec![to(10)], 1, vec![0, 9]),
            (vec![vec![-5, 0, 100], vec![]], 2, vec![-5, 0, 100]),
        ] {
            let chosen = chosen_steps(&runs, limit);
            assert_eq!(
                chosen.into_iter().collect::<Vec<_>>(),
                wanted,
                "{runs:?} {limit}"
            );
        }
    }
}
