//! A few raw rows as a request, and what the model answers to them: whoever serves the folder can try it at once.

use assay_core::Columns;
use assay_core::matrix::{Prediction, RawValues};
use serde::Deserialize;
use serde::de::Error;
use serde_json::{Map, Value, json};

pub const N_ROWS: usize = 5;

/// In the form of MLflow's `/invocations`; a missing value is null.
pub fn request(columns: &Columns) -> Value {
    let names: Vec<&str> = columns
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let rows: Vec<Vec<Value>> = (0..columns.n_rows)
        .map(|row| {
            let cells = columns.columns.iter();
            cells.map(|column| cell(&column.values, row)).collect()
        })
        .collect();
    json!({ "dataframe_split": { "columns": names, "data": rows } })
}

/// By output of the graph, a list with an entry for each row.
pub fn answer(prediction: &Prediction, classes: &[String]) -> Value {
    let rows = |values: &[f64], width: usize| -> Vec<Vec<f64>> {
        values.chunks(width.max(1)).map(<[f64]>::to_vec).collect()
    };
    let mut outputs = Map::new();
    match prediction {
        Prediction::Classes {
            indices,
            probabilities,
            n_classes,
        } => {
            let labels: Vec<Option<&String>> = indices
                .iter()
                .map(|&index| classes.get(index as usize))
                .collect();
            outputs.insert("label".to_owned(), json!(labels));
            outputs.insert(
                "probabilities".to_owned(),
                json!(rows(probabilities, *n_classes)),
            );
        }
        Prediction::Values(values) => {
            outputs.insert("value".to_owned(), json!(values));
        }
        Prediction::Coordinates {
            values,
            n_components,
        } => {
            outputs.insert("coordinates".to_owned(), json!(rows(values, *n_components)));
        }
    }
    json!({ "predictions": outputs })
}

/// [`answer`] read back.
///
/// # Errors
/// It is none, or names another class than `classes` do.
pub fn read_answer(bytes: &[u8], classes: &[String]) -> Result<Prediction, serde_json::Error> {
    #[derive(Deserialize)]
    struct Form {
        predictions: Outputs,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Outputs {
        Classes {
            label: Vec<String>,
            probabilities: Vec<Vec<f64>>,
        },
        Values {
            value: Vec<f64>,
        },
        Coordinates {
            coordinates: Vec<Vec<f64>>,
        },
    }
    let form: Form = serde_json::from_slice(bytes)?;
    Ok(match form.predictions {
        Outputs::Classes {
            label,
            probabilities,
        } => Prediction::Classes {
            indices: label
                .iter()
                .map(|label| {
                    let class = classes.iter().position(|class| class == label);
                    let class = class.and_then(|class| u32::try_from(class).ok());
                    class.ok_or_else(|| Error::custom(format!("there is no class `{label}`")))
                })
                .collect::<Result<_, _>>()?,
            probabilities: probabilities.concat(),
            n_classes: classes.len(),
        },
        Outputs::Values { value } => Prediction::Values(value),
        Outputs::Coordinates { coordinates } => Prediction::Coordinates {
            n_components: coordinates.first().map_or(0, Vec::len),
            values: coordinates.concat(),
        },
    })
}

fn cell(values: &RawValues, row: usize) -> Value {
    match values {
        // NaN has no JSON and becomes null.
        RawValues::Numbers(numbers) => json!(numbers.get(row)),
        RawValues::Texts(texts) => json!(texts.get(row)),
    }
}

#[cfg(test)]
mod tests {
    use assay_core::matrix::RawColumn;

    use super::*;

    #[test]
    fn rows_are_rows_and_what_is_missing_is_null() {
        let columns = Columns {
            n_rows: 2,
            columns: vec![
                RawColumn {
                    name: "a".to_owned(),
                    values: RawValues::Numbers(vec![1.5, f64::NAN]),
                },
                RawColumn {
                    name: "b".to_owned(),
                    values: RawValues::Texts(vec![None, Some("x".to_owned())]),
                },
            ],
        };
        assert_eq!(
            request(&columns).to_string(),
            r#"{"dataframe_split":{"columns":["a","b"],"data":[[1.5,null],[null,"x"]]}}"#
        );
    }

    #[test]
    fn an_answer_names_the_outputs_of_the_graph() {
        let classes = ["no".to_owned(), "yes".to_owned()];
        for (prediction, wanted) in [
            (
                Prediction::Classes {
                    indices: vec![1, 0],
                    probabilities: vec![0.25, 0.75, 1.0, 0.0],
                    n_classes: 2,
                },
                r#"{"predictions":{"label":["yes","no"],"probabilities":[[0.25,0.75],[1.0,0.0]]}}"#,
            ),
            (
                Prediction::Values(vec![2.0]),
                r#"{"predictions":{"value":[2.0]}}"#,
            ),
            (
                Prediction::Coordinates {
                    values: vec![1.0, 2.0],
                    n_components: 2,
                },
                r#"{"predictions":{"coordinates":[[1.0,2.0]]}}"#,
            ),
        ] {
            assert_eq!(answer(&prediction, &classes).to_string(), wanted);
            let read = read_answer(wanted.as_bytes(), &classes).unwrap();
            assert_eq!(read, prediction);
        }
    }
}
