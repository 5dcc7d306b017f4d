//! Answers and refusals as bytes.

use assay_core::matrix::Prediction;
use assay_core::serving::{Answered, FieldWarning, Refusal, RefusalKind};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::ser::{SerializeMap, SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::request::Caller;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A document with the caller's marks.
pub fn document(caller: &Caller, document: &impl Serialize) -> Response {
    match serde_json::to_vec(document) {
        Ok(bytes) => marked(
            caller,
            ([(header::CONTENT_TYPE, JSON)], bytes).into_response(),
        ),
        Err(error) => refusal(
            caller,
            &Refusal::new(
                RefusalKind::Failed,
                format!("the answer cannot be written: {error}"),
            ),
        ),
    }
}

/// The one form of an error: `kind`, `wrong`, `hint`, `fields`, `request_id`; and `error`, in which clients of the Open
/// Inference Protocol look for a sentence, `error_code` and `message` for those of MLflow.
pub fn refusal(caller: &Caller, refusal: &Refusal) -> Response {
    let mut form = Map::new();
    form.insert("error".to_owned(), json!(refusal.wrong));
    if let Ok(Value::Object(parts)) = serde_json::to_value(refusal) {
        form.extend(parts);
    }
    form.insert("request_id".to_owned(), json!(caller.request_id));
    let code = match refusal.kind {
        RefusalKind::NotFound => "RESOURCE_DOES_NOT_EXIST",
        RefusalKind::Unavailable | RefusalKind::Late => "TEMPORARILY_UNAVAILABLE",
        RefusalKind::Failed => "INTERNAL_ERROR",
        RefusalKind::Unauthenticated => "UNAUTHENTICATED",
        RefusalKind::Forbidden => "PERMISSION_DENIED",
        RefusalKind::TooMany => "RESOURCE_EXHAUSTED",
        RefusalKind::Unreadable
        | RefusalKind::Fields
        | RefusalKind::TooLarge
        | RefusalKind::UnknownForm => "BAD_REQUEST",
    };
    form.insert("error_code".to_owned(), json!(code));
    form.insert("message".to_owned(), json!(refusal.wrong));
    let status = StatusCode::from_u16(refusal.kind.http_status())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = Value::Object(form).to_string();
    let mut response = (status, [(header::CONTENT_TYPE, JSON)], text).into_response();
    if refusal.kind == RefusalKind::TooMany {
        let a_second = HeaderValue::from_static("1");
        response.headers_mut().insert(header::RETRY_AFTER, a_second);
    }
    marked(caller, response)
}

/// Bytes of a media type.
pub fn bytes(caller: &Caller, media: &'static str, bytes: Vec<u8>) -> Response {
    let media = HeaderValue::from_static(media);
    marked(
        caller,
        ([(header::CONTENT_TYPE, media)], bytes).into_response(),
    )
}

pub fn marked(caller: &Caller, mut response: Response) -> Response {
    caller.mark(response.headers_mut());
    response
}

/// Many rows answered, one after another.
pub struct ByRow<'a>(pub &'a Answered);

/// Many rows answered, a list a number.
pub struct ByColumn<'a>(pub &'a Answered);

impl Serialize for ByRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        whole(self.0, "predictions", &RowList(self.0), serializer)
    }
}

impl Serialize for ByColumn<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let columns = Columns {
            answered: self.0,
            names_classes: true,
        };
        whole(self.0, "columns", &columns, serializer)
    }
}

fn whole<S: Serializer>(
    answered: &Answered,
    name: &'static str,
    rows: &impl Serialize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let version = answered.version.as_ref();
    let mut form = serializer.serialize_struct("answer", 8)?;
    form.serialize_field("model", &version.map(|key| &key.model))?;
    form.serialize_field("version", &version.map(|key| key.version))?;
    form.serialize_field("chosen", &answered.chosen)?;
    if let Some(instead_of) = &answered.instead_of {
        form.serialize_field("instead_of", instead_of)?;
    }
    form.serialize_field("request_id", &answered.request_id)?;
    form.serialize_field(name, rows)?;
    form.serialize_field::<[FieldWarning]>("warnings", &answered.warnings)?;
    form.serialize_field("latency_ms", &(answered.latency_secs * 1e3))?;
    form.end()
}

struct RowList<'a>(&'a Answered);

impl Serialize for RowList<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let mut row = 0;
        while let Some(prediction) = self.0.row(row) {
            list.serialize_element(&prediction)?;
            row += 1;
        }
        list.end()
    }
}

/// By output of the graph, as the sample answer in the folder of a version has it.
pub struct Columns<'a> {
    pub answered: &'a Answered,
    /// Whether the order of the probabilities is said, too.
    pub names_classes: bool,
}

impl Serialize for Columns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.answered.prediction {
            None => {}
            Some(Prediction::Values(values)) => map.serialize_entry("value", values)?,
            Some(Prediction::Coordinates {
                values,
                n_components,
            }) => {
                let rows: Vec<&[f64]> = values.chunks((*n_components).max(1)).collect();
                map.serialize_entry("coordinates", &rows)?;
            }
            Some(Prediction::Classes {
                indices,
                probabilities,
                n_classes,
            }) => {
                let labels: Vec<Option<&String>> = indices
                    .iter()
                    .map(|&index| self.answered.classes.get(index as usize))
                    .collect();
                map.serialize_entry("label", &labels)?;
                let rows: Vec<&[f64]> = probabilities.chunks((*n_classes).max(1)).collect();
                map.serialize_entry("probabilities", &rows)?;
                if self.names_classes {
                    map.serialize_entry("classes", &self.answered.classes[..])?;
                }
            }
        }
        map.end()
    }
}
