//! `assay`, the command line: arguments in, use cases called, results printed. It decides nothing.

mod algorithms;
mod data;
mod demo;
mod doctor;
mod expect;
mod init;
mod key;
mod model;
mod model_diff;
mod model_files;
mod model_import;
mod model_predict;
mod output;
mod progress;
mod recipe;
mod replay;
mod replay_challenge;
mod report;
mod run_export;
mod run_import;
mod run_log;
mod run_tail;
mod run_text;
mod runs;
mod runs_change;
mod serve;
mod token;
mod train;
mod trash;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use assay_lab::{Environment, Error, Lab};
use clap::{Parser, Subcommand};

use output::Output;

/// The worker makes and drops columns by the hundred; this one keeps their memory for the next.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whether that memory may come in pages of 2 MiB: good for a worker that fills gigabytes, a waste for a server that idles,
/// where each thread would hold one. Processes that are started inherit it.
fn use_huge_pages(wanted: bool) {
    #[cfg(target_os = "linux")]
    {
        // Where the system refuses, nothing but the size of pages differs.
        let _ = rustix::thread::disable_transparent_huge_pages(!wanted);
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = wanted;
    }
}

/// A laboratory for tabular machine learning on your own computer
#[derive(Parser)]
#[command(
    name = "assay",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
struct Arguments {
    /// The lab's folder; or an mlruns folder, an mlflow.db, TensorBoard or W&B runs, to look into them without a change
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "ASSAY_LAB",
        default_value = "."
    )]
    lab: PathBuf,
    /// Print one JSON document
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a lab
    Init(init::Arguments),
    /// The whole chain on real sample data
    Demo(demo::Arguments),
    /// Data sets: import, list, look at
    #[command(subcommand)]
    Data(data::Command),
    /// Expectations: suggest and check
    #[command(subcommand)]
    Expect(expect::Command),
    /// Recipes: suggest, save, take from files, list
    #[command(subcommand)]
    Recipe(recipe::Command),
    /// What can be trained, and with which parameters
    Algorithms(algorithms::Arguments),
    /// Train a model and keep the run
    Train(train::Arguments),
    /// Runs: list, show, compare
    #[command(subcommand)]
    Runs(runs::Command),
    /// Models: register, promote, verify, export
    #[command(subcommand)]
    Model(model::Command),
    /// Keys that sign models: make one, trust another's, list
    #[command(subcommand)]
    Key(key::Command),
    /// Replay a production log against a model
    Replay(Box<replay::Arguments>),
    /// Write an HTML report, or a chart as SVG or PNG
    Report(report::Arguments),
    /// Open the lab in a browser on this computer
    Serve(serve::Arguments),
    /// Tokens of clients of `assay serve`: make, list, revoke
    #[command(subcommand)]
    Token(token::Command),
    /// Take back the last change
    Undo,
    /// What was deleted
    #[command(subcommand)]
    Trash(trash::Command),
    /// Examine the lab, and mend what can be mended
    Doctor(doctor::Arguments),
    /// Run one job, its order on stdin
    #[command(hide = true)]
    Worker,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Command::Worker = arguments.command {
        use_huge_pages(true);
        return ExitCode::from(assay_lab::worker::main());
    }
    let output = Output {
        json: arguments.json,
    };
    match run(&arguments, output) {
        Ok(status) => status,
        Err(error) => {
            output.failure(&error.failure());
            ExitCode::from(error.code().exit_status())
        }
    }
}

fn run(arguments: &Arguments, output: Output) -> Result<ExitCode, Error> {
    let lab = || open(&arguments.lab);
    match &arguments.command {
        Command::Init(init) => init.run(&arguments.lab, output),
        Command::Demo(demo) => demo.run(&arguments.lab, output),
        Command::Data(command) => command.run(&lab()?, output),
        Command::Expect(command) => command.run(&lab()?, output),
        Command::Recipe(command) => command.run(&lab()?, output),
        Command::Algorithms(algorithms) => algorithms.run(output),
        Command::Train(train) => train.run(&lab()?, output),
        Command::Runs(command) => command.run(&lab()?, output),
        Command::Model(model::Command::Verify { target, key }) if is_folder(target) => {
            model_files::verify_folder(&arguments.lab, target, key, output)
        }
        Command::Model(command) => command.run(&lab()?, output),
        Command::Key(command) => command.run(&lab()?, output),
        Command::Replay(replay) => replay.run(&lab()?, output),
        Command::Report(report) => report.run(&lab()?, output),
        Command::Token(token) => token.run(&lab()?, output),
        Command::Serve(serve) => {
            use_huge_pages(false);
            serve.run(&arguments.lab)
        }
        Command::Undo => trash::undo(&lab()?, output),
        Command::Trash(command) => command.run(&lab()?, output),
        Command::Doctor(doctor) => doctor.run(&lab()?, output),
        // Answered in `main`, before anything else could print.
        Command::Worker => Ok(ExitCode::SUCCESS),
    }
}

/// Whether what is to be verified is a folder of a model version, not a model of the lab.
fn is_folder(target: &str) -> bool {
    Path::new(target).join("CHECKSUMS").is_file() || target.contains(['/', '\\'])
}

fn open(folder: &Path) -> Result<Lab, Error> {
    let lab = Lab::open(folder, environment("command line")?)?;
    if let Some(view) = lab.view() {
        eprintln!(
            "note: {} is {}, and is only read",
            view.source.display(),
            view.report.read_as
        );
        for left_out in &view.report.problems {
            eprintln!("warning: {left_out}");
        }
    }
    Ok(lab)
}

fn environment(actor: &str) -> Result<Environment, Error> {
    Environment::system(actor)
        .map_err(|error| Error::new("start", assay_lab::Cause::io(Path::new("."), error)))
}
