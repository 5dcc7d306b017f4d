//! The self-contained folder of a model version: what another tool needs to open it without Assay.

use std::collections::BTreeMap;

use assay_core::drift::{ReferenceSketch, SketchShape};
use assay_core::gate::DataCheck;
use assay_core::matrix::Prediction;
use assay_core::registry::{ModelVersion, Signature, SignatureColumn};
use assay_core::run::TrainRecord;
use assay_core::schema::ColumnType;
use assay_core::train::ProblemKind;
use assay_core::variants::ModelVariant;
use assay_core::words::number;
use assay_core::{Columns, TimestampMs};
use assay_onnx::MlModel;
use serde::{Deserialize, Serialize};

use crate::error::Cause;
use crate::{model_sample, model_sbom};

/// The graph.
pub const ONNX: &str = "model.onnx";
pub const SIGNATURE_JSON: &str = "signature.json";
/// The sketch of the training rows.
pub const REFERENCE_JSON: &str = "reference.json";
/// Where the version comes from, for a lab that has not its run: the version and the record of its training.
pub const RUN_JSON: &str = "run.json";
pub const SAMPLE_REQUEST: &str = "sample_request.json";
pub const SAMPLE_ANSWER: &str = "sample_answer.json";
/// What is said of the version, as model hubs read it; a person may change it.
pub const CARD: &str = "MODEL_CARD.md";

/// `run.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Provenance {
    /// As it was registered in its lab.
    pub version: ModelVersion,
    pub record: TrainRecord,
    /// `None` in the folder of an older Assay.
    #[serde(default)]
    pub data: Option<DataFacts>,
}

/// What a gate asks about the data that a version was trained on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DataFacts {
    pub imported_ms: TimestampMs,
    /// The newest check when the version was registered; `None`: never checked.
    pub check: Option<DataCheck>,
}

pub struct Files<'a> {
    pub version: &'a ModelVersion,
    pub record: &'a TrainRecord,
    pub onnx: &'a [u8],
    pub reference: &'a ReferenceSketch,
    pub card: &'a str,
    pub data: DataFacts,
    /// A few of the rows that it was tested on, and its stored answers to them.
    pub sample: (&'a Columns, &'a Prediction),
}

/// Name and bytes of every file but CHECKSUMS, which the store adds.
pub fn all(files: &Files<'_>) -> Result<Vec<(String, Vec<u8>)>, Cause> {
    let mut all = vec![
        (ONNX.to_owned(), files.onnx.to_vec()),
        (
            SIGNATURE_JSON.to_owned(),
            serde_json::to_vec_pretty(&files.version.signature)?,
        ),
        (
            REFERENCE_JSON.to_owned(),
            serde_json::to_vec(files.reference)?,
        ),
        (
            "parity.json".to_owned(),
            serde_json::to_vec_pretty(&files.version.parity)?,
        ),
        (
            "recipe.json".to_owned(),
            serde_json::to_vec_pretty(&files.record.recipe)?,
        ),
        (
            SAMPLE_REQUEST.to_owned(),
            serde_json::to_vec_pretty(&model_sample::request(files.sample.0))?,
        ),
        (
            SAMPLE_ANSWER.to_owned(),
            serde_json::to_vec_pretty(&model_sample::answer(
                files.sample.1,
                &files.record.classes,
            ))?,
        ),
        (
            "sbom.cdx.json".to_owned(),
            model_sbom::bill(files.version, files.record)?.into_bytes(),
        ),
        (CARD.to_owned(), files.card.as_bytes().to_vec()),
        (
            RUN_JSON.to_owned(),
            serde_json::to_vec(&Provenance {
                version: files.version.clone(),
                record: files.record.clone(),
                data: Some(files.data.clone()),
            })?,
        ),
    ];
    all.push(("MLmodel".to_owned(), ml_model(files.version, files.onnx)?));
    all.extend(assay_onnx::requirements().map(|(name, text)| (name.to_owned(), text.into_bytes())));
    Ok(all)
}

fn ml_model(version: &ModelVersion, onnx: &[u8]) -> Result<Vec<u8>, Cause> {
    let created = jiff::Timestamp::from_millisecond(version.created_ms)
        .map(|time| time.strftime("%Y-%m-%d %H:%M:%S.%6f").to_string())
        .unwrap_or_default();
    let text = assay_onnx::ml_model(&MlModel {
        graph: &assay_onnx::inspect(onnx)?,
        // The same version always has the same one.
        model_uuid: version.onnx.as_str().get(..32).unwrap_or_default(),
        run_id: version.run_id.as_ref().map(|id| id.as_str()),
        created_utc: &created,
        size_bytes: version.onnx_size_bytes,
    });
    Ok(text.into_bytes())
}

