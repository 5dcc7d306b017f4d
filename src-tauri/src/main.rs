//! The desktop host: starts the window, or what the window starts of itself in processes of their own.
//!
//! Invariant: nothing is decided here. Arguments, drops and calls are handed on to `assay_api`; answers are handed back.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod arguments;
mod notices;
mod plot;
mod rpc;
mod window;

use std::process::ExitCode;

use arguments::Start;

fn main() -> ExitCode {
    match arguments::read(std::env::args_os().skip(1)) {
        Ok(Start::Worker) => ExitCode::from(assay_lab::worker::main()),
        Ok(Start::Plot) => plot::show(),
        Ok(Start::Window { lab }) => match window::open(lab.as_deref()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::from(error.exit_status())
            }
        },
        Err(usage) => {
            eprintln!("{usage}");
            ExitCode::from(2)
        }
    }
}
