//! `registered-models/search` and `model-versions/search`. Prompts, which are registered models with a tag, are found
//! only when the filter asks for them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use assay_core::query::{Filter, Literal, Operator, Value as Field};
use assay_core::registered::{Origin, PROMPT_TAG, RegisteredModel, RegisteredVersion};
use assay_core::tracking::OrderBy;
use serde_json::{Value, json};

use super::answer::put_list;
use super::fields::Fields;
use super::{Context, Refusal, filter, registry};

const DEFAULT_MODELS: usize = 100;
const MAX_MODELS: usize = 1_000;
const MAX_VERSIONS: usize = 200_000;

pub fn models(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let limit = filter::limit(fields, DEFAULT_MODELS, MAX_MODELS)?;
    let offset = filter::offset(fields)?;
    let wanted = filter::read(
        &filter::REGISTERED_MODELS,
        fields.text("filter")?.unwrap_or_default(),
    )?;
    let orders = orders(&filter::REGISTERED_MODELS, fields)?;
    let asks = asks_for_prompts(&wanted);
    // By name unless told otherwise.
    let mut found = context
        .lab
        .registered_models()
        .map_err(|error| error.failure())?;
    found.retain(|model| {
        (asks || !model.is_prompt()) && wanted.matches(&|name: &str| model_field(model, name))
    });
    sort(&mut found, &orders, model_field);
    let (page, next) = filter::page(&found, offset, limit);
    let mut answer = json!({});
    let page = page.iter().map(registry::model_answer);
    put_list(&mut answer, "registered_models", page.collect());
    Ok(filter::with_next_page(answer, next))
}

pub fn versions(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let limit = filter::limit(fields, MAX_VERSIONS, MAX_VERSIONS)?;
    let offset = filter::offset(fields)?;
    let wanted = filter::read(
        &filter::MODEL_VERSIONS,
        fields.text("filter")?.unwrap_or_default(),
    )?;
    let orders = orders(&filter::MODEL_VERSIONS, fields)?;
    let asks = asks_for_prompts(&wanted);
    let models = context
        .lab
        .registered_models()
        .map_err(|error| error.failure())?;
    // By name, then the newest first.
    let mut found: Vec<RegisteredVersion> = models
        .into_iter()
        .filter(|model| asks || !holds_prompts(model))
        .flat_map(|model| model.versions)
        .filter(|version| wanted.matches(&|name: &str| version_field(version, name)))
        .collect();
    if orders.is_empty() {
        found.sort_by_key(|version| std::cmp::Reverse(version.updated_ms));
    }
    sort(&mut found, &orders, version_field);
    let (page, next) = filter::page(&found, offset, limit);
    let mut answer = json!({});
    let page = page.iter().map(registry::version_answer);
    put_list(&mut answer, "model_versions", page.collect());
    Ok(filter::with_next_page(answer, next))
}

/// A prompt's tag is missing on models, which counts as `false`.
fn tag_field<'v>(tags: &'v BTreeMap<String, String>, key: &str) -> Field<'v> {
    match tags.get(key) {
        Some(value) => Field::Text(value),
        None if key == PROMPT_TAG => Field::Text("false"),
        None => Field::Missing,
    }
}

fn model_field<'m>(model: &'m RegisteredModel, name: &str) -> Field<'m> {
    if let Some(key) = name.strip_prefix("tags.") {
        return tag_field(&model.tags, key);
    }
    match name {
        "name" => Field::Text(model.model.as_str()),
        "creation_timestamp" => Field::Number(model.created_ms as f64),
        "last_updated_timestamp" => Field::Number(model.updated_ms as f64),
        _ => Field::Missing,
    }
}

fn version_field<'v>(version: &'v RegisteredVersion, name: &str) -> Field<'v> {
    if let Some(key) = name.strip_prefix("tags.") {
        return tag_field(&version.tags, key);
    }
    match name {
        "name" => Field::Text(version.model.as_str()),
        "version_number" => Field::Number(f64::from(version.version)),
        "run_id" => Field::Text(version.run_id.as_ref().map_or("", |id| id.as_str())),
        "source_path" => match &version.origin {
            Origin::Client { source, .. } => Field::Text(source),
            Origin::Assay | Origin::Pulled | Origin::Imported { .. } => Field::Missing,
        },
        "creation_timestamp" => Field::Number(version.created_ms as f64),
        "last_updated_timestamp" => Field::Number(version.updated_ms as f64),
        _ => Field::Missing,
    }
}

fn holds_prompts(model: &RegisteredModel) -> bool {
    model.is_prompt()
        || model.versions.iter().any(|version| {
            version
                .tags
                .get(PROMPT_TAG)
                .is_some_and(|value| value == "true")
        })
}

fn asks_for_prompts(filter: &Filter) -> bool {
    match filter {
        Filter::And(filters) | Filter::Or(filters) => filters.iter().any(asks_for_prompts),
        Filter::Not(filter) => asks_for_prompts(filter),
        Filter::Compare {
            name,
            operator,
            value: Literal::Text(value),
        } if name.strip_prefix("tags.") == Some(PROMPT_TAG) => match operator {
            Operator::Equal => value.eq_ignore_ascii_case("true"),
            Operator::NotEqual => value.eq_ignore_ascii_case("false"),
            _ => false,
        },
        _ => false,
    }
}

/// Each field once.
fn orders(searched: &filter::Searched, fields: &Fields) -> Result<Vec<OrderBy>, Refusal> {
    let orders = filter::order_by(searched, fields)?;
    for (at, order) in orders.iter().enumerate() {
        if orders.iter().take(at).any(|other| other.name == order.name) {
            return Err(Refusal::invalid(format!(
                "`order_by` contains duplicate fields: '{}'",
                order.name
            )));
        }
    }
    Ok(orders)
}

/// Equal ones stay in their order.
fn sort<T>(found: &mut [T], orders: &[OrderBy], field: for<'v> fn(&'v T, &str) -> Field<'v>) {
    found.sort_by(|a, b| {
        orders
            .iter()
            .map(|order| {
                filter::compare(
                    field(a, &order.name),
                    field(b, &order.name),
                    order.ascending,
                )
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_asked_for_by_their_tag() {
        for (text, asks) in [
            ("tags.`mlflow.prompt.is_prompt` = 'true'", true),
            (
                "name = 'a' AND tag.`mlflow.prompt.is_prompt` != 'false'",
                true,
            ),
            ("tags.`mlflow.prompt.is_prompt` != 'true'", false),
            ("name = 'a'", false),
        ] {
            assert_eq!(
                asks_for_prompts(&filter::read(&filter::REGISTERED_MODELS, text).unwrap()),
                asks,
                "{text}"
            );
        }
    }
}
