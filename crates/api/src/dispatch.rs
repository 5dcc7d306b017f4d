//! Dispatch: a name and a JSON request in, a reply or a failure out. Generated from the list of commands.

use std::panic::{AssertUnwindSafe, catch_unwind};

use assay_core::access::*;
use assay_core::ask::*;
use assay_core::bulk::*;
use assay_core::chart::*;
use assay_core::code::{Code, Failure};
use assay_core::curves::*;
use assay_core::dataset::*;
use assay_core::event::Kind;
use assay_core::exchange::{Moved, OfferedVersion, PullRequest, PushRequest, SharedFolder};
use assay_core::expect::*;
use assay_core::gate::*;
use assay_core::imported_model::ModelImportSpec;
use assay_core::imports::*;
use assay_core::job::Job;
use assay_core::lab::*;
use assay_core::lineage::{Lineage, LineageRequest};
use assay_core::metrics::MetricInfo;
use assay_core::model_diff::{ModelDiff, ModelDiffRequest};
use assay_core::onnx_graph::{GraphRequest, OnnxGraph, TensorRequest, TensorStatistics};
use assay_core::preview::{ImportPreview, PreviewRequest};
use assay_core::profile::Profile;
use assay_core::recipe::Recipe;
use assay_core::recipes::*;
use assay_core::registered::{RegisteredModel, RegisteredVersion};
use assay_core::registry::*;
use assay_core::replay::*;
use assay_core::result::RunResult;
use assay_core::run::*;
use assay_core::run_table::*;
use assay_core::scoring::*;
use assay_core::serving::*;
use assay_core::signing::{NewKey, SignatureReport, SigningKeys, TrustKey};
use assay_core::suites::*;
use assay_core::train::*;
use assay_core::variants::ShrinkSpec;
use assay_core::version_diff::{DiffRequest, VersionDiff};
use assay_core::watch::{WatchRequest, WatchedFolder};
use serde_json::Value;

use crate::desk::Desk;
use crate::handlers;

/// What a command answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A JSON document.
    Json(String),
    /// Bytes, as the command documents them.
    Bytes(Vec<u8>),
}

/// A command as the outside may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandInfo {
    pub name: &'static str,
    pub answers_bytes: bool,
    pub reads: Vec<Kind>,
}

/// What somebody must be allowed to give a command: who may read, those whose answers depend on what is in the lab.
pub fn role_of(command: &str) -> Role {
    const OF_THE_OWNER: [&str; 4] = ["tokens.", "server.", "lab.create", "lab.open"];
    if OF_THE_OWNER.iter().any(|begin| command.starts_with(begin)) {
        return Role::Admin;
    }
    let reads = commands()
        .iter()
        .any(|known| known.name == command && !known.reads.is_empty());
    if reads { Role::Read } else { Role::Write }
}

impl Desk {
    /// Runs a command to its end. Blocks; to be called off the window's thread. A panic becomes a failure.
    pub fn dispatch(&self, command: &str, request: Value) -> Result<Reply, Failure> {
        catch_unwind(AssertUnwindSafe(|| call(self, command, request)))
            .unwrap_or_else(|panic| Err(Failure::of_panic(command, panic.as_ref())))
    }
}

fn unreadable(command: &str, error: &serde_json::Error) -> Failure {
    Failure {
        code: Code::Invalid,
        attempted: command.to_owned(),
        wrong: format!("the request is not what the command takes: {error}"),
        hint: None,
    }
}

fn unwritable(command: &str, error: &serde_json::Error) -> Failure {
    Failure {
        code: Code::Bug,
        attempted: command.to_owned(),
        wrong: format!("the answer cannot be written: {error}"),
        hint: None,
    }
}

macro_rules! reply {
    (json $command:expr, $answer:expr) => {
        serde_json::to_string(&$answer)
            .map(Reply::Json)
            .map_err(|error| unwritable($command, &error))
    };
    (bytes $command:expr, $answer:expr) => {
        Ok(Reply::Bytes($answer))
    };
}

macro_rules! answers_bytes {
    (json) => {
        false
    };
    (bytes) => {
        true
    };
}

macro_rules! dispatch_all {
    ($($reply:ident $name:literal ($request:ty) $(-> $response:ty)?, reads [$($kind:ident),*] => $handler:path;)*) => {
        fn call(desk: &Desk, command: &str, request: Value) -> Result<Reply, Failure> {
            match command {
                $(
                    $name => {
                        let request: $request =
                            serde_json::from_value(request).map_err(|error| unreadable(command, &error))?;
                        // The type is named so that the list and the handler cannot disagree.
                        let answer $(: $response)? = $handler(desk, request)?;
                        reply!($reply command, answer)
                    }
                )*
                _ => Err(Failure {
                    code: Code::NotFound,
                    attempted: command.to_owned(),
                    wrong: "there is no such command".to_owned(),
                    hint: None,
                }),
            }
        }

        /// Every command there is.
        pub fn commands() -> Vec<CommandInfo> {
            vec![$(CommandInfo {
                name: $name,
                answers_bytes: answers_bytes!($reply),
                reads: vec![$(Kind::$kind),*],
            }),*]
        }
    };
}

crate::with_commands!(dispatch_all);
