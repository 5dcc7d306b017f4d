//! Which traces a client finds.
//!
//! A condition on `span.` holds when one span of the trace fulfils it; `text` is everything its spans say.

use std::cmp::Ordering;

use assay_core::query::{self, Filter, Value};
use assay_core::trace::{
    self, NAME_TAG, SOURCE_RUN, SPAN_TYPE, Span, TraceCounts, TraceInfo, TraceQuery,
};
use assay_core::tracking::ExperimentId;
use rusqlite::{Connection, params};
use serde_json::Value as Json;

use super::trace_load;
use crate::error::{Error, Result};
use crate::rows::{Rows, to_json};
use crate::store::Store;

/// What is read at once, so that a search of many traces holds few of them in memory.
const CHUNK: usize = 2_000;
const PROMPTS_TAG: &str = "mlflow.linkedPrompts";

impl Store {
    /// A page of traces, and whether there are more.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a filter or an order that cannot be read.
    pub fn search_traces(&self, wanted: &TraceQuery) -> Result<(Vec<TraceInfo>, bool)> {
        let filter = read_filter(&wanted.filter)?;
        for order in &wanted.order_by {
            Field::parse(&order.name)?;
        }
        self.read(|db| {
            let mut found = Vec::new();
            for_each(db, &wanted.experiments, &[&filter], |held, info| {
                if held == [true] {
                    found.push(info);
                }
            })?;
            found.sort_by(|a, b| order(wanted, a, b));
            let offset = usize::try_from(wanted.offset).unwrap_or(usize::MAX);
            let page: Vec<TraceInfo> = found
                .iter()
                .skip(offset)
                .take(wanted.limit as usize)
                .cloned()
                .collect();
            let more = offset.saturating_add(page.len()) < found.len();
            Ok((page, more))
        })
    }

    /// How often each of two conditions holds for traces that fulfil a third one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a filter that cannot be read.
    pub fn count_traces(
        &self,
        experiments: &[ExperimentId],
        among: &str,
        first: &str,
        second: &str,
    ) -> Result<TraceCounts> {
        let filters = [
            &read_filter(among)?,
            &read_filter(first)?,
            &read_filter(second)?,
        ];
        self.read(|db| {
            let mut counts = TraceCounts::default();
            for_each(db, experiments, &filters, |held, _| {
                if let [true, first, second] = *held {
                    counts.n_all += 1;
                    counts.n_first += u64::from(first);
                    counts.n_second += u64::from(second);
                    counts.n_both += u64::from(first && second);
                }
            })?;
            Ok(counts)
        })
    }
}

fn read_filter(text: &str) -> Result<Filter> {
    let filter = query::parse(text).map_err(|error| {
        Error::invalid(
            format!("the filter `{text}` cannot be read: {error}"),
            "write for example `trace.status = 'OK' and trace.execution_time_ms > 100`",
        )
    })?;
    for name in filter.names() {
        Field::parse(name)?;
    }
    Ok(filter)
}

/// Calls `each` with every trace of the experiments, the newest first, and with which of the filters hold for it.
fn for_each(
    db: &Connection,
    experiments: &[ExperimentId],
    filters: &[&Filter],
    mut each: impl FnMut(&[bool], TraceInfo),
) -> Result<()> {
    let rows: Vec<i64> = db.all(
        "SELECT t.id FROM json_each(?1) w JOIN traces t ON t.experiment_id = w.value
         ORDER BY t.started_ms DESC, t.trace_id",
        params![to_json(&experiments)?],
        |row| Ok(row.get(0)?),
    )?;
    let needs_spans = filters
        .iter()
        .flat_map(|filter| filter.names())
        .any(|name| matches!(Field::parse(name), Ok(Field::Span(_))));
    for chunk in rows.chunks(CHUNK) {
        for (row, info) in chunk.iter().zip(trace_load::infos(db, chunk)?) {
            let spans: Vec<SpanTexts> = if needs_spans {
                let spans = trace_load::spans(db, *row)?;
                spans.into_iter().map(SpanTexts::of).collect()
            } else {
                Vec::new()
            };
            let held: Vec<bool> = filters
                .iter()
                .map(|filter| matches(filter, &info, &spans))
                .collect();
            each(&held, info);
        }
    }
    Ok(())
}

fn text(text: Option<&String>) -> Value<'_> {
    text.map_or(Value::Missing, |text| Value::Text(text))
}

fn matches(filter: &Filter, info: &TraceInfo, spans: &[SpanTexts]) -> bool {
    match filter {
        Filter::All => true,
        Filter::And(filters) => filters.iter().all(|filter| matches(filter, info, spans)),
        Filter::Or(filters) => filters.iter().any(|filter| matches(filter, info, spans)),
        Filter::Not(filter) => !matches(filter, info, spans),
        condition => {
            let of_span = condition
                .names()
                .iter()
                .any(|name| matches!(Field::parse(name), Ok(Field::Span(_))));
            if of_span {
                spans
                    .iter()
                    .any(|span| condition.matches(&|name: &str| span.value(name)))
            } else {
                condition.matches(&|name: &str| {
                    Field::parse(name).map_or(Value::Missing, |field| field.of(info))
                })
            }
        }
    }
}

