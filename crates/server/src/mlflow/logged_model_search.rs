//! Which logged models a client finds. A condition on a metric holds when one logged value fulfils it, of the wanted
//! data sets where some are named.

use std::cmp::Ordering;
use std::collections::HashMap;

use assay_core::query::{Filter, Value as Field};
use assay_core::tracking::{ExperimentId, LoggedModel, LoggedModelStatus, ModelMetric};
use serde_json::{Value, json};

use super::answer::put_list;
use super::fields::Fields;
use super::{Context, Refusal, experiments, filter, logged_models};

const DEFAULT_RESULTS: usize = 100;
const MAX_RESULTS: usize = 50_000;

pub fn search(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let experiments = experiments::ids(fields)?;
    let datasets = fields
        .objects("datasets")?
        .iter()
        .map(Dataset::required)
        .collect::<Result<Vec<_>, _>>()?;
    let wanted = filter::read(
        &filter::LOGGED_MODELS,
        fields.text("filter")?.unwrap_or_default(),
    )?;
    let orders = orders(fields)?;
    let limit = filter::limit(fields, DEFAULT_RESULTS, MAX_RESULTS)?;
    let offset = filter::offset(fields)?;
    // The newest first, then by id, unless told otherwise.
    let mut found = context
        .lab
        .logged_models(&experiments)
        .map_err(|error| error.failure())?;
    let asks_for_metrics = wanted.names().iter().any(|name| metric_key(name).is_some());
    found.retain(|model| {
        let measured = datasets.is_empty()
            || asks_for_metrics
            || model.metrics.iter().any(|metric| is_of(metric, &datasets));
        measured && holds(&wanted, model, &datasets)
    });
    found.sort_by(|a, b| {
        let newest = b.created_ms.cmp(&a.created_ms);
        newest.then_with(|| a.model_id.cmp(&b.model_id))
    });
    found.sort_by(|a, b| {
        orders
            .iter()
            .map(|order| order.compare(a, b))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    let mut locations: HashMap<ExperimentId, String> = HashMap::new();
    let mut page = Vec::new();
    for model in found.iter().skip(offset).take(limit) {
        let location = match locations.get(&model.experiment_id) {
            Some(location) => location,
            None => {
                let location = logged_models::location(context, model.experiment_id)?;
                locations.entry(model.experiment_id).or_insert(location)
            }
        };
        page.push(logged_models::answer(model, location));
    }
    let next = (offset + page.len() < found.len()).then_some(offset + page.len());
    let mut answer = json!({});
    put_list(&mut answer, "models", page);
    Ok(filter::with_next_page(answer, next))
}

struct Dataset {
    name: String,
    /// Empty: any.
    digest: String,
}

impl Dataset {
    fn required(fields: &Fields) -> Result<Self, Refusal> {
        Self::read(fields)?.ok_or_else(|| {
            Refusal::invalid("`dataset_name` in the `datasets` clause must be specified.")
        })
    }

    fn read(fields: &Fields) -> Result<Option<Self>, Refusal> {
        let text = |name: &str| fields.text(name).map(Option::unwrap_or_default);
        let (name, digest) = (text("dataset_name")?, text("dataset_digest")?);
        Ok((!name.is_empty()).then(|| Self {
            name: name.to_owned(),
            digest: digest.to_owned(),
        }))
    }

    fn holds(&self, metric: &ModelMetric) -> bool {
        metric.dataset_name == self.name
            && (self.digest.is_empty() || metric.dataset_digest == self.digest)
    }
}

/// Of any data set when none is named.
fn is_of(metric: &ModelMetric, datasets: &[Dataset]) -> bool {
    datasets.is_empty() || datasets.iter().any(|dataset| dataset.holds(metric))
}

fn holds(filter: &Filter, model: &LoggedModel, datasets: &[Dataset]) -> bool {
    match filter {
        Filter::All => true,
        Filter::And(filters) => filters.iter().all(|one| holds(one, model, datasets)),
        Filter::Or(filters) => filters.iter().any(|one| holds(one, model, datasets)),
        Filter::Not(filter) => !holds(filter, model, datasets),
        condition => match condition.names().first().and_then(|name| metric_key(name)) {
            Some(key) => model
                .metrics
                .iter()
                .filter(|found| found.metric.key == key && is_of(found, datasets))
                .any(|found| condition.matches(&|_: &str| Field::Number(found.metric.value))),
            None => condition.matches(&|name: &str| field(model, name)),
        },
    }
}

enum Order {
    Attribute {
        name: String,
        ascending: bool,
    },
    Metric {
        key: String,
        datasets: Vec<Dataset>,
        ascending: bool,
    },
}

impl Order {
    fn compare(&self, a: &LoggedModel, b: &LoggedModel) -> Ordering {
        match self {
            Self::Attribute { name, ascending } => {
                filter::compare(field(a, name), field(b, name), *ascending)
            }
            Self::Metric {
                key,
                datasets,
                ascending,
            } => filter::compare(
                latest(a, key, datasets),
                latest(b, key, datasets),
                *ascending,
            ),
        }
    }
}

/// `[{field_name, ascending, dataset_name, dataset_digest}, …]`
fn orders(fields: &Fields) -> Result<Vec<Order>, Refusal> {
    let mut orders = Vec::new();
    for given in fields.objects("order_by")? {
        let name = given.required("field_name")?;
        let ascending = given.boolean("ascending")?.unwrap_or(true);
        match name.split_once('.') {
            Some(("metrics", key)) => orders.push(Order::Metric {
                key: key.to_owned(),
                datasets: Dataset::read(&given)?.into_iter().collect(),
                ascending,
            }),
            Some(_) => {
                return Err(Refusal::invalid(format!(
                    "Invalid order by field name: {name}. Only metrics are supported."
                )));
            }
            None if attribute(name).is_some() => orders.push(Order::Attribute {
                name: name.to_owned(),
                ascending,
            }),
            None => {
                return Err(Refusal::invalid(format!(
                    "Invalid order by field name: {name}"
                )));
            }
        }
    }
    Ok(orders)
}

/// The value of the latest time, then step.
fn latest<'m>(model: &'m LoggedModel, key: &str, datasets: &[Dataset]) -> Field<'m> {
    model
        .metrics
        .iter()
        .filter(|found| found.metric.key == key && is_of(found, datasets))
        .max_by_key(|found| (found.metric.at_ms, found.metric.step))
        .map_or(Field::Missing, |found| Field::Number(found.metric.value))
}

