//! The native plot window: a process of its own, because its event loop and the main window's cannot share one.

use std::io::{Read as _, stdin};
use std::process::ExitCode;

use assay_lab::PlotOrder;

/// Shows the chart that stands on stdin until its window is closed.
pub fn show() -> ExitCode {
    match read().and_then(|order| {
        assay_chart::window::open(order.spec, order.theme).map_err(|error| error.to_string())
    }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(wrong) => {
            eprintln!("cannot open the plot window: {wrong}");
            ExitCode::FAILURE
        }
    }
}

fn read() -> Result<PlotOrder, String> {
    let mut text = String::new();
    let read = stdin().read_to_string(&mut text);
    read.map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| {
        format!("what stands on stdin is no chart ({error}); the main window starts this by itself")
    })
}
