//! Requests to graphs that take whole tensors: each tensor checked against its input.

use assay_core::imported_model::Wiring;
use assay_core::registry::Port;
use assay_core::serving::{FieldError, FieldErrorKind, Refusal, RefusalKind};
use assay_core::tensor::{NamedTensor, TensorValues};
use serde_json::{Map, Value};

use super::table::{GivenColumn, GivenValues};

/// Lists in lists in lists of a request, at most; serde_json itself ends at 128.
const MAX_AXES: usize = 16;

/// The tensors that a graph takes, in its order.
///
/// # Errors
/// [`RefusalKind::Fields`] for a tensor that is missing, not taken, named twice, or of another shape or type.
pub fn read_tensors(ports: &[Port], given: &[GivenColumn]) -> Result<Vec<NamedTensor>, Refusal> {
    let mut faults = Vec::new();
    let mut tensors: Vec<Option<NamedTensor>> = vec![None; ports.len()];
    for tensor in given {
        let fault = |kind, wrong: String| FieldError {
            row: None,
            field: tensor.name.clone(),
            kind,
            wrong,
        };
        let Some(place) = ports.iter().position(|port| port.name == tensor.name) else {
            faults.push(fault(
                FieldErrorKind::Extra,
                format!(
                    "the model has no input `{}`; it takes {}",
                    tensor.name,
                    listed(ports)
                ),
            ));
            continue;
        };
        if tensors[place].is_some() {
            let wrong = format!("`{}` comes twice", tensor.name);
            faults.push(fault(FieldErrorKind::Twice, wrong));
            continue;
        }
        match of_port(&ports[place], tensor) {
            Ok(read) => tensors[place] = Some(read),
            Err(wrong) => {
                let wrong = format!("`{}` {wrong}", tensor.name);
                faults.push(fault(FieldErrorKind::WrongType, wrong));
            }
        }
    }
    for (port, tensor) in ports.iter().zip(&tensors) {
        if tensor.is_none() && !faults.iter().any(|fault| fault.field == port.name) {
            faults.push(FieldError {
                row: None,
                field: port.name.clone(),
                kind: FieldErrorKind::Missing,
                wrong: format!("`{}` is missing, {}", port.name, described(port)),
            });
        }
    }
    if faults.is_empty() {
        Ok(tensors.into_iter().flatten().collect())
    } else {
        Err(Refusal::of_fields(faults))
    }
}

/// The same from one JSON object, `{"image": [[[0.1, 0.2]]]}`: how deep the lists are is the shape.
///
/// # Errors
/// [`RefusalKind::Unreadable`] for what is no such object; as [`read_tensors`].
pub fn read_nested(ports: &[Port], body: &[u8]) -> Result<Vec<NamedTensor>, Refusal> {
    let unreadable = |wrong: String| {
        Refusal::new(
            RefusalKind::Unreadable,
            format!("the request cannot be read: {wrong}"),
        )
        .with_hint(format!(
            "send one object with nested lists, such as {{\"{}\": [[0.5]]}}; the model takes {}",
            ports.first().map_or("input", |port| port.name.as_str()),
            listed(ports)
        ))
    };
    let record: Map<String, Value> =
        serde_json::from_slice(body).map_err(|error| unreadable(error.to_string()))?;
    let given = record.into_iter().map(|(name, value)| {
        let mut flat = Flat::default();
        match flat.take(&value, 0) {
            Ok(()) => Ok(flat.named(name)),
            Err(wrong) => Err(unreadable(format!("`{name}` {wrong}"))),
        }
    });
    let given: Vec<GivenColumn> = given.collect::<Result<_, _>>()?;
    read_tensors(ports, &given)
}

/// A tensor that the graph itself takes, cut into the columns that stand for it here; all others as they are.
pub fn spread(wiring: &Wiring, given: &[GivenColumn]) -> Vec<GivenColumn> {
    let mut columns = Vec::with_capacity(given.len());
    for tensor in given {
        let wired = wiring.inputs.iter().find(|input| {
            input.input == tensor.name && tensor.shape.get(1..) == Some(&[input.columns.len()][..])
        });
        match wired {
            Some(input) if input.columns.len() > 1 => {
                let width = input.columns.len();
                columns.extend(
                    input
                        .columns
                        .iter()
                        .enumerate()
                        .map(|(place, name)| GivenColumn {
                            name: name.clone(),
                            shape: vec![tensor.shape[0]],
                            values: tensor.values.every(place, width),
                        }),
                );
            }
            _ => columns.push(tensor.clone()),
        }
    }
    columns
}

