//! The servers that are measured, each with a database of its own, and what they take of the machine.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::connection::{Connection, TOKEN};

const START_TIMEOUT: Duration = Duration::from_secs(120);

/// Ended when it is dropped.
pub(super) struct Server {
    child: Child,
    pub address: String,
    /// From its start to its first answer.
    pub ready_after: Duration,
}

impl Server {
    /// `assay serve` on the lab in `folder`.
    pub fn assay(program: &Path, folder: &Path) -> io::Result<Self> {
        let token = folder.with_extension("token");
        fs::write(&token, TOKEN)?;
        let mut command = Command::new(program);
        command
            .arg("--lab")
            .arg(folder)
            .args(["serve", "--port", "0", "--token-file"])
            .arg(&token)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let started = Instant::now();
        let mut child = command.spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let address = line
            .trim()
            .trim_start_matches("http://")
            .split('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        let mut server = Self {
            child,
            address,
            ready_after: Duration::ZERO,
        };
        Connection::open(&server.address)?.get("/health")?;
        server.ready_after = started.elapsed();
        Ok(server)
    }

    /// `mlflow server` with a SQLite file in `folder`, as its peers' script starts it.
    pub fn mlflow(python: &str, folder: &Path) -> io::Result<Self> {
        let port = free_port()?;
        let database = format!("sqlite:///{}", folder.join("mlflow.db").display());
        let mut command = Command::new(python);
        command
            .args(["-m", "mlflow", "server", "--host", "127.0.0.1", "--port"])
            .arg(port.to_string())
            .args(["--workers", "1", "--backend-store-uri", &database])
            .arg("--artifacts-destination")
            .arg(folder.join("artifacts"))
            .env("MLFLOW_DISABLE_TELEMETRY", "true")
            .env("DO_NOT_TRACK", "true");
        Self::other(&mut command, port, "/health")
    }

    /// Another program's server, which answers at `health` when it is ready.
    pub fn other(command: &mut Command, port: u16, health: &str) -> io::Result<Self> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let started = Instant::now();
        let mut server = Self {
            child: command.spawn()?,
            address: format!("127.0.0.1:{port}"),
            ready_after: Duration::ZERO,
        };
        while Connection::open(&server.address)
            .and_then(|mut connection| connection.get(health).map(<[u8]>::len))
            .is_err()
        {
            if started.elapsed() > START_TIMEOUT || server.child.try_wait()?.is_some() {
                return Err(io::Error::other("the peer's server does not start"));
            }
            sleep(Duration::from_millis(20));
        }
        server.ready_after = started.elapsed();
        Ok(server)
    }

    /// Resident MiB now and at most so far, of the largest of its processes; `None` where there is no `/proc`.
    pub fn memory_mib(&self) -> Option<(f64, f64)> {
        largest_memory_mib(self.child.id())
    }
}

/// As [`memory_mib`], of the largest of a process and those that it started.
pub(super) fn largest_memory_mib(process: u32) -> Option<(f64, f64)> {
    let found = with_children(process);
    let sizes = found.iter().filter_map(|process| memory_mib(*process));
    sizes.max_by(|a, b| a.1.total_cmp(&b.1))
}

/// A process and those that it started.
fn with_children(process: u32) -> Vec<u32> {
    let mut found = vec![process];
    let mut at = 0;
    while let Some(parent) = found.get(at) {
        // Each thread has children of its own.
        let threads = fs::read_dir(format!("/proc/{parent}/task"));
        for thread in threads.into_iter().flatten().flatten() {
            let children = fs::read_to_string(thread.path().join("children"));
            let children = children.unwrap_or_default();
            let ids = children.split_whitespace();
            found.extend(ids.filter_map(|id| id.parse::<u32>().ok()));
        }
        at += 1;
    }
    found
}

impl Drop for Server {
    fn drop(&mut self) {
        let processes = with_children(self.child.id());
        let ids = processes.iter().map(u32::to_string);
        // Some servers leave their workers behind. Those that went with their parent are not there any more.
        let told = Command::new("kill")
            .args(ids)
            .stderr(Stdio::null())
            .status();
        if told.is_err() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

pub(super) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A new lab in `folder`.
pub(super) fn new_lab(program: &Path, folder: PathBuf) -> io::Result<PathBuf> {
    let status = Command::new(program).arg("init").arg(&folder).status()?;
    if status.success() {
        Ok(folder)
    } else {
        Err(io::Error::other("`assay init` failed"))
    }
}

/// Resident now, and at most so far.
fn memory_mib(process: u32) -> Option<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let mib = |name: &str| -> Option<f64> {
        let line = status.lines().find(|line| line.starts_with(name))?;
        let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib / 1024.0)
    };
    Some((mib("VmRSS:")?, mib("VmHWM:")?))
}
