//! Probabilities that come true as often as they say: Platt's curve, isotonic regression, temperature.
//!
//! A calibration learns from what models said of rows that they had not seen; as scikit-learn's
//! `CalibratedClassifierCV(ensemble=False)`, one curve a class against all others, and one in all for two classes.

mod isotonic;
mod temperature;

use assay_core::matrix::Prediction;
use assay_core::model::{Calibration, Form, Model, Score, SigmoidCurve};
use assay_core::train::CalibrationMethod;
use assay_core::{Cancelled, Target, Task};

use crate::Error;
use crate::svm::platt::Sigmoid;

/// `base` with the calibration that `unseen`, its like's answers to rows of the target `truth`, call for. `weights` are
/// these rows'.
///
/// # Errors
/// [`Error::Data`] for numbers, or for answers that do not belong to the rows; [`Error::Cancelled`].
pub fn calibrated(
    base: Model,
    method: CalibrationMethod,
    unseen: &Prediction,
    truth: &Target,
    weights: Option<&[f32]>,
    task: &Task,
) -> Result<Model, Error> {
    let refuse = |reason: &str, hint: &'static str| Error::Data {
        algorithm: method.name().to_owned(),
        reason: reason.to_owned(),
        hint,
    };
    let (
        Target::Classes {
            classes, indices, ..
        },
        Prediction::Classes {
            probabilities,
            n_classes,
            ..
        },
    ) = (truth, unseen)
    else {
        return Err(refuse(
            "the target holds numbers, and probabilities are of classes",
            "leave the calibration out",
        ));
    };
    if *n_classes != classes.len() || probabilities.len() != indices.len() * n_classes {
        return Err(refuse(
            "the probabilities are not of its rows",
            "give one for every class and row",
        ));
    }
    let own = |row: usize| {
        let weight = weights.and_then(|weights| weights.get(row));
        weight.map_or(1.0, |&weight| f64::from(weight))
    };
    let rows: Vec<Row<'_>> = probabilities
        .chunks_exact(*n_classes)
        .zip(indices)
        .enumerate()
        .map(|(row, (probabilities, &class))| Row {
            probabilities,
            class: class as usize,
            weight: own(row),
        })
        .filter(|row| row.weight > 0.0)
        .collect();
    let score = score_of(&base.form);
    // Of two classes the second has the only curve.
    let curves = if *n_classes == 2 { 1..2 } else { 0..*n_classes };
    let calibration = match method {
        CalibrationMethod::Platt => Calibration::Sigmoid {
            score,
            curves: curves
                .map(|class| {
                    task.check()?;
                    Ok(sigmoid(&rows, score, class))
                })
                .collect::<Result<_, Cancelled>>()?,
        },
        CalibrationMethod::Isotonic => Calibration::Isotonic {
            score,
            curves: curves
                .map(|class| {
                    task.check()?;
                    let scored = rows.iter().map(|row| isotonic::Scored {
                        score: score.of(row.probabilities, class),
                        truth: f64::from(u8::from(row.class == class)),
                        weight: row.weight,
                    });
                    Ok(isotonic::fit(scored.collect()))
                })
                .collect::<Result<_, Cancelled>>()?,
        },
        CalibrationMethod::Temperature => Calibration::Temperature {
            sharpness: temperature::fit(&rows, task)?,
        },
    };
    Ok(Model {
        n_features: base.n_features,
        output: base.output.clone(),
        form: Form::Calibrated {
            base: Box::new(base),
            calibration,
        },
    })
}

/// A row that counts.
struct Row<'a> {
    probabilities: &'a [f64],
    class: usize,
    weight: f64,
}

/// Log odds where probabilities are a curve of sums, as scikit-learn takes decisions there; shares of leaves, of
/// neighbours and of members as they are.
fn score_of(form: &Form) -> Score {
    match form {
        Form::Logistic { .. }
        | Form::Threshold { .. }
        | Form::Gaussian { .. }
        | Form::Boosted { .. }
        | Form::Kernel { .. } => Score::LogOdds,
        _ => Score::Probability,
    }
}

fn sigmoid(rows: &[Row<'_>], score: Score, class: usize) -> SigmoidCurve {
    let scores: Vec<f64> = rows
        .iter()
        .map(|row| f64::from(score.of(row.probabilities, class)))
        .collect();
    let is_class: Vec<bool> = rows.iter().map(|row| row.class == class).collect();
    let weights: Vec<f64> = rows.iter().map(|row| row.weight).collect();
    let found = Sigmoid::fit(&scores, &is_class, &weights);
    SigmoidCurve {
        slope: found.slope,
        shift: found.shift,
    }
}
