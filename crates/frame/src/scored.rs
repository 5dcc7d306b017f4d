//! Rows with what a model says of them.

use assay_core::matrix::Prediction;
use polars::prelude::{Column, DataFrame};

use crate::columns::{Values, text_series};
use crate::error::Error;
use crate::frame::Frame;

/// The names of the columns that hold answers, which no column of the rows has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerNames {
    /// The label or the value; `None` for coordinates.
    pub prediction: Option<String>,
    /// Of the probabilities of the classes, or of the coordinates.
    pub numbers: Vec<String>,
}

impl AnswerNames {
    /// `prediction`, `probability_yes`, `coordinate_1`; with `_2` and so on behind them where a column has the name.
    pub fn beside(columns: &[String], classes: &[String], n_components: usize) -> Self {
        let mut taken = columns.to_vec();
        let mut free = |wanted: String| {
            let mut name = wanted.clone();
            let mut n = 1;
            while taken.contains(&name) {
                n += 1;
                name = format!("{wanted}_{n}");
            }
            taken.push(name.clone());
            name
        };
        Self {
            prediction: (n_components == 0).then(|| free("prediction".to_owned())),
            numbers: classes
                .iter()
                .map(|class| format!("probability_{class}"))
                .chain((1..=n_components).map(|number| format!("coordinate_{number}")))
                .map(&mut free)
                .collect(),
        }
    }

    /// In the order of the columns.
    pub fn all(&self) -> Vec<String> {
        self.prediction
            .iter()
            .chain(&self.numbers)
            .cloned()
            .collect()
    }
}

impl Frame {
    /// These columns of the rows, and the answers behind them. Labels are integers where all classes are, else texts.
    ///
    /// # Errors
    /// [`Error::NoSuchColumn`]; [`Error::Engine`] when there are not as many answers as rows.
    pub fn with_answers(
        &self,
        keep: &[String],
        prediction: &Prediction,
        classes: &[String],
        names: &AnswerNames,
    ) -> Result<Self, Error> {
        let n_rows = self.n_rows();
        let mut columns = keep
            .iter()
            .map(|name| self.data.column(name).cloned())
            .collect::<Result<Vec<Column>, _>>()
            .map_err(|error| Error::Engine(error.to_string()))?;
        let numbers = |name: &str, values: &mut dyn Iterator<Item = f64>| {
            let values = values.map(|value| Some(value).filter(|value| value.is_finite()));
            Column::from(Values::Float(values.collect()).into_series(name))
        };
        let mut rest: (&[f64], usize) = (&[], 1);
        let answer = names.prediction.as_deref().unwrap_or("prediction");
        match prediction {
            Prediction::Classes {
                indices,
                probabilities,
                n_classes,
            } => {
                columns.push(labels(answer, indices, classes));
                rest = (probabilities, *n_classes);
            }
            Prediction::Values(values) => {
                columns.push(numbers(answer, &mut values.iter().copied()));
            }
            Prediction::Coordinates {
                values,
                n_components,
            } => rest = (values, *n_components),
        }
        for (index, name) in names.numbers.iter().enumerate() {
            let values = rest.0.iter().skip(index).step_by(rest.1.max(1));
            columns.push(numbers(name, &mut values.copied()));
        }
        let data = DataFrame::new(n_rows, columns)?;
        Ok(self.with_data(data))
    }
}

fn labels(name: &str, indices: &[u32], classes: &[String]) -> Column {
    let integers: Option<Vec<i64>> = classes.iter().map(|class| class.parse().ok()).collect();
    let series = match integers {
        Some(integers) => {
            let values = indices.iter().map(|&i| integers.get(i as usize).copied());
            Values::Integer(values.collect()).into_series(name)
        }
        None => {
            let values = indices.iter().map(|&i| classes.get(i as usize));
            text_series(
                name,
                indices.len(),
                values.map(|class| class.map(String::as_str)),
            )
        }
    };
    Column::from(series)
}
