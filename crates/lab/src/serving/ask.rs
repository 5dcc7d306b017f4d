//! A request from its bytes to its answer: the version chosen, its breaker asked, its rows checked, the graph run, and
//! the fallback asked where a version fails.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Instant;

use assay_core::TimestampMs;
use assay_core::matrix::{Columns, Prediction};
use assay_core::reference::Reference;
use assay_core::registry::VersionKey;
use assay_core::serving::{
    Answered, Chosen, FieldWarning, Protocol, Refusal, RefusalKind, ServeSettings,
};

use super::batch::{Ran, Reply, Word};
use super::breaker::Admission;
use super::json::{JsonForm, read_json};
use super::rows::Checked;
use super::table::{GivenColumn, read_arrow, read_columns, read_csv};
use super::version::{Counts, Loaded, Permit, Version};
use super::whole::{read_nested, read_tensors, spread};
use crate::Lab;

/// Bodies up to this size are read where they came in.
const MAX_QUICK_BYTES: usize = 64 << 10;

/// What somebody asks of a model.
pub struct Question {
    pub model: Reference,
    pub rows: RowsGiven,
    pub protocol: Protocol,
    pub request_id: String,
    pub trace_parent: Option<String>,
    pub client: Option<String>,
}

pub enum RowsGiven {
    Json(JsonForm, Vec<u8>),
    Csv(Vec<u8>),
    Arrow(Vec<u8>),
    Columns(Vec<GivenColumn>),
}

/// How far a question is.
pub enum Progress {
    Done(Box<Answered>),
    /// The reply will hear; [`Pending::go_on`] then.
    Waiting(Box<Pending>),
    /// What comes next may block: a version is loaded, or many rows are answered.
    Blocking(Box<Work>),
}

/// A question that waits for its turn.
pub struct Pending {
    asked: Asked,
    version: Arc<Version>,
    permit: Permit,
    loaded: Arc<Loaded>,
    columns: Arc<Columns>,
    warnings: Vec<FieldWarning>,
    chosen: Chosen,
}

/// What is to be done where blocking is allowed.
pub struct Work(Next);

enum Next {
    Ask(Asked, Reference),
    Run(Pending),
}

/// A question under way.
struct Asked {
    lab: Arc<Lab>,
    question: Question,
    at_ms: TimestampMs,
    began: Instant,
    /// The version that was meant and could not answer.
    instead_of: Option<(VersionKey, Refusal)>,
}

impl Lab {
    /// Goes as far as it can without blocking. `reply` is made when the question has to wait for its turn.
    pub fn ask_model(
        self: &Arc<Self>,
        question: Question,
        reply: impl FnOnce() -> Reply,
    ) -> Progress {
        let model = question.model.clone();
        let asked = Asked {
            at_ms: self.environment().now_ms(),
            lab: Arc::clone(self),
            question,
            began: Instant::now(),
            instead_of: None,
        };
        asked.ask(model, false, reply)
    }

    /// How long a request to a model may take; the default for one that was never asked.
    pub fn timeout_secs(&self, model: &Reference) -> f64 {
        match self.serving.remembered(model) {
            Some(choice) => choice.version.settings.timeout_secs,
            None => ServeSettings::default().timeout_secs,
        }
    }

    /// A request whose work is done elsewhere did not come back in time.
    pub fn too_late(&self, model: &Reference) -> Refusal {
        let secs = self.timeout_secs(model);
        let wrong = format!("{model} did not answer within {secs} s");
        if let Some(choice) = self.serving.remembered(model) {
            let now_ms = self.environment().now_ms();
            choice
                .version
                .breaker
                .failed(Admission::Free, now_ms, &wrong);
            Counts::add(&choice.version.counts.n_failed, 1);
        }
        Refusal::new(RefusalKind::Late, wrong)
    }