impl GivenValues {
    /// The values `first`, `first + step` ...
    fn every(&self, first: usize, step: usize) -> Self {
        fn of<T: Clone>(values: &[T], first: usize, step: usize) -> Vec<T> {
            values.iter().skip(first).step_by(step).cloned().collect()
        }
        match self {
            Self::Integers(values) => Self::Integers(of(values, first, step)),
            Self::Floats(values) => Self::Floats(of(values, first, step)),
            Self::Booleans(values) => Self::Booleans(of(values, first, step)),
            Self::Texts(values) => Self::Texts(of(values, first, step)),
        }
    }
}

/// A nested list on its way to a tensor.
#[derive(Default)]
struct Flat<'a> {
    shape: Vec<usize>,
    cells: Vec<&'a Value>,
}

impl<'a> Flat<'a> {
    fn take(&mut self, value: &'a Value, depth: usize) -> Result<(), String> {
        let Value::Array(list) = value else {
            if depth < self.shape.len() {
                return Err("is no rectangle: some of its lists are deeper than others".to_owned());
            }
            self.cells.push(value);
            return Ok(());
        };
        match self.shape.get(depth) {
            Some(&length) if length != list.len() => {
                return Err(format!(
                    "is no rectangle: lists of {length} and of {} stand side by side",
                    list.len()
                ));
            }
            Some(_) => {}
            // The first list of its depth says how long all are, before any value stands there.
            None if self.cells.is_empty() && depth < MAX_AXES => self.shape.push(list.len()),
            None => return Err("is no rectangle, or has too many axes".to_owned()),
        }
        list.iter()
            .try_for_each(|inner| self.take(inner, depth + 1))
    }

    fn named(self, name: String) -> GivenColumn {
        let cells = &self.cells;
        let values = if cells.iter().any(|cell| cell.is_string()) {
            GivenValues::Texts(
                cells
                    .iter()
                    .map(|cell| cell.as_str().map(str::to_owned))
                    .collect(),
            )
        } else if !cells.is_empty() && cells.iter().all(|cell| cell.is_boolean()) {
            GivenValues::Booleans(cells.iter().filter_map(|cell| cell.as_bool()).collect())
        } else if !cells.is_empty() && cells.iter().all(|cell| cell.is_i64()) {
            GivenValues::Integers(cells.iter().filter_map(|cell| cell.as_i64()).collect())
        } else {
            GivenValues::Floats(
                cells
                    .iter()
                    .map(|cell| cell.as_f64().unwrap_or(f64::NAN))
                    .collect(),
            )
        };
        GivenColumn {
            name,
            shape: self.shape,
            values,
        }
    }
}

fn of_port(port: &Port, tensor: &GivenColumn) -> Result<NamedTensor, String> {
    let fits = port.shape.len() == tensor.shape.len()
        && port.shape.iter().zip(&tensor.shape).all(|(wanted, given)| {
            // A name or `?` is a free axis.
            wanted.parse::<usize>().is_ok_and(|wanted| wanted == *given)
                || wanted.parse::<usize>().is_err()
        });
    if !fits {
        return Err(format!(
            "has the shape {:?} where [{}] is taken",
            tensor.shape,
            port.shape.join(", ")
        ));
    }
    let values = values(&port.element, &tensor.values).ok_or_else(|| {
        format!(
            "holds {} where {} is taken",
            tensor.values.label(),
            port.element
        )
    })?;
    Ok(NamedTensor {
        name: port.name.clone(),
        shape: tensor.shape.clone(),
        values,
    })
}

/// `None` where a value cannot be one of the element: a fraction of whole numbers, a text of numbers.
fn values(element: &str, given: &GivenValues) -> Option<TensorValues> {
    let whole = || -> Option<Vec<i64>> {
        match given {
            GivenValues::Integers(values) => Some(values.clone()),
            GivenValues::Floats(values) => values.iter().map(|&value| exact(value)).collect(),
            GivenValues::Booleans(_) | GivenValues::Texts(_) => None,
        }
    };
    let numbers = || -> Option<Vec<f64>> {
        match given {
            GivenValues::Integers(values) => Some(values.iter().map(|&v| v as f64).collect()),
            GivenValues::Floats(values) => Some(values.clone()),
            GivenValues::Booleans(_) | GivenValues::Texts(_) => None,
        }
    };
    Some(match element {
        "float" => TensorValues::Float(numbers()?.into_iter().map(|v| v as f32).collect()),
        "double" => TensorValues::Double(numbers()?),
        "int64" => TensorValues::Int64(whole()?),
        "int32" => TensorValues::Int32(narrowed(&whole()?)?),
        "uint8" => TensorValues::Uint8(narrowed(&whole()?)?),
        "bool" => TensorValues::Bool(match given {
            GivenValues::Booleans(values) => values.clone(),
            // Booleans of a JSON tensor come as 0 and 1.
            _ => whole()?
                .into_iter()
                .map(|value| u8::try_from(value).ok().filter(|&v| v < 2).map(|v| v == 1))
                .collect::<Option<_>>()?,
        }),
        "string" => match given {
            GivenValues::Texts(texts) => TensorValues::Text(
                texts
                    .iter()
                    .map(|text| text.clone().unwrap_or_default())
                    .collect(),
            ),
            _ => return None,
        },
        _ => return None,
    })
}

