//! What a model was made of and what it needs, as a CycloneDX bill of materials (version 1.6, JSON).

use assay_core::imported_model::ImportedModel;
use assay_core::registry::ModelVersion;
use assay_core::run::TrainRecord;
use serde_json::{Value, json};

use crate::error::Cause;
use crate::models::trained;

/// The graph, the data it learnt from, and the programs that made and ran it.
pub fn bill(version: &ModelVersion, record: &TrainRecord) -> Result<String, Cause> {
    let environment = &record.environment;
    let trained = trained(version)?;
    let data = format!("data:{}@{}", trained.dataset, trained.dataset_number);
    let mut parts = vec![json!({
        "type": "data",
        "bom-ref": data,
        "name": trained.dataset,
        "version": trained.dataset_number.to_string(),
        "hashes": [{ "alg": "BLAKE3", "content": trained.dataset_version.as_str() }],
        "data": [{ "type": "dataset", "name": trained.dataset }],
    })];
    parts.push(program("application", "assay", &environment.assay));
    if !environment.onnx_runtime.is_empty() {
        parts.push(program("library", "onnxruntime", &environment.onnx_runtime));
    }
    if let Some(lightgbm) = &environment.lightgbm {
        parts.push(program("library", "lightgbm", lightgbm));
    }
    let learning = if record.spec.target.is_empty() {
        "unsupervised"
    } else {
        "supervised"
    };
    document(
        version,
        json!({
            "approach": { "type": learning },
            "architectureFamily": version.algorithm,
            "datasets": [{ "ref": data }],
        }),
        parts,
    )
}

/// The same for a file of somebody else: what wrote it, and what ran it.
pub fn imported_bill(version: &ModelVersion, imported: &ImportedModel) -> Result<String, Cause> {
    let (runtime, runtime_version) = parted(&imported.sample.runtime);
    let mut parts = vec![
        program("application", "assay", crate::VERSION),
        program("library", runtime, runtime_version),
    ];
    if !imported.producer.is_empty() {
        let (producer, producer_version) = parted(&imported.producer);
        parts.push(program("application", producer, producer_version));
    }
    document(
        version,
        json!({ "architectureFamily": version.algorithm }),
        parts,
    )
}

/// Name and version as they stand behind one another.
fn parted(text: &str) -> (&str, &str) {
    text.rsplit_once(' ').unwrap_or((text, "unknown"))
}

fn program(kind: &str, name: &str, version: &str) -> Value {
    json!({ "type": kind, "bom-ref": format!("{name}@{version}"), "name": name, "version": version })
}

fn document(version: &ModelVersion, parameters: Value, parts: Vec<Value>) -> Result<String, Cause> {
    let model = format!("model:{}@{}", version.model, version.version);
    let needed: Vec<Value> = parts
        .iter()
        .filter_map(|part| part.get("bom-ref"))
        .cloned()
        .collect();
    let created = jiff::Timestamp::from_millisecond(version.created_ms)
        .map(|time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .unwrap_or_default();
    let bill = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{}", serial(version)),
        "version": 1,
        "metadata": {
            "timestamp": created,
            "component": {
                "type": "machine-learning-model",
                "bom-ref": model,
                "name": version.model,
                "version": version.version.to_string(),
                "hashes": [{ "alg": "BLAKE3", "content": version.onnx.as_str() }],
                "modelCard": { "modelParameters": parameters },
            },
        },
        "components": parts,
        "dependencies": [{ "ref": model, "dependsOn": needed }],
    });
    Ok(serde_json::to_string_pretty(&bill)?)
}

/// The same version always has the same one: the first half of its graph's hash as a UUID of version 8 (RFC 9562).
fn serial(version: &ModelVersion) -> String {
    let mut digits: Vec<char> = version.onnx.as_str().chars().take(32).collect();
    for (place, digit) in [(12, '8'), (16, 'a')] {
        if let Some(found) = digits.get_mut(place) {
            *found = digit;
        }
    }
    let text: String = digits.into_iter().collect();
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
    [
        part(0..8),
        part(8..12),
        part(12..16),
        part(16..20),
        part(20..32),
    ]
    .join("-")
}
