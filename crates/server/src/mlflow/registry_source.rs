//! Where the files of a version lie that a client registers. Nothing is read here: the client reads them later. No
//! address may lead upwards, and a path on this computer must lie inside the run or the logged model that the request
//! names.

use assay_core::RunId;
use assay_core::tracking::LoggedModelId;
use assay_core::{ModelName, reference::Reference, reference::Selector};

use super::fields::decoded;
use super::{Context, Refusal, logged_models, registry};

pub struct Given<'a> {
    pub source: &'a str,
    pub run_id: Option<&'a str>,
    pub model_id: Option<&'a str>,
}

pub struct Source {
    pub source: String,
    pub location: String,
    pub run_id: Option<String>,
    pub model_id: Option<String>,
}

/// The source of a prompt is a word without meaning.
pub fn of_prompt(given: &Given<'_>) -> Source {
    at(given, given.source.to_owned())
}

/// A version of a logged model comes from the run that made the model, unless the request names one.
pub fn resolve(context: &Context<'_>, given: &Given<'_>) -> Result<Source, Refusal> {
    let mut found = placed(context, given)?;
    if let (None, Some(id)) = (&found.run_id, &found.model_id) {
        let model = logged_models::find(context, &LoggedModelId(id.clone()), false)?;
        found.run_id = Some(model.source_run_id).filter(|id| !id.is_empty());
    }
    Ok(found)
}

fn placed(context: &Context<'_>, given: &Given<'_>) -> Result<Source, Refusal> {
    let source = given.source;
    let is_local = matches!(scheme(source), "" | "file");
    if !is_local && has_parent(source) {
        return Err(Refusal::invalid(format!(
            "Invalid model version source: '{source}'. If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path."
        )));
    }
    match scheme(source) {
        "models" => of_models(context, given, source.trim_start_matches("models:")),
        "" | "file" => local(context, given),
        _ => Ok(at(given, source.to_owned())),
    }
}

/// A local path must lie in the folder of the run or model that is named; `.` and `..` are followed as they are written.
fn local(context: &Context<'_>, given: &Given<'_>) -> Result<Source, Refusal> {
    let source = given.source;
    let address = source.strip_prefix("file:").unwrap_or(source);
    let host = address
        .strip_prefix("//")
        .and_then(|rest| rest.split('/').next());
    if host.is_some_and(|host| !host.is_empty() && host != "localhost") {
        return Err(Refusal::internal(format!(
            "{source} is not a valid remote uri. For remote access, mount the folder and name its local path."
        )));
    }
    match folder(context, given)? {
        Some(folder) if !source.contains('\0') && is_inside(&followed(source), &folder) => {
            Ok(at(given, source.to_owned()))
        }
        _ => Err(Refusal::invalid(format!(
            "Invalid model version source: '{source}'. To use a local path as a model version source, the run_id request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the run_id."
        ))),
    }
}

/// Without `.` and `..`, however they are escaped.
fn followed(source: &str) -> String {
    let (scheme, path) = match source.strip_prefix("file:") {
        Some(path) => ("file:", path),
        None => ("", source),
    };
    let mut parts: Vec<String> = Vec::new();
    for part in wholly_decoded(path).replace('\\', "/").split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part.to_owned()),
        }
    }
    format!("{scheme}/{}", parts.join("/"))
}

/// `/m-…`, `/NAME/3`, `/NAME/Staging`, `/NAME/latest`, `/NAME@champion`
fn of_models(context: &Context<'_>, given: &Given<'_>, path: &str) -> Result<Source, Refusal> {
    let path = path.trim_start_matches('/');
    if !path.contains(['/', '@']) {
        if given.model_id != Some(path) {
            return Err(elsewhere(given.source, "model_id"));
        }
        let model = logged_models::find(context, &LoggedModelId(path.to_owned()), false)?;
        return Ok(at(given, logged_models::folder_of(context, &model)?));
    }
    let reference = match path.rsplit_once('@').or_else(|| path.rsplit_once('/')) {
        Some((name, word)) if path.contains('@') => Reference {
            name: name.to_owned(),
            selector: Selector::Alias(word.to_owned()),
        },
        Some((name, word)) => match word.parse() {
            Ok(number) => Reference::version(name, number),
            Err(_) if word.eq_ignore_ascii_case("latest") => Reference::latest(name),
            Err(_) => newest_of_stage(context, name, word)?,
        },
        None => return Err(elsewhere(given.source, "model_id")),
    };
    let version = context.lab.any_version(&reference).map_err(|error| {
        Refusal::of(error.failure(), || {
            format!("Registered Model version {reference} not found")
        })
    })?;
    let run_id = version.run_id.as_ref().map(|id| id.as_str().to_owned());
    if given.run_id.is_some() && given.run_id != run_id.as_deref() {
        return Err(Refusal::invalid(format!(
            "Invalid model version source: '{}'. The run_id and model_id request parameters must match the referenced model version.",
            given.source
        )));
    }
    Ok(Source {
        source: format!("models:/{}/{}", version.model, version.version),
        location: registry::location(&version),
        run_id,
        model_id: given.model_id.map(str::to_owned),
    })
}

