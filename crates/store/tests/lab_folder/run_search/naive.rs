//! The answer as whoever looks at every run has it.

use super::*;

pub(super) fn holds(filter: &Filter, run: &TrackedRun, experiment: &str) -> bool {
    match filter {
        Filter::And(filters) => filters.iter().all(|one| holds(one, run, experiment)),
        Filter::Or(filters) => filters.iter().any(|one| holds(one, run, experiment)),
        Filter::Not(filter) => !holds(filter, run, experiment),
        condition
            if condition
                .names()
                .iter()
                .any(|name| name.starts_with("datasets.")) =>
        {
            run.inputs.iter().any(|input| {
                condition.matches(&|name: &str| match name {
                    "datasets.name" => Value::Text(&input.name),
                    "datasets.digest" => Value::Text(&input.digest),
                    _ => input
                        .tags
                        .get("mlflow.data.context")
                        .map_or(Value::Missing, |context| Value::Text(context)),
                })
            })
        }
        condition => {
            let values: Vec<(&str, Option<Owned>)> = condition
                .names()
                .into_iter()
                .map(|name| (name, tracked_value(run, experiment, name)))
                .collect();
            condition.matches(&|name: &str| {
                let found = values.iter().find(|(known, _)| *known == name);
                match found.and_then(|(_, value)| value.as_ref()) {
                    None => Value::Missing,
                    Some(Owned::Number(number)) => Value::Number(*number),
                    Some(Owned::Text(text)) => Value::Text(text),
                }
            })
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Owned {
    Number(f64),
    Text(String),
}

pub(super) fn tracked_value(run: &TrackedRun, experiment: &str, name: &str) -> Option<Owned> {
    let text = |text: &str| Some(Owned::Text(text.to_owned()));
    if let Some(key) = name.strip_prefix("metrics.") {
        let metric = run.metrics.iter().find(|metric| metric.key == key);
        return metric.map(|metric| Owned::Number(metric.value));
    }
    if let Some(key) = name.strip_prefix("params.") {
        return run.params.get(key).cloned().map(Owned::Text);
    }
    if let Some(key) = name.strip_prefix("tags.") {
        return run.tags.get(key).cloned().map(Owned::Text);
    }
    match name {
        "run_name" => text(&run.name),
        "run_id" => text(run.run_id.as_str()),
        "start_time" => Some(Owned::Number(run.started_ms as f64)),
        "end_time" => run.ended_ms.map(|ended_ms| Owned::Number(ended_ms as f64)),
        "status" => text(match run.status {
            RunStatus::Running => "RUNNING",
            RunStatus::Finished => "FINISHED",
            RunStatus::Failed => "FAILED",
            RunStatus::Killed => "KILLED",
        }),
        "experiment" => text(experiment),
        "user_id" => text(&run.user),
        "artifact_uri" => text(&format!(
            "{ROOT}/{}/{}/artifacts",
            run.experiment_id, run.run_id
        )),
        other => panic!("no `{other}` here"),
    }
}

pub(super) fn listed_value<'r>(run: &'r RunSummary, name: &str) -> Value<'r> {
    let number = |number: Option<f64>| number.map_or(Value::Missing, Value::Number);
    let text = |text: Option<&'r String>| text.map_or(Value::Missing, |text| Value::Text(text));
    if let Some(key) = name.strip_prefix("metrics.") {
        return number(run.metrics.get(key).copied());
    }
    if let Some(key) = name.strip_prefix("params.") {
        return text(run.params.get(key));
    }
    if let Some(key) = name.strip_prefix("tags.") {
        return text(run.tags.get(key));
    }
    match name {
        "run_name" => Value::Text(&run.name),
        "run_id" => Value::Text(run.run_id.as_str()),
        "start_time" => Value::Number(run.started_ms as f64),
        "end_time" => number(run.ended_ms.map(|ended_ms| ended_ms as f64)),
        "duration_secs" => number(run.duration_secs()),
        "status" => Value::Text(match run.status {
            RunStatus::Running => "running",
            RunStatus::Finished => "finished",
            RunStatus::Failed => "failed",
            RunStatus::Killed => "killed",
        }),
        "experiment" => Value::Text(run.experiment.as_str()),
        other => panic!("no `{other}` here"),
    }
}

pub(super) fn owned(value: Value<'_>) -> Option<Owned> {
    match value {
        Value::Missing => None,
        Value::Number(number) => Some(Owned::Number(number)),
        Value::Text(text) => Some(Owned::Text(text.to_owned())),
        Value::Boolean(value) => Some(Owned::Text(value.to_string())),
    }
}

/// NaN behind all numbers and what is missing behind that, either way round.
pub(super) fn in_order(
    a: &Option<Owned>,
    b: &Option<Owned>,
    ascending: bool,
    texts: &dyn Fn(&str, &str) -> Ordering,
) -> Ordering {
    let place = |value: &Option<Owned>| match value {
        None => 2,
        Some(Owned::Number(number)) if number.is_nan() => 1,
        _ => 0,
    };
    let order = match (a, b) {
        (Some(Owned::Number(a)), Some(Owned::Number(b))) if !a.is_nan() && !b.is_nan() => {
            a.partial_cmp(b).unwrap()
        }
        (Some(Owned::Text(a)), Some(Owned::Text(b))) => texts(a, b),
        _ => Ordering::Equal,
    };
    place(a)
        .cmp(&place(b))
        .then(if ascending { order } else { order.reverse() })
}

pub(super) fn by_number_first(a: &str, b: &str) -> Ordering {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|n| !n.is_nan());
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.partial_cmp(&b).unwrap(),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}
