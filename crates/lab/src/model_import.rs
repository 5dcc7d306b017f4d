//! ONNX files of somebody else: looked at, refused or tried once, registered. Runs in the worker, where a hostile file
//! takes down nothing but its own job.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::{Duration, Instant};

use assay_core::code::Code;
use assay_core::ids::check_name;
use assay_core::imported_model::{GraphAnswer, ImportedModel, ModelImportSpec, SampleRun, Wiring};
use assay_core::matrix::Prediction;
use assay_core::onnx_graph::{OnnxGraph, OnnxNode};
use assay_core::registry::{ModelVersion, Port};
use assay_core::tensor::NamedTensor;
use assay_core::train::ProblemKind;
use assay_core::{ObjectHash, Task};
use assay_onnx::Session;
use assay_store::{NewModelVersion, NewOrigin};
use serde_json::{Value, json};

use crate::datasets::file_name;
use crate::error::{Attempt, Cause};
use crate::external_data::ModelFolder;
use crate::imported_model::{self, Sample};
use crate::model_graph::onnx_file;
use crate::model_rows::made_up;
use crate::{Error, Lab, model_sample};

/// Names that a refusal lists.
const SHOWN: usize = 5;
/// How far the probabilities of a row may be from 1 in all and still be probabilities.
const FAR_FROM_ONE: f64 = 1e-3;

/// How long the one run that a file is tried with may take.
const SAMPLE_LIMIT: Duration = Duration::from_secs(60);

impl Lab {
    /// Registers an ONNX file as the next version of a model: refuses what was not allowed, runs it once, writes the
    /// self-contained folder. To be called in a worker: the file may be hostile.
    pub fn import_model(&self, spec: &ModelImportSpec, task: &Task) -> Result<ModelVersion, Error> {
        self.register_file(spec, task)
            .attempt(|| format!("import `{}` as `{}`", file_name(&spec.path), spec.name))
    }

    fn register_file(&self, spec: &ModelImportSpec, task: &Task) -> Result<ModelVersion, Cause> {
        check_name(spec.name.as_str())?;
        task.step(0, 0, "reading the file");
        let file = onnx_file(&spec.path)?;
        let graph = assay_onnx::graph(&file_name(&spec.path), &file)?;
        refuse(spec, &graph)?;
        let onnx = if graph.external_data.is_empty() {
            file.clone()
        } else {
            taken_in(&spec.path, &file)?
        };
        let wiring = assay_onnx::wiring(&onnx, &spec.columns)?;
        task.check()?;
        task.step(0, 0, "running it once");
        let tried = self.try_once(spec, &graph, &onnx, wiring, task)?;
        task.check()?;
        task.step(0, 0, "registering");
        let imported = ImportedModel {
            file_name: file_name(&spec.path),
            file: ObjectHash::new(blake3::hash(&file).to_hex().to_string()),
            ir_version: graph.ir_version,
            opsets: graph.opsets.clone(),
            producer: graph.producer.clone(),
            metadata: graph.metadata.clone(),
            inputs: graph.inputs.clone(),
            outputs: graph.outputs.clone(),
            custom_operators: graph.custom_operators.clone(),
            external_data: graph.external_data.clone(),
            wiring: tried.wiring,
            sample: tried.run,
        };
        let (object, onnx_size_bytes) = self.store.put_object(&onnx)?;
        let version = self.store.register(
            NewModelVersion {
                model: spec.name.clone(),
                signature: imported_model::signature(&imported),
                algorithm: main_operator(&graph),
                metrics: BTreeMap::new(),
                onnx: object,
                onnx_size_bytes,
                opset: graph.opsets.get("ai.onnx").copied().unwrap_or_default(),
                origin: NewOrigin::Imported {
                    problem: problem(&imported.wiring),
                    imported: imported.clone(),
                },
            },
            self.act(),
        )?;
        let key = version.key();
        let written =
            imported_model::files(&version, &imported, &onnx, &tried.sample).and_then(|files| {
                let sign = |sums: &str| self.signature_of(&key, sums);
                self.store.write_registry(&key, &files, sign)
            });
        if let Err(cause) = written {
            // The lab is as it was: a full disk leaves no version without its folder.
            self.store.withdraw_version(&key, self.act())?;
            return Err(cause);
        }
        Ok(version)
    }

