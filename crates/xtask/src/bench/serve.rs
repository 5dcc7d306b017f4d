//! A model behind HTTP and in this process: Assay beside FastAPI with onnxruntime, `mlflow models serve`, onnxruntime's own
//! call and scikit-learn's forest, all on the same model.

mod load;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use self::load::Figures;
use super::server::{Server, free_port, new_lab};
use crate::error::{Error, Result, io as at};
use crate::places::Places;
use crate::process::{self, cargo};
use crate::setup::{self, Scope};

pub const USAGE: &str = "--data DIR --peers PYTHON [--minutes N]   DIR holds train.parquet; PYTHON has scikit-learn, \
                         onnxruntime, fastapi, uvicorn and mlflow; with N, under load so long, its memory";

const PEERS: &str = include_str!("serve/peers.py");
const MODEL: &str = "random_forest";
const CONNECTIONS: usize = 8;
const REQUESTS_PER_SEC: f64 = 2_000.0;
const PACED: Duration = Duration::from_secs(15);
const UNPACED: Duration = Duration::from_secs(6);

/// What the clients send where, and what comes first for the server to load the model.
struct Target<'a> {
    name: &'static str,
    path: &'static str,
    body: &'a [u8],
}

struct Bench<'a> {
    python: &'a str,
    script: PathBuf,
    folder: PathBuf,
    program: PathBuf,
    library: PathBuf,
    example: PathBuf,
}

