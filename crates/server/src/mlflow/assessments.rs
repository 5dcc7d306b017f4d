//! `traces/{trace_id}/assessments…`: what people, judges and programs think of a trace.

use assay_core::assessment::{
    Assessment, AssessmentChange, AssessmentContent, AssessmentError, AssessmentId,
    AssessmentSource, AssessmentSourceKind, AssessmentValue,
};
use assay_core::trace::TraceId;
use serde_json::{Value, json};

use super::fields::Fields;
use super::times::{instant_ms, instant_text};
use super::{Context, Refusal, traces};

const SERIALIZED: &str = "JSON_FORMAT";

pub fn create(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let trace = traces::find(context, &traces::id_of(fields)?)?.trace_id;
    let given = fields
        .present_object("assessment")?
        .ok_or_else(|| Refusal::missing("assessment"))?;
    let assessment = read(context, &trace, &given)?;
    let overridden = assessment.overrides.clone();
    context
        .lab
        .create_assessment(&assessment)
        .map_err(|error| match &overridden {
            Some(old) => Refusal::of(error.failure(), || absent(&trace, old)),
            None => error.failure().into(),
        })?;
    Ok(json!({ "assessment": shown(&assessment) }))
}

pub fn get(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let (trace, id) = named(context, fields)?;
    let found = context
        .lab
        .assessment(&trace, &id)
        .map_err(|error| Refusal::of(error.failure(), || absent(&trace, &id)))?;
    Ok(json!({ "assessment": shown(&found) }))
}

pub fn update(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let (trace, id) = named(context, fields)?;
    let given = fields
        .present_object("assessment")?
        .ok_or_else(|| Refusal::missing("assessment"))?;
    let mut change = AssessmentChange::default();
    for field in fields.required("update_mask")?.split(',') {
        // A mask names fields in either way of writing.
        match field.trim() {
            "assessment_name" | "assessmentName" => {
                change.name = Some(given.required("assessment_name")?.to_owned());
            }
            "feedback" | "expectation" | "issue" => change.value = Some(value(&given)?),
            "rationale" => {
                let rationale = given.text("rationale")?.unwrap_or_default();
                change.rationale = Some(rationale.to_owned());
            }
            "metadata" => change.metadata = given.texts_by_name("metadata")?,
            other => {
                return Err(Refusal::invalid(format!(
                    "Invalid value '{other}' for parameter 'update_mask' supplied: only assessment_name, feedback, expectation, rationale and metadata can be changed"
                )));
            }
        }
    }
    let changed = context
        .lab
        .change_assessment(&trace, &id, &change)
        .map_err(|error| Refusal::of(error.failure(), || absent(&trace, &id)))?;
    Ok(json!({ "assessment": shown(&changed) }))
}

/// What is not there is as good as deleted.
pub fn delete(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let (trace, id) = named(context, fields)?;
    context
        .lab
        .delete_assessment(&trace, &id)
        .map_err(|error| error.failure())?;
    Ok(json!({}))
}

/// Of a request that makes a trace or an assessment. What is not said is made here: the id and the times.
pub fn read(context: &Context<'_>, trace: &TraceId, given: &Fields) -> Result<Assessment, Refusal> {
    let text = |name: &str| {
        given
            .text(name)
            .map(|text| text.filter(|text| !text.is_empty()).map(str::to_owned))
    };
    let instant = |name: &str| given.text(name)?.map(instant_ms).transpose();
    let source = given.object("source")?;
    let created_ms = instant("create_time")?.unwrap_or_else(|| context.lab.now_ms());
    Ok(Assessment {
        assessment_id: match text("assessment_id")? {
            Some(id) => AssessmentId(id),
            None => context.lab.new_assessment_id(),
        },
        trace_id: trace.clone(),
        overrides: text("overrides")?.map(AssessmentId),
        is_valid: given.boolean("valid")?.unwrap_or(true),
        content: AssessmentContent {
            name: given.required("assessment_name")?.to_owned(),
            span_id: text("span_id")?,
            source: AssessmentSource {
                kind: source_kind(source.text("source_type")?.unwrap_or_default())?,
                id: source.text("source_id")?.unwrap_or_default().to_owned(),
            },
            value: value(given)?,
            rationale: text("rationale")?,
            metadata: given.texts_by_name("metadata")?,
            created_ms,
            updated_ms: instant("last_update_time")?.unwrap_or(created_ms),
        },
    })
}