    /// Runs the graph on a few rows, or on made-up tensors when it takes no columns.
    fn try_once(
        &self,
        spec: &ModelImportSpec,
        graph: &OnnxGraph,
        onnx: &[u8],
        mut wiring: Wiring,
        task: &Task,
    ) -> Result<Tried, Cause> {
        let runtime = self.runtime()?;
        let mut run = SampleRun {
            rows_of: "made-up values".to_owned(),
            n_rows: 0,
            runtime: format!("onnxruntime {}", runtime.version()),
            duration_secs: 0.0,
            outputs: Vec::new(),
            refused: None,
        };
        let session = match runtime.session(onnx) {
            Ok(session) => session.limited(SAMPLE_LIMIT),
            // What was allowed need not be known to this runtime.
            Err(error) if !graph.custom_operators.is_empty() => {
                run.refused = Some(error.to_string());
                let request = json!({ "inputs": [] });
                let sample = Sample {
                    request,
                    answer: None,
                };
                return Ok(Tried {
                    wiring,
                    run,
                    sample,
                });
            }
            Err(error) => return Err(error.into()),
        };
        let started = Instant::now();
        if !wiring.takes_columns() {
            if spec.sample.is_some() {
                return Err(Cause::with_hint(
                    Code::Unsupported,
                    "it takes whole tensors, not the columns of a sample",
                    "import it without a sample; it is tried on made-up tensors then",
                ));
            }
            let (sample, outputs) = whole_tensors(&session)?;
            run.n_rows = 1;
            run.duration_secs = started.elapsed().as_secs_f64();
            run.outputs = outputs;
            return Ok(Tried {
                wiring,
                run,
                sample,
            });
        }
        let columns = match &spec.sample {
            None => made_up(&wiring, model_sample::N_ROWS),
            Some(rows) => {
                let (rows_of, columns) =
                    self.wired_rows(rows, &wiring, Some(model_sample::N_ROWS), task)?;
                run.rows_of = rows_of;
                columns
            }
        };
        if columns.n_rows == 0 {
            return Err(Cause::with_hint(
                Code::Invalid,
                "the sample has no rows",
                "name data with some rows, or none",
            ));
        }
        let started = Instant::now();
        let session = session.wired(wiring.clone());
        let mut prediction = session
            .predict(&columns, &[])
            .map_err(|error| unlike(spec, error))?;
        if !are_probabilities(&prediction) {
            // Scores of a margin stand where probabilities are looked for.
            if let GraphAnswer::Classes { probabilities, .. } = &mut wiring.answer {
                *probabilities = None;
            }
            let session = session.wired(wiring.clone());
            prediction = session.predict(&columns, &[])?;
        }
        run.n_rows = columns.n_rows as u64;
        run.duration_secs = started.elapsed().as_secs_f64();
        run.outputs.clone_from(&graph.outputs);
        let sample = Sample {
            request: model_sample::request(&columns),
            answer: Some(model_sample::answer(&prediction, &wiring.classes)),
        };
        Ok(Tried {
            wiring,
            run,
            sample,
        })
    }
}

struct Tried {
    wiring: Wiring,
    run: SampleRun,
    sample: Sample,
}

/// # Errors
/// External data and custom operators that were not allowed.
fn refuse(spec: &ModelImportSpec, graph: &OnnxGraph) -> Result<(), Cause> {
    if !graph.external_data.is_empty() && !spec.allow_external_data {
        return Err(Cause::with_hint(
            Code::Precondition,
            format!(
                "it keeps constants in other files: {}",
                listed(&graph.external_data)
            ),
            "allow it with `--allow-external-data` when you trust the folder of the file",
        ));
    }
    if !graph.custom_operators.is_empty() && !spec.allow_custom_operators {
        return Err(Cause::with_hint(
            Code::Precondition,
            format!(
                "it needs operators that neither ONNX nor ONNX Runtime define: {}",
                listed(&graph.custom_operators)
            ),
            "allow it with `--allow-custom-operators`; it is registered even if it cannot be run here",
        ));
    }
    Ok(())
}

fn listed(names: &[String]) -> String {
    assay_core::words::list(names, SHOWN)
}

fn taken_in(path: &Path, file: &[u8]) -> Result<Vec<u8>, Cause> {
    let folder = ModelFolder::of(path).map_err(|wrong| Cause::said(Code::Io, wrong))?;
    Ok(assay_onnx::take_in(file, &mut |part| folder.read(part))?)
}

/// What the answers say of the question.
fn problem(wiring: &Wiring) -> Option<ProblemKind> {
    match &wiring.answer {
        _ if !wiring.takes_columns() => None,
        GraphAnswer::Classes { .. } if wiring.classes.len() == 2 => Some(ProblemKind::Binary),
        GraphAnswer::Classes { .. } => Some(ProblemKind::Multiclass),
        GraphAnswer::Value { .. } => Some(ProblemKind::Regression),
        GraphAnswer::Coordinates { .. } => Some(ProblemKind::Embedding),
        GraphAnswer::Tensors => None,
    }
}