pub struct VariantFiles<'a> {
    /// With the hash and the size of the smaller graph.
    pub version: &'a ModelVersion,
    pub record: &'a TrainRecord,
    pub variant: &'a ModelVariant,
    pub onnx: &'a [u8],
    /// To the rows of the sample request.
    pub answers: &'a Prediction,
    /// The files of the whole version.
    pub others: BTreeMap<String, Vec<u8>>,
}

/// The folder of a version with a smaller model in the place of the whole one. What was said of the whole one alone,
/// its parity and its other variants, stays behind; `variant.json` says what was measured.
pub fn of_variant(files: &VariantFiles<'_>) -> Result<Vec<(String, Vec<u8>)>, Cause> {
    let mut all = files.others.clone();
    all.retain(|name, _| !(name.starts_with("model.") && name.ends_with(".onnx")));
    all.remove("parity.json");
    for (name, bytes) in [
        (ONNX, files.onnx.to_vec()),
        ("variant.json", serde_json::to_vec_pretty(files.variant)?),
        ("MLmodel", ml_model(files.version, files.onnx)?),
        (
            SAMPLE_ANSWER,
            serde_json::to_vec_pretty(&model_sample::answer(files.answers, &files.record.classes))?,
        ),
        (
            "sbom.cdx.json",
            model_sbom::bill(files.version, files.record)?.into_bytes(),
        ),
    ] {
        all.insert(name.to_owned(), bytes);
    }
    Ok(all.into_iter().collect())
}

/// Inputs as the graph takes them, outputs as it gives them, each with what training saw.
pub fn signature(record: &TrainRecord, reference: &ReferenceSketch) -> Signature {
    let inputs = record
        .fitted
        .inputs
        .iter()
        .map(|input| {
            let sketch = reference
                .columns
                .iter()
                .find(|column| column.name == input.name);
            let (seen, constant) =
                sketch.map_or_else(Default::default, |column| seen(&column.shape));
            SignatureColumn {
                name: input.name.clone(),
                kind: input.kind,
                nullable: record.fitted.may_be_missing(&input.name),
                seen,
                constant,
            }
        })
        .collect();
    let output = |name: &str, kind, seen: String| SignatureColumn {
        name: name.to_owned(),
        kind,
        nullable: false,
        seen,
        constant: false,
    };
    let outputs = match record.problem {
        ProblemKind::Regression => vec![output("value", ColumnType::Float, String::new())],
        ProblemKind::Embedding => {
            vec![output("coordinates", ColumnType::Float, String::new())]
        }
        ProblemKind::Binary
        | ProblemKind::Multiclass
        | ProblemKind::Clustering
        | ProblemKind::Anomaly => {
            let integers = record
                .classes
                .iter()
                .all(|class| class.parse::<i64>().is_ok());
            let kind = if integers {
                ColumnType::Integer
            } else {
                ColumnType::Text
            };
            vec![
                output("label", kind, record.classes.join(", ")),
                output("probabilities", ColumnType::Float, "0 to 1".to_owned()),
            ]
        }
    };
    Signature { inputs, outputs }
}

/// `0 to 0.19`, `Biscoe, Dream, Torgersen`, `constant 0.003467`; and whether it is constant.
fn seen(shape: &SketchShape) -> (String, bool) {
    match shape {
        SketchShape::Numeric { min, max, .. } if min == max => {
            (format!("constant {}", number(*min)), true)
        }
        SketchShape::Numeric { min, max, .. } => {
            (format!("{} to {}", number(*min), number(*max)), false)
        }
        SketchShape::Categorical {
            values, n_other, ..
        } => {
            const SHOWN: usize = 4;
            let n = values.len() as u64 + n_other;
            let mut shown: Vec<&str> = values.iter().take(SHOWN).map(String::as_str).collect();
            let more = format!("and {} more", n - shown.len() as u64);
            if n > SHOWN as u64 {
                shown.push(&more);
            }
            let constant = n == 1;
            let text = shown.join(", ");
            (
                if constant {
                    format!("constant {text}")
                } else {
                    text
                },
                constant,
            )
        }
        SketchShape::Empty => ("no value".to_owned(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_training_saw_is_said_in_few_words() {
        let categories = |values: &[&str]| SketchShape::Categorical {
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            counts: vec![1; values.len()],
            n_other: 0,
        };
        assert_eq!(seen(&categories(&["a", "b"])), ("a, b".to_owned(), false));
        assert_eq!(
            seen(&categories(&["a", "b", "c", "d", "e", "f"])),
            ("a, b, c, d, and 2 more".to_owned(), false)
        );
        assert_eq!(seen(&categories(&["a"])), ("constant a".to_owned(), true));
        assert_eq!(seen(&SketchShape::Empty).0, "no value");
    }
}
