//! Which file an address of the artifact proxy names.

use assay_core::registry::VersionKey;
use assay_core::trace::TraceId;
use assay_core::tracking::{ArtifactOwner, LoggedModelId};
use assay_core::{ModelName, RunId};
use axum::http::Uri;

use super::Refusal;
use super::fields::decoded;

/// The folder below which the versions lie that were registered here.
pub const REGISTRY: &str = "registry";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub owner: ArtifactOwner,
    /// Empty: the owner's folder itself.
    pub path: String,
}

impl Place {
    /// `EXPERIMENT/RUN/artifacts[/…]`, `EXPERIMENT/models/MODEL_ID/artifacts[/…]`,
    /// `EXPERIMENT/traces/TRACE_ID/artifacts[/…]`, `registry/MODEL/VERSION[/…]`
    pub fn of(path: &str) -> Result<Self, Refusal> {
        check_path(path)?;
        let absent = || Refusal::absent(format!("No such artifact: '{path}'"));
        let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        let (owner, rest) = match parts.as_slice() {
            [REGISTRY, model, version, rest @ ..] => (
                ArtifactOwner::Registered(VersionKey {
                    model: ModelName::new(*model),
                    version: version.parse().map_err(|_| absent())?,
                }),
                rest,
            ),
            [experiment, "models", model, "artifacts", rest @ ..] if is_number(experiment) => (
                ArtifactOwner::LoggedModel(LoggedModelId((*model).to_owned())),
                rest,
            ),
            [experiment, "traces", trace, "artifacts", rest @ ..] if is_number(experiment) => {
                (ArtifactOwner::Trace(TraceId((*trace).to_owned())), rest)
            }
            [experiment, run, "artifacts", rest @ ..] if is_number(experiment) => {
                (ArtifactOwner::Run(RunId::new(*run)), rest)
            }
            _ => return Err(absent()),
        };
        Ok(Self {
            owner,
            path: rest.join("/"),
        })
    }

    /// The path is read from the address as it was sent, so that an escaped slash stays what it is.
    pub fn in_uri(uri: &Uri) -> Result<Self, Refusal> {
        let path = uri.path();
        let start = path
            .find("/artifacts/")
            .map_or(path.len(), |at| at + "/artifacts/".len());
        Self::of(&decoded(path.get(start..).unwrap_or_default(), false))
    }
}

/// # Errors
/// For a path that leaves its folder.
pub fn check_path(path: &str) -> Result<(), Refusal> {
    // What is still escaped would be a way around this check somewhere else.
    let path = wholly_decoded(path);
    let leaves = path.starts_with('/')
        // The last stands for bytes that were no UTF-8.
        || path.contains(['\\', '\0', '\u{FFFD}'])
        || path.split('/').any(|part| matches!(part, "." | ".."))
        || path.get(1..3).is_some_and(|rest| rest == ":/");
    if leaves {
        return Err(Refusal::invalid("Invalid path"));
    }
    Ok(())
}

/// Each round takes at least two characters away, so it ends.
fn wholly_decoded(path: &str) -> String {
    let mut text = path.to_owned();
    loop {
        let next = decoded(&text, false);
        // Not bytes: what stands for bytes that are no UTF-8 is as long as they were when they were escaped.
        if next.chars().count() >= text.chars().count() {
            return text;
        }
        text = next;
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_never_leaves_its_run() {
        for path in [
            "../x",
            "1/ab/artifacts/../../x",
            "/etc/passwd",
            "1/ab/artifacts/a\\..\\b",
            "1/ab/artifacts/./a",
            "1/ab/artifacts/%2e%2e/x",
            "1/ab/artifacts/%252e%25252e/x",
            "1/ab/artifacts/..%255c..",
            "1/ab/artifacts/%c0%ae%c0%ae/x",
            "c:/x",
            "1/ab/artifacts/a\0b",
        ] {
            assert_eq!(
                Place::of(path),
                Err(Refusal::invalid("Invalid path")),
                "{path}"
            );
        }
        let place = Place::of("1/ab/artifacts/plots/für mich 100%.csv").unwrap();
        assert_eq!(place.path, "plots/für mich 100%.csv");
        assert_eq!(Place::of("1/ab/artifacts").unwrap().path, "");
        assert_eq!(place.owner, ArtifactOwner::Run(RunId::new("ab")));
        assert_eq!(
            Place::of("1/models/m-1/artifacts/data/model.pkl").unwrap(),
            Place {
                owner: ArtifactOwner::LoggedModel(LoggedModelId("m-1".to_owned())),
                path: "data/model.pkl".to_owned(),
            }
        );
        assert_eq!(
            Place::of("1/traces/tr-1/artifacts/traces.json").unwrap(),
            Place {
                owner: ArtifactOwner::Trace(TraceId("tr-1".to_owned())),
                path: "traces.json".to_owned(),
            }
        );
        assert_eq!(
            Place::of("registry/nsw price/3/MLmodel").unwrap(),
            Place {
                owner: ArtifactOwner::Registered(VersionKey {
                    model: ModelName::new("nsw price"),
                    version: 3
                }),
                path: "MLmodel".to_owned(),
            }
        );
        for path in ["1/ab", "x/ab/artifacts/a", "1/ab/other/a", "registry/a/b"] {
            assert!(Place::of(path).is_err(), "{path}");
        }
    }
}
