//! MLflow's store of files: a folder per experiment, in it a folder per run, in it a file per parameter, tag and metric.
//!
//! The layout is that of `mlflow/store/tracking/file_store.py`, from 0.8 to 3.x; older metric files have two fields per
//! line, newer ones three or five.

mod meta;
mod metrics;
mod models;
mod registry;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use assay_core::Task;
use assay_core::imports::{ImportProblem, ImportedExperiment, RunFormat};
use assay_core::registered::RegisteredModel;

use crate::files::{files_below, folders_in, name_of, relative};
use crate::yaml::Document;
use crate::{Error, Keep, Result, RunSource, SourceModel, SourceRun, problem};

pub use registry::location as version_location;

const META: &str = "meta.yaml";
const TRASH: &str = ".trash";
/// Folders in an experiment that are no runs.
const NO_RUNS: [&str; 4] = ["tags", "datasets", "traces", "models"];

/// An open folder. The runs are read one by one.
pub struct Folder {
    root: PathBuf,
    experiments: Vec<ImportedExperiment>,
    /// In the order of the experiments.
    folders: Vec<PathBuf>,
    runs: Vec<RunFolder>,
    problems: Vec<ImportProblem>,
}

struct RunFolder {
    experiment: usize,
    path: PathBuf,
}

/// Where the experiments lie: the folder itself, its `mlruns`, or what is above a single experiment or run.
pub fn root_of(path: &Path) -> Option<PathBuf> {
    let single = path.join(META);
    if single.is_file() {
        let document = Document::read(&single).ok()?;
        let is_run = document.has("run_id") || document.has("run_uuid");
        return (is_run || document.has("experiment_id")).then(|| path.to_owned());
    }
    [path.to_owned(), path.join("mlruns")]
        .into_iter()
        .find(|root| experiment_folders(root).next().is_some())
}

impl Folder {
    pub fn open(path: &Path, task: &Task) -> Result<Self> {
        let root = root_of(path).ok_or_else(|| Error::Nothing {
            path: path.to_owned(),
            wanted: RunFormat::MlflowFolder.words(),
        })?;
        let mut folder = Self {
            root: root.clone(),
            experiments: Vec::new(),
            folders: Vec::new(),
            runs: Vec::new(),
            problems: Vec::new(),
        };
        if !root.join(META).is_file() {
            for experiment in experiment_folders(&root) {
                task.check()?;
                folder.add_experiment(&experiment);
            }
            return Ok(folder);
        }
        match Document::read(&root.join(META)) {
            Ok(document) if document.has("run_id") || document.has("run_uuid") => {
                folder.add_single_run();
            }
            _ => folder.add_experiment(&root),
        }
        Ok(folder)
    }

    fn add_experiment(&mut self, path: &Path) {
        let meta = path.join(META);
        let experiment = match Document::read(&meta) {
            Ok(document) => meta::experiment(&document, path, &mut self.problems),
            Err(wrong) => {
                let place = relative(&meta, &self.root);
                self.problems.push(problem(
                    place,
                    format!("the experiment is left out: {wrong}"),
                ));
                return;
            }
        };
        let index = self.experiments.len();
        self.experiments.push(experiment);
        self.folders.push(path.to_owned());
        self.runs.extend(
            folders_in(path)
                .into_iter()
                .filter(|run| !NO_RUNS.contains(&name_of(run).as_str()))
                .map(|path| RunFolder {
                    experiment: index,
                    path,
                }),
        );
    }

    /// A run's folder that was copied alone; its experiment may still lie above it.
    fn add_single_run(&mut self) {
        let above = self.root.parent().map(Path::to_owned).unwrap_or_default();
        let experiment = match Document::read(&above.join(META)) {
            Ok(document) if document.has("name") => {
                meta::experiment(&document, &above, &mut self.problems)
            }
            _ => ImportedExperiment {
                name: "Default".to_owned(),
                ..ImportedExperiment::default()
            },
        };
        self.experiments.push(experiment);
        self.runs.push(RunFolder {
            experiment: 0,
            path: self.root.clone(),
        });
    }
}

impl RunSource for Folder {
    fn read_as(&self) -> String {
        RunFormat::MlflowFolder.words().to_owned()
    }

    fn experiments(&self) -> &[ImportedExperiment] {
        &self.experiments
    }

    fn n_runs(&self) -> usize {
        self.runs.len()
    }

