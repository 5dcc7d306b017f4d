//! Where things are: the clone, the web front end, the target folder and what setup puts beside it.

use std::env;
use std::path::{Path, PathBuf};

/// The folders every task works in.
#[derive(Debug, Clone)]
pub struct Places {
    /// The root of the clone.
    pub root: PathBuf,
    /// The web front end.
    pub ui: PathBuf,
    /// Where cargo builds.
    pub target: PathBuf,
}

impl Places {
    /// The target folder is CARGO_TARGET_DIR when that is set; else a folder `target` beside the clone when
    /// there is one, so that several clones share what they compiled; else the clone's own.
    pub fn find() -> Places {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(2)
            .unwrap_or(Path::new("."))
            .to_path_buf();
        let shared = root.with_file_name("target");
        let target = choose_target(
            &root,
            env::var_os("CARGO_TARGET_DIR").map(PathBuf::from),
            shared.is_dir().then_some(shared),
        );
        Places {
            ui: root.join("ui"),
            target,
            root,
        }
    }

    /// Native libraries that the executables load when they run.
    pub fn native(&self) -> PathBuf {
        self.target.join("native")
    }

    /// Python packages that tests use.
    pub fn python_packages(&self) -> PathBuf {
        self.target.join("python")
    }

    /// The virtual environment with MLflow's client that tests use.
    pub fn mlflow_client(&self) -> PathBuf {
        self.target.join("mlflow-client")
    }

    /// An executable of this workspace, built in `profile` ("debug" or "release").
    pub fn executable(&self, profile: &str, name: &str) -> PathBuf {
        self.target
            .join(profile)
            .join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// The ONNX Runtime library, once setup has put it in place.
    pub fn onnxruntime(&self) -> PathBuf {
        self.native().join(format!(
            "{}onnxruntime{}",
            env::consts::DLL_PREFIX,
            env::consts::DLL_SUFFIX
        ))
    }

    /// The LightGBM library, once setup has put it in place.
    pub fn lightgbm(&self) -> PathBuf {
        // On Windows too the name begins with "lib".
        self.native()
            .join(format!("lib_lightgbm{}", env::consts::DLL_SUFFIX))
    }
}

fn choose_target(root: &Path, named: Option<PathBuf>, beside: Option<PathBuf>) -> PathBuf {
    match (named, beside) {
        // A relative CARGO_TARGET_DIR is relative to where cargo runs, and every task runs it in the root.
        (Some(named), _) => root.join(named),
        (None, Some(beside)) => beside,
        (None, None) => root.join("target"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn target_folder_is_the_named_one_then_the_shared_one_then_its_own() {
        let root = Path::new("/clone");
        let named = || Some(PathBuf::from("/named"));
        let beside = || Some(PathBuf::from("/beside"));
        for (given, expected) in [
            ((named(), beside()), "/named"),
            ((Some(PathBuf::from("out")), None), "/clone/out"),
            ((None, beside()), "/beside"),
            ((None, None), "/clone/target"),
        ] {
            assert_eq!(choose_target(root, given.0, given.1), Path::new(expected));
        }
    }

    #[test]
    fn the_root_is_the_workspace() {
        let places = Places::find();
        assert!(places.root.join("Cargo.lock").is_file());
    }
}
