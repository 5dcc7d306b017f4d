//! TensorBoard's event files: every folder that holds some is a run, its numbers are metrics.
//!
//! Histograms, images, texts and graphs are no metrics and are left out; hyperparameters of the plugin `hparams` become
//! parameters.

mod event;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use assay_core::Task;
use assay_core::imports::{ImportProblem, ImportedExperiment, ImportedRun, RunFormat};
use assay_core::run::RunStatus;
use prost::Message;

use crate::files::{files_below, name_of, relative};
use crate::tfrecord::{End, Record, Records};
use crate::{Error, Keep, Point, Result, RunSource, SourceRun, derived_id, problem, with_left_out};
use event::{Event, HyperparameterData, Value};

/// Entries that are looked at to find out whether a folder holds events.
const MAX_LOOKED_AT: usize = 20_000;

pub struct EventFiles {
    root: PathBuf,
    experiments: Vec<ImportedExperiment>,
    runs: Vec<RunFiles>,
    problems: Vec<ImportProblem>,
    /// Tags that hold no numbers.
    left_out: BTreeSet<String>,
}

/// The event files of one folder in the order in which they were begun.
struct RunFiles {
    folder: PathBuf,
    files: Vec<PathBuf>,
}

pub(crate) fn is_event_file(name: &str) -> bool {
    name.contains("tfevents")
}

/// Looks at the nearest folders first, and not for ever: somebody may have named their home.
pub(crate) fn holds_events(folder: &Path) -> bool {
    let mut waiting = VecDeque::from([folder.to_owned()]);
    let mut n_seen = 0;
    while let Some(folder) = waiting.pop_front() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            n_seen += 1;
            if n_seen > MAX_LOOKED_AT {
                return false;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => waiting.push_back(entry.path()),
                Ok(kind) if kind.is_file() && is_event_file(&name_of(&entry.path())) => {
                    return true;
                }
                _ => {}
            }
        }
    }
    false
}

impl EventFiles {
    pub fn open(path: &Path, task: &Task) -> Result<Self> {
        let mut problems = Vec::new();
        let files: Vec<PathBuf> = if path.is_dir() {
            files_below(path, &mut problems)
                .into_iter()
                .map(|file| file.file)
                .filter(|file| is_event_file(&name_of(file)))
                .collect()
        } else {
            File::open(path).map_err(|error| Error::io(path, error))?;
            vec![path.to_owned()]
        };
        task.check()?;
        if files.is_empty() {
            return Err(Error::Nothing {
                path: path.to_owned(),
                wanted: RunFormat::Tensorboard.words(),
            });
        }
        let root = match path.is_dir() {
            true => path.to_owned(),
            false => path.parent().map(Path::to_owned).unwrap_or_default(),
        };
        let mut folders: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
        for file in files {
            let folder = file.parent().map(Path::to_owned).unwrap_or_default();
            folders.entry(folder).or_default().push(file);
        }
        Ok(Self {
            experiments: vec![ImportedExperiment {
                name: name_of(&root),
                ..ImportedExperiment::default()
            }],
            root,
            runs: folders
                .into_iter()
                .map(|(folder, files)| RunFiles { folder, files })
                .collect(),
            problems,
            left_out: BTreeSet::new(),
        })
    }

    /// Every event of a run that can be read.
    fn each_event(
        &mut self,
        index: usize,
        mut take: impl FnMut(Event) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        for file in self.runs[index].files.clone() {
            let place = relative(&file, &self.root);
            let records = match File::open(&file) {
                Ok(opened) => Records::new(BufReader::with_capacity(1 << 18, opened)),
                Err(error) => {
                    self.problems.push(problem(place, error));
                    continue;
                }
            };
            let mut n_damaged = 0_u64;
            for record in records {
                match record {
                    Ok(Record::Whole(bytes)) => match Event::decode(bytes.as_slice()) {
                        Ok(event) => take(event)?,
                        Err(_) => n_damaged += 1,
                    },
                    Ok(Record::Damaged) => n_damaged += 1,
                    // the training may still write it
                    Err(End::Truncated) => {}
                    Err(end) => self.problems.push(problem(&place, end)),
                }
            }
            if n_damaged > 0 {
                self.problems.push(problem(
                    place,
                    format!("records that are damaged: {n_damaged}"),
                ));
            }
        }
        ControlFlow::Continue(())
    }
}

impl RunSource for EventFiles {
    fn read_as(&self) -> String {
        with_left_out(
            format!("{}, a run per folder", RunFormat::Tensorboard.words()),
            &self.left_out,
        )
    }

