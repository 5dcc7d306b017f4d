//! The self-contained folder of a model version: what another tool needs to open it without Assay.

use assay_core::drift::{ReferenceSketch, SketchShape};
use assay_core::registry::{ModelVersion, Signature, SignatureColumn};
use assay_core::run::TrainRecord;
use assay_core::schema::ColumnType;
use assay_core::train::ProblemKind;
use assay_core::words::number;
use assay_onnx::MlModel;

use crate::error::Cause;

pub struct Files<'a> {
    pub version: &'a ModelVersion,
    pub record: &'a TrainRecord,
    pub onnx: &'a [u8],
    pub reference: &'a ReferenceSketch,
}

/// Name and bytes of every file but CHECKSUMS, which the store adds.
pub fn all(files: &Files<'_>) -> Result<Vec<(String, Vec<u8>)>, Cause> {
    let mut all = vec![
        ("model.onnx".to_owned(), files.onnx.to_vec()),
        (
            "signature.json".to_owned(),
            serde_json::to_vec_pretty(&files.version.signature)?,
        ),
        (
            "reference.json".to_owned(),
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
            "MODEL_CARD.md".to_owned(),
            card(files.version, files.record).into_bytes(),
        ),
    ];
    let created = jiff::Timestamp::from_millisecond(files.version.created_ms)
        .map(|time| time.strftime("%Y-%m-%d %H:%M:%S.%6f").to_string())
        .unwrap_or_default();
    let ml_model = assay_onnx::ml_model(&MlModel {
        graph: &assay_onnx::inspect(files.onnx)?,
        // The same version always has the same one.
        model_uuid: files.version.onnx.as_str().get(..32).unwrap_or_default(),
        run_id: files.version.run_id.as_str(),
        created_utc: &created,
        size_bytes: files.version.onnx_size_bytes,
    });
    all.push(("MLmodel".to_owned(), ml_model.into_bytes()));
    all.extend(assay_onnx::requirements().map(|(name, text)| (name.to_owned(), text.into_bytes())));
    Ok(all)
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
                nullable: true,
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

/// What the model is for, after `trained to`.
fn purpose(record: &TrainRecord) -> String {
    match record.problem {
        ProblemKind::Binary | ProblemKind::Multiclass | ProblemKind::Regression => {
            format!("predict `{}`", record.spec.target)
        }
        ProblemKind::Clustering => "put rows into clusters".to_owned(),
        ProblemKind::Anomaly => "find rows that are unlike the others".to_owned(),
        ProblemKind::Embedding => "place rows among few coordinates".to_owned(),
    }
}

/// YAML front matter and Markdown, as model hubs read it.
fn card(version: &ModelVersion, record: &TrainRecord) -> String {
    let task = match version.problem {
        ProblemKind::Regression => "tabular-regression",
        ProblemKind::Binary | ProblemKind::Multiclass => "tabular-classification",
        ProblemKind::Clustering | ProblemKind::Anomaly | ProblemKind::Embedding => "other",
    };
    let metrics: String = version
        .metrics
        .iter()
        .map(|(name, value)| format!("| {name} | {value:.4} |\n"))
        .collect();
    let inputs: String = version
        .signature
        .inputs
        .iter()
        .map(|input| {
            format!(
                "| `{}` | {} | {} |\n",
                input.name,
                input.kind.label(),
                input.seen.replace('|', "\\|")
            )
        })
        .collect();
    let warnings: String = if record.warnings.is_empty() {
        "None was noted.\n".to_owned()
    } else {
        record
            .warnings
            .iter()
            .map(|warning| format!("- {warning}\n"))
            .collect()
    };
    format!(
        "---\nlibrary_name: onnx\npipeline_tag: {task}\ntags:\n- tabular\n- onnx\n- assay\nmodel_name: {name}\n---\n\n\
         # {name}, version {number}\n\n\
         {algorithm}, trained by Assay {assay} on `{dataset}@{dataset_number}` (content `{content}`) to {purpose} \
         from {n_inputs} columns, with {n_train} training rows, {n_test} test rows and seed {seed}.\n\n\
         ## Metrics\n\n| metric | value |\n| --- | ---: |\n{metrics}\n\
         ## Inputs\n\nRaw columns; a missing number is NaN, a missing text is empty.\n\n\
         | column | type | seen in training |\n| --- | --- | --- |\n{inputs}\n\
         ## ONNX parity\n\n{rows} rows compared with the trained model through {runtime}: {flips} labels differ, largest \
         absolute difference {max_abs:.1e} (tolerance {tolerance:.0e}).\n\n\
         ## Limits\n\n{warnings}",
        name = version.model,
        number = version.version,
        algorithm = version.algorithm,
        assay = record.environment.assay,
        dataset = version.dataset,
        dataset_number = version.dataset_number,
        content = version.dataset_version.short(),
        purpose = purpose(record),
        n_inputs = version.signature.inputs.len(),
        n_train = record.n_train_rows,
        n_test = record.n_test_rows,
        seed = record.spec.seed,
        rows = version.parity.rows,
        runtime = version.parity.runtime,
        flips = version.parity.label_flips,
        max_abs = version.parity.max_abs_diff,
        tolerance = version.parity.tolerance,
    )
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