fn narrowed<T: TryFrom<i64>>(values: &[i64]) -> Option<Vec<T>> {
    values
        .iter()
        .map(|&value| T::try_from(value).ok())
        .collect()
}

/// 2^63 is the first double beyond.
fn exact(value: f64) -> Option<i64> {
    (value.fract() == 0.0 && value.abs() < 9_223_372_036_854_775_808.0).then_some(value as i64)
}

impl GivenValues {
    fn label(&self) -> &'static str {
        match self {
            Self::Integers(_) => "whole numbers",
            Self::Floats(_) => "numbers or missing values",
            Self::Booleans(_) => "booleans",
            Self::Texts(_) => "texts",
        }
    }
}

fn described(port: &Port) -> String {
    format!("{} of shape [{}]", port.element, port.shape.join(", "))
}

/// `` `image` (float of shape [N, 1, 8, 8]) ``
fn listed(ports: &[Port]) -> String {
    let each = ports
        .iter()
        .map(|port| format!("`{}` ({})", port.name, described(port)));
    each.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn port(name: &str, element: &str, shape: &[&str]) -> Port {
        Port {
            name: name.to_owned(),
            element: element.to_owned(),
            shape: shape.iter().map(|&axis| axis.to_owned()).collect(),
        }
    }

    #[test]
    fn nested_lists_are_tensors_and_tensors_nested_lists() {
        let ports = [
            port("image", "float", &["N", "2", "1"]),
            port("mask", "bool", &["N"]),
        ];
        let body =
            br#"{"mask": [true, false, true], "image": [[[1], [2.5]], [[3], [null]], [[5], [6]]]}"#;
        let tensors = read_nested(&ports, body).unwrap();
        assert_eq!(tensors[0].shape, [3, 2, 1]);
        assert_eq!(
            tensors[1].values,
            TensorValues::Bool(vec![true, false, true])
        );
        assert_eq!(
            tensors[0].nested(),
            json!([[[1.0], [2.5]], [[3.0], [null]], [[5.0], [6.0]]])
        );
    }

    #[test]
    fn what_does_not_fit_an_input_is_named() {
        let ports = [
            port("image", "float", &["N", "2"]),
            port("ids", "int32", &["N"]),
        ];
        for (body, part) in [
            (
                r#"{"image": [[1, 2]]}"#,
                "`ids` is missing, int32 of shape [N]",
            ),
            (
                r#"{"image": [[1, 2, 3]], "ids": [1]}"#,
                "has the shape [1, 3] where [N, 2] is taken",
            ),
            (r#"{"image": [1, 2], "ids": [1]}"#, "has the shape [2]"),
            (r#"{"image": [[1, 2], [3]], "ids": [1]}"#, "no rectangle"),
            (r#"{"image": [[1, [2]]], "ids": [1]}"#, "no rectangle"),
            (r#"{"image": [[[1], 2]], "ids": [1]}"#, "no rectangle"),
            (
                r#"{"image": [["a", "b"]], "ids": [1]}"#,
                "holds texts where float is taken",
            ),
            (
                r#"{"image": [[1, 2]], "ids": [1.5]}"#,
                "where int32 is taken",
            ),
            (
                r#"{"image": [[1, 2]], "ids": [3000000000]}"#,
                "where int32 is taken",
            ),
            (
                r#"{"image": [[1, 2]], "ids": [1], "more": [1]}"#,
                "no input `more`",
            ),
            ("[1, 2]", "cannot be read"),
        ] {
            let refusal = read_nested(&ports, body.as_bytes()).unwrap_err();
            assert!(refusal.wrong.contains(part), "{body}: {}", refusal.wrong);
        }
    }

    #[test]
    fn a_matrix_of_the_graph_is_cut_into_its_columns() {
        let wiring: Wiring = serde_json::from_value(json!({
            "inputs": [{ "input": "x", "element": "float", "columns": ["a", "b"], "n_axes": 2 }],
            "answer": { "kind": "value", "output": "y" },
            "classes": [],
            "row_by_row": false,
        }))
        .unwrap();
        let matrix = GivenColumn {
            name: "x".to_owned(),
            shape: vec![3, 2],
            values: GivenValues::Floats(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        };
        let columns = spread(&wiring, &[matrix]);
        assert_eq!(columns.len(), 2);
        assert_eq!(columns[1].name, "b");
        assert_eq!(columns[1].values, GivenValues::Floats(vec![2.0, 4.0, 6.0]));
    }
}
