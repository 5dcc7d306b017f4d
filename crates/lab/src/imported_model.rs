//! The folder of a version that came as an ONNX file: what is known of it, and nothing more.

use assay_core::imported_model::{ImportedModel, WiredInput};
use assay_core::registry::{ModelVersion, Port, Signature, SignatureColumn};
use assay_core::schema::ColumnType;
use assay_core::words::counted;
use assay_onnx::MlModel;
use minijinja::{Environment as Templates, Value, context};

use crate::error::Cause;
use crate::model_card::{cell, task, yaml};
use crate::model_files::{CARD, SAMPLE_ANSWER, SAMPLE_REQUEST};
use crate::model_sbom;

const TEMPLATE: &str = include_str!("../../../assets/imported_model_card.md");
/// A value of the metadata may be a whole document.
const SHOWN_METADATA: usize = 200;

/// A request and the answer to it, as they are kept for whoever tries the folder.
pub struct Sample {
    pub request: serde_json::Value,
    /// `None` when it could not be run.
    pub answer: Option<serde_json::Value>,
}

/// Name and bytes of every file but CHECKSUMS, which the store adds.
pub fn files(
    version: &ModelVersion,
    imported: &ImportedModel,
    onnx: &[u8],
    sample: &Sample,
) -> Result<Vec<(String, Vec<u8>)>, Cause> {
    let created = jiff::Timestamp::from_millisecond(version.created_ms)
        .map(|time| time.strftime("%Y-%m-%d %H:%M:%S.%6f").to_string())
        .unwrap_or_default();
    let ml_model = assay_onnx::ml_model(&MlModel {
        graph: &assay_onnx::inspect(onnx)?,
        // The same version always has the same one.
        model_uuid: version.onnx.as_str().get(..32).unwrap_or_default(),
        run_id: None,
        created_utc: &created,
        size_bytes: version.onnx_size_bytes,
    });
    let mut all = vec![
        ("model.onnx".to_owned(), onnx.to_vec()),
        (
            "signature.json".to_owned(),
            serde_json::to_vec_pretty(&version.signature)?,
        ),
        (
            "imported.json".to_owned(),
            serde_json::to_vec_pretty(imported)?,
        ),
        (
            SAMPLE_REQUEST.to_owned(),
            serde_json::to_vec_pretty(&sample.request)?,
        ),
        (
            "sbom.cdx.json".to_owned(),
            model_sbom::imported_bill(version, imported)?.into_bytes(),
        ),
        (CARD.to_owned(), card(version, imported)?.into_bytes()),
        ("MLmodel".to_owned(), ml_model.into_bytes()),
    ];
    if let Some(answer) = &sample.answer {
        all.push((SAMPLE_ANSWER.to_owned(), serde_json::to_vec_pretty(answer)?));
    }
    all.extend(assay_onnx::requirements().map(|(name, text)| (name.to_owned(), text.into_bytes())));
    Ok(all)
}

/// Columns in and outputs out; without columns the inputs of the graph. Nothing is known of what training saw.
pub fn signature(imported: &ImportedModel) -> Signature {
    let column = |name: &str, element: &str, nullable: bool| SignatureColumn {
        name: name.to_owned(),
        kind: column_type(element),
        nullable,
        seen: String::new(),
        constant: false,
    };
    let wiring = &imported.wiring;
    let inputs = if wiring.takes_columns() {
        let inputs = wiring.inputs.iter();
        let columns = inputs.flat_map(|input| input.columns.iter().map(move |name| (input, name)));
        columns
            .map(|(input, name)| column(name, &input.element, takes_missing(input)))
            .collect()
    } else {
        let inputs = imported.inputs.iter();
        inputs
            .map(|port| column(&port.name, &port.element, false))
            .collect()
    };
    let outputs = imported.outputs.iter();
    Signature {
        inputs,
        outputs: outputs
            .map(|port| column(&port.name, &port.element, false))
            .collect(),
    }
}

/// A missing number is NaN and a missing text is empty; whole numbers and booleans have nothing for it.
fn takes_missing(input: &WiredInput) -> bool {
    matches!(input.element.as_str(), "float" | "double" | "string")
}

fn column_type(element: &str) -> ColumnType {
    match element {
        "string" => ColumnType::Text,
        "bool" => ColumnType::Boolean,
        other if other.contains("int") => ColumnType::Integer,
        _ => ColumnType::Float,
    }
}

/// What is said of the version, as model hubs read it.
pub fn card(version: &ModelVersion, imported: &ImportedModel) -> Result<String, Cause> {
    let wiring = &imported.wiring;
    let columns: Vec<Value> = wiring
        .inputs
        .iter()
        .filter(|_| wiring.takes_columns())
        .flat_map(|input| {
            input.columns.iter().map(|name| {
                let kind = column_type(&input.element).label();
                context! { name, kind, input => input.input }
            })
        })
        .collect();
    let ports = |ports: &[Port]| -> Vec<Value> {
        ports
            .iter()
            .map(|port| {
                let shape = port.shape.join(", ");
                context! { name => port.name, type => format!("{} [{shape}]", port.element) }
            })
            .collect()
    };
    let opsets: Vec<String> = imported
        .opsets
        .iter()
        .map(|(domain, number)| format!("{domain} {number}"))
        .collect();
    let outputs: Vec<String> = imported
        .outputs
        .iter()
        .map(|port| format!("`{}`", port.name))
        .collect();
    let metadata: Vec<Value> = imported
        .metadata
        .iter()
        .map(|(key, value)| {
            let value: String = value.chars().take(SHOWN_METADATA).collect();
            context! { key, value }
        })
        .collect();
    let mut templates = Templates::new();
    templates.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    templates.add_filter("cell", cell);
    templates.add_filter("yaml", yaml);
    let mut text = templates.render_str(
        TEMPLATE,
        context! {
            task => version.problem.map_or("other", task),
            name => version.model.as_str(),
            number => version.version,
            assay => crate::VERSION,
            file_name => imported.file_name,
            hash => imported.file.short(),
            producer => imported.producer,
            columns,
            outputs => outputs.join(" and "),
            opsets => opsets.join(", "),
            ir_version => imported.ir_version,
            inputs => ports(&imported.inputs),
            outputs_of_graph => ports(&imported.outputs),
            metadata,
            refused => imported.sample.refused,
            runtime => imported.sample.runtime,
            n_rows => counted(imported.sample.n_rows, "row", "rows"),
            rows_of => imported.sample.rows_of,
            limits => limits(imported),
        },
    )?;
    text.truncate(text.trim_end().len());
    text.push('\n');
    Ok(text)
}

fn limits(imported: &ImportedModel) -> Vec<String> {
    let mut limits = Vec::new();
    if !imported.custom_operators.is_empty() {
        limits.push(format!(
            "It names operators that neither ONNX nor ONNX Runtime define: {}",
            imported.custom_operators.join(", ")
        ));
    }
    if !imported.external_data.is_empty() {
        limits.push(format!(
            "Constants of {} beside it were taken into the file",
            counted(imported.external_data.len() as u64, "file", "files")
        ));
    }
    limits
}
