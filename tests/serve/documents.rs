//! The OpenAPI documents, held against the schema of OpenAPI 3.1 (`openapi-3.1.schema.json`, 2022-10-07, as the package
//! openapi-spec-validator 0.9.0 carries it) and against what the models answer.

use serde_json::{Value, json};

use super::{get, post_json, record, records, started};

#[test]
fn documents_are_openapi_and_say_what_is_answered() {
    let (_lab, server) = started();
    let schema: Value =
        serde_json::from_str(include_str!("openapi-3.1.schema.json")).expect("a schema");
    let openapi = jsonschema::validator_for(&schema).expect("a validator");
    for path in ["/openapi.json", "/models/birds/openapi.json"] {
        let document = get(&server, path).json();
        let errors: Vec<String> = openapi
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{path}: {errors:?}");
        let of = |name: &str| {
            let mut schema = json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$ref": format!("#/components/schemas/{name}"),
            });
            schema["components"] = document["components"].clone();
            jsonschema::validator_for(&schema).expect("a schema of the document")
        };
        let (takes, gives, error) = (of("birds-record"), of("birds-answer"), of("error"));
        for row in records(5) {
            assert!(takes.is_valid(&row), "{row}");
            let said = post_json(&server, "/models/birds/predict", &row).json();
            assert!(gives.is_valid(&said), "{said}");
        }
        let mut strange = record();
        strange["island"] = json!("Atlantis");
        let said = post_json(&server, "/models/birds/predict", &strange).json();
        assert!(gives.is_valid(&said), "{said}");
        for wrong in [json!({}), json!({ "island": 1 })] {
            assert!(!takes.is_valid(&wrong), "{wrong}");
            let said = post_json(&server, "/models/birds/predict", &wrong).json();
            assert!(error.is_valid(&said) && !gives.is_valid(&said), "{said}");
        }
    }
}
