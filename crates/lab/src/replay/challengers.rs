//! Models beside the champion: opened once, asked about the same parts of a log.

use std::time::Instant;

use assay_core::code::Code;
use assay_core::imported_model::GraphAnswer;
use assay_core::matrix::Prediction;
use assay_core::recipe::InputColumn;
use assay_core::reference::Reference;
use assay_core::registry::{ModelVersion, VersionKey};
use assay_core::replay::{LogMapping, ReplaySpec};
use assay_frame::{Frame, LogColumn, read_column};
use assay_onnx::{Cells, Rows};

use super::batch::cells;
use super::oddities::Oddities;
use super::reading::{Source, sources};
use super::subject::{Model, Subject};
use crate::Lab;
use crate::error::Cause;
use crate::scoring::{Scorer, quoted};

/// A model that is held against the champion.
pub struct Challenger {
    pub key: VersionKey,
    scorer: Scorer,
    /// Of each class of the champion, its place among this model's; empty for numbers.
    places: Vec<usize>,
    /// Inputs that may be missing.
    nullable: Vec<String>,
}

/// A challenger whose columns a log has.
pub struct Asked {
    /// Among those of the subject.
    pub challenger: usize,
    /// Where its inputs stand among the champion's, which [`Beside::extra`] follow.
    columns: Vec<usize>,
}

/// The challengers that a log can be put to, and the columns that they alone read.
#[derive(Default)]
pub struct Beside {
    pub asked: Vec<Asked>,
    pub extra: Vec<Source>,
}

/// What a model said of the rows of a part, and how long it took for each.
pub struct Said {
    pub prediction: Prediction,
    pub row_ms: f64,
}

impl Lab {
    /// # Errors
    /// A challenger that cannot be held against the champion.
    pub(super) fn challengers(
        &self,
        spec: &ReplaySpec,
        champion: Option<&Model>,
    ) -> Result<Vec<Challenger>, Cause> {
        let Some(first) = spec.challengers.first() else {
            return Ok(Vec::new());
        };
        let Some(champion) = champion else {
            return Err(Cause::with_hint(
                Code::Invalid,
                format!("`{first}` has no model to challenge"),
                "name the champion with --model",
            ));
        };
        let mut challengers: Vec<Challenger> = Vec::new();
        for reference in &spec.challengers {
            let challenger = self.challenger(reference, champion)?;
            let is_known = |key: &VersionKey| *key == challenger.key;
            if is_known(&champion.version.key()) || challengers.iter().any(|c| is_known(&c.key)) {
                return Err(Cause::with_hint(
                    Code::Invalid,
                    format!("`{}` is named twice", challenger.key),
                    "name every model once",
                ));
            }
            challengers.push(challenger);
        }
        Ok(challengers)
    }

    fn challenger(&self, reference: &Reference, champion: &Model) -> Result<Challenger, Cause> {
        let version = self.store.model_version(reference)?;
        let (ours, theirs) = (self.answers_of(&version)?, champion.answers());
        let (key, other) = (version.key(), champion.version.key());
        if ours != theirs {
            return Err(Cause::with_hint(
                Code::Invalid,
                format!(
                    "`{key}` answers with {} and `{other}` with {}",
                    ours.words(),
                    theirs.words()
                ),
                "name challengers that answer the same question",
            ));
        }
        if ours == Answers::Other {
            return Err(Cause::with_hint(
                Code::Unsupported,
                format!(
                    "`{other}` learnt without a target, so that no answer is better than another"
                ),
                "challenge models that classify or regress",
            ));
        }
        let scorer = self.scorer(reference, assay_frame::n_threads())?;
        let champions = &champion.classes;
        let place = |class: &String| scorer.classes.iter().position(|known| known == class);
        let places: Option<Vec<usize>> = champions.iter().map(place).collect();
        let Some(places) = places.filter(|places| places.len() == scorer.classes.len()) else {
            return Err(Cause::with_hint(
                Code::Invalid,
                format!(
                    "`{key}` tells {} apart, and `{other}` {}",
                    scorer.classes.join(", "),
                    champions.join(", ")
                ),
                "name challengers with the same classes",
            ));
        };
        let inputs = version.signature.inputs.iter();
        Ok(Challenger {
            key,
            scorer,
            places,
            nullable: inputs
                .filter(|column| column.nullable)
                .map(|column| column.name.clone())
                .collect(),
        })
    }

    fn answers_of(&self, version: &ModelVersion) -> Result<Answers, Cause> {
        match &version.imported {
            Some(imported) => Ok(match imported.wiring.answer {
                GraphAnswer::Classes { .. } => Answers::Classes,
                GraphAnswer::Value { .. } => Answers::Numbers,
                GraphAnswer::Coordinates { .. } | GraphAnswer::Tensors => Answers::Other,
            }),
            None => Ok(Answers::of(self.record_of(version)?.problem)),
        }
    }
}

/// What models must have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answers {
    Classes,
    Numbers,
    /// Nothing that a truth could be held against.
    Other,
}

impl Answers {
    fn of(problem: assay_core::train::ProblemKind) -> Self {
        match (problem.has_target(), problem.is_classification()) {
            (false, _) => Self::Other,
            (true, true) => Self::Classes,
            (true, false) => Self::Numbers,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Classes => "classes",
            Self::Numbers => "numbers",
            Self::Other => "neither classes nor numbers",
        }
    }
}

impl Model {
    fn answers(&self) -> Answers {
        Answers::of(self.problem)
    }
}

