//! `runs/…` that add to a run: metrics, parameters, tags, what it used and made.

use assay_core::tracking::{
    Batch, DatasetInput, LoggedMetric, LoggedModelId, ModelMetric, TrackedRun,
};
use serde_json::{Value, json};

use super::fields::Fields;
use super::{Context, Refusal, logged_models, runs};

const MAX_METRICS: usize = 1_000;
const MAX_PARAMS: usize = 100;
const MAX_TAGS: usize = 100;
const MAX_ENTITIES: usize = 1_000;
const MAX_KEY_CHARACTERS: usize = 250;
const MAX_PARAM_CHARACTERS: usize = 6_000;
const MAX_TAG_CHARACTERS: usize = 8_000;
/// The tag in which older clients keep the descriptions of the models that a run made, and what each must say.
const MODELS_TAG: &str = "mlflow.log-model.history";
const MODEL_FIELDS: [&str; 4] = ["artifact_path", "flavors", "utc_time_created", "run_id"];
const KEPT_FIELDS: [&str; 5] = [
    "artifact_path",
    "flavors",
    "utc_time_created",
    "run_id",
    "model_uuid",
];

pub fn log_metric(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let run = runs::find_active(context, fields)?;
    let metric = metric(fields, "")?;
    let of_models = logged_models::metrics_of_models(context, &run.run_id, &[(fields, &metric)])?;
    let batch = Batch {
        metrics: vec![metric],
        ..Batch::default()
    };
    log_of_models(context, &run, &batch, &of_models)
}

pub fn log_parameter(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let run = runs::find_active(context, fields)?;
    let (key, value) = (
        fields.required("key")?.to_owned(),
        fields.text("value")?.unwrap_or_default().to_owned(),
    );
    check_param(&key, &value)?;
    if let Some(known) = run.params.get(&key).filter(|known| **known != value) {
        return Err(Refusal::invalid(format!(
            "Changing param values is not allowed. Param with key='{key}' was already logged with value='{known}' for run ID='{}'. Attempted logging new value '{value}'.",
            run.run_id
        )));
    }
    let batch = Batch {
        params: vec![(key, value)],
        ..Batch::default()
    };
    log(context, &run, &batch)
}

pub fn log_batch(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let metrics = fields.objects("metrics")?;
    let batch = Batch {
        metrics: metrics
            .iter()
            .enumerate()
            .map(|(at, fields)| metric(fields, &format!("metrics[{at}].")))
            .collect::<Result<_, _>>()?,
        params: fields.pairs("params")?,
        tags: fields.pairs("tags")?,
    };
    check_batch(batch.metrics.len(), &batch.params, &batch.tags)?;
    let run = runs::find_active(context, fields)?;
    let logged: Vec<(&Fields, &LoggedMetric)> = metrics.iter().zip(&batch.metrics).collect();
    let of_models = logged_models::metrics_of_models(context, &run.run_id, &logged)?;
    log_of_models(context, &run, &batch, &of_models)
}

pub fn log_inputs(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let run = runs::find_active(context, fields)?;
    let mut inputs = Vec::new();
    for given in fields.objects("datasets")? {
        let dataset = given
            .objects("dataset")?
            .into_iter()
            .next()
            .ok_or_else(|| Refusal::invalid("Dataset input must have a dataset"))?;
        let text = |name: &str| dataset.text(name).map(|text| text.map(str::to_owned));
        inputs.push(DatasetInput {
            name: dataset.required("name")?.to_owned(),
            digest: dataset.required("digest")?.to_owned(),
            source_type: dataset.required("source_type")?.to_owned(),
            source: dataset.required("source")?.to_owned(),
            schema: text("schema")?,
            profile: text("profile")?,
            tags: given.pairs("tags")?.into_iter().collect(),
        });
    }
    let models = fields
        .objects("models")?
        .iter()
        .map(|model| Ok(LoggedModelId(model.required("model_id")?.to_owned())))
        .collect::<Result<Vec<_>, Refusal>>()?;
    context
        .lab
        .log_inputs(&run.run_id, &inputs, &models)
        .map_err(|error| error.failure())?;
    Ok(json!({}))
}

/// `runs/log-model`, with which older clients say that a run made a model: its description joins the others in a tag.
pub fn log_model(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let run = runs::find_active(context, fields)?;
    let text = fields.required("model_json")?;
    let Ok(Value::Object(mut model)) = serde_json::from_str(text) else {
        return Err(Refusal::invalid(format!(
            "Malformed model info. \n {text} \n is not a valid JSON."
        )));
    };
    let missing: Vec<&str> = MODEL_FIELDS
        .into_iter()
        .filter(|name| !model.contains_key(*name))
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::invalid(format!(
            "Model json is missing mandatory fields: {}",
            missing.join(", ")
        )));
    }
    // The rest is kept in the model's own file.
    model.retain(|name, _| KEPT_FIELDS.contains(&name.as_str()));
    if let Some(Value::Object(flavors)) = model.get_mut("flavors") {
        for flavor in flavors.values_mut() {
            if let Value::Object(flavor) = flavor {
                flavor.remove("config");
            }
        }
    }
    let mut models = match run.tags.get(MODELS_TAG) {
        None => Vec::new(),
        Some(known) => serde_json::from_str::<Vec<Value>>(known).map_err(|error| {
            Refusal::invalid(format!(
                "The tag {MODELS_TAG} of the run is no list: {error}"
            ))
        })?,
    };
    models.push(Value::Object(model));
    let value = Value::Array(models).to_string();
    check_tag(MODELS_TAG, &value)?;
    let batch = Batch {
        tags: vec![(MODELS_TAG.to_owned(), value)],
        ..Batch::default()
    };
    log(context, &run, &batch)
}