    /// The same to its end, blocking.
    pub fn answer_of_model(self: &Arc<Self>, question: Question) -> Box<Answered> {
        let (sender, receiver) = mpsc::channel();
        let reply = || -> Reply {
            let sender = sender.clone();
            Box::new(move |word| sender.send(word).map_err(|unheard| unheard.0))
        };
        let mut progress = self.ask_model(question, reply);
        loop {
            progress = match progress {
                Progress::Done(answered) => return answered,
                Progress::Blocking(work) => work.run(reply),
                Progress::Waiting(pending) => match receiver.recv() {
                    Ok(word) => pending.go_on(word, reply),
                    Err(mpsc::RecvError) => return pending.late(),
                },
            };
        }
    }
}

impl Work {
    /// Blocks.
    pub fn run(self, reply: impl FnOnce() -> Reply) -> Progress {
        match self.0 {
            Next::Ask(asked, model) => asked.ask(model, true, reply),
            Next::Run(pending) => {
                let ran = pending.run_in_parts();
                pending.finish(ran, reply)
            }
        }
    }
}

impl Pending {
    /// With the word that the reply heard.
    pub fn go_on(self, word: Word, reply: impl FnOnce() -> Reply) -> Progress {
        let ran = match word {
            Word::Lead(turn) => turn.run(),
            Word::Ran(ran) => ran,
        };
        self.finish(ran, reply)
    }

    /// It was not answered in time.
    pub fn late(self) -> Box<Answered> {
        let secs = self.version.settings.timeout_secs;
        let wrong = format!("{} did not answer within {secs} s", self.version.key);
        let now_ms = self.asked.lab.environment().now_ms();
        self.permit.fail(now_ms, &wrong);
        let refusal = Refusal::new(RefusalKind::Late, wrong);
        self.asked.refused(refusal, Some(self.version.key.clone()))
    }

    /// Seconds from the request on.
    pub fn timeout_secs(&self) -> f64 {
        self.version.settings.timeout_secs
    }

    /// As many rows as may be gathered at a time, so that small requests come in between.
    fn run_in_parts(&self) -> Result<Ran, String> {
        let max_rows = (self.version.settings.max_batch_rows as usize).max(512);
        let n_rows = self.columns.n_rows;
        let mut parts = Vec::new();
        for start in (0..n_rows).step_by(max_rows) {
            let part = Arc::new(self.columns.slice(start..start + max_rows));
            let (sender, receiver) = mpsc::channel();
            let reply = || -> Reply {
                Box::new(move |word| sender.send(word).map_err(|unheard| unheard.0))
            };
            let ran = match self.loaded.runner.enter(&part, reply) {
                Some(ran) => ran,
                None => match receiver.recv() {
                    Ok(Word::Lead(turn)) => turn.run(),
                    Ok(Word::Ran(ran)) => ran,
                    Err(mpsc::RecvError) => Err("its turn did not come".to_owned()),
                },
            };
            parts.push(ran?.prediction);
        }
        Counts::add(
            &self.version.counts.n_runs,
            (parts.len() as u64).saturating_sub(1),
        );
        Ok(Ran {
            prediction: Prediction::concat(parts),
            n_batch_rows: n_rows,
            has_led: true,
        })
    }

    fn finish(self, ran: Result<Ran, String>, reply: impl FnOnce() -> Reply) -> Progress {
        let counts = &self.version.counts;
        let ran = match ran {
            Ok(ran) => ran,
            Err(error) => {
                let key = &self.version.key;
                let wrong = format!("{key} could not answer: {error}");
                let now_ms = self.asked.lab.environment().now_ms();
                self.permit.fail(now_ms, &wrong);
                let refusal = Refusal::new(RefusalKind::Failed, wrong);
                return self.asked.fall_back(&self.version, refusal, reply);
            }
        };
        self.permit.succeed();
        Counts::add(&counts.n_answered, 1);
        Counts::add(&counts.n_rows, self.columns.n_rows as u64);
        Counts::add(&counts.n_runs, u64::from(ran.has_led));
        Counts::add(&counts.n_warnings, self.warnings.len() as u64);
        let mut answered = self.asked.answered(Some(self.version.key.clone()));
        answered.chosen = Some(self.chosen);
        answered.inputs = Some(Arc::unwrap_or_clone(self.columns));
        answered.prediction = Some(ran.prediction);
        answered.classes = Arc::clone(self.loaded.runner.classes());
        answered.warnings = self.warnings;
        answered.n_batch_rows = ran.n_batch_rows;
        self.version.latency.add(answered.latency_secs);
        Progress::Done(Box::new(answered))
    }
}

