//! `assay model verify DIR`, and what else is done with folders of versions.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use assay_core::code::Code;
use assay_core::exchange::{Moved, OfferState, OfferedVersion, PullRequest, SharedFolder};
use assay_core::ids::NameError;
use assay_core::job::{JobOutcome, JobSpec};
use assay_core::reference::Reference;
use assay_core::signing::{FolderReport, SigningSettings};
use assay_core::variants::{ModelVariant, ShrinkSpec, VariantKind};
use assay_core::words::difference;
use assay_lab::{Cause, Error, Lab};

use crate::output::{Output, bytes, figure, table};
use crate::progress;

#[derive(clap::Args)]
pub struct Shrink {
    model: Reference,
    /// float16 (weights in 16 bits), int8 (weights in 8 bits) or pruned (trees cut back)
    #[arg(long, value_name = "KIND")]
    to: VariantKind,
    /// Of pruned trees: the share of the nodes that stays
    #[arg(long, value_name = "SHARE")]
    size: Option<f64>,
}

#[derive(clap::Args)]
pub struct Pull {
    dir: PathBuf,
    /// One version, or the newest of one model; all versions without it
    model: Option<Reference>,
    /// Only say what the folder holds
    #[arg(long)]
    list: bool,
}

impl Shrink {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        let spec = ShrinkSpec {
            model: self.model.clone(),
            to: self.to,
            size: self.size,
        };
        let job = progress::run(lab, JobSpec::Shrink(spec))?;
        if let Some(JobOutcome::Shrunk(made)) = &job.outcome {
            output.result(made.as_ref(), shrunk);
        }
        Ok(())
    }
}

impl Pull {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        if self.list {
            let shared = SharedFolder {
                folder: self.dir.clone(),
            };
            output.result(&lab.offered_models(&shared)?, |offers| offered(offers));
            return Ok(());
        }
        let request = PullRequest {
            folder: self.dir.clone(),
            model: self.model.clone(),
        };
        output.result(&lab.pull_models(&request)?, |versions| {
            versions.iter().map(moved).collect::<Vec<_>>().join("\n")
        });
        Ok(())
    }
}

/// What a person wrote for a version.
pub fn reference(text: &str) -> Result<Reference, Error> {
    text.parse()
        .map_err(|error: NameError| Error::new(format!("find `{text}`"), Cause::from(error)))
}

/// With the keys of the lab where there is one; no lab is needed.
pub fn verify_folder(
    lab: &Path,
    folder: &str,
    key: &Option<String>,
    output: Output,
) -> Result<ExitCode, Error> {
    let folder = Path::new(folder);
    if !folder.is_dir() {
        return Err(Error::new(
            format!("verify `{}`", folder.display()),
            Cause::with_hint(
                Code::NotFound,
                "there is no such folder",
                "name the folder of a model version, or a model of the lab as `name@3`",
            ),
        ));
    }
    let report = match key {
        Some(key) => {
            let keys = SigningSettings {
                required: true,
                trusted: [("the key given".to_owned(), key.clone())].into(),
                ..SigningSettings::default()
            };
            assay_lab::verify_folder(folder, &keys)
        }
        None if lab.join("lab.db").is_file() => {
            Lab::open(lab, crate::environment("command line")?)?.verify_folder(folder)?
        }
        None => assay_lab::verify_folder(folder, &SigningSettings::default()),
    };
    output.result(&report, verified);
    Ok(if report.passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(Code::Precondition.exit_status())
    })
}

fn verified(report: &FolderReport) -> String {
    if !report.damaged.is_empty() {
        return format!(
            "{} is damaged: {}",
            report.folder,
            report.damaged.join(", ")
        );
    }
    let verdict = if report.passed {
        "verified"
    } else {
        "is refused"
    };
    format!(
        "{} {verdict}: {} files, checksums equal, {}",
        report.folder,
        report.n_files,
        report.signed.words()
    )
}

pub fn moved(moved: &Moved) -> String {
    let what = if moved.copied {
        format!(
            "copied, {} files, {}",
            moved.n_files,
            bytes(moved.size_bytes)
        )
    } else {
        "the same is there already".to_owned()
    };
    format!("{}: {what}, {}", moved.version, moved.signature.words())
}

/// One line of a version.
pub fn variant(variant: &ModelVariant) -> String {
    format!(
        "{}: {} of {}, {}",
        variant.kind.name(),
        bytes(variant.measured.size_bytes),
        bytes(variant.original.size_bytes),
        variant.note
    )
}

fn offered(offers: &[OfferedVersion]) -> String {
    let rows = offers
        .iter()
        .map(|offer| {
            let state = match offer.state {
                OfferState::New => "new",
                OfferState::Same => "here already",
                OfferState::Different => "here is another one",
            };
            let damage = format!("damaged: {}", offer.damaged.join(", "));
            vec![
                offer.version.to_string(),
                bytes(offer.size_bytes),
                if offer.damaged.is_empty() {
                    offer.signature.words()
                } else {
                    damage
                },
                state.to_owned(),
            ]
        })
        .collect();
    table(&["version", "size", "files", "this lab"], rows, &[1])
}

fn shrunk(variant: &ModelVariant) -> String {
    let (old, new) = (&variant.original, &variant.measured);
    let mut rows = vec![
        vec![
            "size".to_owned(),
            bytes(old.size_bytes),
            bytes(new.size_bytes),
        ],
        vec![
            "one row, µs".to_owned(),
            figure(Some(old.row_latency_micros)),
            figure(Some(new.row_latency_micros)),
        ],
        vec![
            format!("{} rows, ms", new.batch_rows),
            figure(Some(old.batch_latency_millis)),
            figure(Some(new.batch_latency_millis)),
        ],
    ];
    for (name, value) in &old.metrics {
        let after = new.metrics.get(name).copied();
        rows.push(vec![name.clone(), figure(Some(*value)), figure(after)]);
    }
    format!(
        "{} has {}: {}\n{}\n{} of {} labels differ, largest difference {}",
        variant.version,
        variant.kind.name(),
        variant.note,
        table(&["", "whole", variant.kind.name()], rows, &[1, 2]),
        variant.differences.label_flips,
        variant.differences.rows,
        difference(variant.differences.max_abs_diff)
    )
}