    fn run(&mut self, index: usize) -> Result<SourceRun, ImportProblem> {
        let folder = &self.runs[index];
        let place = relative(&folder.path, &self.root);
        let meta = folder.path.join(META);
        let document = Document::read(&meta).map_err(|wrong| {
            problem(
                format!("{place}/{META}"),
                format!("the run is left out: {wrong}"),
            )
        })?;
        let mut problems = Vec::new();
        let run = meta::run(&document, &folder.path, &mut problems).ok_or_else(|| {
            problem(
                format!("{place}/{META}"),
                "the run is left out: it has no run_id",
            )
        })?;
        let mut artifacts = folder.path.join("artifacts");
        if !artifacts.is_dir()
            && let Some(elsewhere) = document
                .text("artifact_uri")
                .and_then(|uri| local_artifacts(&uri, run.run_id.as_str(), &self.root))
        {
            artifacts = elsewhere;
        }
        let uri = document.text("artifact_uri").unwrap_or_default();
        if is_remote(&uri) {
            problems.push(problem(
                META,
                format!("its files lie at {uri} and were not fetched"),
            ));
        }
        let files = files_below(&artifacts, &mut problems);
        self.problems.extend(
            problems
                .into_iter()
                .map(|found| problem(format!("{place}/{}", found.place), found.wrong)),
        );
        Ok(SourceRun {
            experiment: folder.experiment,
            run,
            files,
        })
    }

    fn points(&mut self, index: usize, keep: &mut Keep<'_>) -> ControlFlow<()> {
        let place = relative(&self.runs[index].path, &self.root);
        let mut problems = Vec::new();
        let files = files_below(&self.runs[index].path.join("metrics"), &mut problems);
        let mut outcome = ControlFlow::Continue(());
        for file in files {
            outcome = metrics::read(&file, &mut problems, keep);
            if outcome.is_break() {
                break;
            }
        }
        self.problems.extend(
            problems
                .into_iter()
                .map(|found| problem(format!("{place}/metrics/{}", found.place), found.wrong)),
        );
        outcome
    }

    fn models(&mut self) -> Vec<SourceModel> {
        let mut found = Vec::new();
        for (index, folder) in self.folders.iter().enumerate() {
            let id = self.experiments[index].experiment_id.unwrap_or(0);
            found.extend(models::of_experiment(
                folder,
                &self.root,
                (index, id),
                &mut self.problems,
            ));
        }
        found
    }

    fn registered_models(&mut self) -> Vec<RegisteredModel> {
        registry::models(&self.root, &mut self.problems)
    }

    fn take_problems(&mut self) -> Vec<ImportProblem> {
        std::mem::take(&mut self.problems)
    }
}

/// The local folder of a run's artifacts, by what the run says and by where such folders lie beside `beside`.
///
/// Invariant: a folder that does not bear the run's id is never taken, so that a doctored store cannot make its reader
/// copy any file of this computer.
pub fn local_artifacts(uri: &str, run_id: &str, beside: &Path) -> Option<PathBuf> {
    let path = match uri.split_once("://").or_else(|| uri.split_once(":/")) {
        None => uri.to_owned(),
        Some(("file", rest)) => percent_decoded(rest.trim_start_matches("localhost")),
        Some(("mlflow-artifacts", rest)) => format!("mlartifacts/{}", after_authority(rest)),
        // a Windows path: `C:/…`
        Some((drive, _)) if drive.len() == 1 => uri.to_owned(),
        Some(_) => return None,
    };
    let parts: Vec<&str> = path
        .split(['/', '\\'])
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    let bears_id = parts.contains(&run_id) && !parts.contains(&"..");
    if !bears_id {
        return None;
    }
    // as it is written, then below the place where the store lies now: the whole lab may have moved
    let as_written = if Path::new(&path).is_absolute() {
        PathBuf::from(&path)
    } else {
        beside.join(&path)
    };
    std::iter::once(as_written)
        .chain((1..parts.len()).map(|from| beside.join(parts[from..].join("/"))))
        .find(|candidate| {
            candidate.is_dir() && candidate.iter().any(|part| part.to_str() == Some(run_id))
        })
}

/// Whether a run's files lie where this computer does not look: in a bucket, on a server.
pub fn is_remote(uri: &str) -> bool {
    uri.split_once(":/").is_some_and(|(scheme, _)| {
        scheme.len() > 1 && !matches!(scheme, "file" | "mlflow-artifacts")
    })
}

/// `host:5000/1/2` and `/1/2` are both `1/2`.
fn after_authority(rest: &str) -> String {
    let rest = rest.trim_start_matches('/');
    match rest.split_once('/') {
        Some((first, below))
            if first.contains('.') || first.contains(':') || first == "localhost" =>
        {
            below.to_owned()
        }
        _ => rest.to_owned(),
    }
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).and_then(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(pair, 16).ok()
        });
        match (byte, digits) {
            (b'%', Some(value)) => {
                decoded.push(value);
                at += 3;
            }
            _ => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Folders with a description in `root`, then those in its trash; without the registry of models.
fn experiment_folders(root: &Path) -> impl Iterator<Item = PathBuf> {
    folders_in(root)
        .into_iter()
        .filter(|folder| !matches!(name_of(folder).as_str(), TRASH | "models"))
        .chain(folders_in(&root.join(TRASH)))
        .filter(|folder| folder.join(META).is_file())
}