pub fn run(places: &Places, words: &[&str]) -> Result<()> {
    let usage = || Error::Usage(format!("cannot measure serving: it takes {USAGE}"));
    let (data, python, minutes) = match *words {
        ["--data", data, "--peers", python] => (data, python, None),
        ["--data", data, "--peers", python, "--minutes", minutes] => (
            data,
            python,
            Some(minutes.parse::<u64>().map_err(|_| usage())?),
        ),
        _ => return Err(usage()),
    };
    setup::run(places, Scope::Core)?;
    setup::web::build(places)?;
    process::run(cargo(places).args(["build", "--release", "--bin", "assay"]))?;
    process::run(cargo(places).args([
        "build",
        "--release",
        "--package",
        "assay-onnx",
        "--example",
        "predict_speed",
    ]))?;
    let folder = places
        .target
        .join(format!("bench-serve-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(at("make", &folder))?;
    let script = folder.join("peers.py");
    fs::write(&script, PEERS).map_err(at("write", &script))?;
    let bench = Bench {
        python,
        script,
        program: places.executable("release", "assay"),
        library: places.onnxruntime(),
        example: places.executable("release/examples", "predict_speed"),
        folder: folder.clone(),
    };
    let outcome = bench
        .measure(Path::new(data), minutes)
        .map_err(|error| Error::Stopped(format!("cannot measure serving: {error}")));
    fs::remove_dir_all(&folder).map_err(at("remove", &folder))?;
    outcome
}

impl Bench<'_> {
    fn measure(&self, data: &Path, minutes: Option<u64>) -> io::Result<()> {
        let prepared = self.python(&[
            "prepare".as_ref(),
            data.as_os_str(),
            self.folder.as_os_str(),
        ])?;
        let n_columns = prepared["n_columns"].as_u64().unwrap_or(0).to_string();
        let lab = self.trained_lab()?;
        let version = lab.join("registry").join(MODEL).join("1");
        if let Some(minutes) = minutes {
            return self.memory(&lab, minutes);
        }
        self.in_process(&version.join("model.onnx"), &n_columns)?;
        self.over_http(&lab, &version)
    }

    /// With a forest of 100 trees of depth 10 in its registry.
    fn trained_lab(&self) -> io::Result<PathBuf> {
        let lab = new_lab(&self.program, self.folder.join("lab"))?;
        let rows = self.folder.join("rows.parquet");
        self.assay(
            &lab,
            &[
                "data",
                "import",
                &rows.display().to_string(),
                "--name",
                "rows",
            ],
        )?;
        let trained = self.assay(
            &lab,
            &[
                "train",
                "rows",
                "--target",
                "label",
                "--algorithm",
                MODEL,
                "--param",
                "n_estimators=100",
                "--param",
                "max_depth=10",
            ],
        )?;
        let run_id = trained["run_id"].as_str().unwrap_or_default().to_owned();
        self.assay(&lab, &["model", "register", &run_id, "--name", MODEL])?;
        Ok(lab)
    }

    fn in_process(&self, model: &Path, n_columns: &str) -> io::Result<()> {
        let columns = self.folder.join("columns.f64");
        let ours = printed(
            Command::new(&self.example)
                .arg(&self.library)
                .args([model, &columns])
                .args([n_columns, "0,1"]),
        )?;
        let call = self.python(&[
            "in_process".as_ref(),
            model.as_os_str(),
            self.folder.as_os_str(),
        ])?;
        let forest = self.python(&["forest".as_ref(), self.folder.as_os_str()])?;
        let of = |value: &Value, name: &str| value[name].as_f64().unwrap_or(f64::NAN);
        println!(
            "in this process{:>28}{:>12}{:>12}",
            "ours", "peer", "peer/ours"
        );
        for (what, ours, peer) in [
            (
                "one row, p50 µs (onnxruntime)",
                of(&ours, "single_p50_us"),
                of(&call, "single_p50_us"),
            ),
            (
                "  p99 µs",
                of(&ours, "single_p99_us"),
                of(&call, "single_p99_us"),
            ),
            (
                "1M rows, s (scikit-learn)",
                of(&ours, "batch_secs"),
                of(&forest, "batch_secs"),
            ),
            (
                "1M rows, s (onnxruntime)",
                of(&ours, "batch_secs"),
                of(&ours, "batch_secs_of_onnxruntime"),
            ),
        ] {
            println!("{what:<31}{ours:>12.2}{peer:>12.2}{:>12.2}", peer / ours);
        }
        Ok(())
    }

    fn over_http(&self, lab: &Path, version: &Path) -> io::Result<()> {
        let record = fs::read(self.folder.join("record.json"))?;
        let invocation = fs::read(self.folder.join("invocation.json"))?;
        let ours = Target {
            name: "assay",
            path: "/models/random_forest/predict",
            body: &record,
        };
        let server = Server::assay(&self.program, lab)?;
        let paced = load::paced(&server.address, &ours, CONNECTIONS, REQUESTS_PER_SEC, PACED)?;
        println!(
            "{REQUESTS_PER_SEC} requests/s over {CONNECTIONS} connections: p50 {:.3} ms, p99 {:.3} ms, at most {:.1} ms",
            paced.latency_ms(0.5),
            paced.latency_ms(0.99),
            paced.latency_ms(1.0)
        );
        let our_figures = load::unpaced(&server.address, &ours, CONNECTIONS, UNPACED)?;
        print_line(&ours, &our_figures, &our_figures);
        drop(server);

        let port = free_port()?;
        let mut fastapi = Command::new(self.python);
        fastapi
            .arg(&self.script)
            .arg("fastapi")
            .arg(version.join("model.onnx"))
            .arg(port.to_string());
        let target = Target {
            name: "fastapi, onnxruntime",
            path: "/predict",
            body: &record,
        };
        let server = Server::other(&mut fastapi, port, "/health")?;
        let figures = load::unpaced(&server.address, &target, CONNECTIONS, UNPACED)?;
        print_line(&target, &figures, &our_figures);
        drop(server);

        let port = free_port()?;
        // It starts uvicorn by its name.
        let beside = Path::new(self.python).parent().unwrap_or(Path::new("."));
        let others = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(beside.to_path_buf()).chain(std::env::split_paths(&others));
        let path = std::env::join_paths(path).map_err(io::Error::other)?;
        let mut mlflow = Command::new(self.python);
        mlflow
            .args([
                "-m",
                "mlflow",
                "models",
                "serve",
                "--env-manager",
                "local",
                "--host",
                "127.0.0.1",
            ])
            .args(["--port", &port.to_string(), "--model-uri"])
            .arg(version)
            .env("PATH", path)
            .env("MLFLOW_DISABLE_TELEMETRY", "true")
            .env("DO_NOT_TRACK", "true");
        let target = Target {
            name: "mlflow models serve",
            path: "/invocations",
            body: &invocation,
        };
        let server = Server::other(&mut mlflow, port, "/ping")?;
        let figures = load::unpaced(&server.address, &target, CONNECTIONS, UNPACED)?;
        print_line(&target, &figures, &our_figures);
        Ok(())
    }

    /// A line a minute.
    fn memory(&self, lab: &Path, minutes: u64) -> io::Result<()> {
        let record = fs::read(self.folder.join("record.json"))?;
        let ours = Target {
            name: "assay",
            path: "/models/random_forest/predict",
            body: &record,
        };
        let server = Server::assay(&self.program, lab)?;
        for minute in 1..=minutes {
            let length = Duration::from_secs(60);
            let paced = load::paced(
                &server.address,
                &ours,
                CONNECTIONS,
                REQUESTS_PER_SEC,
                length,
            )?;
            let (now, most) = server.memory_mib().unwrap_or((f64::NAN, f64::NAN));
            println!(
                "minute {minute}: {now:.1} MiB, at most {most:.1}; {} answers, p50 {:.3} ms, p99 {:.3} ms",
                paced.n_answers(),
                paced.latency_ms(0.5),
                paced.latency_ms(0.99)
            );
        }
        Ok(())
    }

    fn assay(&self, lab: &Path, words: &[&str]) -> io::Result<Value> {
        printed(
            Command::new(&self.program)
                .arg("--lab")
                .arg(lab)
                .arg("--json")
                .args(words)
                .env("ASSAY_ONNXRUNTIME", &self.library),
        )
    }

    fn python(&self, words: &[&std::ffi::OsStr]) -> io::Result<Value> {
        printed(Command::new(self.python).arg(&self.script).args(words))
    }
}

fn print_line(target: &Target<'_>, figures: &Figures, ours: &Figures) {
    println!(
        "{:<22}{:>10.0} answers/s at most, p50 {:.2} ms, p99 {:.2} ms; ours/its {:.1}",
        target.name,
        figures.answers_per_sec(),
        figures.latency_ms(0.5),
        figures.latency_ms(0.99),
        ours.answers_per_sec() / figures.answers_per_sec()
    );
}

/// The JSON document that a program prints.
fn printed(command: &mut Command) -> io::Result<Value> {
    let shown = process::shown(command);
    let text =
        process::printed(command).ok_or_else(|| io::Error::other(format!("`{shown}` failed")))?;
    Ok(serde_json::from_str(&text)?)
}
