//! W&B's run folders, as its client leaves them when it works offline (and online, before they are cleaned).
//!
//! Read are the run, its configuration, history, summary, end, and the files in `files/`. Left out are media and tables
//! among the values (their files are artifacts all the same), system statistics, console output and W&B artifacts.

mod log;
mod record;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use assay_core::Task;
use assay_core::imports::{ImportProblem, ImportedExperiment, ImportedRun, RunFormat};
use assay_core::run::RunStatus;
use prost::Message;

use crate::files::{changed_ms, files_below, folders_in, name_of, relative};
use crate::{Error, Keep, Point, Result, RunSource, SourceRun, derived_id, problem, with_left_out};
pub use log::Records;
use record::{Item, Leaf, Record};

/// Values that W&B adds to every step by itself.
const OWN: [&str; 4] = ["_step", "_timestamp", "_runtime", "_wandb"];

pub struct RunFolders {
    root: PathBuf,
    experiments: Vec<ImportedExperiment>,
    runs: Vec<PathBuf>,
    problems: Vec<ImportProblem>,
    left_out: BTreeSet<String>,
}

pub(crate) fn holds_runs(folder: &Path) -> bool {
    !run_files(folder).is_empty()
}

/// In the folder itself, in its run folders, or in those of its `wandb`.
fn run_files(folder: &Path) -> Vec<PathBuf> {
    let own = files_of(folder);
    if !own.is_empty() {
        return own;
    }
    [folder.to_owned(), folder.join("wandb")]
        .iter()
        .map(|place| {
            folders_in(place)
                .iter()
                .filter(|run| {
                    let name = name_of(run);
                    name.starts_with("run-") || name.starts_with("offline-run-")
                })
                .flat_map(|run| files_of(run))
                .collect::<Vec<_>>()
        })
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "wandb"))
        .collect();
    found.sort();
    found
}

impl RunFolders {
    pub fn open(path: &Path, task: &Task) -> Result<Self> {
        let runs = match path.is_dir() {
            true => run_files(path),
            false => vec![path.to_owned()],
        };
        task.check()?;
        if runs.is_empty() {
            return Err(Error::Nothing {
                path: path.to_owned(),
                wanted: RunFormat::Wandb.words(),
            });
        }
        let root = match path.is_dir() {
            true => path.to_owned(),
            false => path.parent().map(Path::to_owned).unwrap_or_default(),
        };
        Ok(Self {
            root,
            experiments: Vec::new(),
            runs,
            problems: Vec::new(),
            left_out: BTreeSet::new(),
        })
    }

    fn experiment(&mut self, project: &str) -> usize {
        let name = match project {
            "" => "uncategorized",
            name => name,
        };
        let known = self
            .experiments
            .iter()
            .position(|experiment| experiment.name == name);
        known.unwrap_or_else(|| {
            self.experiments.push(ImportedExperiment {
                name: name.to_owned(),
                ..ImportedExperiment::default()
            });
            self.experiments.len() - 1
        })
    }

    /// Every record that can be read; what is damaged goes to `problems`.
    fn each_record(
        &self,
        index: usize,
        problems: &mut Vec<ImportProblem>,
        mut take: impl FnMut(Record) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let path = &self.runs[index];
        let place = relative(path, &self.root);
        let opened = File::open(path).and_then(Records::begin);
        let mut records = match opened {
            Ok(Some(records)) => records,
            Ok(None) => {
                problems.push(problem(place, "it is no run file of W&B"));
                return ControlFlow::Continue(());
            }
            Err(error) => {
                problems.push(problem(place, error));
                return ControlFlow::Continue(());
            }
        };
        let mut n_damaged = 0;
        loop {
            match records.next_record() {
                Ok(Some(bytes)) => match Record::decode(bytes.as_slice()) {
                    Ok(record) => take(record)?,
                    Err(_) => n_damaged += 1,
                },
                Ok(None) => break,
                Err(error) => {
                    problems.push(problem(&place, error));
                    break;
                }
            }
        }
        n_damaged += records.n_damaged();
        if n_damaged > 0 {
            problems.push(problem(
                place,
                format!("records that are damaged: {n_damaged}"),
            ));
        }
        ControlFlow::Continue(())
    }
}

impl RunSource for RunFolders {
    fn read_as(&self) -> String {
        with_left_out(RunFormat::Wandb.words().to_owned(), &self.left_out)
    }

    fn experiments(&self) -> &[ImportedExperiment] {
        &self.experiments
    }

    fn n_runs(&self) -> usize {
        self.runs.len()
    }

