//! `metrics/…`: every point that was logged.

use assay_core::RunId;
use assay_core::tracking::LoggedMetric;
use serde_json::{Value, json};

use super::answer::{number, put_list};
use super::fields::Fields;
use super::{Context, Refusal, filter, runs};

const MAX_POINTS: usize = 25_000;
const MAX_RUNS: usize = 100;
/// Points of a curve when nothing is said.
const DEFAULT_POINTS: usize = 320;

pub fn history(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let run = runs::find(context, fields)?;
    let points = points(context, &run.run_id, fields.required("metric_key")?)?;
    let offset = filter::offset(fields)?;
    let limit = match fields.integer("max_results")? {
        None => points.len(),
        Some(_) => filter::limit(fields, MAX_POINTS, usize::MAX >> 1)?,
    };
    let page: Vec<Value> = points.iter().skip(offset).take(limit).map(point).collect();
    let next = (offset + page.len() < points.len()).then_some(offset + page.len());
    let mut answer = json!({});
    put_list(&mut answer, "metrics", page);
    Ok(filter::with_next_page(answer, next))
}

pub fn history_bulk(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let limit = filter::limit(fields, MAX_POINTS, MAX_POINTS)?;
    let mut all = Vec::new();
    for (run_id, points) in of_runs(context, fields)? {
        all.extend(points.iter().map(|found| point_of(&run_id, found)));
    }
    all.truncate(limit);
    Ok(json!({ "metrics": all }))
}

/// Points spread over the steps, so that a curve of any length has a bounded number; the first and the last stay.
pub fn history_bulk_interval(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let limit = filter::limit(fields, DEFAULT_POINTS, 2_500)?;
    let (from, to) = (fields.integer("start_step")?, fields.integer("end_step")?);
    let mut all = Vec::new();
    for (run_id, mut points) in of_runs(context, fields)? {
        points.retain(|found| {
            from.is_none_or(|from| found.step >= from) && to.is_none_or(|to| found.step <= to)
        });
        points.sort_by_key(|found| (found.step, found.at_ms));
        all.extend(spread(&points, limit).map(|found| point_of(&run_id, found)));
    }
    Ok(json!({ "metrics": all }))
}

fn spread(points: &[LoggedMetric], limit: usize) -> impl Iterator<Item = &LoggedMetric> {
    let n = points.len().min(limit.max(2));
    (0..n).filter_map(move |at| {
        let place = if n > 1 {
            at * (points.len() - 1) / (n - 1)
        } else {
            0
        };
        points.get(place)
    })
}

fn of_runs(
    context: &Context<'_>,
    fields: &Fields,
) -> Result<Vec<(RunId, Vec<LoggedMetric>)>, Refusal> {
    let mut ids = fields.texts("run_ids")?;
    if ids.is_empty() {
        ids = fields.texts("run_id")?;
    }
    if ids.is_empty() || ids.len() > MAX_RUNS {
        return Err(Refusal::invalid(format!(
            "GetMetricHistoryBulk request must specify 1 to {MAX_RUNS} run_ids. Received {}.",
            ids.len()
        )));
    }
    let key = fields.required("metric_key")?;
    ids.iter()
        .map(|id| {
            let run_id = RunId::new(id.as_str());
            let points = points(context, &run_id, key)?;
            Ok((run_id, points))
        })
        .collect()
}

fn points(context: &Context<'_>, run_id: &RunId, key: &str) -> Result<Vec<LoggedMetric>, Refusal> {
    context.lab.metric_history(run_id, key).map_err(|error| {
        Refusal::of(error.failure(), || {
            format!("Run with id={run_id} not found")
        })
    })
}

fn point(found: &LoggedMetric) -> Value {
    json!({
        "key": found.key,
        "value": number(found.value),
        "timestamp": found.at_ms,
        "step": found.step,
    })
}

fn point_of(run_id: &RunId, found: &LoggedMetric) -> Value {
    let mut answer = point(found);
    if let Value::Object(answer) = &mut answer {
        answer.insert("run_id".to_owned(), run_id.as_str().into());
    }
    answer
}