fn newest_of_stage(context: &Context<'_>, name: &str, word: &str) -> Result<Reference, Refusal> {
    let stage = registry::stage(word)?;
    let model = context
        .lab
        .registered_model(&ModelName::new(name))
        .map_err(|error| error.failure())?;
    model
        .versions
        .iter()
        .find(|version| version.stage == stage)
        .map(|version| Reference::version(name, version.version))
        .ok_or_else(|| {
            Refusal::absent(format!(
                "No versions of model with name '{name}' and stage '{word}' found"
            ))
        })
}

/// The folder of the logged model or run that the request names.
fn folder(context: &Context<'_>, given: &Given<'_>) -> Result<Option<String>, Refusal> {
    if let Some(id) = given.model_id {
        let found = logged_models::find(context, &LoggedModelId(id.to_owned()), false);
        return found
            .ok()
            .map(|model| logged_models::folder_of(context, &model))
            .transpose();
    }
    let Some(run) = given
        .run_id
        .and_then(|id| context.lab.tracked_run(&RunId::new(id)).ok())
    else {
        return Ok(None);
    };
    let location = logged_models::location(context, run.experiment_id)?;
    Ok(Some(format!("{location}/{}/artifacts", run.run_id)))
}

/// With the run and the model that the request names.
fn at(given: &Given<'_>, location: String) -> Source {
    Source {
        source: given.source.to_owned(),
        location,
        run_id: given.run_id.map(str::to_owned),
        model_id: given.model_id.map(str::to_owned),
    }
}

fn elsewhere(source: &str, name: &str) -> Refusal {
    Refusal::invalid(format!(
        "Invalid model version source: '{source}'. The {name} request parameter must identify the resource that contains the source."
    ))
}

fn scheme(source: &str) -> &str {
    match source.split_once(':') {
        // A letter alone is a drive.
        Some((scheme, _)) if scheme.len() > 1 && !scheme.contains('/') => scheme,
        _ => "",
    }
}

fn is_inside(source: &str, folder: &str) -> bool {
    let plain = |text: &str| {
        let text = decoded(text, false);
        let (scheme, path) = match text.split_once(':') {
            Some((scheme, path)) if scheme.len() > 1 => (scheme.to_owned(), path.to_owned()),
            _ => ("file".to_owned(), text),
        };
        let parts: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        (scheme, parts)
    };
    let ((scheme, parts), (folder_scheme, folder_parts)) = (plain(source), plain(folder));
    scheme == folder_scheme && !folder_parts.is_empty() && parts.starts_with(&folder_parts)
}

/// However often it is escaped.
fn wholly_decoded(source: &str) -> String {
    let mut text = source.to_owned();
    loop {
        let plain = decoded(&text, true);
        if plain == text {
            return text;
        }
        text = plain;
    }
}

fn has_parent(source: &str) -> bool {
    let text = wholly_decoded(source);
    text.contains('\0') || text.split(['/', '\\']).any(|part| part == "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_lies_inside_a_folder_by_whole_parts() {
        let folder = "mlflow-artifacts:/1/ab/artifacts";
        for (source, inside) in [
            ("mlflow-artifacts:/1/ab/artifacts", true),
            ("mlflow-artifacts:/1/ab/artifacts/model", true),
            ("mlflow-artifacts:///1/ab/artifacts/model", true),
            ("mlflow-artifacts:/1/ab/artifactsx", false),
            ("mlflow-artifacts:/2/ab/artifacts", false),
            ("/1/ab/artifacts", false),
        ] {
            assert_eq!(is_inside(source, folder), inside, "{source}");
        }
        assert!(is_inside(
            "/root/1/ab/artifacts/m",
            "file:///root/1/ab/artifacts"
        ));
        assert!(!is_inside("anything", ""));
    }

    #[test]
    fn a_local_path_is_followed() {
        for (source, wanted) in [
            ("file:///a/b/.", "file:/a/b"),
            ("file:///a/b/c/..", "file:/a/b"),
            ("/a/b/../../../etc", "/etc"),
            ("/a/%2e%2e/b", "/b"),
            ("/a/%252e%252e/b", "/b"),
        ] {
            assert_eq!(followed(source), wanted);
        }
    }

    #[test]
    fn no_source_leads_upwards() {
        for source in [
            "mlflow-artifacts:/1/../2",
            "s3://bucket/%2e%2e/x",
            "http://host/a%252e%252e%252fb/%2e%2e",
            "/a/..",
            "a\0b",
        ] {
            assert!(has_parent(source), "{source}");
        }
        assert!(!has_parent("s3://bucket/a..b/model"));
    }

    #[test]
    fn a_drive_is_no_scheme() {
        for (source, wanted) in [
            ("s3://b/x", "s3"),
            ("runs:/a/m", "runs"),
            ("/a:b", ""),
            ("C:/x", ""),
            ("plain", ""),
        ] {
            assert_eq!(scheme(source), wanted);
        }
    }
}
