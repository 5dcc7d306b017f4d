//! Models made of other models, and the median of trees.

use assay_core::model::{Calibration, Form, Inverse, Model, Output, Tree};
use linfa::traits::Predict;
use ndarray::{Array2, ArrayView2, Axis};

use super::{Scorer, in_range, leaf, rounded};

/// The models that a form is made of, the last of a stack at the end.
pub fn within(model: &Model) -> impl Iterator<Item = &Model> {
    let (members, one): (&[Model], Option<&Model>) = match &model.form {
        Form::Calibrated { base, .. } | Form::Transformed { base, .. } => (&[], Some(base)),
        Form::Vote { members, .. } => (members, None),
        Form::Stack { members, last } => (members, Some(last)),
        _ => (&[], None),
    };
    members.iter().chain(one)
}

/// What the last model of a stack takes for its features: n_rows x (members · (1 or n_classes)).
pub fn stacked_features(answers: &[Array2<f64>], output: &Output) -> Array2<f32> {
    let n_rows = answers.first().map_or(0, Array2::nrows);
    // Of two probabilities the first is what the second leaves.
    let first = match output {
        Output::Classes { classes, .. } if classes.len() == 2 => 1,
        _ => 0,
    };
    let width = answers.iter().map(|answer| answer.ncols() - first).sum();
    let mut features = Array2::zeros((n_rows, width));
    let mut at = 0;
    for answer in answers {
        for column in answer.axis_iter(Axis(1)).skip(first) {
            for (feature, &value) in features.column_mut(at).iter_mut().zip(column) {
                *feature = value as f32;
            }
            at += 1;
        }
    }
    features
}

/// `y` is n_rows x 1.
pub fn median(trees: &[Tree], weights: &[f64], x: &ArrayView2<'_, f32>, y: &mut Array2<f64>) {
    let half = weights.iter().sum::<f64>() / 2.0;
    let mut leaves: Vec<(f32, f64)> = Vec::with_capacity(trees.len());
    for (row, mut out) in x.axis_iter(Axis(0)).zip(y.axis_iter_mut(Axis(0))) {
        leaves.clear();
        leaves.extend(trees.iter().zip(weights).map(|(tree, &weight)| {
            let value = leaf(tree, row).first().copied().unwrap_or_default();
            (value, weight)
        }));
        leaves.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut upto = 0.0;
        let reaches_half = |(_, weight): &&(f32, f64)| {
            upto += weight;
            upto >= half
        };
        let found = leaves.iter().find(reaches_half).map_or(0.0, |leaf| leaf.0);
        out.fill(f64::from(found));
    }
}

impl Scorer<'_> {
    pub(super) fn calibrated(
        &self,
        calibration: &Calibration,
        x: &ArrayView2<'_, f32>,
        y: &mut Array2<f64>,
    ) {
        for (row, mut out) in self
            .base(x)
            .axis_iter(Axis(0))
            .zip(y.axis_iter_mut(Axis(0)))
        {
            let better = calibration.of(&row.to_vec());
            for (out, p) in out.iter_mut().zip(better) {
                *out = rounded(p);
            }
        }
    }

    pub(super) fn transformed(
        &self,
        inverse: &Inverse,
        x: &ArrayView2<'_, f32>,
        y: &mut Array2<f64>,
    ) {
        for (out, answer) in y.iter_mut().zip(self.base(x)) {
            *out = f64::from(in_range(inverse.of(answer)));
        }
    }

    pub(super) fn voted(&self, weights: &[f64], x: &ArrayView2<'_, f32>, y: &mut Array2<f64>) {
        for (member, weight) in self.within.iter().zip(weights) {
            y.scaled_add(*weight, &member.predict(x));
        }
        y.mapv_inplace(|sum| f64::from(in_range(sum)));
    }

    pub(super) fn stacked(&self, x: &ArrayView2<'_, f32>, y: &mut Array2<f64>) {
        if let Some((last, members)) = self.within.split_last() {
            let answers: Vec<Array2<f64>> =
                members.iter().map(|member| member.predict(x)).collect();
            let features = stacked_features(&answers, &self.model.output);
            *y = last.predict(&features.view());
        }
    }

    fn base(&self, x: &ArrayView2<'_, f32>) -> Array2<f64> {
        self.within
            .first()
            .map(|base| base.predict(x))
            .unwrap_or_default()
    }
}