impl Asked {
    fn ask(self, model: Reference, may_block: bool, reply: impl FnOnce() -> Reply) -> Progress {
        let lab = Arc::clone(&self.lab);
        let is_small = match &self.question.rows {
            RowsGiven::Json(_, body) | RowsGiven::Csv(body) => body.len() <= MAX_QUICK_BYTES,
            RowsGiven::Arrow(_) => false,
            // They were taken apart already.
            RowsGiven::Columns(_) => true,
        };
        let remembered = lab.serving.remembered(&model);
        if !may_block && (!is_small || remembered.is_none()) {
            return Progress::Blocking(Box::new(Work(Next::Ask(self, model))));
        }
        let choice = match remembered.map_or_else(|| lab.choose(&model), Ok) {
            Ok(choice) => choice,
            Err(refusal) => return Progress::Done(self.refused(refusal, None)),
        };
        let version = choice.version;
        let now_ms = lab.environment().now_ms();
        let loaded = version.loaded();
        if loaded.is_none() && !may_block {
            return Progress::Blocking(Box::new(Work(Next::Ask(self, model))));
        }
        let Some(permit) = Permit::of(&version, now_ms) else {
            let state = version.breaker.state(now_ms);
            let mut wrong = format!("{} does not answer for now", version.key);
            if let Some(failure) = state.last_failure {
                wrong = format!("{wrong}: {failure}");
            }
            let refusal = Refusal::new(RefusalKind::Unavailable, wrong)
                .with_hint("ask again later, or name a fallback in assay.toml under [serve.MODEL]");
            return self.fall_back(&version, refusal, reply);
        };
        let loaded = match loaded.map_or_else(|| version.load(&lab), Ok) {
            Ok(loaded) => loaded,
            Err(cause) => {
                let wrong = format!("{} cannot be loaded: {cause}", version.key);
                permit.break_off(now_ms, &wrong);
                let mut refusal = Refusal::new(RefusalKind::Unavailable, wrong);
                refusal.hint = cause.hint();
                return self.fall_back(&version, refusal, reply);
            }
        };
        version.used(now_ms);
        if may_block {
            lab.serving.make_room();
        }
        if loaded.takes_tensors() {
            if !may_block {
                return Progress::Blocking(Box::new(Work(Next::Ask(self, model))));
            }
            return self.ask_tensors((version, choice.chosen, permit), &loaded, reply);
        }
        let max_rows = usize::try_from(version.settings.max_rows).unwrap_or(usize::MAX);
        let checked = match read(&self.question.rows, &loaded, max_rows) {
            Ok(checked) => checked,
            Err(refusal) => {
                return Progress::Done(self.refused(refusal, Some(version.key.clone())));
            }
        };
        let pending = Pending {
            columns: Arc::new(checked.columns),
            warnings: checked.warnings,
            chosen: choice.chosen,
            asked: self,
            version,
            permit,
            loaded,
        };
        let n_rows = pending.columns.n_rows as u64;
        if n_rows > pending.version.settings.max_batch_rows.max(1) {
            let work = Work(Next::Run(pending));
            return if may_block {
                work.run(reply)
            } else {
                Progress::Blocking(Box::new(work))
            };
        }
        // A second reply may be needed where the version fails; one that was not used is as good as new.
        let mut reply = Some(reply);
        let runner = Arc::clone(&pending.loaded.runner);
        let ran = runner.enter(&pending.columns, || match reply.take() {
            Some(reply) => reply(),
            None => Box::new(Err),
        });
        match (ran, reply) {
            (Some(ran), Some(reply)) => pending.finish(ran, reply),
            _ => Progress::Waiting(Box::new(pending)),
        }
    }