/// The operator that holds most numbers, itself or in the constants it is fed.
fn main_operator(graph: &OnnxGraph) -> String {
    let held: HashMap<&str, u64> = graph
        .initializers
        .iter()
        .map(|constant| (constant.name.as_str(), constant.n_values))
        .collect();
    let n_numbers = |node: &OnnxNode| {
        let inside = node
            .attributes
            .iter()
            .filter_map(|attribute| attribute.statistics.as_ref())
            .map(|found| found.n_values);
        let fed = node.inputs.iter();
        let fed = fed.filter_map(|name| held.get(name.as_str()).copied());
        inside.chain(fed).fold(0, u64::saturating_add)
    };
    let largest = graph.nodes.iter().max_by_key(|node| n_numbers(node));
    largest.map_or_else(|| "empty graph".to_owned(), |node| node.op.clone())
}

fn are_probabilities(prediction: &Prediction) -> bool {
    match prediction {
        Prediction::Classes {
            probabilities,
            n_classes,
            ..
        } => probabilities.chunks((*n_classes).max(1)).all(|row| {
            let sum: f64 = row.iter().sum();
            (sum - 1.0).abs() <= FAR_FROM_ONE && row.iter().all(|&p| p >= -FAR_FROM_ONE)
        }),
        Prediction::Values(_) | Prediction::Coordinates { .. } => true,
    }
}

/// Made-up values may be none that a graph takes: a category it does not know, an index out of range.
fn unlike(spec: &ModelImportSpec, error: assay_onnx::Error) -> Cause {
    match error {
        assay_onnx::Error::Run(wrong) if spec.sample.is_none() => Cause::with_hint(
            Code::Invalid,
            format!("it failed on made-up values: {wrong}"),
            "try it on rows that it knows: `--sample DATASET` or `--sample FILE`",
        ),
        assay_onnx::Error::Run(wrong) => {
            Cause::said(Code::Invalid, format!("it failed on the sample: {wrong}"))
        }
        error => error.into(),
    }
}

/// Tensors in the form of KServe's protocol, and what came out.
fn whole_tensors(session: &Session) -> Result<(Sample, Vec<Port>), Cause> {
    let inputs = session.made_up_inputs()?;
    let outputs = session.run(&inputs).map_err(|error| match error {
        assay_onnx::Error::Run(wrong) => Cause::said(
            Code::Invalid,
            format!("it failed on made-up tensors: {wrong}"),
        ),
        error => error.into(),
    })?;
    let ports = outputs.iter().map(|tensor| Port {
        name: tensor.name.clone(),
        element: tensor.values.element().to_owned(),
        shape: tensor.shape.iter().map(usize::to_string).collect(),
    });
    let sample = Sample {
        request: json!({ "inputs": written(&inputs) }),
        answer: Some(json!({ "outputs": written(&outputs) })),
    };
    Ok((sample, ports.collect()))
}

fn written(tensors: &[NamedTensor]) -> Vec<Value> {
    tensors
        .iter()
        .map(|tensor| {
            let (datatype, data) = kserve(tensor);
            json!({ "name": tensor.name, "shape": tensor.shape, "datatype": datatype, "data": data })
        })
        .collect()
}

/// Type and flat data as KServe names them; NaN has no JSON and becomes null.
fn kserve(tensor: &NamedTensor) -> (&'static str, Value) {
    use assay_core::tensor::TensorValues::{Bool, Double, Float, Int32, Int64, Text, Uint8};
    match &tensor.values {
        Float(values) => ("FP32", json!(values)),
        Double(values) => ("FP64", json!(values)),
        Int64(values) => ("INT64", json!(values)),
        Int32(values) => ("INT32", json!(values)),
        Uint8(values) => ("UINT8", json!(values)),
        Bool(values) => ("BOOL", json!(values)),
        Text(values) => ("BYTES", json!(values)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_of_a_margin_are_no_probabilities() {
        let classes = |probabilities: &[f64]| Prediction::Classes {
            indices: vec![0; probabilities.len() / 2],
            probabilities: probabilities.to_vec(),
            n_classes: 2,
        };
        assert!(are_probabilities(&classes(&[0.25, 0.75, 1.0, 0.0])));
        assert!(!are_probabilities(&classes(&[0.25, 0.75, 1.5, -0.5])));
        assert!(!are_probabilities(&classes(&[0.3, 0.2])));
        assert!(!are_probabilities(&classes(&[f64::NAN, 0.2])));
        assert!(are_probabilities(&Prediction::Values(vec![7.0])));
    }
}
