//! `assay runs tag | untag | move | archive | unarchive | delete | restore`: one change to many runs, one undo.

use std::process::ExitCode;

use assay_core::bulk::{RunChange, RunSelection, RunsChange};
use assay_core::run_table::{RunQuery, RunView};
use assay_core::{ExperimentName, RunId};
use assay_lab::{Error, Lab};

use crate::output::{Output, plural};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Give runs a tag
    Tag {
        /// KEY=VALUE
        #[arg(value_name = "KEY=VALUE", value_parser = tag)]
        tag: (String, String),
        #[command(flatten)]
        chosen: Chosen,
    },
    /// Take a tag from runs
    Untag {
        key: String,
        #[command(flatten)]
        chosen: Chosen,
    },
    /// Move runs to another experiment, which is made when there is none of that name
    Move {
        experiment: String,
        #[command(flatten)]
        chosen: Chosen,
    },
    /// Put runs out of the way: they leave the list and stay in the lab
    Archive {
        #[command(flatten)]
        chosen: Chosen,
    },
    /// Bring archived runs back into the list
    Unarchive {
        #[command(flatten)]
        chosen: Chosen,
    },
    /// Move runs to the trash
    Delete {
        /// Runs too whose client never said that they ended
        #[arg(long)]
        even_running: bool,
        #[command(flatten)]
        chosen: Chosen,
    },
    /// Bring runs back from the trash
    Restore {
        /// Whole ids
        #[arg(required = true)]
        runs: Vec<String>,
    },
}

#[derive(clap::Args)]
pub struct Chosen {
    /// Ids, beginnings of them, or names
    #[arg(required_unless_present = "filter")]
    runs: Vec<String>,
    /// And all runs that match, for example: metrics.test.accuracy < 0.5
    #[arg(long, value_name = "Q")]
    filter: Option<String>,
    /// And the runs below them
    #[arg(long)]
    with_children: bool,
}

impl Chosen {
    fn selection(&self, lab: &Lab, view: RunView) -> Result<RunSelection, Error> {
        Ok(RunSelection {
            runs: lab.find_runs(&self.runs)?,
            matching: self.filter.as_ref().map(|filter| RunQuery {
                filter: filter.clone(),
                view,
                ..RunQuery::default()
            }),
            with_children: self.with_children,
            except: Vec::new(),
        })
    }
}

impl Command {
    /// Fails when a run was left as it is.
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        let active = |chosen: &Chosen| chosen.selection(lab, RunView::Active);
        let (selection, change) = match self {
            Self::Tag {
                tag: (key, value),
                chosen,
            } => {
                let change = RunChange::Tag {
                    key: key.clone(),
                    value: value.clone(),
                };
                (active(chosen)?, change)
            }
            Self::Untag { key, chosen } => (active(chosen)?, RunChange::Untag { key: key.clone() }),
            Self::Move { experiment, chosen } => {
                let experiment = ExperimentName::new(experiment.clone());
                (active(chosen)?, RunChange::Move { experiment })
            }
            Self::Archive { chosen } => (active(chosen)?, RunChange::Archive),
            Self::Unarchive { chosen } => {
                let selection = chosen.selection(lab, RunView::Archived)?;
                (selection, RunChange::Unarchive)
            }
            Self::Delete {
                even_running,
                chosen,
            } => {
                let even_running = *even_running;
                (active(chosen)?, RunChange::Delete { even_running })
            }
            Self::Restore { runs } => {
                let runs = runs.iter().map(RunId::new).collect();
                let selection = RunSelection {
                    runs,
                    ..RunSelection::default()
                };
                (selection, RunChange::Restore)
            }
        };
        let changed = lab.change_runs(&RunsChange { selection, change })?;
        output.result(&changed, |changed| match &changed.undo {
            Some(what) => format!("{what}; `assay undo` takes it back"),
            None => "nothing was changed".to_owned(),
        });
        for left in &changed.left {
            eprintln!("left: {}", left.why);
        }
        let untold = changed.n_left.saturating_sub(changed.left.len() as u64);
        if untold > 0 {
            eprintln!("left: {} more", plural(untold, "run"));
        }
        Ok(if changed.n_left == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

fn tag(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .ok_or_else(|| "write it as KEY=VALUE, for example team=birds".to_owned())
}
