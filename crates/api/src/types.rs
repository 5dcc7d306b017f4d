//! The TypeScript side of the wire, written from the list of commands.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use assay_core::access::*;
use assay_core::ask::*;
use assay_core::bulk::*;
use assay_core::chart::*;
use assay_core::code::Failure;
use assay_core::curves::*;
use assay_core::dataset::*;
use assay_core::event::{Event, Kind};
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
use assay_core::registered::*;
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
use ts_rs::{Config, ExportError, TS, TypeVisitor};

#[derive(Debug, thiserror::Error)]
pub enum TypesError {
    #[error("cannot write the TypeScript types: {0}")]
    Export(#[from] ExportError),
    #[error("cannot write the TypeScript types: {0}")]
    Io(#[from] io::Error),
}

/// Writes one file per type and `commands.ts` into `folder`, which is emptied of `.ts` files first.
pub fn write_types(folder: &Path) -> Result<(), TypesError> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "ts") {
            fs::remove_file(path)?;
        }
    }
    let config = Config::new().with_out_dir(folder).with_large_int("number");
    Failure::export_all(&config)?;
    Event::export_all(&config)?;
    Kind::export_all(&config)?;
    Curves::export_all(&config)?;
    MetricMeaning::export_all(&config)?;
    let mut map = String::new();
    let mut reads = String::new();
    let mut bytes = Vec::new();
    for command in describe(&config)? {
        let response = command.response.as_deref().unwrap_or("ArrayBuffer");
        let _ = writeln!(
            map,
            "  \"{}\": {{ request: {}; response: {response} }};",
            command.name, command.request
        );
        let kinds: Vec<String> = command
            .reads
            .iter()
            .map(|kind| format!("\"{}\"", kind.label()))
            .collect();
        let _ = writeln!(reads, "  \"{}\": [{}],", command.name, kinds.join(", "));
        if command.response.is_none() {
            bytes.push(format!("\"{}\"", command.name));
        }
    }
    let mut names: Vec<String> = fs::read_dir(folder)?
        .filter_map(|entry| entry.ok()?.path().file_stem()?.to_str().map(str::to_owned))
        .collect();
    names.sort();
    let mut text =
        String::from("// Written from the list of commands by `cargo xtask gen`. Do not edit.\n");
    for name in names.iter().filter(|name| mentions(&map, name)) {
        let _ = writeln!(text, "import type {{ {name} }} from \"./{name}\";");
    }
    let _ = write!(
        text,
        "import type {{ Kind }} from \"./Kind\";\n\nexport interface Commands {{\n{map}}}\n\n\
         /** The kinds whose change makes an answer stale. */\n\
         export const READS: Record<keyof Commands, readonly Kind[]> = {{\n{reads}}};\n\n\
         /** Commands that answer with bytes. */\n\
         export type BytesCommand = {};\n",
        bytes.join(" | ")
    );
    fs::write(folder.join("commands.ts"), text)?;
    Ok(())
}

struct Described {
    name: &'static str,
    request: String,
    response: Option<String>,
    reads: Vec<Kind>,
}

/// Writes a type, or the type inside it when it has no name of its own (`Vec<Job>`).
fn export<T: TS + 'static + ?Sized>(config: &Config) -> Result<(), ExportError> {
    struct Inner<'a>(&'a Config, Result<(), ExportError>);
    impl TypeVisitor for Inner<'_> {
        fn visit<T: TS + 'static + ?Sized>(&mut self) {
            if self.1.is_ok() {
                self.1 = export::<T>(self.0);
            }
        }
    }
    if T::output_path().is_some() {
        return T::export_all(config);
    }
    let mut inner = Inner(config, Ok(()));
    T::visit_generics(&mut inner);
    inner.1
}

/// Whether `name` stands in `text` as a whole word.
fn mentions(text: &str, name: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|word| word == name)
}

macro_rules! describe_all {
    ($($reply:ident $name:literal ($request:ty) $(-> $response:ty)?, reads [$($kind:ident),*] => $handler:path;)*) => {
        fn describe(config: &Config) -> Result<Vec<Described>, ExportError> {
            let mut all = Vec::new();
            $(
                export::<$request>(config)?;
                #[allow(unused_mut, unused_assignments, reason = "bytes commands have no response type")]
                let mut response = None;
                $(
                    export::<$response>(config)?;
                    response = Some(<$response as TS>::name(config));
                )?
                all.push(Described {
                    name: $name,
                    request: <$request as TS>::name(config),
                    response,
                    reads: vec![$(Kind::$kind),*],
                });
            )*
            Ok(all)
        }
    };
}

crate::with_commands!(describe_all);

#[cfg(test)]
mod tests {
    use super::*;

    /// Run by `cargo xtask gen`, which sets the folder; without it the types go to a temporary one, so that the
    /// test always checks that they can be written.
    #[test]
    fn export_types() {
        let root = std::env::var_os("ASSAY_GENERATED_ROOT").map(std::path::PathBuf::from);
        let folder = root.map(|root| root.join("ui/src/gen"));
        let temporary = std::env::temp_dir().join(format!("assay-types-{}", std::process::id()));
        let target = folder.clone().unwrap_or_else(|| temporary.clone());
        write_types(&target).expect("types are written");
        let commands = fs::read_to_string(target.join("commands.ts")).expect("commands.ts");
        assert!(
            commands.contains(
                "\"datasets.list\": { request: Nothing; response: Array<DatasetSummary> };"
            ),
            "{commands}"
        );
        assert!(
            commands
                .contains("\"datasets.rows\": { request: RowsRequest; response: ArrayBuffer };")
        );
        if folder.is_none() {
            fs::remove_dir_all(temporary).expect("the temporary folder goes");
        }
    }
}
