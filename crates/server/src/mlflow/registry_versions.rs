//! `model-versions/…`

use assay_core::RunId;
use assay_core::registered::{NewClientVersion, PROMPT_TAG, RegisteredVersion};
use assay_core::registry::Stage;
use assay_core::tracking::LoggedModelId;
use serde_json::{Value, json};

use super::fields::Fields;
use super::registry::{self, version_key, version_with_aliases};
use super::registry_source::{self, Given};
use super::{Context, Refusal};

pub fn create(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let model = registry::find(context, fields)?;
    let tags = fields.pairs("tags")?;
    for (key, value) in &tags {
        registry::check_tag(key, value)?;
    }
    let is_prompt = tags
        .iter()
        .any(|(key, value)| key == PROMPT_TAG && value.eq_ignore_ascii_case("true"));
    let text = |name: &str| Ok::<_, Refusal>(fields.text(name)?.filter(|text| !text.is_empty()));
    let given = Given {
        source: fields.required("source")?,
        run_id: text("run_id")?,
        model_id: text("model_id")?,
    };
    let found = if is_prompt {
        registry_source::of_prompt(&given)
    } else {
        registry_source::resolve(context, &given)?
    };
    let version = context
        .lab
        .register_for_client(&NewClientVersion {
            model: model.model,
            source: found.source,
            location: found.location,
            run_id: found.run_id.map(RunId),
            run_link: text("run_link")?.unwrap_or_default().to_owned(),
            logged_model: found.model_id.map(LoggedModelId),
            description: text("description")?.unwrap_or_default().to_owned(),
            tags: tags.into_iter().collect(),
        })
        .map_err(|error| error.failure())?;
    Ok(json!({ "model_version": version_with_aliases(&version) }))
}

pub fn get(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let version = registry::find_version(context, &version_key(fields)?)?;
    Ok(json!({ "model_version": version_with_aliases(&version) }))
}

pub fn update(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let version = registry::find_version(context, &version_key(fields)?)?;
    let key = version.key();
    let description = fields.text("description")?.unwrap_or_default();
    let version = context
        .lab
        .describe_version(&key, description)
        .map_err(|error| registry::no_version(error.failure(), &key))?;
    Ok(json!({ "model_version": version_with_aliases(&version) }))
}

pub fn delete(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let key = version_key(fields)?;
    context
        .lab
        .delete_registered_version(&key)
        .map_err(|error| registry::no_version(error.failure(), &key))?;
    Ok(json!({}))
}

pub fn transition(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let key = version_key(fields)?;
    let word = fields.required("stage")?;
    let to = registry::stage(word)?;
    let archives = fields
        .boolean("archive_existing_versions")?
        .unwrap_or(false);
    if archives && !matches!(to, Stage::Candidate | Stage::Production) {
        return Err(Refusal::invalid(format!(
            "Model version transition cannot archive existing model versions because '{word}' is not an Active stage. Valid stages are ['Staging', 'Production']"
        )));
    }
    let version = context
        .lab
        .move_version(&key, to, archives)
        .map_err(|error| registry::no_version(error.failure(), &key))?;
    Ok(json!({ "model_version": version_with_aliases(&version) }))
}

/// The version that a request names.
pub fn find(context: &Context<'_>, fields: &Fields) -> Result<RegisteredVersion, Refusal> {
    registry::find_version(context, &version_key(fields)?)
}

pub fn download_uri(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let version = registry::find_version(context, &version_key(fields)?)?;
    Ok(json!({ "artifact_uri": registry::location(&version) }))
}

pub fn set_tag(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let version = registry::find_version(context, &version_key(fields)?)?;
    let (key, value) = registry::tag(fields)?;
    context
        .lab
        .set_version_tag(&version.key(), key, value)
        .map_err(|error| error.failure())?;
    Ok(json!({}))
}

pub fn delete_tag(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let version = registry::find_version(context, &version_key(fields)?)?;
    context
        .lab
        .delete_version_tag(&version.key(), fields.required("key")?)
        .map_err(|error| error.failure())?;
    Ok(json!({}))
}
