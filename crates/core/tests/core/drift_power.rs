//! Known shifts are seen no less often than by Evidently's default (golden/drift_power.json), on the same samples.

use assay_core::drift::{
    DriftRule, Verdict, compare_window, judge, sketch_column, sketch_reference,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::shapes::Sample;

#[derive(Deserialize)]
struct Golden {
    scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
struct Scenario {
    name: String,
    reference: Value,
    window: Value,
    seed: u64,
    n_runs: u64,
    n_drifted: u64,
}

fn sample(described: &Value, seed: u64) -> Sample {
    let mut described = described.clone();
    described["seed"] = json!(seed);
    serde_json::from_value(described).expect("a sample")
}

#[test]
fn known_shifts_are_seen_as_often_as_by_evidently() {
    let golden: Golden =
        serde_json::from_str(include_str!("../golden/drift_power.json")).expect("golden file");
    let rule = DriftRule::default();
    let mut seen = Vec::new();
    let mut worse = false;
    for scenario in golden.scenarios {
        let n_seen = (0..scenario.n_runs)
            .filter(|at| {
                let seed = scenario.seed + 2 * at;
                let reference = sample(&scenario.reference, seed).values();
                let window = sample(&scenario.window, seed + 1).values();
                let reference = sketch_reference("x", &reference);
                let mut columns = [compare_window(
                    &reference,
                    &sketch_column("x", &window),
                    &rule,
                )];
                judge(&mut columns, std::slice::from_ref(&reference), &rule);
                matches!(columns[0].verdict, Verdict::Drifted | Verdict::Warning)
            })
            .count() as u64;
        let (name, theirs) = (&scenario.name, scenario.n_drifted);
        seen.push(format!(
            "{name}: {n_seen}, Evidently {theirs} of {}",
            scenario.n_runs
        ));
        worse |= if name.starts_with("no shift") {
            n_seen > theirs.max(4)
        } else {
            // Twice the binomial error of Evidently's own share, by Laplace's rule.
            let share = (theirs + 1) as f64 / (scenario.n_runs + 2) as f64;
            let error = (scenario.n_runs as f64 * share * (1.0 - share)).sqrt();
            (n_seen as f64) < theirs as f64 - 2.0 * error
        };
    }
    assert!(!worse, "{}", seen.join("\n"));
}
