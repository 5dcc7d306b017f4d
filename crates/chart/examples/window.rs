//! Opens the native plot window: `cargo run -p assay-chart --features window --example window -- [points|SAMPLE] [dark]`.
//! `points` is a line of a million points; a SAMPLE is one of the tests' specs.

#[path = "../tests/samples/mod.rs"]
mod samples;

use assay_chart::Error;
use assay_core::chart::{Axis, ChartSpec, Figure, Theme};

fn main() -> Result<(), Error> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let theme = match wanted.iter().any(|w| w == "dark") {
        true => Theme::Dark,
        false => Theme::Light,
    };
    let sample = samples::all()
        .into_iter()
        .find(|(name, _)| wanted.iter().any(|w| w == name));
    assay_chart::window::open(
        sample.map_or_else(a_million_points, |(_, spec)| spec),
        theme,
    )
}

fn a_million_points() -> ChartSpec {
    let x: Vec<f64> = (0..1_000_000).map(f64::from).collect();
    let walk = |seed: usize| -> Vec<f64> {
        let mut at = 0.0;
        let mut next = |i: usize| {
            at += samples::noise(i + seed);
            at
        };
        (0..1_000_000).map(&mut next).collect()
    };
    let figure = Figure::Lines {
        x: Axis::linear("step"),
        y: Axis::linear("value"),
        series: vec![
            samples::series("first walk", 1, x.clone(), walk(0)),
            samples::series("second walk", 2, x, walk(5_000_000)),
        ],
        limits: vec![],
        diagonal: false,
    };
    samples::spec("Random walks", "2 x 1,000,000 points", figure)
}
