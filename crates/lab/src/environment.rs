//! What a host gives to the lab: where it runs, what time it is, who is acting.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use assay_core::TimestampMs;

/// Given by the host once. Invariant: time and randomness enter the lab here and nowhere else.
#[derive(Clone)]
pub struct Environment {
    /// `command line`, `window`, `browser`: who is named in the audit log.
    pub actor: String,
    /// The executable that is started as `EXECUTABLE worker` for every job.
    pub worker: PathBuf,
    /// The executable that is started as `EXECUTABLE plot` for the native plot window, where there is one.
    pub plotter: Option<PathBuf>,
    /// Where the ONNX Runtime library may be, best first.
    pub onnx_runtimes: Vec<PathBuf>,
    /// Where the LightGBM library may be, best first. Only the worker loads it, when it trains with it.
    pub lightgbm_libraries: Vec<PathBuf>,
    /// The folder whose git state is recorded with a run.
    pub folder: PathBuf,
    /// The file of the secret key that versions are signed with, instead of the one that a lab's settings name.
    pub signing_key: Option<PathBuf>,
    /// Of that file, when it has one.
    pub signing_password: Option<String>,
    pub clock: Arc<dyn Fn() -> TimestampMs + Send + Sync>,
    pub entropy: Arc<dyn Fn() -> u64 + Send + Sync>,
}

#[cfg(target_os = "windows")]
const LIBRARY: &str = "onnxruntime.dll";
#[cfg(target_os = "macos")]
const LIBRARY: &str = "libonnxruntime.dylib";
#[cfg(not(any(target_os = "windows", target_os = "macos")))]
const LIBRARY: &str = "libonnxruntime.so";

impl Environment {
    /// This computer, this executable, this moment.
    pub fn system(actor: &str) -> std::io::Result<Self> {
        let executable = std::env::current_exe()?;
        Ok(Self {
            actor: actor.to_owned(),
            onnx_runtimes: libraries("ASSAY_ONNXRUNTIME", LIBRARY, &executable),
            lightgbm_libraries: libraries(
                "ASSAY_LIGHTGBM",
                assay_learn::lightgbm::file_name(),
                &executable,
            ),
            worker: executable,
            plotter: None,
            folder: std::env::current_dir()?,
            signing_key: std::env::var_os("ASSAY_SIGNING_KEY").map(PathBuf::from),
            signing_password: std::env::var("ASSAY_SIGNING_PASSWORD").ok(),
            clock: Arc::new(now_ms),
            entropy: Arc::new(entropy),
        })
    }

    pub fn now_ms(&self) -> TimestampMs {
        (self.clock)()
    }

    pub fn id_bits(&self) -> u64 {
        (self.entropy)()
    }
}

/// What the variable names, then beside the executable: `../native/`, here, `../lib/assay/`, and for test executables
/// one folder further up.
fn libraries(variable: &str, file_name: &str, executable: &Path) -> Vec<PathBuf> {
    let mut places: Vec<PathBuf> = std::env::var_os(variable)
        .map(PathBuf::from)
        .into_iter()
        .collect();
    if let Some(folder) = executable.parent() {
        for relative in ["../native", ".", "../lib/assay", "../../native"] {
            places.push(folder.join(relative).join(file_name));
        }
    }
    places
}

fn now_ms() -> TimestampMs {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            TimestampMs::try_from(since.as_millis()).unwrap_or(TimestampMs::MAX)
        })
}

fn entropy() -> u64 {
    getrandom::u64().unwrap_or_else(|_| {
        // Without a source of randomness the clock still makes ids that differ.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(1, |since| since.as_nanos() as u64)
    })
}
