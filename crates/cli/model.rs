//! `assay model register | list | show | promote | alias | verify | export`

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use assay_core::ModelName;
use assay_core::code::Code;
use assay_core::exchange::PushRequest;
use assay_core::gate::GateReport;
use assay_core::reference::{Reference, Selector};
use assay_core::registered::{Origin, RegisteredModel};
use assay_core::registry::{
    Inspection, ModelDetail, ModelVersion, Port, PromoteRequest, Rollback, RollbackRequest, Stage,
    VerifyReport,
};
use assay_core::variants::VariantKind;
use assay_core::words::difference;
use assay_lab::{Error, Lab};

use crate::model_files;
use crate::model_predict;
use crate::output::{Output, bytes, count, figure, table};
use crate::{model_diff, model_import};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Make a run the next version of a model, its ONNX file checked; exit 3 when it predicts differently
    Register {
        run: String,
        #[arg(long)]
        name: String,
    },
    /// All models
    List,
    /// One version: metrics, parity, gate, signature, audit; of a client's model what the client said
    Show { model: String },
    /// Move a version to a stage; exit 3 when its gate refuses
    Promote {
        model: Reference,
        #[arg(long, value_name = "STAGE")]
        to: Stage,
        /// Why; kept in the audit log
        #[arg(long, default_value = "", value_name = "WHY")]
        approve: String,
    },
    /// Put the version that was in production before back there
    Rollback {
        model: String,
        /// Why; kept in the audit log
        #[arg(long, default_value = "", value_name = "WHY")]
        approve: String,
    },
    /// Print what is said of a version, as model hubs read it; or change it
    Card {
        model: Reference,
        /// Take the text of a file
        #[arg(long, value_name = "FILE", conflicts_with = "reset")]
        from: Option<PathBuf>,
        /// Write it anew from what is known
        #[arg(long)]
        reset: bool,
    },
    /// Point a name such as champion at a version
    Alias { model: Reference, alias: String },
    /// Register any ONNX file as the next version of a model; it is tried once in a process of its own
    Import(model_import::Arguments),
    /// What differs between two models: graph, numbers, and with rows what they say of them
    Diff(model_diff::Arguments),
    /// What any ONNX file says of itself: operators, inputs, outputs
    Inspect { file: PathBuf },
    /// Check every file, the signature and the ONNX file's answers; exit 3 when something is wrong
    Verify {
        /// A version of the lab, or a folder of one anywhere
        #[arg(value_name = "MODEL|DIR")]
        target: String,
        /// Of a folder: demand a signature of this public key of minisign
        #[arg(long)]
        key: Option<String>,
    },
    /// Sign a version's files with the lab's key
    Sign { model: Reference },
    /// Make a smaller model of a version, measured beside the whole one
    Shrink(model_files::Shrink),
    /// Copy a version into a shared folder, for other labs to pull
    Push { model: Reference, dir: PathBuf },
    /// Take versions out of a shared folder, checked
    Pull(model_files::Pull),
    /// Copy the self-contained folder; exit 3 when it does not verify
    Export {
        model: Reference,
        dir: PathBuf,
        /// A smaller model in the place of the whole one: float16, int8 or pruned
        #[arg(long)]
        variant: Option<VariantKind>,
    },
    /// Score files of any size; the answers stand behind the columns of the rows
    Predict(Box<model_predict::Predict>),
    /// What the model answered through `assay serve`, and the labels that came since, as a table
    Log(model_predict::Log),
    /// Take labels for predictions of the log, joined by their ids
    Label(model_predict::Label),
}

