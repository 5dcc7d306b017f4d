//! `registered-models/…`: one registry with the models that are registered from runs of the lab.

use assay_core::ModelName;
use assay_core::code::{Code, Failure};
use assay_core::registered::{Origin, PROMPT_TAG, RegisteredModel, RegisteredVersion};
use assay_core::registry::{Stage, VersionKey};
use serde_json::{Value, json};

use super::answer::{pairs, put_list};
use super::fields::Fields;
use super::{Context, Refusal, place, run_log};

const MAX_TAG_KEY_CHARACTERS: usize = 250;
const MAX_TAG_CHARACTERS: usize = 100_000;
const MAX_ALIAS_CHARACTERS: usize = 255;

pub fn create(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let name = model_name(fields, "name")?;
    let tags = fields.pairs("tags")?;
    for (key, value) in &tags {
        check_tag(key, value)?;
    }
    let is_prompt = tags
        .iter()
        .any(|(key, value)| key == PROMPT_TAG && value.eq_ignore_ascii_case("true"));
    let description = fields.text("description")?.unwrap_or_default();
    let model = context
        .lab
        .create_registered_model(&name, description, &tags)
        .map_err(|error| match error.failure() {
            failure if failure.code == Code::Conflict => taken(context, &name, is_prompt),
            failure => failure.into(),
        })?;
    Ok(json!({ "registered_model": model_answer(&model) }))
}

pub fn get(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let model = find(context, fields)?;
    Ok(json!({ "registered_model": model_answer(&model) }))
}

pub fn update(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let name = model_name(fields, "name")?;
    let description = fields.text("description")?.unwrap_or_default();
    let model = context
        .lab
        .describe_model(&name, description)
        .map_err(|error| Refusal::of(error.failure(), || absent(&name)))?;
    Ok(json!({ "registered_model": model_answer(&model) }))
}

pub fn rename(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let model = find(context, fields)?;
    let to = model_name(fields, "new_name")?;
    if context.lab.registered_model(&to).is_ok() {
        return Err(Refusal::exists(format!(
            "Registered Model (name={to}) already exists."
        )));
    }
    let model = context
        .lab
        .rename_model(&model.model, &to)
        .map_err(|error| error.failure())?;
    Ok(json!({ "registered_model": model_answer(&model) }))
}

pub fn delete(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let name = model_name(fields, "name")?;
    context
        .lab
        .delete_registered_model(&name)
        .map_err(|error| Refusal::of(error.failure(), || absent(&name)))?;
    Ok(json!({}))
}

pub fn latest_versions(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let model = find(context, fields)?;
    let stages = fields
        .texts("stages")?
        .iter()
        .map(|word| stage(word))
        .collect::<Result<Vec<Stage>, _>>()?;
    let latest = model.latest_by_stage().into_iter();
    let found = latest
        .filter(|version| stages.is_empty() || stages.contains(&version.stage))
        .map(version_with_aliases);
    let mut answer = json!({});
    put_list(&mut answer, "model_versions", found.collect());
    Ok(answer)
}

pub fn set_tag(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let name = model_name(fields, "name")?;
    let (key, value) = tag(fields)?;
    context
        .lab
        .set_model_tag(&name, key, value)
        .map_err(|error| Refusal::of(error.failure(), || absent(&name)))?;
    Ok(json!({}))
}

pub fn delete_tag(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let name = model_name(fields, "name")?;
    context
        .lab
        .delete_model_tag(&name, fields.required("key")?)
        .map_err(|error| Refusal::of(error.failure(), || absent(&name)))?;
    Ok(json!({}))
}

pub fn get_alias(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let model = find(context, fields)?;
    let alias = alias(fields)?;
    let found = if alias.eq_ignore_ascii_case("latest") {
        model.versions.first().ok_or_else(|| {
            Refusal::absent(format!(
                "Latest version not found for model {}.",
                model.model
            ))
        })?
    } else {
        let number = model.aliases.get(alias).ok_or_else(|| {
            Refusal::invalid(format!("Registered model alias {alias} not found."))
        })?;
        model.version(*number).ok_or_else(|| {
            Refusal::absent(version_absent(&VersionKey {
                model: model.model.clone(),
                version: *number,
            }))
        })?
    };
    Ok(json!({ "model_version": version_with_aliases(found) }))
}