pub fn set_tag(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let run = runs::find_active(context, fields)?;
    let (key, value) = (
        fields.required("key")?.to_owned(),
        fields.text("value")?.unwrap_or_default().to_owned(),
    );
    check_tag(&key, &value)?;
    let batch = Batch {
        tags: vec![(key, value)],
        ..Batch::default()
    };
    log(context, &run, &batch)
}

pub fn delete_tag(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let run = runs::find_active(context, fields)?;
    let key = fields.required("key")?;
    context
        .lab
        .delete_tracked_tag(&run.run_id, key)
        .map_err(|error| {
            Refusal::of(error.failure(), || {
                format!("No tag with name: {key} in run with id {}", run.run_id)
            })
        })?;
    Ok(json!({}))
}

fn log(context: &Context<'_>, run: &TrackedRun, batch: &Batch) -> Result<Value, Refusal> {
    context
        .lab
        .log_batch(&run.run_id, batch)
        .map_err(|error| error.failure())?;
    Ok(json!({}))
}

fn log_of_models(
    context: &Context<'_>,
    run: &TrackedRun,
    batch: &Batch,
    of_models: &[(LoggedModelId, ModelMetric)],
) -> Result<Value, Refusal> {
    if of_models.is_empty() {
        return log(context, run, batch);
    }
    context
        .lab
        .log_batch_of_models(&run.run_id, batch, of_models)
        .map_err(|error| error.failure())?;
    Ok(json!({}))
}

/// `place` stands before the names of what is missing.
fn metric(fields: &Fields, place: &str) -> Result<LoggedMetric, Refusal> {
    let missing = |name: &str| Refusal::missing(&format!("{place}{name}"));
    let key = fields
        .text("key")?
        .filter(|key| !key.is_empty())
        .ok_or_else(|| missing("key"))?;
    check_metric(key)?;
    let value = fields.number("value")?.ok_or_else(|| missing("value"))?;
    let at_ms = fields
        .integer("timestamp")?
        .ok_or_else(|| missing("timestamp"))?;
    Ok(LoggedMetric {
        key: key.to_owned(),
        value,
        step: fields.integer("step")?.unwrap_or(0),
        at_ms,
    })
}

/// What holds for a request as a whole, and for its parameters and tags.
pub fn check_batch(
    n_metrics: usize,
    params: &[(String, String)],
    tags: &[(String, String)],
) -> Result<(), Refusal> {
    let n_all = n_metrics + params.len() + tags.len();
    for (n, limit, name) in [
        (n_metrics, MAX_METRICS, "metrics"),
        (params.len(), MAX_PARAMS, "params"),
        (tags.len(), MAX_TAGS, "tags"),
        (n_all, MAX_ENTITIES, "metrics, params, and tags"),
    ] {
        if n > limit {
            return Err(Refusal::invalid(format!(
                "A batch logging request can contain at most {limit} {name}. Got {n} {name}. Please split up {name} across multiple requests and try again."
            )));
        }
    }
    for (key, value) in params {
        check_param(key, value)?;
    }
    for (key, value) in tags {
        check_tag(key, value)?;
    }
    for (at, (key, value)) in params.iter().enumerate() {
        let twice = params.iter().take(at);
        if twice
            .clone()
            .any(|(other, old)| other == key && old != value)
        {
            return Err(Refusal::invalid(format!(
                "Duplicate parameter keys have been submitted: ['{key}']. Please ensure the request contains only one param value per param key."
            )));
        }
    }
    Ok(())
}

/// The name of a metric.
pub fn check_metric(key: &str) -> Result<(), Refusal> {
    check_key("name", key)
}

fn check_param(key: &str, value: &str) -> Result<(), Refusal> {
    check_key("key", key)?;
    check_length("value", value, MAX_PARAM_CHARACTERS)
}

pub fn check_tag(key: &str, value: &str) -> Result<(), Refusal> {
    check_key("key", key)?;
    check_length("value", value, MAX_TAG_CHARACTERS)
}

/// Names become paths in some stores, so they must be clean ones.
pub fn check_key(parameter: &str, key: &str) -> Result<(), Refusal> {
    let plain = key
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | ':' | '/'));
    if key.is_empty() || !plain {
        return Err(Refusal::invalid(format!(
            "Invalid value {key:?} for parameter '{parameter}' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/)."
        )));
    }
    let clean =
        !key.starts_with('/') && key.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if !clean {
        return Err(Refusal::invalid(format!(
            "Invalid value {key:?} for parameter '{parameter}' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such."
        )));
    }
    check_length(parameter, key, MAX_KEY_CHARACTERS)
}

fn check_length(parameter: &str, text: &str, limit: usize) -> Result<(), Refusal> {
    let n = text.chars().count();
    if n > limit {
        return Err(Refusal::invalid(format!(
            "'{parameter}' exceeds the maximum length of {limit} characters. Got length {n}"
        )));
    }
    Ok(())
}