impl Command {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        match self {
            Self::Register { run, name } => {
                let run = lab.find_run(run)?;
                output.result(
                    &lab.register(&run.run_id, &ModelName::new(name.clone()))?,
                    registered,
                );
            }
            Self::Predict(predict) => predict.run(lab, output)?,
            Self::Log(log) => log.run(lab, output)?,
            Self::Label(label) => label.run(lab, output)?,
            Self::List => output.result(&lab.models()?, |models| {
                let rows = models
                    .iter()
                    .map(|model| {
                        let aliases: Vec<String> = model
                            .aliases
                            .iter()
                            .map(|(alias, version)| format!("{alias} @{version}"))
                            .collect();
                        vec![
                            model.model.to_string(),
                            model.n_versions.to_string(),
                            model
                                .production
                                .map_or_else(|| "·".to_owned(), |version| format!("@{version}")),
                            aliases.join(", "),
                            model.latest.as_ref().map_or_else(
                                || "registered by a client".to_owned(),
                                |version| version.algorithm.clone(),
                            ),
                            model.latest.as_ref().map_or_else(
                                || "·".to_owned(),
                                |version| bytes(version.onnx_size_bytes),
                            ),
                        ]
                    })
                    .collect();
                table(
                    &[
                        "model",
                        "versions",
                        "production",
                        "aliases",
                        "algorithm",
                        "ONNX",
                    ],
                    rows,
                    &[1, 5],
                )
            }),
            Self::Show { model } => show(lab, output, model)?,
            Self::Promote { model, to, approve } => {
                let request = PromoteRequest {
                    model: model.clone(),
                    to: *to,
                    reason: approve.clone(),
                };
                output.result(&lab.promote(&request)?, |gate| {
                    format!(
                        "{} is in {}\n{}",
                        gate.model,
                        gate.to.label(),
                        conditions(gate)
                    )
                });
            }
            Self::Rollback { model, approve } => {
                let request = RollbackRequest {
                    model: ModelName::new(model.clone()),
                    reason: approve.clone(),
                };
                output.result(&lab.roll_back(&request)?, rolled_back);
            }
            Self::Card { model, from, reset } => {
                let card = match from {
                    Some(file) => lab.load_model_card(model, file)?,
                    None if *reset => lab.set_model_card(model, None)?,
                    None => lab.model_card(model)?,
                };
                output.result(&card, |card| card.text.trim_end().to_owned());
            }
            Self::Alias { model, alias } => {
                output.result(&lab.set_alias(model, alias)?, |version| {
                    format!("{alias} is {}", version.key())
                });
            }
            Self::Import(arguments) => arguments.run(lab, output)?,
            Self::Diff(arguments) => arguments.run(lab, output)?,
            Self::Inspect { file } => output.result(&lab.inspect_onnx(file)?, inspected),
            Self::Sign { model } => {
                output.result(&lab.sign_model(model)?, |signed| {
                    format!("{model} is {}", signed.words())
                });
            }
            Self::Verify { target, .. } => {
                let report = lab.verify(&model_files::reference(target)?)?;
                output.result(&report, verified);
                if !report.passed {
                    return Ok(ExitCode::from(Code::Precondition.exit_status()));
                }
            }
            Self::Shrink(shrink) => shrink.run(lab, output)?,
            Self::Push { model, dir } => {
                let request = PushRequest {
                    model: model.clone(),
                    folder: dir.clone(),
                };
                output.result(&lab.push_model(&request)?, model_files::moved);
            }
            Self::Pull(pull) => pull.run(lab, output)?,
            Self::Export {
                model,
                dir,
                variant,
            } => {
                let written = match variant {
                    Some(variant) => lab.export_smaller(model, *variant, dir)?,
                    None => lab.export_model(model, dir)?,
                };
                output.result(&written, |written| {
                    format!("wrote {} to {}", bytes(written.size_bytes), written.path)
                });
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A client may have chosen a name that Assay would not: then the text is the whole name.
fn show(lab: &Lab, output: Output, text: &str) -> Result<(), Error> {
    let Ok(reference) = text.parse::<Reference>() else {
        output.result(&lab.registered_model(&ModelName::new(text))?, client_model);
        return Ok(());
    };
    let model = lab.registered_model(&ModelName::new(reference.name.as_str()))?;
    let is_clients = match lab.any_version(&reference) {
        Ok(version) => !version.origin.has_folder(),
        // A model without a version is a client's.
        Err(_) => reference.selector == Selector::Latest && model.versions.is_empty(),
    };
    if is_clients {
        output.result(&model, client_model);
    } else {
        output.result(&lab.model(&reference)?, shown);
    }
    Ok(())
}

fn client_model(model: &RegisteredModel) -> String {
    let pairs = |tags: &BTreeMap<String, String>| {
        tags.iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let rows = model
        .versions
        .iter()
        .map(|version| {
            vec![
                format!("@{}", version.version),
                version.stage.label().to_owned(),
                version.aliases.join(", "),
                match &version.origin {
                    Origin::Assay => "here".to_owned(),
                    Origin::Pulled => "another lab".to_owned(),
                    Origin::Imported { .. } => "a file".to_owned(),
                    Origin::Client { .. } => "a client".to_owned(),
                },
                version.run_id.as_ref().map_or_else(
                    || "·".to_owned(),
                    |id| id.as_str().get(..8).unwrap_or_default().to_owned(),
                ),
                match &version.origin {
                    Origin::Assay | Origin::Pulled => String::new(),
                    Origin::Imported { file_name } => file_name.clone(),
                    Origin::Client { location, .. } => location.clone(),
                },
                pairs(&version.tags),
            ]
        })
        .collect();
    let mut text = format!(
        "{}  registered by a client of the tracking API: Assay does not export or replay its versions",
        model.model
    );
    for line in [model.description.clone(), pairs(&model.tags)] {
        if !line.is_empty() {
            text.push('\n');
            text.push_str(&line);
        }
    }
    text.push_str("\n\n");
    text.push_str(&table(
        &["version", "stage", "aliases", "by", "run", "files", "tags"],
        rows,
        &[],
    ));
    text
}

fn parity(version: &ModelVersion) -> String {
    let Some(parity) = &version.parity else {
        return "no parity: no run here trained it".to_owned();
    };
    let mut text = format!(
        "parity {}: {} rows, {} labels differ, largest difference {} ({})",
        if parity.passed { "passed" } else { "failed" },
        count(parity.rows),
        parity.label_flips,
        difference(parity.max_rel_diff),
        parity.runtime
    );
    let adversarial = parity.parts.iter().flat_map(|parts| &parts.adversarial);
    for part in adversarial {
        text.push_str(&format!(
            "\n  {}: {} rows, {} labels differ, largest difference {}",
            part.kind.label(),
            count(part.differences.rows),
            part.differences.label_flips,
            difference(part.differences.max_rel_diff)
        ));
    }
    text
}

/// The first digits of its run.
fn run(version: &ModelVersion) -> &str {
    let run = version.run_id.as_ref();
    run.and_then(|id| id.as_str().get(..8)).unwrap_or_default()
}

fn came_from(version: &ModelVersion) -> String {
    match (&version.imported, version.trained()) {
        (Some(imported), _) => format!("imported from {}", imported.file_name),
        (None, Some(trained)) => format!(
            "on {}@{}, run {}",
            trained.dataset,
            trained.dataset_number,
            run(version)
        ),
        (None, None) => String::new(),
    }
}

fn registered(version: &ModelVersion) -> String {
    format!(
        "registered {} from run {}, {} of ONNX\n{}",
        version.key(),
        run(version),
        bytes(version.onnx_size_bytes),
        parity(version)
    )
}

fn shown(detail: &ModelDetail) -> String {
    let version = &detail.version;
    let metrics = version
        .metrics
        .iter()
        .map(|(name, value)| {
            let before = detail
                .previous_metrics
                .get(name)
                .map(|before| value - before);
            vec![name.clone(), figure(Some(*value)), figure(before)]
        })
        .collect();
    let inputs = version
        .signature
        .inputs
        .iter()
        .chain(&version.signature.outputs)
        .map(|column| {
            vec![
                column.name.clone(),
                column.kind.label().to_owned(),
                column.seen.clone(),
            ]
        })
        .collect();
    format!(
        "{}  {}  {}\n{} {}, {} of ONNX, opset {}\n{}\n{}\n\n{}\n\n{}\n\ngate to production\n{}\n\naudit, {} entries, chain {}\n{}",
        version.key(),
        version.stage.label(),
        version.aliases.join(", "),
        version.algorithm,
        came_from(version),
        bytes(version.onnx_size_bytes),
        version.opset,
        parity(version),
        [detail.signed.words()]
            .into_iter()
            .chain(detail.variants.iter().map(model_files::variant))
            .collect::<Vec<_>>()
            .join("\n"),
        table(&["metric", "value", "change"], metrics, &[1, 2]),
        table(&["name", "type", "seen in training"], inputs, &[]),
        conditions(&detail.gate),
        count(detail.n_audit_entries),
        if detail.audit_intact {
            "intact"
        } else {
            "BROKEN"
        },
        detail
            .audit
            .iter()
            .map(|entry| format!("{} {}", entry.actor, entry.detail))
            .collect::<Vec<_>>()
            .join("\n"),
    )
}

fn rolled_back(rollback: &Rollback) -> String {
    let mut lines = vec![format!("{} is in production again", rollback.to)];
    if let Some(from) = &rollback.from {
        lines.push(format!("{from} is in the archive"));
    }
    for alias in &rollback.aliases {
        lines.push(format!("{alias} is {}", rollback.to));
    }
    lines.join("\n")
}

fn conditions(gate: &GateReport) -> String {
    if gate.conditions.is_empty() {
        return "no condition".to_owned();
    }
    let rows = gate
        .conditions
        .iter()
        .map(|condition| {
            let status = if condition.passed { "passed" } else { "failed" };
            vec![
                condition.name.clone(),
                condition.needs.clone(),
                condition.measured.clone(),
                status.to_owned(),
            ]
        })
        .collect();
    table(&["gate", "needs", "measured", ""], rows, &[])
}

fn inspected(inspection: &Inspection) -> String {
    let opsets: Vec<String> = inspection
        .opsets
        .iter()
        .map(|(domain, version)| format!("{domain} {version}"))
        .collect();
    let mut operators: BTreeMap<&str, u64> = BTreeMap::new();
    for node in &inspection.graph.nodes {
        *operators.entry(node.op.as_str()).or_default() += 1;
    }
    let operators: Vec<String> = operators
        .into_iter()
        .map(|(op, n)| {
            if n == 1 {
                op.to_owned()
            } else {
                format!("{op} ({n})")
            }
        })
        .collect();
    let ports = |ports: &[Port]| {
        let ports = ports.iter().map(|port| {
            let shape = port.shape.join(", ");
            format!("{} {} [{shape}]", port.name, port.element)
        });
        ports.collect::<Vec<_>>().join(", ")
    };
    let mut lines = vec![
        format!(
            "{}, IR {}, {}, by {}",
            bytes(inspection.size_bytes),
            inspection.ir_version,
            opsets.join(", "),
            inspection.producer
        ),
        format!("{} constants", count(inspection.n_parameters)),
        format!("inputs: {}", ports(&inspection.inputs)),
        format!("outputs: {}", ports(&inspection.outputs)),
        format!("operators: {}", operators.join(", ")),
    ];
    if !inspection.custom_operators.is_empty() {
        let names = inspection.custom_operators.join(", ");
        lines.push(format!("custom operators: {names}"));
    }
    if !inspection.external_data.is_empty() {
        let names = inspection.external_data.join(", ");
        lines.push(format!("constants in other files: {names}"));
    }
    lines.join("\n")
}

fn verified(report: &VerifyReport) -> String {
    if !report.damaged.is_empty() {
        return format!("{} is damaged: {}", report.model, report.damaged.join(", "));
    }
    let verdict = if report.passed {
        "verified"
    } else if !report.signed.passes() {
        "is refused"
    } else {
        "does not predict the same"
    };
    format!(
        "{} {verdict}: {} files, checksums equal, {}",
        report.model,
        report.n_files,
        report.signed.words()
    )
}
