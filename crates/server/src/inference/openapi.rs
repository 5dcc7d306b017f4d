//! OpenAPI 3.1, made from the signature of each model.

mod whole;

use std::collections::HashMap;

use assay_api::serving::Description;
use assay_core::reference::Reference;
use assay_core::registry::SignatureColumn;
use assay_core::schema::ColumnType;
use assay_core::serving::{FieldErrorKind, RefusalKind, WarningKind};
use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::answer::{document, refusal};
use super::describe::{blocking, described};
use super::request::{ARROW_STREAM, Caller, State};
use super::who::{Wish, who};

const VERSION: &str = "3.1.0";

pub async fn of_model(
    state: State,
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let caller = Caller::of(&state, &headers);
    match described(&state, &headers, &name, query.get("version")).await {
        Ok(found) => document(&caller, &of_models(&name, std::slice::from_ref(&found))),
        Err(refused) => refusal(&caller, &refused),
    }
}

/// Every model that is served, each in its default version. One that cannot be loaded is left out.
pub async fn of_all(state: State, headers: HeaderMap) -> Response {
    let caller = Caller::of(&state, &headers);
    if let Err(refused) = who(&state, &headers, Wish::Look) {
        return refusal(&caller, &refused);
    }
    let found = blocking(&state, |shared| {
        let models = shared.lab.served_models().unwrap_or_default();
        Ok(models
            .iter()
            .map(|served| Reference::latest(served.model.as_str()))
            .filter_map(|model| shared.lab.describe_served(&model).ok())
            .collect::<Vec<_>>())
    });
    match found.await {
        Ok(found) => document(&caller, &of_models("the models of this lab", &found)),
        Err(refused) => refusal(&caller, &refused),
    }
}

fn of_models(title: &str, models: &[Description]) -> Value {
    let mut paths = Map::new();
    let mut schemas = common();
    for model in models {
        let name = model.version.model.as_str();
        let id = identifier(name);
        let (taken, said) = match &model.tensors {
            Some((inputs, outputs)) => (whole::record(inputs), whole::prediction(outputs)),
            None => (record(&model.signature.inputs), prediction(model)),
        };
        schemas.insert(format!("{id}-record"), taken);
        schemas.insert(format!("{id}-prediction"), said);
        schemas.insert(format!("{id}-answer"), answer(&id));
        let place = format!("/models/{}", encoded(name));
        paths.insert(place.clone(), json!({ "get": described_by(&id, name) }));
        paths.insert(
            format!("{place}/predict"),
            json!({ "post": predict(&id, name) }),
        );
        if model.tensors.is_none() {
            paths.insert(
                format!("{place}/predict/batch"),
                json!({ "post": predict_batch(&id, name) }),
            );
        }
    }
    json!({
        "openapi": VERSION,
        "info": {
            "title": format!("Assay: {title}"),
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Predictions of registered models. Requests are checked against the signature of the model; \
                what training did not see comes back as warnings.",
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
        "security": [{}, { "token": [] }],
    })
}

/// Schemas that all models share.
fn common() -> Map<String, Value> {
    let labels = |all: Vec<Value>| json!({ "type": "string", "enum": all });
    let errors = [
        FieldErrorKind::Missing,
        FieldErrorKind::Extra,
        FieldErrorKind::Twice,
        FieldErrorKind::WrongType,
        FieldErrorKind::NotANumber,
    ];
    let warnings = [WarningKind::OutOfRange, WarningKind::UnseenCategory];
    let row =
        json!({ "type": "integer", "minimum": 0, "description": "0-based row of the request" });
    let mut schemas = Map::new();
    schemas.insert(
        "warning".to_owned(),
        json!({
            "type": "object",
            "properties": {
                "row": row,
                "field": { "type": "string" },
                "kind": labels(warnings.map(written).to_vec()),
                "sentence": { "type": "string" },
            },
            "required": ["field", "kind", "sentence"],
        }),
    );
    schemas.insert(
        "error".to_owned(),
        json!({
            "type": "object",
            "properties": {
                "error": { "type": "string", "description": "what is wrong, in one clause" },
                "kind": labels(RefusalKind::ALL.map(written).to_vec()),
                "wrong": { "type": "string" },
                "hint": { "type": "string" },
                "request_id": { "type": "string" },
                "fields": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "row": row,
                            "field": { "type": "string" },
                            "kind": labels(errors.map(written).to_vec()),
                            "wrong": { "type": "string" },
                        },
                        "required": ["field", "kind", "wrong"],
                    },
                },
            },
            "required": ["error", "kind", "wrong", "fields", "request_id"],
        }),
    );
    schemas
}

