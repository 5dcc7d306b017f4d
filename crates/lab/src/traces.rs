//! Traces that clients log and ask for.

use std::collections::BTreeMap;

use assay_core::assessment::{Assessment, AssessmentChange, AssessmentId};
use assay_core::trace::{
    Span, TraceCounts, TraceEnd, TraceId, TraceInfo, TraceQuery, TraceSelection, TraceState,
};
use assay_core::tracking::ExperimentId;
use assay_core::{RunId, TimestampMs};

use crate::error::Attempt;
use crate::{Error, Lab};

impl Lab {
    pub fn start_trace(&self, info: &TraceInfo) -> Result<TraceInfo, Error> {
        self.store
            .start_trace(info, self.environment.now_ms())
            .attempt(|| format!("keep the trace {}", info.trace_id))
    }

    /// A trace of which only the beginning is known; its id is made here.
    pub fn begin_trace(
        &self,
        experiment_id: ExperimentId,
        started_ms: TimestampMs,
        metadata: BTreeMap<String, String>,
        tags: BTreeMap<String, String>,
    ) -> Result<TraceInfo, Error> {
        self.start_trace(&TraceInfo {
            trace_id: TraceId::from_bits(self.id_bits()),
            experiment_id,
            started_ms,
            duration_ms: None,
            state: TraceState::InProgress,
            client_request_id: None,
            request_preview: None,
            response_preview: None,
            metadata,
            tags,
            assessments: Vec::new(),
        })
    }

    pub fn end_trace(&self, id: &TraceId, end: &TraceEnd) -> Result<TraceInfo, Error> {
        self.store
            .end_trace(id, end, self.environment.now_ms())
            .attempt(|| format!("end the trace {id}"))
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

    /// How often each of two conditions holds for traces that fulfil a third one.
    pub fn count_traces(
        &self,
        experiments: &[ExperimentId],
        among: &str,
        first: &str,
        second: &str,
    ) -> Result<TraceCounts, Error> {
        self.store
            .count_traces(experiments, among, first, second)
            .attempt(|| "count traces".to_owned())
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

    pub fn new_assessment_id(&self) -> AssessmentId {
        AssessmentId::from_bits(self.id_bits())
    }

    pub fn now_ms(&self) -> TimestampMs {
        self.environment.now_ms()
    }

    pub fn create_assessment(&self, assessment: &Assessment) -> Result<(), Error> {
        self.store
            .create_assessment(assessment, self.environment.now_ms())
            .attempt(|| format!("assess the trace {}", assessment.trace_id))
    }

    pub fn assessment(&self, trace: &TraceId, id: &AssessmentId) -> Result<Assessment, Error> {
        self.store
            .assessment(trace, id)
            .attempt(|| format!("show the assessment {id}"))
    }

    pub fn change_assessment(
        &self,
        trace: &TraceId,
        id: &AssessmentId,
        change: &AssessmentChange,
    ) -> Result<Assessment, Error> {
        self.store
            .change_assessment(trace, id, change, self.environment.now_ms())
            .attempt(|| format!("change the assessment {id}"))
    }

    pub fn delete_assessment(&self, trace: &TraceId, id: &AssessmentId) -> Result<(), Error> {
        self.store
            .delete_assessment(trace, id, self.environment.now_ms())
            .attempt(|| format!("delete the assessment {id}"))
    }

    fn id_bits(&self) -> u128 {
        let bits = || u128::from(self.environment.id_bits());
        (bits() << 64) | bits()
    }
}