pub fn set_alias(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let key = version_key(fields)?;
    let alias = alias(fields)?;
    if alias.eq_ignore_ascii_case("latest") {
        return Err(Refusal::invalid(
            "'latest' alias name (case insensitive) is reserved.",
        ));
    }
    let digits = alias.strip_prefix(['v', 'V']).unwrap_or_default();
    if !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()) {
        return Err(Refusal::invalid(format!(
            "Version alias name '{alias}' is reserved."
        )));
    }
    // One that a client deleted is not pointed at.
    find_version(context, &key)?;
    context
        .lab
        .set_client_alias(&key, alias)
        .map_err(|error| Refusal::of(error.failure(), || version_absent(&key)))?;
    Ok(json!({}))
}

pub fn delete_alias(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let name = model_name(fields, "name")?;
    let alias = alias(fields)?;
    context
        .lab
        .remove_client_alias(&name, alias)
        .map_err(|error| Refusal::of(error.failure(), || absent(&name)))?;
    Ok(json!({}))
}

pub fn model_answer(model: &RegisteredModel) -> Value {
    let mut answer = json!({
        "name": model.model,
        "creation_timestamp": model.created_ms,
        "last_updated_timestamp": model.updated_ms,
    });
    if let (false, Value::Object(answer)) = (model.description.is_empty(), &mut answer) {
        answer.insert("description".to_owned(), model.description.as_str().into());
    }
    let latest = model.latest_by_stage().into_iter().map(version_answer);
    put_list(&mut answer, "latest_versions", latest.collect());
    put_list(&mut answer, "tags", pairs(&model.tags));
    let aliases = model
        .aliases
        .iter()
        .filter(|(_, number)| model.version(**number).is_some())
        .map(|(alias, number)| json!({ "alias": alias, "version": number.to_string() }));
    put_list(&mut answer, "aliases", aliases.collect());
    answer
}

/// Without its aliases, as in lists.
pub fn version_answer(version: &RegisteredVersion) -> Value {
    let (source, run_link) = match &version.origin {
        Origin::Assay | Origin::Pulled | Origin::Imported { .. } => (location(version), ""),
        Origin::Client {
            source, run_link, ..
        } => (source.clone(), run_link.as_str()),
    };
    let mut answer = json!({
        "name": version.model,
        "version": version.version.to_string(),
        "creation_timestamp": version.created_ms,
        "last_updated_timestamp": version.updated_ms,
        "current_stage": stage_word(version.stage),
        "description": version.description,
        "source": source,
        "run_id": version.run_id.as_ref().map_or("", |id| id.as_str()),
        "status": "READY",
        "run_link": run_link,
    });
    put_list(&mut answer, "tags", pairs(&version.tags));
    answer
}

pub fn version_with_aliases(version: &RegisteredVersion) -> Value {
    let mut answer = version_answer(version);
    let aliases = version.aliases.iter().map(|alias| json!(alias));
    put_list(&mut answer, "aliases", aliases.collect());
    answer
}

/// Where a client finds the files of a version.
pub fn location(version: &RegisteredVersion) -> String {
    match &version.origin {
        Origin::Assay | Origin::Pulled | Origin::Imported { .. } => format!(
            "mlflow-artifacts:/{}/{}/{}",
            place::REGISTRY,
            version.model,
            version.version
        ),
        Origin::Client { location, .. } => location.clone(),
    }
}

pub fn stage(word: &str) -> Result<Stage, Refusal> {
    match word.to_ascii_lowercase().as_str() {
        "none" => Ok(Stage::Development),
        "staging" => Ok(Stage::Candidate),
        "production" => Ok(Stage::Production),
        "archived" => Ok(Stage::Archived),
        _ => Err(Refusal::invalid(format!(
            "Invalid Model Version stage: {word}. Value must be one of None, Staging, Production, Archived."
        ))),
    }
}

fn stage_word(stage: Stage) -> &'static str {
    match stage {
        Stage::Development => "None",
        Stage::Candidate => "Staging",
        Stage::Production => "Production",
        Stage::Archived => "Archived",
    }
}

pub fn find(context: &Context<'_>, fields: &Fields) -> Result<RegisteredModel, Refusal> {
    let name = model_name(fields, "name")?;
    context
        .lab
        .registered_model(&name)
        .map_err(|error| Refusal::of(error.failure(), || absent(&name)))
}

