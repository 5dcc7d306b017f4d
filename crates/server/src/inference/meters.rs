//! `GET /metrics`: what was asked of the models, for Prometheus.

use std::fmt;

use assay_core::serving::{Answered, BreakerPosition, ServedModel, WarningKind};
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// What OpenMetrics calls its text.
pub const MEDIA: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// From a tenth of the fastest answers to what a client no longer waits for.
const LATENCY_SECS: [f64; 14] = [
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0,
];
const BATCH_ROWS: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 1_024.0, 100_000.0];

/// Counted since this server began.
pub struct Meters {
    registry: Registry,
    requests: Family<Outcome, Counter>,
    rows: Family<OfVersion, Counter>,
    warnings: Family<Warned, Counter>,
    latencies: Family<OfVersion, Histogram, fn() -> Histogram>,
    batches: Family<OfVersion, Histogram, fn() -> Histogram>,
    breakers: Family<Breaker, Gauge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfVersion {
    model: String,
    version: u32,
}

/// A request that came to no version has neither model nor version: names that callers made up are no labels.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    model: String,
    version: String,
    protocol: Word,
    /// `answered`, or why not.
    outcome: Word,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Warned {
    model: String,
    version: u32,
    kind: Word,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Breaker {
    model: String,
    version: u32,
    position: Word,
}

/// One of few.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Word(&'static str);

impl EncodeLabelValue for Word {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
        self.0.encode(encoder)
    }
}

impl Meters {
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("assay");
        let requests = Family::default();
        registry.register(
            "predict_requests",
            "Requests to models, by what came of them",
            requests.clone(),
        );
        let rows = Family::default();
        registry.register("predicted_rows", "Rows answered", rows.clone());
        let warnings = Family::default();
        registry.register(
            "predict_warnings",
            "Values of answered rows that training did not see",
            warnings.clone(),
        );
        let latencies: Family<_, _, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(LATENCY_SECS));
        registry.register_with_unit(
            "predict_latency",
            "From the whole request read to the answer known",
            Unit::Seconds,
            latencies.clone(),
        );
        let batches: Family<_, _, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(BATCH_ROWS));
        registry.register(
            "predict_batch_rows",
            "Rows of the run of the graph that answered a request, those of other requests included",
            batches.clone(),
        );
        let breakers = Family::default();
        registry.register(
            "breaker",
            "1 at the position of a version's circuit breaker",
            breakers.clone(),
        );
        Self {
            registry,
            requests,
            rows,
            warnings,
            latencies,
            batches,
            breakers,
        }
    }

    pub fn answered(&self, answered: &Answered) {
        let version = answered.version.as_ref();
        let outcome = answered.refusal.as_ref();
        self.requests
            .get_or_create(&Outcome {
                model: version.map_or_else(String::new, |key| key.model.to_string()),
                version: version.map_or_else(String::new, |key| key.version.to_string()),
                protocol: Word(answered.protocol.label()),
                outcome: Word(outcome.map_or("answered", |refusal| refusal.kind.label())),
            })
            .inc();
        let (Some(key), None) = (version, outcome) else {
            return;
        };
        let of_version = OfVersion {
            model: key.model.to_string(),
            version: key.version,
        };
        let n_rows = answered
            .prediction
            .as_ref()
            .map_or(0, |answer| answer.n_rows());
        self.rows.get_or_create(&of_version).inc_by(n_rows as u64);
        self.latencies
            .get_or_create(&of_version)
            .observe(answered.latency_secs);
        self.batches
            .get_or_create(&of_version)
            .observe(answered.n_batch_rows as f64);
        for warning in &answered.warnings {
            let kind = match warning.kind {
                WarningKind::OutOfRange => "out_of_range",
                WarningKind::UnseenCategory => "unseen_category",
            };
            self.warnings
                .get_or_create(&Warned {
                    model: of_version.model.clone(),
                    version: key.version,
                    kind: Word(kind),
                })
                .inc();
        }
    }

    /// The text, with the breakers as they are now.
    pub fn text(&self, served: &[ServedModel]) -> Result<String, fmt::Error> {
        const POSITIONS: [(BreakerPosition, &str); 3] = [
            (BreakerPosition::Closed, "closed"),
            (BreakerPosition::Open, "open"),
            (BreakerPosition::HalfOpen, "half_open"),
        ];
        for model in served {
            for version in &model.versions {
                for (position, word) in POSITIONS {
                    let label = Breaker {
                        model: model.model.to_string(),
                        version: version.version,
                        position: Word(word),
                    };
                    let is_here = i64::from(version.breaker.position == position);
                    self.breakers.get_or_create(&label).set(is_here);
                }
            }
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
