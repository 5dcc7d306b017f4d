//! One version that can be asked: its breaker and counts, and what of it is in memory.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use assay_core::TimestampMs;
use assay_core::code::Code;
use assay_core::drift::ReferenceSketch;
use assay_core::imported_model::Wiring;
use assay_core::reference::Reference;
use assay_core::registry::{Signature, VersionKey};
use assay_core::serving::{ServeSettings, ServedCounts};

use super::batch::Runner;
use super::breaker::{Admission, Breaker};
use super::inputs::Inputs;
use super::latency::Latency;
use crate::Lab;
use crate::error::Cause;
use crate::model_files::{REFERENCE_JSON, SIGNATURE_JSON};

/// Kept from the first request on, whether the model is in memory or not.
pub struct Version {
    pub key: VersionKey,
    pub settings: ServeSettings,
    pub breaker: Breaker,
    pub counts: Counts,
    pub latency: Latency,
    loaded: RwLock<Option<Arc<Loaded>>>,
    /// Held by the one who loads.
    loading: Mutex<()>,
    used_ms: AtomicI64,
}

/// A version in memory.
pub struct Loaded {
    pub inputs: Inputs,
    pub signature: Signature,
    pub runner: Arc<Runner>,
    /// Of a version that came as an ONNX file.
    pub wiring: Option<Wiring>,
}

impl Loaded {
    /// Rows of columns cannot be asked of it.
    pub fn takes_tensors(&self) -> bool {
        self.wiring
            .as_ref()
            .is_some_and(|wiring| !wiring.takes_columns())
    }
}

#[derive(Debug, Default)]
pub struct Counts {
    pub n_answered: AtomicU64,
    pub n_rows: AtomicU64,
    pub n_runs: AtomicU64,
    pub n_failed: AtomicU64,
    pub n_fallback: AtomicU64,
    pub n_warnings: AtomicU64,
}

impl Counts {
    pub fn now(&self) -> ServedCounts {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        ServedCounts {
            n_answered: of(&self.n_answered),
            n_rows: of(&self.n_rows),
            n_runs: of(&self.n_runs),
            n_failed: of(&self.n_failed),
            n_fallback: of(&self.n_fallback),
            n_warnings: of(&self.n_warnings),
        }
    }

    pub fn add(count: &AtomicU64, n: u64) {
        count.fetch_add(n, Ordering::Relaxed);
    }
}

impl Version {
    pub fn new(key: VersionKey, settings: ServeSettings) -> Self {
        Self {
            key,
            breaker: Breaker::new(&settings),
            settings,
            counts: Counts::default(),
            latency: Latency::default(),
            loaded: RwLock::default(),
            loading: Mutex::default(),
            used_ms: AtomicI64::new(0),
        }
    }

    pub fn loaded(&self) -> Option<Arc<Loaded>> {
        self.loaded
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Loads it when it is not in memory; several who ask wait for one.
    ///
    /// # Errors
    /// A file that is not as it was registered is named.
    pub fn load(&self, lab: &Lab) -> Result<Arc<Loaded>, Cause> {
        let _one = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = self.loaded() {
            return Ok(loaded);
        }
        let loaded = Arc::new(lab.load_version(&self.key, &self.settings)?);
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&loaded));
        Ok(loaded)
    }

    /// Out of memory when the last request that uses it is answered.
    pub fn unload(&self) {
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub fn used(&self, now_ms: TimestampMs) {
        self.used_ms.store(now_ms, Ordering::Relaxed);
    }

    pub fn used_ms(&self) -> TimestampMs {
        self.used_ms.load(Ordering::Relaxed)
    }
}

/// The right to ask a version. Dropped undecided, the breaker hears that it did not come to it.
pub struct Permit {
    version: Arc<Version>,
    admission: Option<Admission>,
}

impl Permit {
    /// `None`: the breaker is open.
    pub fn of(version: &Arc<Version>, now_ms: TimestampMs) -> Option<Self> {
        let admission = version.breaker.admit(now_ms)?;
        Some(Self {
            version: Arc::clone(version),
            admission: Some(admission),
        })
    }

    pub fn succeed(mut self) {
        if let Some(admission) = self.admission.take() {
            self.version.breaker.succeeded(admission);
        }
    }

    pub fn fail(mut self, now_ms: TimestampMs, sentence: &str) {
        Counts::add(&self.version.counts.n_failed, 1);
        if let Some(admission) = self.admission.take() {
            self.version.breaker.failed(admission, now_ms, sentence);
        }
    }

    /// The version cannot answer at all.
    pub fn break_off(mut self, now_ms: TimestampMs, sentence: &str) {
        Counts::add(&self.version.counts.n_failed, 1);
        if let Some(admission) = self.admission.take() {
            self.version.breaker.broke(admission, now_ms, sentence);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(admission) = self.admission.take() {
            self.version.breaker.gave_up(admission);
        }
    }
}

impl Lab {
    fn load_version(&self, key: &VersionKey, settings: &ServeSettings) -> Result<Loaded, Cause> {
        let intact = self.intact(key)?;
        let signature: Signature = intact.document(SIGNATURE_JSON)?.ok_or_else(|| {
            Cause::with_hint(
                Code::Precondition,
                "its folder has no signature.json, which says what it takes",
                "register it again",
            )
        })?;
        let reference: Option<ReferenceSketch> = intact.document(REFERENCE_JSON)?;
        let session = self.runtime()?.session(&intact.onnx)?;
        let version = Reference::version(key.model.as_str(), key.version);
        let imported = self.store.model_version(&version)?.imported;
        let wiring = imported.map(|imported| imported.wiring);
        let session = match &wiring {
            // A graph of somebody else may loop for ever, and nobody else could ask it then.
            Some(wiring) => session
                .wired(wiring.clone())
                .limited(Duration::from_secs_f64(
                    settings.timeout_secs.clamp(0.001, 86_400.0),
                )),
            None => session,
        };
        Ok(Loaded {
            inputs: Inputs::new(&signature, reference.as_ref()),
            signature,
            wiring,
            runner: Arc::new(Runner::new(
                session,
                usize::try_from(settings.max_batch_rows).unwrap_or(usize::MAX),
            )),
        })
    }
}
