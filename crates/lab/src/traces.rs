//! Traces that clients log and ask for.

use assay_core::RunId;
use assay_core::trace::{Span, TraceId, TraceInfo, TraceQuery, TraceSelection};
use assay_core::tracking::ExperimentId;

use crate::error::Attempt;
use crate::{Error, Lab};

impl Lab {
    pub fn start_trace(&self, info: &TraceInfo) -> Result<TraceInfo, Error> {
        self.store
            .start_trace(info, self.environment.now_ms())
            .attempt(|| format!("keep the trace {}", info.trace_id))
    }

    /// Spans of any traces; all of them or none.
    pub fn log_spans(&self, experiment_id: ExperimentId, spans: &[Span]) -> Result<(), Error> {
        self.store
            .log_spans(experiment_id, spans, self.environment.now_ms())
            .attempt(|| format!("keep {} spans", spans.len()))
    }

    pub fn trace_info(&self, id: &TraceId) -> Result<TraceInfo, Error> {
        self.store
            .trace_info(id)
            .attempt(|| format!("show the trace {id}"))
    }

    /// By when they began.
    pub fn trace_spans(&self, id: &TraceId) -> Result<Vec<Span>, Error> {
        self.store
            .trace_spans(id)
            .attempt(|| format!("show the spans of the trace {id}"))
    }

    /// A page, and whether there are more.
    pub fn search_traces(&self, wanted: &TraceQuery) -> Result<(Vec<TraceInfo>, bool), Error> {
        self.store
            .search_traces(wanted)
            .attempt(|| "search traces".to_owned())
    }

    pub fn set_trace_tag(&self, id: &TraceId, key: &str, value: &str) -> Result<(), Error> {
        self.store
            .set_trace_tag(id, key, value, self.environment.now_ms())
            .attempt(|| format!("tag the trace {id}"))
    }

    pub fn delete_trace_tag(&self, id: &TraceId, key: &str) -> Result<(), Error> {
        self.store
            .delete_trace_tag(id, key, self.environment.now_ms())
            .attempt(|| format!("take a tag off the trace {id}"))
    }

    pub fn link_traces(&self, run_id: &RunId, ids: &[TraceId]) -> Result<(), Error> {
        self.store
            .link_traces(run_id, ids, self.environment.now_ms())
            .attempt(|| format!("link traces to the run {run_id}"))
    }

    /// How many there were.
    pub fn delete_traces(
        &self,
        experiment_id: ExperimentId,
        selection: &TraceSelection,
    ) -> Result<u64, Error> {
        self.store
            .delete_traces(experiment_id, selection, self.environment.now_ms())
            .attempt(|| format!("delete traces of the experiment {experiment_id}"))
    }
}
