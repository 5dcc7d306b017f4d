//! The schemas of a graph that takes whole tensors: nested lists as deep and as long as its ports say.

use assay_core::registry::Port;
use serde_json::{Map, Value, json};

pub fn record(inputs: &[Port]) -> Value {
    let required: Vec<&str> = inputs.iter().map(|port| port.name.as_str()).collect();
    json!({
        "type": "object",
        "properties": tensors(inputs),
        "required": required,
        "additionalProperties": false,
    })
}

pub fn prediction(outputs: &[Port]) -> Value {
    json!({
        "type": "object",
        "required": ["outputs"],
        "properties": { "outputs": { "type": "object", "properties": tensors(outputs) } },
    })
}

fn tensors(ports: &[Port]) -> Map<String, Value> {
    let each = ports.iter().map(|port| (port.name.clone(), tensor(port)));
    each.collect()
}

fn tensor(port: &Port) -> Value {
    let cell = match port.element.as_str() {
        "string" => json!({ "type": "string" }),
        "bool" => json!({ "type": "boolean" }),
        whole if whole.contains("int") => json!({ "type": "integer" }),
        // A number that is not finite is null.
        _ => json!({ "type": ["number", "null"] }),
    };
    port.shape.iter().rev().fold(cell, |items, axis| {
        let mut list = json!({ "type": "array", "items": items });
        if let (Ok(length), Some(list)) = (axis.parse::<u64>(), list.as_object_mut()) {
            list.insert("minItems".to_owned(), json!(length));
            list.insert("maxItems".to_owned(), json!(length));
        }
        list
    })
}
