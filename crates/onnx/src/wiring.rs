//! How columns reach the inputs of a graph that somebody else wrote, and which of its outputs say what: judged by what
//! converters write.

use std::collections::HashSet;

use assay_core::imported_model::{GraphAnswer, WiredInput, Wiring};
use assay_core::registry::Port;

use crate::error::Error;
use crate::proto::{AttributeProto, GraphProto, NodeProto};
use crate::reading::{constants, ports, read};
use crate::tensor_values::Numbers;

/// Elements of inputs that columns can fill.
const FILLED: [&str; 6] = ["float", "double", "int64", "int32", "bool", "string"];
/// Keys under which files name the columns of an input.
const COLUMN_KEYS: [&str; 5] = [
    "columns",
    "feature_names",
    "features",
    "input_columns",
    "feature_names_in_",
];
/// Keys under which files name their classes; the first is Assay's own.
const CLASS_KEYS: [&str; 2] = ["assay.classes", "classes"];
/// More columns than this are an image, not a table.
const MAX_COLUMNS: usize = 100_000;

/// Reads a file without running it. `columns` names those of its inputs, one after the other; empty: an input of one
/// value a row is named as it is, the columns of one that takes many as the metadata of the file name them, else `f0`,
/// `f1` ...
///
/// # Errors
/// [`Error::NotOnnx`], [`Error::TooLarge`]; [`Error::Columns`] when other columns are named than it takes.
pub fn wiring(bytes: &[u8], columns: &[String]) -> Result<Wiring, Error> {
    let whole = read(bytes)?;
    let constants = constants(&whole.graph);
    let inputs = ports(&constants, &whole.graph.input);
    let outputs = ports(&constants, &whole.graph.output);
    let named = listed(&whole.metadata(), &COLUMN_KEYS);
    let said = listed(&whole.metadata(), &CLASS_KEYS);
    let (answer, classes) = answer(&whole.graph, &outputs, said);
    let row_by_row = inputs
        .iter()
        .any(|port| port.shape.first().is_some_and(|axis| axis == "1"));
    Ok(Wiring {
        inputs: wired(&inputs, columns, &named)?,
        answer,
        classes,
        row_by_row,
    })
}

/// Empty when the graph takes something else than rows of columns.
fn wired(inputs: &[Port], columns: &[String], named: &[String]) -> Result<Vec<WiredInput>, Error> {
    let mut widths = Vec::new();
    for port in inputs {
        match width(port) {
            Some(width) => widths.push(width),
            None if columns.is_empty() => return Ok(Vec::new()),
            None => {
                return Err(Error::Ports(format!(
                    "input `{}` takes {} of shape [{}]",
                    port.name,
                    port.element,
                    port.shape.join(", ")
                )));
            }
        }
    }
    let known = widths
        .iter()
        .map(|width| width.unwrap_or(0))
        .fold(0, usize::saturating_add);
    let n_free = widths.iter().filter(|width| width.is_none()).count();
    let names = if columns.is_empty() { named } else { columns };
    // One input that does not say how many columns it takes takes what is left of the names.
    let free = match n_free {
        0 => 0,
        1 if names.len() > known => names.len() - known,
        _ if columns.is_empty() => return Ok(Vec::new()),
        _ => {
            return Err(Error::Columns {
                given: columns.len(),
                wanted: known,
            });
        }
    };
    let wanted = known.saturating_add(free);
    if !columns.is_empty() && columns.len() != wanted {
        return Err(Error::Columns {
            given: columns.len(),
            wanted,
        });
    }
    if wanted > MAX_COLUMNS {
        return Ok(Vec::new());
    }
    let names = (names.len() == wanted && wanted > 0).then_some(names);
    if let Some(names) = names
        && let Some(twice) = first_twice(names)
    {
        return if columns.is_empty() {
            Ok(numbered(inputs, &widths, free, None))
        } else {
            Err(Error::SameColumn(twice.to_owned()))
        };
    }
    Ok(numbered(inputs, &widths, free, names))
}

