//! Outputs of a graph on their way into a prediction.

use std::collections::HashMap;

use assay_core::matrix::Prediction;
use assay_core::registry::Port;
use ort::session::SessionOutputs;

use crate::error::Error;

/// What has been answered so far.
pub enum Answer<'a> {
    Classes {
        label: &'a Port,
        probabilities_name: &'a str,
        index_of: HashMap<&'a str, u32>,
        indices: Vec<u32>,
        probabilities: Vec<f64>,
        n_classes: usize,
    },
    Values {
        output: &'a str,
        values: Vec<f64>,
    },
    Coordinates {
        output: &'a str,
        values: Vec<f64>,
        n_components: usize,
    },
}

impl<'a> Answer<'a> {
    /// `outputs` are those of the graph; it does not look at `classes` when they are a value.
    pub fn new(outputs: &'a [Port], classes: &'a [String]) -> Result<Self, Error> {
        let elements: Vec<&str> = outputs.iter().map(|port| port.element.as_str()).collect();
        match elements.as_slice() {
            ["float"] if outputs[0].shape.len() == 2 => {
                let n_components = outputs[0].shape.last().and_then(|n| n.parse().ok());
                Ok(Self::Coordinates {
                    output: &outputs[0].name,
                    values: Vec::new(),
                    n_components: n_components.filter(|&n| n > 0).ok_or_else(|| {
                        Error::Ports("it does not say how many coordinates it answers".to_owned())
                    })?,
                })
            }
            ["float"] => Ok(Self::Values {
                output: &outputs[0].name,
                values: Vec::new(),
            }),
            ["string" | "int64", "float"] => {
                let n_classes = classes.len();
                if outputs[1].shape.last() != Some(&n_classes.to_string()) {
                    return Err(Error::Ports(format!(
                        "it answers probabilities of shape [{}], the model has {n_classes} classes",
                        outputs[1].shape.join(", "),
                    )));
                }
                Ok(Self::Classes {
                    label: &outputs[0],
                    probabilities_name: &outputs[1].name,
                    index_of: (0..).zip(classes).map(|(i, c)| (c.as_str(), i)).collect(),
                    indices: Vec::new(),
                    probabilities: Vec::new(),
                    n_classes,
                })
            }
            _ => Err(Error::Ports(
                "its outputs are neither a label with probabilities nor numbers".to_owned(),
            )),
        }
    }

    pub fn extend(&mut self, answered: &SessionOutputs<'_>) -> Result<(), Error> {
        match self {
            Self::Values { output, values } | Self::Coordinates { output, values, .. } => {
                values.extend(floats(answered, output)?.iter().map(|&v| f64::from(v)));
            }
            Self::Classes {
                label,
                probabilities_name,
                index_of,
                indices,
                probabilities,
                ..
            } => {
                for text in labels(answered, label)? {
                    match index_of.get(text.as_str()) {
                        Some(&index) => indices.push(index),
                        None => return Err(Error::UnknownLabel(text)),
                    }
                }
                let answers = floats(answered, probabilities_name)?;
                probabilities.extend(answers.iter().map(|&p| f64::from(p)));
            }
        }
        Ok(())
    }

    pub fn into_prediction(self) -> Prediction {
        match self {
            Self::Classes {
                indices,
                probabilities,
                n_classes,
                ..
            } => Prediction::Classes {
                indices,
                probabilities,
                n_classes,
            },
            Self::Values { values, .. } => Prediction::Values(values),
            Self::Coordinates {
                values,
                n_components,
                ..
            } => Prediction::Coordinates {
                values,
                n_components,
            },
        }
    }
}

fn floats<'a>(answered: &'a SessionOutputs<'_>, name: &str) -> Result<&'a [f32], Error> {
    let value = answered
        .get(name)
        .ok_or_else(|| Error::Run(format!("no output `{name}`")))?;
    let (_, values) = value
        .try_extract_tensor::<f32>()
        .map_err(|error| Error::Run(error.message().to_owned()))?;
    Ok(values)
}

fn labels(answered: &SessionOutputs<'_>, port: &Port) -> Result<Vec<String>, Error> {
    let value = answered
        .get(&port.name)
        .ok_or_else(|| Error::Run(format!("no output `{}`", port.name)))?;
    let texts = if port.element == "int64" {
        value
            .try_extract_tensor::<i64>()
            .map(|(_, labels)| labels.iter().map(i64::to_string).collect())
    } else {
        value.try_extract_strings().map(|(_, labels)| labels)
    };
    texts.map_err(|error| Error::Run(error.message().to_owned()))
}
