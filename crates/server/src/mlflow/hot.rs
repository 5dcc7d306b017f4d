//! The calls that come by the thousand a second while something is trained: they are read straight into what is
//! written, and wait for a commit that they share with all others that came meanwhile.
//!
//! Invariant: this way knows only success. A request that it cannot read, or that is refused, goes the general way, which
//! has the rules and the words of every refusal; what is shared of them is in `run_log`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use assay_core::RunId;
use assay_core::tracking::{LogEntry, MetricSample};
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use serde::de::{Error as _, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use tokio::sync::oneshot;

use super::{Call, Refusal, run_log};
use crate::Shared;

/// Reads the body of a request; `None` for whatever is not quite as the stock client writes it.
pub type Read = fn(&[u8]) -> Option<LogEntry>;

/// How the body of a call is read here, if it is one of these.
pub fn reader(path: &str) -> Option<Read> {
    match path {
        "runs/log-batch" => Some(read_batch),
        "runs/log-metric" => Some(read_metric),
        "runs/log-parameter" => Some(read_param),
        "runs/set-tag" => Some(read_tag),
        _ => None,
    }
}

pub fn answer_to(methods: MethodFilter, read: Read, call: Call) -> MethodRouter<Arc<Shared>> {
    on(
        methods,
        move |State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery, body: Bytes| async move {
            if query.is_none()
                && let Some(entry) = read(&body)
                && let Some(answer) = log(&shared, entry).await
            {
                return answer;
            }
            super::answer(shared, Vec::new(), query, body, super::written(call)).await
        },
    )
}

/// The answer after the commit; `None` when the entry was refused.
async fn log(shared: &Shared, entry: LogEntry) -> Option<Response> {
    let lab = shared.desk.lab().ok()?;
    let (sender, receiver) = oneshot::channel();
    let leads = lab.log_soon(entry, move |outcome| {
        // Whoever asked may be gone.
        let _ = sender.send(outcome.is_ok());
    });
    if leads {
        tokio::task::spawn_blocking(move || lab.commit_logged());
    }
    match receiver.await {
        Ok(true) => Some(([(header::CONTENT_TYPE, "application/json")], "{}").into_response()),
        Ok(false) => None,
        Err(error) => Some(Refusal::internal(error.to_string()).into_response()),
    }
}

#[derive(Deserialize)]
struct BatchBody<'a> {
    #[serde(borrow)]
    run_id: Cow<'a, str>,
    #[serde(default)]
    metrics: Curves,
    #[serde(default)]
    params: Vec<Pair>,
    #[serde(default)]
    tags: Vec<Pair>,
}

#[derive(Deserialize)]
struct MetricBody<'a> {
    #[serde(borrow)]
    run_id: Cow<'a, str>,
    key: String,
    value: Number,
    timestamp: i64,
    #[serde(default)]
    step: i64,
    model_id: Option<IgnoredAny>,
    dataset_name: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct PairBody<'a> {
    #[serde(borrow)]
    run_id: Cow<'a, str>,
    key: String,
    value: String,
}

#[derive(Deserialize)]
struct Pair {
    key: String,
    value: String,
}

#[derive(Deserialize)]
struct Metric<'a> {
    #[serde(borrow)]
    key: Cow<'a, str>,
    value: Number,
    timestamp: i64,
    #[serde(default)]
    step: i64,
    // Metrics of a model are more than metrics of a run.
    model_id: Option<IgnoredAny>,
    dataset_name: Option<IgnoredAny>,
}

/// The metrics of a batch by name.
#[derive(Default)]
struct Curves {
    curves: Vec<(String, Vec<MetricSample>)>,
    n_points: usize,
}

/// NaN and the infinities come as text.
struct Number(f64);

fn read_batch(body: &[u8]) -> Option<LogEntry> {
    let batch: BatchBody<'_> = serde_json::from_slice(body).ok()?;
    let entry = LogEntry {
        run_id: run_id(&batch.run_id)?,
        metrics: batch.metrics.curves,
        params: pairs(batch.params),
        tags: pairs(batch.tags),
    };
    run_log::check_batch(batch.metrics.n_points, &entry.params, &entry.tags).ok()?;
    for (key, _) in &entry.metrics {
        run_log::check_metric(key).ok()?;
    }
    Some(entry)
}

fn read_metric(body: &[u8]) -> Option<LogEntry> {
    let metric: MetricBody<'_> = serde_json::from_slice(body).ok()?;
    if metric.model_id.is_some() || metric.dataset_name.is_some() {
        return None;
    }
    run_log::check_metric(&metric.key).ok()?;
    let sample = MetricSample {
        value: metric.value.0,
        step: metric.step,
        at_ms: metric.timestamp,
    };
    Some(LogEntry {
        run_id: run_id(&metric.run_id)?,
        metrics: vec![(metric.key, vec![sample])],
        params: Vec::new(),
        tags: Vec::new(),
    })
}

fn read_param(body: &[u8]) -> Option<LogEntry> {
    let pair: PairBody<'_> = serde_json::from_slice(body).ok()?;
    let entry = LogEntry {
        run_id: run_id(&pair.run_id)?,
        metrics: Vec::new(),
        params: vec![(pair.key, pair.value)],
        tags: Vec::new(),
    };
    run_log::check_batch(0, &entry.params, &[]).ok()?;
    Some(entry)
}

fn read_tag(body: &[u8]) -> Option<LogEntry> {
    let pair: PairBody<'_> = serde_json::from_slice(body).ok()?;
    let entry = LogEntry {
        run_id: run_id(&pair.run_id)?,
        metrics: Vec::new(),
        params: Vec::new(),
        tags: vec![(pair.key, pair.value)],
    };
    run_log::check_batch(0, &[], &entry.tags).ok()?;
    Some(entry)
}