    fn run(&mut self, index: usize) -> Result<SourceRun, ImportProblem> {
        let path = self.runs[index].clone();
        let place = relative(&path, &self.root);
        let mut seen = Seen::default();
        let mut unread = Vec::new();
        let _ = self.each_record(index, &mut unread, |record| {
            seen.take(record);
            ControlFlow::Continue(())
        });
        let Some(run) = seen.run.take() else {
            // what is damaged is said once, when the points are read
            return Err(unread
                .pop()
                .unwrap_or_else(|| problem(place, "it holds no run that can be read")));
        };
        let experiment = self.experiment(&run.project);
        let started_ms = run
            .start_time
            .as_ref()
            .map_or_else(|| changed_ms(&path), record::Timestamp::millis);
        let ended_ms = seen.last_ms.unwrap_or(started_ms).max(started_ms);
        let mut problems = Vec::new();
        let files = path
            .parent()
            .map(|folder| files_below(&folder.join("files"), &mut problems))
            .unwrap_or_default();
        self.problems.append(&mut problems);
        let tags = [
            ("wandb.run_id", run.run_id.clone()),
            ("wandb.group", run.run_group),
            ("wandb.job_type", run.job_type),
            ("wandb.sweep_id", run.sweep_id),
            ("wandb.host", run.host),
            ("wandb.tags", run.tags.join(", ")),
            ("mlflow.note.content", run.notes),
        ];
        Ok(SourceRun {
            experiment,
            run: ImportedRun {
                run_id: derived_id(&["wandb", &run.entity, &run.project, &run.run_id]),
                name: match run.display_name.is_empty() {
                    true => run.run_id,
                    false => run.display_name,
                },
                user: run.entity,
                status: match seen.exit_code {
                    None => RunStatus::Running,
                    Some(0) => RunStatus::Finished,
                    Some(_) => RunStatus::Failed,
                },
                started_ms,
                ended_ms: seen.exit_code.map(|_| ended_ms),
                deleted_ms: None,
                params: seen.params,
                tags: tags
                    .into_iter()
                    .filter(|(_, value)| !value.is_empty())
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect(),
                inputs: Vec::new(),
                outputs: Vec::new(),
            },
            files,
        })
    }

    fn points(&mut self, index: usize, keep: &mut Keep<'_>) -> ControlFlow<()> {
        let mut problems = Vec::new();
        let mut in_history = BTreeSet::new();
        let mut left_out = BTreeSet::new();
        let mut summary = BTreeMap::new();
        let mut last = (0, 0);
        let mut n_steps = 0;
        let outcome = self.each_record(index, &mut problems, |record| {
            if let Some(history) = record.history {
                let said = history.step.as_ref().map_or(n_steps, |step| step.num);
                let (step, at_ms) = when(&history.item, said, last.1);
                last = (step, at_ms);
                n_steps = step + 1;
                for (name, leaf) in leaves(&history.item) {
                    match leaf {
                        Leaf::Number(value) => {
                            keep(&name, Point { value, step, at_ms })?;
                            in_history.insert(name);
                        }
                        Leaf::Text(_) => {
                            left_out.insert(name);
                        }
                    }
                }
            }
            for (name, leaf) in leaves(&record.summary.unwrap_or_default().update) {
                if let Leaf::Number(value) = leaf {
                    summary.insert(name, value);
                }
            }
            ControlFlow::Continue(())
        });
        self.problems.append(&mut problems);
        self.left_out.append(&mut left_out);
        outcome?;
        let (step, at_ms) = last;
        for (name, value) in summary {
            if !in_history.contains(&name) {
                keep(&name, Point { value, step, at_ms })?;
            }
        }
        ControlFlow::Continue(())
    }

    fn take_problems(&mut self) -> Vec<ImportProblem> {
        std::mem::take(&mut self.problems)
    }
}

/// What the records of a run say of the run itself.
#[derive(Default)]
struct Seen {
    run: Option<record::Run>,
    params: BTreeMap<String, String>,
    exit_code: Option<i32>,
    last_ms: Option<i64>,
}

impl Seen {
    fn take(&mut self, record: Record) {
        if let Some(mut run) = record.run {
            let config = run.config.take().unwrap_or_default();
            self.add_params(&config.update);
            // a later record changes what an earlier one said
            self.run = Some(run);
        }
        self.add_params(&record.config.unwrap_or_default().update);
        if let Some(exit) = record.exit {
            self.exit_code = Some(exit.exit_code);
        }
        if let Some(history) = record.history {
            let (_, at_ms) = when(&history.item, 0, 0);
            self.last_ms = self.last_ms.max(Some(at_ms));
        }
    }

    fn add_params(&mut self, items: &[Item]) {
        for (name, leaf) in leaves(items) {
            let text = match leaf {
                Leaf::Number(number) => number.to_string(),
                Leaf::Text(text) => text,
            };
            self.params.insert(name, text);
        }
    }
}

/// Without what W&B adds by itself.
fn leaves(items: &[Item]) -> impl Iterator<Item = (String, Leaf)> {
    items.iter().flat_map(Item::leaves).filter(|(name, _)| {
        let first = name.split('.').next().unwrap_or_default();
        !OWN.contains(&first)
    })
}

/// Step and time of a row of the history, which are values in it.
fn when(items: &[Item], step: i64, at_ms: i64) -> (i64, i64) {
    let own = |wanted: &str| {
        items
            .iter()
            .filter(|item| item.name() == wanted)
            .flat_map(Item::leaves)
            .find_map(|(_, leaf)| match leaf {
                Leaf::Number(number) => Some(number),
                Leaf::Text(_) => None,
            })
    };
    (
        own("_step").map_or(step, |step| step as i64),
        own("_timestamp").map_or(at_ms, |secs| (secs * 1000.0) as i64),
    )
}
