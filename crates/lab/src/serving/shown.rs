//! What is served, for those who look: models, versions, breakers, signatures; and one record tried.

use std::sync::Arc;

use assay_core::reference::Reference;
use assay_core::registered::RegisteredVersion;
use assay_core::registry::{Port, Signature};
use assay_core::serving::{
    Answered, BreakerPosition, BreakerState, Chosen, PredictAnswer, Protocol, Refusal, RefusalKind,
    ServedCounts, ServedModel, ServedVersion, TryModel,
};

use super::ask::{Question, RowsGiven};
use super::json::JsonForm;
use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

/// A version that can be asked, as a client wants to know it.
#[derive(Debug, Clone)]
pub struct Description {
    pub version: RegisteredVersion,
    pub chosen: Chosen,
    pub signature: Signature,
    /// Empty for a model that answers with numbers.
    pub classes: Arc<[String]>,
    /// Of a graph that takes whole tensors: its inputs and outputs, in its order.
    pub tensors: Option<(Vec<Port>, Vec<Port>)>,
    /// The model card, Markdown with a YAML front matter.
    pub card: Option<String>,
}

impl Lab {
    /// The models of which a version can be served, by name.
    pub fn served_models(&self) -> Result<Vec<ServedModel>, Error> {
        self.find_served()
            .attempt(|| "show what is served".to_owned())
    }

    /// The model that a server answers for when a request names none: the only one.
    ///
    /// # Errors
    /// [`RefusalKind::NotFound`] when there is none, or several.
    pub fn only_served(&self) -> Result<Reference, Refusal> {
        let n_changes = self.serving.n_changes();
        let models = self
            .find_served()
            .map_err(|cause| Refusal::new(RefusalKind::Failed, cause.to_string()))?;
        match models.as_slice() {
            [only] => {
                let only = Reference::latest(only.model.as_str());
                self.serving.set_only(&only, n_changes);
                Ok(only)
            }
            [] => Err(
                Refusal::new(RefusalKind::NotFound, "no model is registered in this lab")
                    .with_hint("register one with `assay model register`"),
            ),
            several => Err(Refusal::new(
                RefusalKind::NotFound,
                format!(
                    "the lab serves {} models, and the request names none",
                    several.len()
                ),
            )
            .with_hint("start the server with `assay serve --model NAME`, or ask under /models")),
        }
    }

    /// The same without a look into the database, where it is known already.
    pub fn only_remembered(&self) -> Option<Reference> {
        self.serving.only()
    }

    /// Whether a version can be loaded and its breaker lets requests through.
    ///
    /// # Errors
    /// As for a request to it.
    pub fn is_ready(&self, model: &Reference) -> Result<(), Refusal> {
        let choice = self.choose(model)?;
        let state = choice.version.breaker.state(self.environment().now_ms());
        if state.position == BreakerPosition::Open {
            let wrong = format!("{} does not answer for now", choice.version.key);
            return Err(Refusal::new(RefusalKind::Unavailable, wrong));
        }
        self.describe_served(model).map(drop)
    }

    /// Loads the version when it is not in memory; blocks then.
    ///
    /// # Errors
    /// As for a request to it.
    pub fn describe_served(&self, model: &Reference) -> Result<Description, Refusal> {
        let choice = self.choose(model)?;
        let key = &choice.version.key;
        let unavailable = |cause: Cause| {
            let mut refusal = Refusal::new(
                RefusalKind::Unavailable,
                format!("{key} cannot be loaded: {cause}"),
            );
            refusal.hint = cause.hint();
            refusal
        };
        let loaded = match choice.version.loaded() {
            Some(loaded) => loaded,
            None => choice.version.load(self).map_err(unavailable)?,
        };
        let version = self
            .store
            .registered_version(key)
            .map_err(|error| unavailable(error.into()))?;
        let folder = self
            .store
            .registry_path(key)
            .map_err(|error| unavailable(error.into()))?;
        Ok(Description {
            version,
            chosen: choice.chosen,
            signature: loaded.signature.clone(),
            classes: Arc::clone(loaded.runner.classes()),
            tensors: loaded.takes_tensors().then(|| {
                let session = loaded.runner.session();
                (session.inputs().to_vec(), session.outputs().to_vec())
            }),
            card: std::fs::read_to_string(folder.join(crate::model_files::CARD)).ok(),
        })
    }

    /// What a model says of one record, as a client of the server would hear it.
    pub fn try_model(self: &Arc<Self>, request: &TryModel) -> Result<PredictAnswer, Error> {
        let attempted = || format!("try `{}`", request.model);
        let body = serde_json::to_vec(&request.record).attempt(attempted)?;
        let answered = self.answer_of_model(Question {
            model: request.model.clone(),
            rows: RowsGiven::Json(JsonForm::Record, body),
            protocol: Protocol::Command,
            request_id: format!("{:016x}", self.environment().id_bits()),
            trace_parent: None,
            client: None,
        });
        if let Some(refusal) = answered.refusal {
            let code = refusal.kind.code();
            let faults: Vec<&str> = refusal.fields.iter().map(|f| f.wrong.as_str()).collect();
            let wrong = match faults.len() {
                0 => refusal.wrong,
                _ => faults.join("; "),
            };
            let cause = Cause::Said {
                code,
                wrong,
                hint: refusal.hint,
            };
            return Err(Error::new(attempted(), cause));
        }
        answer_of(&answered).attempt(attempted)
    }

    fn find_served(&self) -> Result<Vec<ServedModel>, Cause> {
        let now_ms = self.environment().now_ms();
        let mut served = Vec::new();
        for model in self.store.registered_models()? {
            let Some((default, chosen)) = self.default_of(&model) else {
                continue;
            };
            let settings = self.store.settings()?.serve;
            let fallback = settings
                .get(model.model.as_str())
                .and_then(|settings| settings.fallback.clone());
            let versions = model
                .versions
                .iter()
                .filter(|version| self.can_be_served(&version.key()))
                .map(|version| {
                    let known = self.serving.known(&version.key());
                    ServedVersion {
                        version: version.version,
                        stage: version.stage,
                        aliases: version.aliases.clone(),
                        is_loaded: known.as_ref().is_some_and(|known| known.loaded().is_some()),
                        breaker: match &known {
                            Some(known) => known.breaker.state(now_ms),
                            None => BreakerState {
                                position: BreakerPosition::Closed,
                                n_failures: 0,
                                opened_ms: None,
                                retry_ms: None,
                                last_failure: None,
                            },
                        },
                        fallback: fallback.clone(),
                        latency: known.as_ref().and_then(|known| known.latency.now()),
                        counts: match &known {
                            Some(known) => known.counts.now(),
                            None => ServedCounts::default(),
                        },
                    }
                })
                .collect();
            served.push(ServedModel {
                default_version: default.version,
                default_chosen: chosen,
                aliases: model.aliases,
                versions,
                model: model.model,
            });
        }
        Ok(served)
    }
}

/// The answer to a request of one record.
fn answer_of(answered: &Answered) -> Result<PredictAnswer, Cause> {
    answered
        .answer_of_record()
        .ok_or_else(|| Cause::said(assay_core::Code::Bug, "the model answered without a row"))
}