impl Challenger {
    fn takes_missing(&self, input: &InputColumn) -> bool {
        input.is_text() || self.nullable.contains(&input.name)
    }
}

impl Beside {
    /// Those of the challengers that can answer rows of a log with these columns; of the others it is noted why not.
    /// `inputs`: what is read for the champion.
    pub fn of(
        subject: &Subject,
        inputs: &[Source],
        mapping: &LogMapping,
        there: &[String],
        notes: &mut Vec<String>,
    ) -> Self {
        let mut beside = Self::default();
        for (place, challenger) in subject.challengers.iter().enumerate() {
            let needed = sources(&challenger.scorer.inputs, mapping);
            // Also one that takes missing values: without a whole column it is not the model that was trained.
            let lacking: Vec<&str> = needed
                .iter()
                .filter(|source| !there.contains(&source.name))
                .map(|source| source.name.as_str())
                .collect();
            if !lacking.is_empty() {
                notes.push(format!(
                    "`{}` is left out: the log has no column {}",
                    challenger.key,
                    quoted(&lacking)
                ));
                continue;
            }
            let columns = needed.into_iter().map(|source| {
                let mut read = inputs.iter().chain(&beside.extra);
                let known = read.position(|other| {
                    other.name == source.name && other.input.kind == source.input.kind
                });
                known.unwrap_or_else(|| {
                    beside.extra.push(source);
                    inputs.len() + beside.extra.len() - 1
                })
            });
            let columns = columns.collect();
            beside.asked.push(Asked {
                challenger: place,
                columns,
            });
        }
        beside
    }

    /// What each says of a part, in their order; none when one of them lacks a column there. `columns`: those of the
    /// champion's inputs.
    pub fn answers(
        &self,
        subject: &Subject,
        columns: &[LogColumn],
        frame: &Frame,
        odd: &mut Oddities,
    ) -> Result<Vec<Said>, Cause> {
        let there = frame.names();
        let mut extra = Vec::with_capacity(self.extra.len());
        for source in &self.extra {
            extra.push(if there.contains(&source.name) {
                let read = read_column(frame, &source.name, &source.input)?;
                odd.column(&source.name, &source.input, &read);
                Some(read.column)
            } else {
                None
            });
        }
        let missing = [false, true].map(|is_text| LogColumn::missing(is_text, frame.n_rows()));
        let mut said = Vec::with_capacity(self.asked.len());
        for asked in &self.asked {
            let Some(challenger) = subject.challengers.get(asked.challenger) else {
                return Ok(Vec::new());
            };
            let inputs = &challenger.scorer.inputs;
            let mut raw: Vec<(&str, Cells<'_>)> = Vec::with_capacity(inputs.len());
            for (input, place) in inputs.iter().zip(&asked.columns) {
                let column = match place.checked_sub(columns.len()) {
                    None => columns.get(*place),
                    Some(place) => extra.get(place).and_then(Option::as_ref),
                };
                if column.is_none() && !challenger.takes_missing(input) {
                    return Ok(Vec::new());
                }
                let missing = &missing[usize::from(input.is_text())];
                raw.push((&input.name, cells(column.unwrap_or(missing))));
            }
            let rows = Rows {
                n_rows: frame.n_rows(),
                columns: raw,
            };
            let answered = timed(&challenger.scorer, &rows)?;
            said.push(Said {
                prediction: in_order(answered.prediction, &challenger.places),
                ..answered
            });
        }
        Ok(said)
    }
}

/// What a model says of rows, and how long it took for each.
pub fn timed(scorer: &Scorer, rows: &Rows<'_>) -> Result<Said, Cause> {
    let begun = Instant::now();
    let prediction = scorer.predict_rows(rows)?;
    Ok(Said {
        prediction,
        row_ms: begun.elapsed().as_secs_f64() * 1e3 / rows.n_rows.max(1) as f64,
    })
}

/// Classes by the places of the champion's. `places`: of each of those, the place here.
fn in_order(prediction: Prediction, places: &[usize]) -> Prediction {
    match prediction {
        Prediction::Classes {
            indices,
            probabilities,
            n_classes,
        } if n_classes == places.len() => {
            let mut back = vec![0; n_classes];
            for (class, place) in (0..).zip(places) {
                if let Some(back) = back.get_mut(*place) {
                    *back = class;
                }
            }
            let index = |index: u32| back.get(index as usize).copied().unwrap_or(index);
            let row = |row: &[f64]| -> Vec<f64> {
                let of_place = |place: &usize| row.get(*place).copied();
                places.iter().filter_map(of_place).collect()
            };
            Prediction::Classes {
                indices: indices.into_iter().map(index).collect(),
                probabilities: probabilities.chunks(n_classes).flat_map(row).collect(),
                n_classes,
            }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_put_in_the_champions_order() {
        let said = Prediction::Classes {
            indices: vec![0, 2],
            probabilities: vec![0.7, 0.2, 0.1, 0.1, 0.3, 0.6],
            n_classes: 3,
        };
        // The champion's first class is this model's third, and so on.
        let found = in_order(said, &[2, 0, 1]);
        let wanted = Prediction::Classes {
            indices: vec![1, 0],
            probabilities: vec![0.1, 0.7, 0.2, 0.6, 0.1, 0.3],
            n_classes: 3,
        };
        assert_eq!(found, wanted);
        let numbers = Prediction::Values(vec![1.0]);
        assert_eq!(in_order(numbers.clone(), &[]), numbers);
    }
}