    fn experiments(&self) -> &[ImportedExperiment] {
        &self.experiments
    }

    fn n_runs(&self) -> usize {
        self.runs.len()
    }

    fn run(&mut self, index: usize) -> Result<SourceRun, ImportProblem> {
        let mut seen = Seen::default();
        let known = std::mem::take(&mut self.problems);
        let _ = self.each_event(index, |event| {
            seen.take(&event);
            ControlFlow::Continue(())
        });
        // they are said when the points are read
        self.problems = known;
        let files = &self.runs[index];
        let mut name = relative(&files.folder, &self.root);
        let folder = name_of(&files.folder);
        if name.is_empty() {
            name.clone_from(&folder);
        }
        let Some(first_secs) = seen.first_secs else {
            return Err(problem(name, "it holds no event that can be read"));
        };
        let first_file = files
            .files
            .first()
            .map(|file| name_of(file))
            .unwrap_or_default();
        let bits = format!("{:016x}", first_secs.to_bits());
        Ok(SourceRun {
            experiment: 0,
            run: ImportedRun {
                run_id: derived_id(&["tensorboard", &folder, &first_file, &bits]),
                name,
                user: String::new(),
                status: seen.status.unwrap_or(RunStatus::Finished),
                started_ms: millis(first_secs),
                ended_ms: (seen.status != Some(RunStatus::Running)).then(|| millis(seen.last_secs)),
                deleted_ms: None,
                params: seen.params,
                tags: BTreeMap::new(),
                inputs: Vec::new(),
                outputs: Vec::new(),
            },
            files: Vec::new(),
        })
    }

    fn points(&mut self, index: usize, keep: &mut Keep<'_>) -> ControlFlow<()> {
        let mut kinds = HashMap::new();
        let mut left_out = BTreeSet::new();
        let outcome = self.each_event(index, |event| {
            let at_ms = millis(event.wall_time);
            for value in event.summary.iter().flat_map(|summary| &summary.value) {
                match number(value, &mut kinds) {
                    Some(number) => keep(
                        &value.tag,
                        Point {
                            value: number,
                            step: event.step,
                            at_ms,
                        },
                    )?,
                    None if value.tag.starts_with("_hparams_") => {}
                    None => {
                        left_out.insert(value.tag.clone());
                    }
                }
            }
            ControlFlow::Continue(())
        });
        self.left_out.append(&mut left_out);
        outcome
    }

    fn take_problems(&mut self) -> Vec<ImportProblem> {
        std::mem::take(&mut self.problems)
    }
}

/// What the events of a run say of the run itself.
#[derive(Default)]
struct Seen {
    first_secs: Option<f64>,
    last_secs: f64,
    params: BTreeMap<String, String>,
    status: Option<RunStatus>,
}

impl Seen {
    fn take(&mut self, event: &Event) {
        if self.first_secs.is_none() {
            self.first_secs = Some(event.wall_time);
            self.last_secs = event.wall_time;
        }
        self.last_secs = self.last_secs.max(event.wall_time);
        let plugins = event
            .summary
            .iter()
            .flat_map(|summary| &summary.value)
            .filter_map(|value| value.metadata.as_ref()?.plugin.as_ref());
        for plugin in plugins.filter(|plugin| plugin.name == "hparams") {
            let Ok(data) = HyperparameterData::decode(plugin.content.as_slice()) else {
                continue;
            };
            for (name, value) in data.start.map(|start| start.params).unwrap_or_default() {
                self.params.extend(value.as_text().map(|text| (name, text)));
            }
            match data.end.map(|end| (end.status, end.end_time_secs)) {
                // writers that log everything at once say success before there is any
                Some((2, _)) => self.status = Some(RunStatus::Failed),
                Some((3, _)) => self.status = Some(RunStatus::Running),
                _ => {}
            }
        }
    }
}

/// The number of a summary. `kinds` remembers which tensors are scalars, for writers say it once.
fn number(value: &Value, kinds: &mut HashMap<String, bool>) -> Option<f64> {
    if let Some(number) = value.simple_value {
        return Some(f64::from(number));
    }
    if let Some(metadata) = &value.metadata {
        let is_scalar = metadata.data_class == 1
            || metadata
                .plugin
                .as_ref()
                .is_some_and(|plugin| plugin.name == "scalars");
        kinds.insert(value.tag.clone(), is_scalar);
    }
    if !kinds.get(&value.tag).copied().unwrap_or(false) {
        return None;
    }
    value.tensor.as_ref()?.number()
}

fn millis(secs: f64) -> i64 {
    (secs * 1000.0) as i64
}
