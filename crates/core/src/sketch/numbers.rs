//! The summary of a numeric column.

use std::cmp::Ordering;
use std::marker::PhantomData;

use super::{Buckets, Moments, Summary, Takes};

/// A value that is counted as it is and summed as a float.
pub trait Number: Copy {
    fn to_float(self) -> f64;
    /// A total order.
    fn compare(self, other: Self) -> Ordering;
}

impl Number for f64 {
    fn to_float(self) -> f64 {
        self
    }
    fn compare(self, other: Self) -> Ordering {
        self.total_cmp(&other)
    }
}

impl Number for i64 {
    fn to_float(self) -> f64 {
        self as f64
    }
    fn compare(self, other: Self) -> Ordering {
        self.cmp(&other)
    }
}

/// Totals, moments and buckets of the finite values.
#[derive(Debug, Clone)]
pub struct NumberSummary<V> {
    pub min: f64,
    pub max: f64,
    pub n_zero: u64,
    pub n_negative: u64,
    pub n_not_finite: u64,
    pub moments: Moments,
    pub buckets: Buckets,
    value: PhantomData<V>,
}

impl<V> Default for NumberSummary<V> {
    fn default() -> Self {
        Self {
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            n_zero: 0,
            n_negative: 0,
            n_not_finite: 0,
            moments: Moments::default(),
            buckets: Buckets::default(),
            value: PhantomData,
        }
    }
}

impl<V> NumberSummary<V> {
    /// The values are finite.
    fn add_finite(&mut self, values: &[f64]) {
        let (mut min, mut max) = (self.min, self.max);
        let (mut n_zero, mut n_negative) = (0_u64, 0_u64);
        for value in values {
            min = if *value < min { *value } else { min };
            max = if *value > max { *value } else { max };
            n_zero += u64::from(*value == 0.0);
            n_negative += u64::from(*value < 0.0);
        }
        (self.min, self.max) = (min, max);
        self.n_zero += n_zero;
        self.n_negative += n_negative;
        self.moments.merge(&Moments::of(values));
        self.buckets.add_all(values);
    }
}

impl<V: Number> Summary for NumberSummary<V> {
    type Value = V;

    fn add(&mut self, _hash: u64, value: &V, count: u64) {
        let value = value.to_float();
        if !value.is_finite() {
            self.n_not_finite += count;
            return;
        }
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.n_zero += if value == 0.0 { count } else { 0 };
        self.n_negative += if value < 0.0 { count } else { 0 };
        self.moments.merge(&Moments::of_one(value, count));
        self.buckets.add(value, count);
    }

    fn merge(&mut self, other: Self) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.n_zero += other.n_zero;
        self.n_negative += other.n_negative;
        self.n_not_finite += other.n_not_finite;
        self.moments.merge(&other.moments);
        self.buckets.merge(&other.buckets);
    }
}

impl Takes<f64> for NumberSummary<f64> {
    fn keep(item: f64) -> f64 {
        // −0 is 0
        item + 0.0
    }

    fn add_all(&mut self, _hashes: &[u64], items: &[f64]) {
        if items.iter().all(|value| value.is_finite()) {
            self.add_finite(items);
        } else {
            let finite: Vec<f64> = items.iter().copied().filter(|v| v.is_finite()).collect();
            self.n_not_finite += (items.len() - finite.len()) as u64;
            self.add_finite(&finite);
        }
    }
}

impl Takes<i64> for NumberSummary<i64> {
    fn keep(item: i64) -> i64 {
        item
    }

    fn add_all(&mut self, _hashes: &[u64], items: &[i64]) {
        let floats: Vec<f64> = items.iter().map(|value| value.to_float()).collect();
        self.add_finite(&floats);
    }
}