fn metric_key(name: &str) -> Option<&str> {
    name.strip_prefix("metrics.")
}

fn attribute(name: &str) -> Option<&str> {
    let plain = name.strip_prefix("attributes.").unwrap_or(name);
    match plain {
        "creation_timestamp" | "creation_time" | "creation_timestamp_ms" => {
            Some("creation_timestamp_ms")
        }
        "last_updated_timestamp" | "last_updated_timestamp_ms" => Some("last_updated_timestamp_ms"),
        "name" | "model_id" | "experiment_id" | "model_type" | "status" | "source_run_id" => {
            Some(plain)
        }
        _ => None,
    }
}

fn field<'m>(model: &'m LoggedModel, name: &str) -> Field<'m> {
    let text = |found: Option<&'m String>| found.map_or(Field::Missing, |text| Field::Text(text));
    if let Some(key) = name.strip_prefix("params.") {
        return text(model.params.get(key));
    }
    if let Some(key) = name.strip_prefix("tags.") {
        return text(model.tags.get(key));
    }
    match attribute(name) {
        Some("name") => Field::Text(&model.name),
        Some("model_id") => Field::Text(model.model_id.as_str()),
        Some("experiment_id") => Field::Number(model.experiment_id.0 as f64),
        Some("model_type") => Field::Text(&model.model_type),
        Some("source_run_id") => Field::Text(&model.source_run_id),
        Some("status") => Field::Text(match model.status {
            LoggedModelStatus::Pending => "PENDING",
            LoggedModelStatus::Ready => "READY",
            LoggedModelStatus::Failed => "FAILED",
        }),
        Some("creation_timestamp_ms") => Field::Number(model.created_ms as f64),
        Some("last_updated_timestamp_ms") => Field::Number(model.updated_ms as f64),
        _ => Field::Missing,
    }
}