fn record(inputs: &[SignatureColumn]) -> Value {
    let properties: Map<String, Value> = inputs
        .iter()
        .map(|column| (column.name.clone(), field(column)))
        .collect();
    let required: Vec<&str> = inputs.iter().map(|column| column.name.as_str()).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn field(column: &SignatureColumn) -> Value {
    let (kind, format) = match column.kind {
        // Whole numbers stood there when it was trained; others are taken, too.
        ColumnType::Integer | ColumnType::Float => ("number", None),
        ColumnType::Boolean => ("boolean", None),
        ColumnType::Text => ("string", None),
        ColumnType::Date => ("string", Some("date")),
        ColumnType::Datetime => ("string", Some("date-time")),
    };
    let mut schema = Map::new();
    let types = match column.nullable {
        true => json!([kind, "null"]),
        false => json!(kind),
    };
    schema.insert("type".to_owned(), types);
    if let Some(format) = format {
        schema.insert("format".to_owned(), json!(format));
    }
    if !column.seen.is_empty() {
        let seen = format!("training saw {}", column.seen);
        schema.insert("description".to_owned(), json!(seen));
    }
    Value::Object(schema)
}

fn prediction(model: &Description) -> Value {
    let mut properties = Map::new();
    for output in &model.signature.outputs {
        let schema = match output.name.as_str() {
            "label" => json!({ "type": "string", "enum": &model.classes[..] }),
            "probabilities" => {
                let share = json!({ "type": "number", "minimum": 0, "maximum": 1 });
                let classes: Map<String, Value> = model
                    .classes
                    .iter()
                    .map(|class| (class.clone(), share.clone()))
                    .collect();
                json!({ "type": "object", "properties": classes, "required": &model.classes[..] })
            }
            "coordinates" => json!({ "type": "array", "items": { "type": "number" } }),
            _ => json!({ "type": ["number", "null"] }),
        };
        properties.insert(output.name.clone(), schema);
    }
    let required: Vec<&String> = properties.keys().collect();
    json!({ "type": "object", "required": required, "properties": properties })
}

fn answer(id: &str) -> Value {
    json!({ "allOf": [reference(&format!("{id}-prediction")), about()] })
}

/// What stands beside the predictions of an answer.
fn about() -> Value {
    json!({
        "type": "object",
        "properties": {
            "model": { "type": "string" },
            "version": { "type": "integer" },
            "chosen": { "type": "string", "enum": ["version", "alias", "production", "newest"] },
            "instead_of": {
                "type": "object",
                "properties": { "model": { "type": "string" }, "version": { "type": "integer" } },
            },
            "request_id": { "type": "string" },
            "warnings": { "type": "array", "items": reference("warning") },
            "latency_ms": { "type": "number" },
        },
        "required": ["model", "version", "chosen", "request_id", "warnings", "latency_ms"],
    })
}

fn described_by(id: &str, name: &str) -> Value {
    json!({
        "operationId": format!("{id}-show"),
        "summary": format!("Signature, card, version and stage of {name}"),
        "tags": [name],
        "parameters": [version_parameter()],
        "responses": {
            "200": content("what it takes", &json!({ "type": "object" })),
            "default": content("an error", &reference("error")),
        },
    })
}

fn predict(id: &str, name: &str) -> Value {
    json!({
        "operationId": format!("{id}-predict"),
        "summary": format!("What {name} says of one record"),
        "tags": [name],
        "parameters": [version_parameter()],
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": reference(&format!("{id}-record")) } },
        },
        "responses": {
            "200": content("the answer", &reference(&format!("{id}-answer"))),
            "422": content("a field does not fit", &reference("error")),
            "default": content("an error", &reference("error")),
        },
    })
}

fn predict_batch(id: &str, name: &str) -> Value {
    let rows = json!({ "type": "array", "items": reference(&format!("{id}-record")) });
    let columns = json!({ "type": "object", "additionalProperties": { "type": "array" } });
    let predictions = json!({
        "type": "object",
        "properties": {
            "predictions": { "type": "array", "items": reference(&format!("{id}-prediction")) },
            "columns": { "type": "object" },
        },
    });
    let bytes = json!({});
    json!({
        "operationId": format!("{id}-predict-batch"),
        "summary": format!("What {name} says of many rows"),
        "description": "A list of records is answered with `predictions`, an object of columns with `columns`; with \
            `Accept: application/vnd.apache.arrow.stream` the answer is Arrow.",
        "tags": [name],
        "parameters": [version_parameter()],
        "requestBody": {
            "required": true,
            "content": {
                "application/json": { "schema": { "oneOf": [rows, columns] } },
                "text/csv": { "schema": { "type": "string" } },
                ARROW_STREAM: { "schema": bytes },
            },
        },
        "responses": {
            "200": {
                "description": "the answers, row by row",
                "content": {
                    "application/json": { "schema": { "allOf": [about(), predictions] } },
                    ARROW_STREAM: { "schema": bytes },
                },
            },
            "422": content("a field does not fit", &reference("error")),
            "default": content("an error", &reference("error")),
        },
    })
}

fn version_parameter() -> Value {
    json!({
        "name": "version",
        "in": "query",
        "required": false,
        "description": "a version (3) or an alias (champion); without it the version in production, else the newest",
        "schema": { "type": "string" },
    })
}

fn content(description: &str, schema: &Value) -> Value {
    json!({
        "description": description,
        "content": { "application/json": { "schema": schema } },
    })
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

/// As it stands on the wire.
fn written(kind: impl Serialize) -> Value {
    serde_json::to_value(kind).unwrap_or_default()
}

/// A name as keys of components may be; names that differ stay different.
fn identifier(name: &str) -> String {
    let mut id = String::new();
    for c in name.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' => id.push(c),
            other => id.push_str(&format!("_{:x}_", u32::from(other))),
        }
    }
    id
}

/// A name as a part of a path.
fn encoded(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                text.push(char::from(byte));
            }
            other => text.push_str(&format!("%{other:02X}")),
        }
    }
    text
}