fn numbered(
    inputs: &[Port],
    widths: &[Option<usize>],
    free: usize,
    names: Option<&[String]>,
) -> Vec<WiredInput> {
    let mut place = 0;
    let mut all = Vec::new();
    for (port, width) in inputs.iter().zip(widths) {
        let width = width.unwrap_or(free);
        let columns = (0..width)
            .map(
                |index| match names.and_then(|names| names.get(place + index)) {
                    Some(name) => name.clone(),
                    None if is_single(port) => port.name.clone(),
                    None if inputs.len() == 1 => format!("f{index}"),
                    None => format!("{}_{index}", port.name),
                },
            )
            .collect();
        place += width;
        all.push(WiredInput {
            input: port.name.clone(),
            element: port.element.clone(),
            columns,
            n_axes: port.shape.len() as u32,
        });
    }
    all
}

/// Columns that an input takes: `Some(None)` when any number of them, `None` when it takes no columns.
fn width(port: &Port) -> Option<Option<usize>> {
    if !FILLED.contains(&port.element.as_str()) {
        return None;
    }
    // The first axis is the rows: free, or one.
    match port.shape.first()?.parse::<usize>() {
        Ok(1) | Err(_) => {}
        Ok(_) => return None,
    }
    match port.shape.as_slice() {
        [_] => Some(Some(1)),
        [_, width] => match width.parse::<usize>() {
            Ok(0) => None,
            Ok(width) => Some(Some(width)),
            Err(_) => Some(None),
        },
        _ => None,
    }
}

fn is_single(port: &Port) -> bool {
    matches!(port.shape.as_slice(), [_]) || port.shape.get(1).is_some_and(|width| width == "1")
}

fn first_twice(names: &[String]) -> Option<&String> {
    let mut seen = HashSet::new();
    names.iter().find(|name| !seen.insert(name.as_str()))
}

/// A JSON array of texts, or texts between commas.
fn listed(metadata: &[(String, String)], keys: &[&str]) -> Vec<String> {
    let text = keys.iter().find_map(|key| {
        let entry = metadata.iter().find(|(found, _)| found == key)?;
        Some(entry.1.as_str())
    });
    match text {
        None => Vec::new(),
        Some(text) => serde_json::from_str(text)
            .unwrap_or_else(|_| text.split(',').map(|name| name.trim().to_owned()).collect()),
    }
}

fn answer(graph: &GraphProto, outputs: &[Port], said: Vec<String>) -> (GraphAnswer, Vec<String>) {
    let without_classes = |answer| (answer, Vec::new());
    let is_real = |port: &Port| matches!(port.element.as_str(), "float" | "double");
    match outputs {
        [output] if is_real(output) => match output.shape.as_slice() {
            [_] => without_classes(GraphAnswer::Value {
                output: output.name.clone(),
            }),
            [_, width] => match width.parse::<u32>() {
                Ok(1) => without_classes(GraphAnswer::Value {
                    output: output.name.clone(),
                }),
                Ok(n_components @ 2..) => without_classes(GraphAnswer::Coordinates {
                    output: output.name.clone(),
                    n_components,
                }),
                _ => without_classes(GraphAnswer::Tensors),
            },
            _ => without_classes(GraphAnswer::Tensors),
        },
        [label, rest @ ..] if is_label(label) && rest.len() <= 1 => {
            let classes = if said.is_empty() {
                classes(graph, label)
            } else {
                said
            };
            if classes.is_empty() || first_twice(&classes).is_some() {
                return without_classes(GraphAnswer::Tensors);
            }
            let fits = |port: &&Port| {
                port.element == "sequence"
                    || is_real(port)
                        && port.shape.len() == 2
                        && port.shape[1]
                            .parse::<usize>()
                            .map_or(true, |width| width == classes.len())
            };
            let probabilities = rest.iter().find(fits).map(|port| port.name.clone());
            (
                GraphAnswer::Classes {
                    label: label.name.clone(),
                    probabilities,
                },
                classes,
            )
        }
        _ => without_classes(GraphAnswer::Tensors),
    }
}

fn is_label(port: &Port) -> bool {
    matches!(port.element.as_str(), "string" | "int64" | "int32")
        && (port.shape.len() == 1 || port.shape.len() == 2 && port.shape[1] == "1")
}