pub fn find_version(context: &Context<'_>, key: &VersionKey) -> Result<RegisteredVersion, Refusal> {
    context
        .lab
        .registered_version(key)
        .map_err(|error| no_version(error.failure(), key))
}

pub fn no_version(failure: Failure, key: &VersionKey) -> Refusal {
    Refusal::of(failure, || version_absent(key))
}

/// `name` and `version`.
pub fn version_key(fields: &Fields) -> Result<VersionKey, Refusal> {
    let model = model_name(fields, "name")?;
    let text = match fields.integer("version") {
        Ok(Some(number)) => number.to_string(),
        _ => fields.required("version")?.to_owned(),
    };
    match text.parse::<u32>() {
        Ok(version) => Ok(VersionKey { model, version }),
        Err(_) if text.parse::<i64>().is_ok() => Err(Refusal::absent(format!(
            "Model Version (name={model}, version={text}) not found"
        ))),
        Err(_) => Err(Refusal::invalid(format!(
            "Parameter 'version' must be an integer, got '{text}'."
        ))),
    }
}

pub fn model_name(fields: &Fields, field: &str) -> Result<ModelName, Refusal> {
    let name = fields.required(field)?;
    if name.trim().is_empty() {
        return Err(Refusal::invalid(format!(
            "Missing value for required parameter '{field}'."
        )));
    }
    if name.contains(['/', ':']) {
        return Err(Refusal::invalid(format!(
            "Invalid model name '{name}'. Names cannot contain '/' or ':'."
        )));
    }
    if matches!(name, "." | "..") {
        return Err(Refusal::invalid(format!(
            "Invalid value \"{name}\" for parameter 'name' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such."
        )));
    }
    Ok(ModelName::new(name))
}

pub fn check_tag(key: &str, value: &str) -> Result<(), Refusal> {
    run_log::check_key("key", key)?;
    for (name, text, limit) in [
        ("key", key, MAX_TAG_KEY_CHARACTERS),
        ("value", value, MAX_TAG_CHARACTERS),
    ] {
        let n = text.chars().count();
        if n > limit {
            return Err(Refusal::invalid(format!(
                "'{name}' exceeds the maximum length of {limit} characters. Got length {n}"
            )));
        }
    }
    Ok(())
}

/// `key` and `value`.
pub fn tag(fields: &Fields) -> Result<(&str, &str), Refusal> {
    let (key, value) = (
        fields.required("key")?,
        fields.text("value")?.unwrap_or_default(),
    );
    check_tag(key, value)?;
    Ok((key, value))
}

fn alias(fields: &Fields) -> Result<&str, Refusal> {
    let alias = fields.required("alias")?;
    if !alias
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
    {
        return Err(Refusal::invalid(format!(
            "Invalid alias name: '{alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-)."
        )));
    }
    let n = alias.chars().count();
    if n > MAX_ALIAS_CHARACTERS {
        return Err(Refusal::invalid(format!(
            "'Registered model alias name' exceeds the maximum length of {MAX_ALIAS_CHARACTERS} characters. Got length {n}"
        )));
    }
    Ok(alias)
}

fn absent(name: &ModelName) -> String {
    format!("Registered Model with name={name} not found")
}

fn version_absent(key: &VersionKey) -> String {
    format!(
        "Model Version (name={}, version={}) not found",
        key.model, key.version
    )
}

fn taken(context: &Context<'_>, name: &ModelName, is_prompt: bool) -> Refusal {
    let was_prompt = context
        .lab
        .registered_model(name)
        .is_ok_and(|model| model.is_prompt());
    let word = |is_prompt: bool| {
        if is_prompt {
            "prompt"
        } else {
            "registered model"
        }
    };
    if was_prompt != is_prompt {
        return Refusal::exists(format!(
            "Tried to create a {} with name '{name}', but the name is already taken by a {}. MLflow does not allow creating a model and a prompt with the same name.",
            word(is_prompt),
            word(was_prompt)
        ));
    }
    let title = if is_prompt {
        "Prompt"
    } else {
        "Registered Model"
    };
    Refusal::exists(format!("{title} (name={name}) already exists."))
}
