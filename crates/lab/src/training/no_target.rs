//! Runs without a target: which rows they take, and what their answers are measured by.

use assay_core::code::Code;
use assay_core::matrix::Prediction;
use assay_core::recipe::Recipe;
use assay_core::result::{GroupSize, Scatter, ScatterPoint};
use assay_core::schema::ColumnType;
use assay_core::split::shuffled;
use assay_core::train::{ProblemKind, TrainSpec};
use assay_core::words::percent;
use assay_core::{Matrix, Target, Task, metrics};
use assay_frame::{Frame, TargetColumn, TargetKind};

use super::Fitted;
use crate::error::Cause;

/// Rows whose distances to one another are measured: that takes time of the order of their square.
const DISTANCE_ROWS: usize = 4_000;
const TRUST_ROWS: usize = 2_000;
const TRUST_NEIGHBOURS: usize = 5;
const SCATTER_ROWS: usize = 2_000;

/// Groups that are known from elsewhere, per row.
#[derive(Debug, Clone)]
pub struct Labels {
    pub names: Vec<String>,
    /// `None` where the label is missing.
    pub of_rows: Vec<Option<u32>>,
}

impl Labels {
    pub fn take(&self, rows: &[usize]) -> Self {
        let of_row = |&row: &usize| self.of_rows.get(row).copied().flatten();
        Self {
            names: self.names.clone(),
            of_rows: rows.iter().map(of_row).collect(),
        }
    }
}

/// The problem of an algorithm that learns without a target; `None` for one that needs it.
///
/// # Errors
/// A target that is given and not needed or the other way round; folds, candidates, a learning curve or row weights,
/// which need answers to be measured against.
pub fn problem(algorithm: &str, spec: &TrainSpec) -> Result<Option<ProblemKind>, Cause> {
    let problems = assay_learn::algorithm(algorithm)?.problems;
    let found = problems.iter().find(|problem| !problem.has_target());
    let refused = |what: String, hint: &str| Err(Cause::with_hint(Code::Invalid, what, hint));
    let Some(&found) = found else {
        if spec.target.is_empty() {
            return refused(
                format!("{algorithm} learns from a target, and none is named"),
                "name the column to predict",
            );
        }
        if spec.labels.is_some() {
            return refused(
                format!("{algorithm} learns from a target, and labels are named beside it"),
                "leave the labels out",
            );
        }
        return Ok(None);
    };
    if !spec.target.is_empty() {
        return refused(
            format!(
                "{algorithm} learns without a target, and `{}` is named",
                spec.target
            ),
            "name it with --labels, so that it is no feature and what is found is compared with it",
        );
    }
    for (is_asked, what) in [
        (spec.cv_folds.is_some(), "a cross-validation"),
        (!spec.candidates.is_empty(), "a choice among candidates"),
        (spec.learning_curve.is_some(), "a learning curve"),
        (spec.calibrate.is_some(), "a calibration"),
        (spec.target_transform.is_some(), "a transform of the target"),
    ] {
        if is_asked {
            return refused(
                format!(
                    "{what} needs a target to measure against, and {algorithm} learns without one"
                ),
                "leave it out",
            );
        }
    }
    Ok(Some(found))
}

/// # Errors
/// A step that learns from a target.
pub fn check_recipe(recipe: &Recipe) -> Result<(), Cause> {
    if recipe.needs_target() {
        return Err(Cause::with_hint(
            Code::Invalid,
            "the recipe encodes categories by the target, and there is none",
            "use one-hot, ordinal, frequency or hashing steps instead",
        ));
    }
    Ok(())
}

/// All rows of the table.
pub fn rows(frame: &Frame, problem: ProblemKind) -> TargetColumn {
    let n_rows = frame.n_rows();
    TargetColumn {
        target: Target::Nothing { n_rows, problem },
        rows: (0..n_rows).collect(),
        n_missing: 0,
    }
}

