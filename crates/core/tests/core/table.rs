//! Small tables of texts with the profile that an import would make of them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use assay_core::profile::{
    ColumnProfile, Histogram, Likely, NumericProfile, PROFILE_SCHEMA, Profile, QUANTILES,
    TextProfile, TopValue,
};
use assay_core::schema::{Column, ColumnType, Schema};

#[derive(Debug, Clone)]
pub struct TestColumn {
    pub name: String,
    pub kind: ColumnType,
    pub cells: Vec<Option<String>>,
}

impl TestColumn {
    pub fn new<T: ToString>(name: &str, kind: ColumnType, cells: &[Option<T>]) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            cells: cells.iter().map(|c| c.as_ref().map(T::to_string)).collect(),
        }
    }

    pub fn full<T: ToString + Clone>(name: &str, kind: ColumnType, cells: &[T]) -> Self {
        let cells: Vec<Option<T>> = cells.iter().cloned().map(Some).collect();
        Self::new(name, kind, &cells)
    }

    pub fn values(&self) -> impl Iterator<Item = &String> {
        self.cells.iter().flatten()
    }

    pub fn numbers(&self) -> Vec<f64> {
        self.values().filter_map(|text| text.parse().ok()).collect()
    }

    fn profile(&self) -> ColumnProfile {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for value in self.values() {
            *counts.entry(value).or_default() += 1;
        }
        let n_distinct = counts.len() as u64;
        let mut top: Vec<TopValue> = counts
            .into_iter()
            .map(|(value, count)| TopValue {
                value: value.to_owned(),
                count,
            })
            .collect();
        top.sort_by_key(|top| Reverse(top.count));
        if self.kind.is_numeric() && n_distinct > 20 {
            top.clear();
        }
        top.truncate(20);
        let n_values = self.values().count() as u64;
        ColumnProfile {
            name: self.name.clone(),
            kind: self.kind,
            n_rows: self.cells.len() as u64,
            n_missing: self.cells.len() as u64 - n_values,
            n_distinct,
            numeric: (self.kind.is_numeric() && n_values > 0).then(|| numeric(&self.numbers())),
            top,
            time: None,
            text: (self.kind == ColumnType::Text && n_values > 0).then(|| text(self)),
            likely: Likely::default(),
            exact: true,
        }
    }
}

fn numeric(numbers: &[f64]) -> NumericProfile {
    let n = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / n;
    let squares: f64 = numbers.iter().map(|x| (x - mean).powi(2)).sum();
    let (min, max) = numbers
        .iter()
        .fold((f64::MAX, f64::MIN), |(low, high), &x| {
            (low.min(x), high.max(x))
        });
    NumericProfile {
        min,
        max,
        mean,
        std: if n > 1.0 && min < max {
            (squares / (n - 1.0)).sqrt()
        } else {
            0.0
        },
        quantiles: vec![mean; QUANTILES.len()],
        n_zero: 0,
        n_negative: 0,
        n_not_finite: 0,
        skewness: None,
        kurtosis: None,
        n_outliers: 0,
        fences: [min, max],
        n_far_out: 0,
        histogram: Histogram {
            edges: vec![min, max],
            counts: vec![numbers.len() as u64],
        },
    }
}

fn text(column: &TestColumn) -> TextProfile {
    let lengths: Vec<u64> = column.values().map(|v| v.chars().count() as u64).collect();
    TextProfile {
        min_length: lengths.iter().min().copied().unwrap_or(0),
        max_length: lengths.iter().max().copied().unwrap_or(0),
        mean_length: lengths.iter().sum::<u64>() as f64 / lengths.len() as f64,
    }
}

pub fn profile(columns: &[TestColumn]) -> Profile {
    Profile {
        schema: PROFILE_SCHEMA,
        n_rows: columns
            .first()
            .map_or(0, |column| column.cells.len() as u64),
        n_missing: 0,
        n_duplicate_rows: 0,
        columns: columns.iter().map(TestColumn::profile).collect(),
        exact: true,
        ..Profile::default()
    }
}

pub fn schema(columns: &[TestColumn]) -> Schema {
    let column = |column: &TestColumn| Column {
        name: column.name.clone(),
        kind: column.kind,
        nullable: column.cells.iter().any(Option::is_none),
        form: None,
    };
    Schema {
        columns: columns.iter().map(column).collect(),
    }
}