    /// One run of a graph that takes whole tensors. Blocks.
    fn ask_tensors(
        self,
        (version, chosen, permit): (Arc<Version>, Chosen, Permit),
        loaded: &Loaded,
        reply: impl FnOnce() -> Reply,
    ) -> Progress {
        let session = loaded.runner.session();
        let given = match &self.question.rows {
            RowsGiven::Columns(columns) => read_tensors(session.inputs(), columns),
            RowsGiven::Json(JsonForm::Record, body) => read_nested(session.inputs(), body),
            _ => Err(Refusal::new(
                RefusalKind::UnknownForm,
                format!("{} takes whole tensors, not rows", version.key),
            )
            .with_hint(
                "send one object of nested lists to /predict, or tensors to /v2/models/NAME/infer",
            )),
        };
        let given = match given {
            Ok(given) => given,
            Err(refusal) => {
                return Progress::Done(self.refused(refusal, Some(version.key.clone())));
            }
        };
        match session.run(&given) {
            Ok(tensors) => {
                permit.succeed();
                Counts::add(&version.counts.n_answered, 1);
                Counts::add(&version.counts.n_rows, 1);
                Counts::add(&version.counts.n_runs, 1);
                let mut answered = self.answered(Some(version.key.clone()));
                answered.chosen = Some(chosen);
                answered.tensors = Some(tensors);
                answered.n_batch_rows = 1;
                version.latency.add(answered.latency_secs);
                Progress::Done(Box::new(answered))
            }
            Err(error) => {
                let wrong = format!("{} could not answer: {error}", version.key);
                permit.fail(self.lab.environment().now_ms(), &wrong);
                let refusal = Refusal::new(RefusalKind::Failed, wrong);
                self.fall_back(&version, refusal, reply)
            }
        }
    }

    /// The version did not answer: its fallback is asked, once.
    fn fall_back(
        mut self,
        version: &Version,
        refusal: Refusal,
        reply: impl FnOnce() -> Reply,
    ) -> Progress {
        if let Some((first, why)) = self.instead_of.take() {
            let wrong = format!("{}; in place of {first}: {}", why.wrong, refusal.wrong);
            let both = Refusal { wrong, ..refusal };
            return Progress::Done(self.refused(both, Some(first)));
        }
        match version.settings.fallback.clone() {
            Some(fallback) => {
                Counts::add(&version.counts.n_fallback, 1);
                self.instead_of = Some((version.key.clone(), refusal));
                self.ask(fallback, false, reply)
            }
            None => Progress::Done(self.refused(refusal, Some(version.key.clone()))),
        }
    }

    fn refused(self, refusal: Refusal, version: Option<VersionKey>) -> Box<Answered> {
        let mut answered = self.answered(version);
        answered.refusal = Some(refusal);
        Box::new(answered)
    }

    fn answered(self, version: Option<VersionKey>) -> Answered {
        Answered {
            at_ms: self.at_ms,
            request_id: self.question.request_id,
            trace_parent: self.question.trace_parent,
            client: self.question.client,
            asked: Some(self.question.model.to_string()),
            version,
            instead_of: self.instead_of.map(|(key, _)| key),
            latency_secs: self.began.elapsed().as_secs_f64(),
            ..Answered::new(self.question.protocol)
        }
    }
}

fn read(rows: &RowsGiven, loaded: &Loaded, max_rows: usize) -> Result<Checked, Refusal> {
    let inputs = &loaded.inputs;
    let checked = match rows {
        RowsGiven::Json(form, body) => read_json(inputs, *form, body, max_rows),
        RowsGiven::Csv(body) => read_csv(inputs, body, max_rows),
        RowsGiven::Arrow(body) => read_arrow(inputs, body, max_rows),
        RowsGiven::Columns(columns) => match &loaded.wiring {
            Some(wiring) => read_columns(inputs, &spread(wiring, columns), max_rows),
            None => read_columns(inputs, columns, max_rows),
        },
    }?;
    if checked.columns.n_rows == 0 {
        return Err(Refusal::new(
            RefusalKind::Unreadable,
            "the request holds no rows",
        ));
    }
    Ok(checked)
}
