//! JSON straight into a model's columns: no tree of values between the bytes and the graph.

mod cells;
mod forms;
mod invocations;

use assay_core::Columns;
use assay_core::drift::ReferenceSketch;
use assay_core::registry::Signature;
use assay_core::serving::{Refusal, RefusalKind};
use serde::de::{DeserializeSeed, Deserializer};

use super::inputs::Inputs;
use super::rows::{Checked, Rows};
use crate::error::Cause;
use forms::{ColumnsForm, RecordForm, RecordsForm};
use invocations::InvocationsForm;

/// How rows are laid out in a JSON document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonForm {
    /// `{"a": 1, "b": "x"}`: one row.
    Record,
    /// `[{"a": 1}, {"a": 2}]`
    Records,
    /// `{"a": [1, 2]}`
    Columns,
    /// What MLflow's `/invocations` takes: `dataframe_split`, `dataframe_records`, `instances` or `inputs`.
    Invocations,
}

/// # Errors
/// [`RefusalKind::Unreadable`] for what is no JSON or of another form, [`RefusalKind::TooLarge`] for too many rows,
/// [`RefusalKind::Fields`] for values that do not fit.
pub fn read_json(
    inputs: &Inputs,
    form: JsonForm,
    body: &[u8],
    max_rows: usize,
) -> Result<Checked, Refusal> {
    let mut rows = Rows::new(inputs, max_rows, form == JsonForm::Record);
    let mut document = serde_json::Deserializer::from_slice(body);
    let mut refusal = None;
    let read = match form {
        JsonForm::Record => RecordForm(&mut rows).deserialize(&mut document),
        JsonForm::Records => RecordsForm::new(&mut rows, &mut refusal).deserialize(&mut document),
        JsonForm::Columns => ColumnsForm::new(&mut rows, &mut refusal).deserialize(&mut document),
        JsonForm::Invocations => {
            document.deserialize_map(InvocationsForm::new(&mut rows, &mut refusal))
        }
    };
    if let Some(refusal) = refusal {
        return Err(refusal);
    }
    read.and_then(|()| document.end())
        .map_err(|error| unreadable(form, &error))?;
    rows.finish()
}

/// The rows of a sample request out of a version's folder, in the form of MLflow's `/invocations`.
pub(crate) fn sample_columns(
    signature: &Signature,
    reference: &ReferenceSketch,
    body: &[u8],
) -> Result<Columns, Cause> {
    let inputs = Inputs::new(signature, Some(reference));
    match read_json(&inputs, JsonForm::Invocations, body, usize::MAX) {
        Ok(checked) => Ok(checked.columns),
        Err(refusal) => Err(Cause::said(refusal.kind.code(), refusal.wrong)),
    }
}

fn unreadable(form: JsonForm, error: &serde_json::Error) -> Refusal {
    let example = match form {
        JsonForm::Record => r#"send one object, such as {"column": 1}"#,
        JsonForm::Records => r#"send a list of objects, such as [{"column": 1}, {"column": 2}]"#,
        JsonForm::Columns => r#"send an object of lists, such as {"column": [1, 2]}"#,
        JsonForm::Invocations => {
            "send one of dataframe_split, dataframe_records, instances and inputs, as MLflow's own server takes them"
        }
    };
    Refusal::new(
        RefusalKind::Unreadable,
        format!("the request cannot be read: {error}"),
    )
    .with_hint(example)
}
