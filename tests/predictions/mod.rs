//! What a model answered, written down; who may ask; what turned out to be true; and whole files scored.

mod files;
mod log;
mod tokens;

use serde_json::{Value, json};

use crate::support::TestLab;

/// With a model of penguins in production.
pub fn registered() -> TestLab {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let run = lab.json(&[
        "train",
        "penguins",
        "--target",
        "species",
        "--algorithm",
        "logistic_regression",
    ]);
    let run = run["run_id"].as_str().expect("a run");
    lab.json(&["model", "register", run, "--name", "species"]);
    lab.json(&["expect", "suggest", "penguins"]);
    lab.json(&["model", "alias", "species@1", "champion"]);
    lab
}

/// A penguin that training has seen the like of.
pub fn penguin() -> Value {
    json!({
        "island": "Biscoe",
        "bill_length_mm": 46.1,
        "bill_depth_mm": 13.2,
        "flipper_length_mm": 211,
        "body_mass_g": 4500,
        "sex": "FEMALE",
    })
}