/// The groups that a spec names, per row of the table; `None` when it names none.
pub fn labels(frame: &Frame, spec: &TrainSpec) -> Result<Option<Labels>, Cause> {
    let Some(column) = &spec.labels else {
        return Ok(None);
    };
    let found = assay_frame::target(frame, column, TargetKind::Classes)?;
    let Target::Classes {
        classes, indices, ..
    } = found.target
    else {
        return Ok(None);
    };
    let mut of_rows = vec![None; frame.n_rows()];
    for (row, class) in found.rows.into_iter().zip(indices) {
        if let Some(slot) = of_rows.get_mut(row) {
            *slot = Some(class);
        }
    }
    Ok(Some(Labels {
        names: classes,
        of_rows,
    }))
}

impl Fitted {
    /// What the test rows say of the model, by name; nothing for models that learnt from a target.
    pub fn metrics_without_target(
        &self,
        seed: u64,
        task: &Task,
    ) -> Result<Vec<(String, f64)>, Cause> {
        let Target::Nothing { problem, .. } = &self.test_target else {
            return Ok(Vec::new());
        };
        let x = assay_frame::apply_recipe(&self.test_columns, &self.fitted)?;
        task.check()?;
        let found = match (&self.test_prediction, problem) {
            (Prediction::Classes { indices, .. }, ProblemKind::Anomaly) => {
                let share = mean(indices.iter().map(|&index| f64::from(index.min(1))));
                let mut found = vec![("anomaly_share".to_owned(), share)];
                found.extend(self.against_anomalies()?);
                found
            }
            (Prediction::Classes { indices, .. }, _) => {
                let (near, labels) = some(&x, indices, DISTANCE_ROWS, seed);
                let mut found = vec![
                    ("silhouette", metrics::silhouette(&near, &labels, task)?),
                    ("calinski_harabasz", metrics::calinski_harabasz(&x, indices)),
                    ("davies_bouldin", metrics::davies_bouldin(&x, indices)),
                    ("inertia", metrics::inertia(&x, indices)),
                ];
                found.extend(self.against_labels(indices));
                named(found)
            }
            (
                Prediction::Coordinates {
                    values,
                    n_components,
                },
                _,
            ) => {
                let rows = drawn(x.n_rows, TRUST_ROWS, seed);
                let place = |&row: &usize| &values[row * n_components..(row + 1) * n_components];
                let places: Vec<f64> = rows.iter().flat_map(place).copied().collect();
                let found = metrics::trustworthiness(
                    &x.take(&rows),
                    &places,
                    *n_components,
                    TRUST_NEIGHBOURS,
                    task,
                )?;
                named(vec![("trustworthiness", found)])
            }
            (Prediction::Values(_), _) => Vec::new(),
        };
        Ok(found)
    }

    /// Agreement with the groups that are known.
    fn against_labels(&self, indices: &[u32]) -> Vec<(&'static str, Option<f64>)> {
        let Some(labels) = &self.test_labels else {
            return Vec::new();
        };
        let (truth, found): (Vec<u32>, Vec<u32>) = labels
            .of_rows
            .iter()
            .zip(indices)
            .filter_map(|(label, &index)| Some(((*label)?, index)))
            .unzip();
        vec![
            ("adjusted_rand", metrics::adjusted_rand(&truth, &found)),
            ("homogeneity", metrics::homogeneity(&truth, &found)),
            ("completeness", metrics::completeness(&truth, &found)),
            (
                "normalized_mutual_info",
                metrics::normalized_mutual_info(&truth, &found),
            ),
        ]
    }

    /// As a classifier's, when two labels are known: the rarer one among the test rows means an anomaly.
    fn against_anomalies(&self) -> Result<Vec<(String, f64)>, Cause> {
        let Some(labels) = &self.test_labels else {
            return Ok(Vec::new());
        };
        let rows: Vec<usize> = (0..labels.of_rows.len())
            .filter(|&row| labels.of_rows[row].is_some())
            .collect();
        let n_second = rows.iter().filter(|&&row| labels.of_rows[row] == Some(1));
        let rare = u32::from(2 * n_second.count() <= rows.len());
        if labels.names.len() != 2 || rows.is_empty() {
            return Ok(Vec::new());
        }
        let truth = Target::Classes {
            classes: vec!["normal".to_owned(), "anomaly".to_owned()],
            kind: ColumnType::Text,
            indices: rows
                .iter()
                .map(|&row| u32::from(labels.of_rows[row] == Some(rare)))
                .collect(),
        };
        let found = metrics::evaluate(&truth, &self.test_prediction.take(&rows))?;
        Ok(found.into_iter().collect())
    }