fn run_id(text: &str) -> Option<RunId> {
    (!text.is_empty()).then(|| RunId::new(text))
}

fn pairs(pairs: Vec<Pair>) -> Vec<(String, String)> {
    pairs
        .into_iter()
        .map(|pair| (pair.key, pair.value))
        .collect()
}

impl<'de> Deserialize<'de> for Curves {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> Visitor<'de> for List {
            type Value = Curves;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of metrics")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Curves, A::Error> {
                let mut found = Curves::default();
                let mut places: HashMap<Cow<'de, str>, usize> = HashMap::new();
                let mut place = 0;
                while let Some(metric) = list.next_element::<Metric<'de>>()? {
                    if metric.model_id.is_some() || metric.dataset_name.is_some() {
                        return Err(A::Error::custom("a metric of a model"));
                    }
                    // Mostly the same name follows.
                    let follows = found
                        .curves
                        .get(place)
                        .is_some_and(|(key, _)| *key == metric.key);
                    if !follows {
                        place = places.get(&metric.key).copied().unwrap_or_else(|| {
                            found.curves.push((metric.key.to_string(), Vec::new()));
                            found.curves.len() - 1
                        });
                        places.insert(metric.key, place);
                    }
                    if let Some((_, samples)) = found.curves.get_mut(place) {
                        samples.push(MetricSample {
                            value: metric.value.0,
                            step: metric.step,
                            at_ms: metric.timestamp,
                        });
                    }
                    found.n_points += 1;
                }
                Ok(found)
            }
        }

        deserializer.deserialize_seq(List)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl Visitor<'_> for Any {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_f64<E>(self, number: f64) -> Result<Number, E> {
                Ok(Number(number))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Number, E> {
                Ok(Number(number as f64))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
                Ok(Number(number as f64))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Number, E> {
                text.parse().map(Number).map_err(E::custom)
            }
        }

        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_read_by_name_and_in_order() {
        let body = br#"{"run_id": "ab", "run_uuid": "ab", "metrics": [
            {"key": "a", "value": 0.5, "timestamp": 7, "step": 1},
            {"key": "b", "value": "NaN", "timestamp": 8, "step": -2},
            {"key": "a", "value": 3, "timestamp": 9},
            {"key": "a", "value": "-Infinity", "timestamp": 9, "step": 2, "model_id": null}
        ], "params": [{"key": "p", "value": "1"}], "tags": [{"key": "t", "value": ""}]}"#;
        let entry = read_batch(body).expect("as the client writes it");
        assert_eq!(entry.run_id.as_str(), "ab");
        let values = |place: usize| -> Vec<(String, i64, i64)> {
            let (_, samples) = &entry.metrics[place];
            samples
                .iter()
                .map(|sample| (sample.value.to_string(), sample.step, sample.at_ms))
                .collect()
        };
        let names: Vec<&str> = entry.metrics.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(
            values(0),
            [
                ("0.5".to_owned(), 1, 7),
                ("3".to_owned(), 0, 9),
                ("-inf".to_owned(), 2, 9)
            ]
        );
        assert_eq!(values(1), [("NaN".to_owned(), -2, 8)]);
        assert_eq!(entry.params, [("p".to_owned(), "1".to_owned())]);
        assert_eq!(entry.tags, [("t".to_owned(), String::new())]);
    }

    #[test]
    fn what_is_not_quite_as_the_client_writes_it_goes_the_general_way() {
        let many = format!(
            r#"{{"run_id": "ab", "metrics": [{}]}}"#,
            vec![r#"{"key": "a", "value": 1, "timestamp": 1}"#; 1_001].join(",")
        );
        for body in [
            "",
            "[]",
            r#"{"metrics": []}"#,
            r#"{"run_id": "", "metrics": []}"#,
            r#"{"run_id": "ab", "metrics": null}"#,
            r#"{"run_id": "ab", "metrics": [{"key": "a", "value": "x", "timestamp": 1}]}"#,
            r#"{"run_id": "ab", "metrics": [{"key": "a", "value": 1, "timestamp": "1"}]}"#,
            r#"{"run_id": "ab", "metrics": [{"key": "../a", "value": 1, "timestamp": 1}]}"#,
            r#"{"run_id": "ab", "metrics": [{"key": "a", "value": 1, "timestamp": 1, "model_id": "m-1"}]}"#,
            r#"{"run_id": "ab", "params": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]}"#,
            r#"{"run_id": "ab", "tags": [{"key": "a", "value": 1}]}"#,
            r#"{"run_id": "ab", "run_id": "cd"}"#,
            &many,
        ] {
            assert_eq!(read_batch(body.as_bytes()), None, "{body:.80}");
        }
        let metric = r#"{"run_id": "ab", "key": "a", "value": 1, "timestamp": 1, "step": 2}"#;
        assert!(read_metric(metric.as_bytes()).is_some());
        assert_eq!(read_metric(metric.replace("2}", "\"2\"}").as_bytes()), None);
        let pair = r#"{"run_id": "ab", "key": "a", "value": "b"}"#;
        assert!(read_param(pair.as_bytes()).is_some_and(|entry| entry.params.len() == 1));
        assert!(read_tag(pair.as_bytes()).is_some_and(|entry| entry.tags.len() == 1));
        assert_eq!(read_tag(br#"{"run_id": "ab", "key": "a"}"#), None);
    }
}