pub fn shown(assessment: &Assessment) -> Value {
    let content = &assessment.content;
    let mut answer = json!({
        "assessment_id": assessment.assessment_id,
        "assessment_name": content.name,
        "trace_id": assessment.trace_id,
        "source": { "source_type": content.source.kind, "source_id": content.source.id },
        "create_time": instant_text(content.created_ms),
        "last_update_time": instant_text(content.updated_ms),
        "valid": assessment.is_valid,
    });
    let (name, value) = match &content.value {
        AssessmentValue::Feedback { value, error } => {
            let mut feedback = json!({ "value": value });
            if let (Some(error), Value::Object(feedback)) = (error, &mut feedback) {
                feedback.insert("error".to_owned(), shown_error(error));
            }
            ("feedback", feedback)
        }
        AssessmentValue::Expectation { value } if value.is_array() || value.is_object() => {
            let text = value.to_string();
            let serialized = json!({ "serialization_format": SERIALIZED, "value": text });
            ("expectation", json!({ "serialized_value": serialized }))
        }
        AssessmentValue::Expectation { value } => ("expectation", json!({ "value": value })),
        AssessmentValue::Issue { issue_name } => ("issue", json!({ "issue_name": issue_name })),
    };
    if let Value::Object(answer) = &mut answer {
        answer.insert(name.to_owned(), value);
        let overrides = assessment.overrides.as_ref().map(|id| id.as_str());
        for (name, text) in [
            ("span_id", content.span_id.as_deref()),
            ("rationale", content.rationale.as_deref()),
            ("overrides", overrides),
        ] {
            if let Some(text) = text {
                answer.insert(name.to_owned(), text.into());
            }
        }
        if !content.metadata.is_empty() {
            answer.insert("metadata".to_owned(), json!(content.metadata));
        }
    }
    answer
}

/// Exactly one of feedback, an expectation and an issue.
fn value(given: &Fields) -> Result<AssessmentValue, Refusal> {
    let feedback = given.present_object("feedback")?;
    let expectation = given.present_object("expectation")?;
    let issue = given.present_object("issue")?;
    match (feedback, expectation, issue) {
        (Some(feedback), None, None) => Ok(AssessmentValue::Feedback {
            value: feedback.json("value").cloned().unwrap_or(Value::Null),
            error: feedback
                .present_object("error")?
                .map(|error| read_error(&error))
                .transpose()?,
        }),
        (None, Some(expectation), None) => Ok(AssessmentValue::Expectation {
            value: expected(&expectation)?,
        }),
        (None, None, Some(issue)) => Ok(AssessmentValue::Issue {
            issue_name: issue.required("issue_name")?.to_owned(),
        }),
        _ => Err(Refusal::invalid(
            "Exactly one of `expectation`, `feedback`, or `issue` should be specified.",
        )),
    }
}

fn expected(given: &Fields) -> Result<Value, Refusal> {
    if let Some(serialized) = given.present_object("serialized_value")? {
        let format = serialized.text("serialization_format")?.unwrap_or_default();
        if format != SERIALIZED {
            return Err(Refusal::invalid(format!(
                "Unknown serialization format: {format}. Only {SERIALIZED} is supported."
            )));
        }
        let text = serialized.required("value")?;
        return serde_json::from_str(text).map_err(|error| {
            Refusal::invalid(format!("The value of the expectation is no JSON: {error}"))
        });
    }
    match given.json("value") {
        None | Some(Value::Null) => Err(Refusal::invalid("The `value` field must be specified.")),
        Some(value) => Ok(value.clone()),
    }
}

fn read_error(given: &Fields) -> Result<AssessmentError, Refusal> {
    let text = |name: &str| given.text(name).map(|text| text.map(str::to_owned));
    Ok(AssessmentError {
        error_code: text("error_code")?,
        error_message: text("error_message")?,
        stack_trace: text("stack_trace")?,
    })
}

fn shown_error(error: &AssessmentError) -> Value {
    let fields = [
        ("error_code", &error.error_code),
        ("error_message", &error.error_message),
        ("stack_trace", &error.stack_trace),
    ];
    fields
        .into_iter()
        .filter_map(|(name, text)| Some((name.to_owned(), Value::from(text.clone()?))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn source_kind(word: &str) -> Result<AssessmentSourceKind, Refusal> {
    match word {
        "" | "SOURCE_TYPE_UNSPECIFIED" => Ok(AssessmentSourceKind::SourceTypeUnspecified),
        "HUMAN" => Ok(AssessmentSourceKind::Human),
        "LLM_JUDGE" => Ok(AssessmentSourceKind::LlmJudge),
        "CODE" => Ok(AssessmentSourceKind::Code),
        other => Err(Refusal::invalid(format!(
            "Invalid value '{other}' for parameter 'source_type' supplied: HUMAN, LLM_JUDGE or CODE"
        ))),
    }
}

fn named(context: &Context<'_>, fields: &Fields) -> Result<(TraceId, AssessmentId), Refusal> {
    let trace = traces::find(context, &traces::id_of(fields)?)?.trace_id;
    let id = AssessmentId(fields.required("assessment_id")?.to_owned());
    Ok((trace, id))
}

fn absent(trace: &TraceId, id: &AssessmentId) -> String {
    format!("Assessment with ID '{id}' not found for trace '{trace}'")
}