    /// How many test rows each class of the model got; nothing for models that learnt from a target.
    pub fn group_sizes(&self, classes: &[String]) -> Vec<GroupSize> {
        let (Target::Nothing { .. }, Prediction::Classes { indices, .. }) =
            (&self.test_target, &self.test_prediction)
        else {
            return Vec::new();
        };
        let mut counts = vec![0; classes.len()];
        for &index in indices {
            if let Some(count) = counts.get_mut(index as usize) {
                *count += 1;
            }
        }
        let named = classes.iter().zip(counts);
        named
            .map(|(name, n_rows)| GroupSize {
                name: name.clone(),
                n_rows,
            })
            .collect()
    }

    /// Some test rows in a plane: by the first two coordinates of an embedding, else by their first two principal
    /// components. `None` for models that learnt from a target.
    pub fn scatter(&self, seed: u64, task: &Task) -> Result<Option<Scatter>, Cause> {
        if !matches!(self.test_target, Target::Nothing { .. }) {
            return Ok(None);
        }
        let rows = drawn(self.test_rows.len(), SCATTER_ROWS, seed);
        let (places, titles, groups) = match &self.test_prediction {
            Prediction::Coordinates {
                values,
                n_components,
            } => {
                let place = |&row: &usize| {
                    let of_row = &values[row * n_components..(row + 1) * n_components];
                    [of_row[0], of_row.get(1).copied().unwrap_or(0.0)]
                };
                let labels = self.test_labels.as_ref();
                let label = |&row: &usize| labels.and_then(|labels| labels.of_rows[row]);
                (
                    rows.iter().map(place).collect(),
                    ["first coordinate", "second coordinate"].map(str::to_owned),
                    rows.iter().map(label).collect::<Vec<_>>(),
                )
            }
            prediction => {
                let x = assay_frame::apply_recipe(&self.test_columns, &self.fitted)?;
                let (places, shares) = assay_learn::pca::plane(&x.take(&rows), task)?;
                let title = |nth: &str, share: f64| {
                    format!("{nth} principal component ({})", percent(share))
                };
                let group = |&row: &usize| match prediction {
                    Prediction::Classes { indices, .. } => indices.get(row).copied(),
                    _ => None,
                };
                (
                    places,
                    [title("first", shares[0]), title("second", shares[1])],
                    rows.iter().map(group).collect(),
                )
            }
        };
        let [x_title, y_title] = titles;
        let places: Vec<[f64; 2]> = places;
        let points = rows.iter().zip(places).zip(groups);
        Ok(Some(Scatter {
            x_title,
            y_title,
            points: points
                .map(|((&row, [x, y]), group)| ScatterPoint {
                    x,
                    y,
                    row: self.test_rows[row] as u64,
                    group,
                })
                .collect(),
        }))
    }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len().max(1) as f64;
    values.sum::<f64>() / n
}

fn named(found: Vec<(&'static str, Option<f64>)>) -> Vec<(String, f64)> {
    found
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value.filter(|v| v.is_finite())?)))
        .collect()
}

/// All of `n_rows`, or `most` of them drawn, ascending.
fn drawn(n_rows: usize, most: usize, seed: u64) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..n_rows).collect();
    if n_rows > most {
        rows = shuffled(rows, seed);
        rows.truncate(most);
        rows.sort_unstable();
    }
    rows
}

fn some(x: &Matrix, labels: &[u32], most: usize, seed: u64) -> (Matrix, Vec<u32>) {
    let rows = drawn(x.n_rows, most, seed);
    let labels = rows.iter().map(|&row| labels[row]).collect();
    (x.take(&rows), labels)
}