/// The labels of the operator that is nearest to the end and names some; those that an operator picks from by index.
fn classes(graph: &GraphProto, label: &Port) -> Vec<String> {
    let wants_text = label.element == "string";
    let named = graph.node.iter().rev().find_map(|node| {
        let found: Vec<String> = node
            .attribute
            .iter()
            .filter(|attribute| {
                let name = attribute.name.as_deref().unwrap_or_default();
                name.starts_with("classlabels_") && name.ends_with("strings") == wants_text
            })
            .flat_map(texts)
            .collect();
        (!found.is_empty()).then_some(found)
    });
    named
        .or_else(|| graph.node.iter().rev().find_map(|node| picked(graph, node)))
        .unwrap_or_default()
}

fn texts(attribute: &AttributeProto) -> Vec<String> {
    let strings = attribute.strings.iter();
    strings
        .map(|text| String::from_utf8_lossy(text).into_owned())
        .chain(attribute.ints.iter().map(i64::to_string))
        .collect()
}

fn picked(graph: &GraphProto, node: &NodeProto) -> Option<Vec<String>> {
    if node.op_type.as_deref() != Some("ArrayFeatureExtractor") {
        return None;
    }
    let name = node.input.first()?;
    let tensor = graph
        .initializer
        .iter()
        .find(|tensor| tensor.name.as_ref() == Some(name))?;
    if !tensor.string_data.is_empty() {
        let texts = tensor.string_data.iter();
        return Some(
            texts
                .map(|text| String::from_utf8_lossy(text).into_owned())
                .collect(),
        );
    }
    let numbers = Numbers::of(tensor)?;
    (numbers.len() <= MAX_COLUMNS).then(|| {
        numbers
            .iter()
            .map(|value| (value as i64).to_string())
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(name: &str, element: &str, shape: &[&str]) -> Port {
        Port {
            name: name.to_owned(),
            element: element.to_owned(),
            shape: shape.iter().map(|&axis| axis.to_owned()).collect(),
        }
    }

    fn names(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    fn columns(inputs: &[Port], given: &[&str], named: &[&str]) -> Result<Vec<Vec<String>>, Error> {
        let wired = wired(inputs, &names(given), &names(named))?;
        Ok(wired.into_iter().map(|input| input.columns).collect())
    }

    #[test]
    fn columns_are_named_by_who_asks_then_by_the_file_then_by_number() {
        let matrix = [port("X", "float", &["N", "3"])];
        let cases: [(&[&str], &[&str], &[&str]); 4] = [
            (&["a", "b", "c"], &["d", "e", "f"], &["a", "b", "c"]),
            (&[], &["d", "e", "f"], &["d", "e", "f"]),
            (&[], &["d", "e"], &["f0", "f1", "f2"]),
            (&[], &["d", "d", "e"], &["f0", "f1", "f2"]),
        ];
        for (given, named, wanted) in cases {
            assert_eq!(columns(&matrix, given, named).unwrap(), [names(wanted)]);
        }
        let two = [
            port("age", "float", &["N", "1"]),
            port("city", "string", &["?"]),
        ];
        assert_eq!(
            columns(&two, &[], &[]).unwrap(),
            [names(&["age"]), names(&["city"])]
        );
        let free = [port("X", "float", &["?", "?"])];
        assert_eq!(
            columns(&free, &["a", "b"], &[]).unwrap(),
            [names(&["a", "b"])]
        );
        assert!(columns(&free, &[], &[]).unwrap().is_empty());
        let image = [port("image", "float", &["N", "3", "8", "8"])];
        assert!(columns(&image, &[], &[]).unwrap().is_empty());
    }

    #[test]
    fn other_columns_than_it_takes_are_refused() {
        let matrix = [port("X", "float", &["N", "3"])];
        assert!(matches!(
            columns(&matrix, &["a", "b"], &[]),
            Err(Error::Columns {
                given: 2,
                wanted: 3
            })
        ));
        assert!(matches!(
            columns(&matrix, &["a", "b", "a"], &[]),
            Err(Error::SameColumn(name)) if name == "a"
        ));
        let image = [port("image", "float", &["N", "3", "8", "8"])];
        assert!(matches!(columns(&image, &["a"], &[]), Err(Error::Ports(_))));
    }
}
