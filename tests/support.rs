//! What the tests share: a temporary lab, the executable, the sample data as files.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use flate2::read::GzDecoder;
use serde_json::Value;
use tempfile::TempDir;

/// A lab in a temporary folder that goes with it.
pub struct TestLab {
    folder: TempDir,
}

/// What one call of `assay` left.
pub struct Answer {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl TestLab {
    pub fn new() -> Self {
        let lab = Self::without_lab();
        let answer = lab.assay(&["init"]);
        assert_eq!(answer.status, 0, "{}", answer.stderr);
        lab
    }

    /// A folder in which no lab was made.
    pub fn without_lab() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("lab")
    }

    /// A file beside the lab.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).expect("a file is written");
        path
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_assay"));
        command
            .env_remove("ASSAY_LAB")
            .arg("--lab")
            .arg(self.path())
            .stdin(Stdio::null());
        command
    }

    pub fn assay(&self, arguments: &[&str]) -> Answer {
        Answer::of(
            self.command()
                .args(arguments)
                .output()
                .expect("assay starts"),
        )
    }

    /// The same where no file may grow over `kilobytes`: a write beyond fails as on a full disk.
    #[cfg(unix)]
    pub fn assay_with_files_up_to(&self, kilobytes: u32, arguments: &[&str]) -> Answer {
        // In units of 512 bytes; the signal is ignored so that the write itself fails.
        let script = format!(
            "trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"",
            kilobytes * 2
        );
        let mut command = Command::new("sh");
        command
            .env_remove("ASSAY_LAB")
            .args(["-c", &script, env!("CARGO_BIN_EXE_assay"), "--lab"]);
        command
            .arg(self.path())
            .args(arguments)
            .stdin(Stdio::null());
        Answer::of(command.output().expect("sh starts"))
    }

    /// The JSON document of a call that must succeed.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let answer = self.assay(&[&["--json"], arguments].concat());
        assert_eq!(answer.status, 0, "{arguments:?}: {}", answer.stderr);
        answer.json()
    }

    pub fn import(&self, path: &Path, more: &[&str]) -> Value {
        let path = path.to_str().expect("a path is text");
        self.json(&[&["data", "import", path], more].concat())
    }

    /// Trains with the words of `assay train`, and registers the run.
    pub fn register(&self, name: &str, training: &[&str]) {
        let run = self.json(&[&["train"], training].concat());
        let run_id = run["run_id"].as_str().expect("an id");
        self.json(&["model", "register", run_id, "--name", name]);
    }

    pub fn penguins(&self) -> PathBuf {
        self.file("penguins.csv", sample("penguins.csv.gz"))
    }

    /// Everything that the database and the objects hold, to see that a failed call changed nothing.
    pub fn holdings(&self) -> (Value, Value, Value, Value, usize) {
        (
            self.json(&["data", "list"]),
            self.json(&["runs", "list"])["runs"].clone(),
            self.json(&["model", "list"]),
            self.json(&["trash", "list"]),
            count_files(&self.path().join("objects")),
        )
    }
}

impl Answer {
    pub fn of(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path is text")
}

/// Bundled sample data, unpacked.
pub fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("assets")
        .join(name);
    let bytes = fs::read(&path).expect("a bundled file");
    let mut text = String::new();
    GzDecoder::new(bytes.as_slice())
        .read_to_string(&mut text)
        .expect("bundled data is text");
    text
}

fn count_files(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    entries
        .map(|entry| entry.expect("an entry").path())
        .map(|path| if path.is_dir() { count_files(&path) } else { 1 })
        .sum()
}
