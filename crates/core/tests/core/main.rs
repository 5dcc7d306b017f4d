//! The mathematics of core against reference libraries and its own laws. One binary, so that it links once.

mod accumulate;
mod curves;
mod drift;
mod drift_bands;
mod drift_challenge;
mod drift_detectors;
mod drift_detectors_table;
mod drift_estimates;
mod drift_laws;
mod drift_method_laws;
mod drift_methods;
mod drift_multivariate;
mod drift_pictures;
mod drift_power;
mod drift_quality;
mod drift_verdicts;
mod effects;
mod metrics;
mod query;
mod recipe;
mod result;
mod samples;
mod shapes;
mod sketched;
mod split;
mod split_kinds;
mod suggest;
mod table;
mod uniform;

use proptest::test_runner::{Config, RngSeed};

/// Laws are tried on the same random cases in every run.
fn law() -> Config {
    Config {
        rng_seed: RngSeed::Fixed(20_261_121),
        failure_persistence: None,
        ..Config::default()
    }
}

/// Equal up to `tolerance` relative to the larger one, or to 1 below it.
fn assert_close(what: &str, found: f64, wanted: f64, tolerance: f64) {
    let scale = found.abs().max(wanted.abs()).max(1.0);
    assert!(
        (found - wanted).abs() <= tolerance * scale,
        "{what}: found {found}, wanted {wanted}"
    );
}