/// Missing values last, either way round; equal ones stay with the newest first.
fn order(wanted: &TraceQuery, a: &TraceInfo, b: &TraceInfo) -> Ordering {
    for order in &wanted.order_by {
        let Ok(field) = Field::parse(&order.name) else {
            continue;
        };
        let found = match (field.of(a), field.of(b)) {
            (Value::Missing, Value::Missing) => Ordering::Equal,
            (Value::Missing, _) => Ordering::Greater,
            (_, Value::Missing) => Ordering::Less,
            (a, b) => {
                let found = match (a, b) {
                    (Value::Number(a), Value::Number(b)) => a.total_cmp(&b),
                    (Value::Text(a), Value::Text(b)) => a.cmp(b),
                    _ => Ordering::Equal,
                };
                if order.ascending {
                    found
                } else {
                    found.reverse()
                }
            }
        };
        if found.is_ne() {
            return found;
        }
    }
    Ordering::Equal
}

/// What a name in a filter of traces means.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Field<'n> {
    Attribute(&'n str),
    Tag(&'n str),
    Metadata(&'n str),
    Span(&'n str),
}

impl<'n> Field<'n> {
    fn parse(name: &'n str) -> Result<Self> {
        let (entity, key) = name.split_once('.').unwrap_or(("trace", name));
        let known = match entity {
            "tag" | "tags" => Some(Self::Tag(key)),
            "metadata" | "request_metadata" => Some(Self::Metadata(key)),
            "span" => Some(Self::Span(key)).filter(|_| {
                matches!(key, "name" | "type" | "status" | "content")
                    || key
                        .strip_prefix("attributes.")
                        .is_some_and(|key| !key.is_empty())
            }),
            "trace" | "attribute" | "attributes" => match key {
                "text" => Some(Self::Span("content")),
                "name" => Some(Self::Tag(NAME_TAG)),
                "prompt" => Some(Self::Tag(PROMPTS_TAG)),
                "run_id" => Some(Self::Metadata(SOURCE_RUN)),
                "request_id" | "trace_id" | "client_request_id" | "status" | "state"
                | "experiment_id" | "timestamp" | "timestamp_ms" | "request_time"
                | "execution_time" | "execution_time_ms" | "end_time" | "end_time_ms" => {
                    Some(Self::Attribute(key))
                }
                _ => None,
            },
            _ => None,
        };
        known.ok_or_else(|| {
            Error::invalid(
                format!("Invalid search expression: traces have no `{name}`"),
                "write trace.status, trace.name, trace.timestamp_ms, trace.execution_time_ms, trace.run_id, tag.NAME, \
                 metadata.NAME, span.name, span.type, span.status or span.attributes.NAME",
            )
        })
    }

    fn of(self, info: &TraceInfo) -> Value<'_> {
        match self {
            Self::Tag(key) => text(info.tags.get(key)),
            Self::Metadata(key) => text(info.metadata.get(key)),
            Self::Span(_) => Value::Missing,
            Self::Attribute(name) => match name {
                "request_id" | "trace_id" => Value::Text(info.trace_id.as_str()),
                "client_request_id" => text(info.client_request_id.as_ref()),
                "status" | "state" => Value::Text(info.state.word()),
                "experiment_id" => Value::Number(info.experiment_id.0 as f64),
                "execution_time" | "execution_time_ms" => info
                    .duration_ms
                    .map_or(Value::Missing, |duration| Value::Number(duration as f64)),
                "end_time" | "end_time_ms" => info.duration_ms.map_or(Value::Missing, |duration| {
                    Value::Number((info.started_ms + duration) as f64)
                }),
                _ => Value::Number(info.started_ms as f64),
            },
        }
    }
}

/// What filters see of a span.
struct SpanTexts {
    span: Span,
    kind: Option<String>,
    content: String,
    attributes: Vec<(String, String)>,
}

impl SpanTexts {
    fn of(span: Span) -> Self {
        let keys: Vec<String> = span
            .otlp
            .get("attributes")
            .and_then(|list| list.as_array())
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.get("key")?.as_str().map(str::to_owned))
            .collect();
        let attributes: Vec<(String, String)> = keys
            .into_iter()
            .filter_map(|key| Some((span.attribute(&key)?, key)))
            .map(|(value, key)| (key, value))
            .collect();
        Self {
            kind: span.attribute(SPAN_TYPE),
            content: said(&span, &attributes),
            attributes,
            span,
        }
    }

    fn value(&self, name: &str) -> Value<'_> {
        let Ok(Field::Span(key)) = Field::parse(name) else {
            return Value::Missing;
        };
        match key {
            "name" => Value::Text(&self.span.name),
            "status" => Value::Text(match self.span.state.word() {
                "STATE_UNSPECIFIED" => "UNSET",
                word => word,
            }),
            "type" => self.kind.as_deref().map_or(Value::Missing, Value::Text),
            "content" => Value::Text(&self.content),
            _ => key
                .strip_prefix("attributes.")
                .and_then(|key| self.attributes.iter().find(|(known, _)| known == key))
                .map_or(Value::Missing, |(_, value)| Value::Text(value)),
        }
    }
}

/// What a span says, without the words of the protocol: its name, attributes, events and status.
fn said(span: &Span, attributes: &[(String, String)]) -> String {
    let mut text = span.name.clone();
    let mut add = |part: &str| {
        text.push('\n');
        text.push_str(part);
    };
    for (key, value) in attributes {
        add(&format!("{key}: {value}"));
    }
    let list = |of: &Json, name: &str| of.get(name).and_then(Json::as_array).cloned();
    for event in list(&span.otlp, "events").unwrap_or_default() {
        add(event.get("name").and_then(Json::as_str).unwrap_or_default());
        for entry in list(&event, "attributes").unwrap_or_default() {
            let key = entry.get("key").and_then(Json::as_str).unwrap_or_default();
            let value = entry.get("value").map_or(Json::Null, trace::plain);
            add(&format!("{key}: {value}"));
        }
    }
    let message = span.otlp.pointer("/status/message").and_then(Json::as_str);
    add(message.unwrap_or_default());
    text
}
