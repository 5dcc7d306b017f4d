//! What a model was made of and what it needs, as a CycloneDX bill of materials (version 1.6, JSON).

use assay_core::registry::ModelVersion;
use assay_core::run::TrainRecord;
use serde_json::{Value, json};

use crate::error::Cause;

/// The graph, the data it learnt from, and the programs that made and ran it.
pub fn bill(version: &ModelVersion, record: &TrainRecord) -> Result<String, Cause> {
    let environment = &record.environment;
    let model = format!("model:{}@{}", version.model, version.version);
    let data = format!("data:{}@{}", version.dataset, version.dataset_number);
    let program = |kind: &str, name: &str, text: &str| json!({ "type": kind, "bom-ref": format!("{name}@{text}"), "name": name, "version": text });
    let mut programs = vec![program("application", "assay", &environment.assay)];
    if !environment.onnx_runtime.is_empty() {
        programs.push(program("library", "onnxruntime", &environment.onnx_runtime));
    }
    if let Some(lightgbm) = &environment.lightgbm {
        programs.push(program("library", "lightgbm", lightgbm));
    }
    let needed: Vec<Value> = [&json!(data)]
        .into_iter()
        .chain(programs.iter().filter_map(|program| program.get("bom-ref")))
        .cloned()
        .collect();
    let mut components = vec![json!({
        "type": "data",
        "bom-ref": data,
        "name": version.dataset,
        "version": version.dataset_number.to_string(),
        "hashes": [{ "alg": "BLAKE3", "content": version.dataset_version.as_str() }],
        "data": [{ "type": "dataset", "name": version.dataset }],
    })];
    components.extend(programs);
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
                "modelCard": {
                    "modelParameters": {
                        "approach": { "type": if record.spec.target.is_empty() { "unsupervised" } else { "supervised" } },
                        "architectureFamily": version.algorithm,
                        "datasets": [{ "ref": data }],
                    },
                },
            },
        },
        "components": components,
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
