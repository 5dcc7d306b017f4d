//! Recipe and model, evaluated one row and one step at a time.

use assay_core::Columns;
use assay_core::matrix::{Prediction, RawValues, most_probable};
use assay_core::model::{Model, Output};
use assay_core::recipe::{DatePart, DateUnit, FittedRecipe, FittedStep, MAX_WORDS, TargetMeans};

use crate::answers::answer;

#[derive(Clone)]
enum Cell {
    Number(f64),
    Text(Option<String>),
    /// By name, in order.
    Features(Vec<(String, f64)>),
}

pub fn predict(recipe: &FittedRecipe, model: &Model, columns: &Columns) -> Prediction {
    let rows: Vec<Vec<f32>> = (0..columns.n_rows)
        .map(|row| features(recipe, columns, row))
        .collect();
    let answers: Vec<Vec<f64>> = rows.iter().map(|row| answer(model, row)).collect();
    match &model.output {
        Output::Value => Prediction::Values(answers.concat()),
        Output::Classes { classes, .. } => Prediction::Classes {
            indices: answers.iter().map(|row| most_probable(row)).collect(),
            probabilities: answers.concat(),
            n_classes: classes.len(),
        },
        Output::Coordinates { n_components } => Prediction::Coordinates {
            values: answers.concat(),
            n_components: *n_components,
        },
    }
}

pub fn features(recipe: &FittedRecipe, columns: &Columns, row: usize) -> Vec<f32> {
    let mut cells: Vec<(String, Cell)> = Vec::new();
    for input in &recipe.inputs {
        let column = columns.column(&input.name).expect("the column is there");
        let cell = match &column.values {
            RawValues::Numbers(values) => Cell::Number(values[row]),
            RawValues::Texts(values) => Cell::Text(values[row].clone().filter(|t| !t.is_empty())),
        };
        cells.push((input.name.clone(), cell));
    }
    for step in &recipe.steps {
        apply(step, &mut cells);
    }
    let mut features = Vec::new();
    for (name, cell) in cells {
        match cell {
            Cell::Number(value) => features.push(value as f32),
            Cell::Features(values) => {
                features.extend(values.iter().map(|(_, value)| *value as f32))
            }
            Cell::Text(_) => panic!("column {name} stays text"),
        }
    }
    assert_eq!(features.len(), recipe.features.len());
    features
}

fn apply(step: &FittedStep, cells: &mut Vec<(String, Cell)>) {
    let number_of =
        |cells: &[(String, Cell)], name: &String| match cells.iter().find(|(n, _)| n == name) {
            Some((_, Cell::Number(x))) => *x,
            _ => panic!("{name} is no number"),
        };
    let column = match step {
        FittedStep::Ratio {
            name,
            numerator,
            denominator,
        } => {
            let (a, b) = (number_of(cells, numerator), number_of(cells, denominator));
            let ratio = if b == 0.0 { 0.0 } else { a / b };
            return cells.push((name.clone(), Cell::Number(ratio)));
        }
        FittedStep::Product { name, left, right } => {
            let product = number_of(cells, left) * number_of(cells, right);
            return cells.push((name.clone(), Cell::Number(product)));
        }
        FittedStep::Pca {
            name,
            columns,
            means,
            components,
            ..
        } => {
            let mut values = Vec::new();
            for column in columns {
                let at = cells.iter().position(|(name, _)| name == column);
                match cells.remove(at.expect("the column is there")).1 {
                    Cell::Number(value) => values.push(value),
                    Cell::Features(of) => values.extend(of.iter().map(|(_, value)| *value)),
                    Cell::Text(_) => panic!("{column} is text"),
                }
            }
            let made = components.iter().zip(1..).map(|(weights, number)| {
                let products = weights.iter().zip(values.iter().zip(means));
                let sum = products.map(|(w, (x, mean))| w * (x - mean)).sum();
                (format!("{name}_{number}"), sum)
            });
            let made = Cell::Features(made.collect());
            return cells.push((name.clone(), made));
        }
        FittedStep::Drop { column, .. } => {
            cells.retain(|(name, _)| name != column);
            for (_, cell) in cells {
                if let Cell::Features(features) = cell {
                    features.retain(|(name, _)| name != column);
                }
            }
            return;
        }
        FittedStep::MissingFlag { column, .. }
        | FittedStep::ImputeNumber { column, .. }
        | FittedStep::ImputeText { column, .. }
        | FittedStep::Standardise { column, .. }
        | FittedStep::MinMax { column, .. }
        | FittedStep::Robust { column, .. }
        | FittedStep::YeoJohnson { column, .. }
        | FittedStep::Log { column }
        | FittedStep::Square { column }
        | FittedStep::OneHot { column, .. }
        | FittedStep::Ordinal { column, .. }
        | FittedStep::Frequency { column, .. }
        | FittedStep::Target { column, .. }
        | FittedStep::Hash { column, .. }
        | FittedStep::Bins { column, .. }
        | FittedStep::TextLength { column, .. }
        | FittedStep::Tfidf { column, .. }
        | FittedStep::DateParts { column, .. } => column,
    };
    let at = cells
        .iter()
        .position(|(name, _)| name == column)
        .expect("the column is there");
    let made = cell_after(step, cells[at].1.clone());
    cells.splice(
        at..=at,
        made.into_iter()
            .map(|(name, cell)| (name.unwrap_or_else(|| column.clone()), cell)),
    );
}

/// The cells that a cell becomes; without a name, that of its column.
fn cell_after(step: &FittedStep, cell: Cell) -> Vec<(Option<String>, Cell)> {
    let one_of = |names: Vec<String>, place: Option<usize>| {
        let features = names.into_iter().enumerate();
        Cell::Features(
            features
                .map(|(index, name)| (name, f64::from(u8::from(Some(index) == place))))
                .collect(),
        )
    };
    let after = match (step, cell) {
        (FittedStep::MissingFlag { name, .. }, cell) => {
            let is_missing = match &cell {
                Cell::Number(x) => x.is_nan(),
                Cell::Text(text) => text.is_none(),
                Cell::Features(_) => panic!("features are not missing"),
            };
            let flag = Cell::Number(f64::from(u8::from(is_missing)));
            return vec![(None, cell), (Some(name.clone()), flag)];
        }
        (FittedStep::TextLength { name, .. }, cell) => {
            let n = Cell::Number(words(&cell).len() as f64);
            return vec![(None, cell), (Some(name.clone()), n)];
        }
        (
            FittedStep::Tfidf {
                column,
                words: known,
                weights,
            },
            cell,
        ) => {
            let words = words(&cell);
            let count = |word: &String| words.iter().filter(|seen| *seen == word).count() as f64;
            let weighed: Vec<f64> = known
                .iter()
                .zip(weights)
                .map(|(word, weight)| count(word) * weight)
                .collect();
            let length = weighed.iter().map(|x| x * x).sum::<f64>().sqrt();
            let scaled = |x: f64| if length == 0.0 { 0.0 } else { x / length };
            let names = known.iter().map(|word| format!("{column}_word_{word}"));
            Cell::Features(names.zip(weighed.into_iter().map(scaled)).collect())
        }
        (FittedStep::ImputeNumber { value, .. }, Cell::Number(x)) => {
            Cell::Number(if x.is_nan() { *value } else { x })
        }
        (FittedStep::ImputeText { value, .. }, Cell::Text(text)) => {
            Cell::Text(text.or(Some(value.clone())))
        }
        (FittedStep::Standardise { mean, std, .. }, Cell::Number(x)) => {
            Cell::Number(if *std == 0.0 { 0.0 } else { (x - mean) / std })
        }
        (FittedStep::MinMax { min, max, .. }, Cell::Number(x)) => Cell::Number(if max > min {
            (x - min) / (max - min)
        } else {
            x - min
        }),
        (
            FittedStep::Robust {
                median,
                interquartile_range,
                ..
            },
            Cell::Number(x),
        ) => Cell::Number((x - median) / interquartile_range),
        (FittedStep::YeoJohnson { lambda, .. }, Cell::Number(x)) => {
            let of = |size: f64, exponent: f64| match exponent {
                0.0 => (1.0 + size).ln(),
                _ => ((1.0 + size).powf(exponent) - 1.0) / exponent,
            };
            Cell::Number(if x < 0.0 {
                -of(-x, 2.0 - lambda)
            } else {
                of(x, *lambda)
            })
        }
        (FittedStep::Log { .. }, Cell::Number(x)) => Cell::Number(if x < 0.0 {
            -(1.0 - x).ln()
        } else {
            (1.0 + x).ln()
        }),
        (FittedStep::Square { .. }, Cell::Number(x)) => Cell::Number(x * x),
        (
            FittedStep::Bins {
                column,
                edges,
                one_hot,
            },
            Cell::Number(x),
        ) => {
            let bin = edges.iter().filter(|edge| **edge <= x).count();
            if *one_hot {
                let lows = std::iter::once(String::new()).chain(edges.iter().map(f64::to_string));
                let highs = edges.iter().map(f64::to_string).chain([String::new()]);
                let names = lows.zip(highs);
                let names = names.map(|(low, high)| format!("{column}={low}..{high}"));
                one_of(names.collect(), (!x.is_nan()).then_some(bin))
            } else {
                Cell::Number(if x.is_nan() { x } else { bin as f64 })
            }
        }
        (
            FittedStep::OneHot {
                column,
                categories,
                rare,
            },
            cell,
        ) => {
            let other = rare.as_ref().map(|_| categories.len());
            let place = position(categories, &cell).or(other);
            let names = categories.iter().chain(rare);
            one_of(
                names.map(|name| format!("{column}={name}")).collect(),
                place,
            )
        }
        (
            FittedStep::Hash {
                categories,
                buckets,
                n_buckets,
                ..
            },
            cell,
        ) => {
            let place = position(categories, &cell).map(|at| buckets[at] as usize);
            one_of((0..*n_buckets).map(|b| b.to_string()).collect(), place)
        }
        (FittedStep::Ordinal { categories, .. }, cell) => {
            Cell::Number(position(categories, &cell).map_or(-1.0, |index| index as f64))
        }
        (
            FittedStep::Frequency {
                categories, shares, ..
            },
            cell,
        ) => Cell::Number(position(categories, &cell).map_or(0.0, |at| shares[at])),
        (
            FittedStep::Target {
                categories,
                outputs,
                ..
            },
            cell,
        ) => {
            let at = position(categories, &cell);
            let of = |output: &TargetMeans| at.map_or(output.otherwise, |at| output.means[at]);
            let made = outputs.iter();
            return made
                .map(|output| (Some(output.name.clone()), Cell::Number(of(output))))
                .collect();
        }
        (
            FittedStep::DateParts {
                column,
                unit,
                parts,
            },
            Cell::Number(time),
        ) => {
            return parts
                .iter()
                .map(|part| {
                    let name = format!("{column}_{}", part.label());
                    (Some(name), Cell::Number(date_part(time, *unit, *part)))
                })
                .collect();
        }
        (step, _) => panic!("{step:?} does not fit"),
    };
    vec![(None, after)]
}

/// By going through the years and months, one after the other.
fn date_part(time: f64, unit: DateUnit, part: DatePart) -> f64 {
    if time.is_nan() {
        return time;
    }
    let (days, micros) = match unit {
        DateUnit::Days => (time as i64, 0),
        DateUnit::Microseconds => (
            (time as i64).div_euclid(86_400_000_000),
            (time as i64).rem_euclid(86_400_000_000),
        ),
    };
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_of = |year: i64| if leap(year) { 366 } else { 365 };
    let (mut year, mut day) = (1970, days);
    while day < 0 {
        year -= 1;
        day += days_of(year);
    }
    while day >= days_of(year) {
        day -= days_of(year);
        year += 1;
    }
    let day_of_year = day + 1;
    let february = if leap(year) { 29 } else { 28 };
    let mut month = 1;
    for n in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if day < n {
            break;
        }
        day -= n;
        month += 1;
    }
    let part = match part {
        DatePart::Year => year,
        DatePart::Month => month,
        DatePart::Day => day + 1,
        DatePart::Weekday => (days + 3).rem_euclid(7),
        DatePart::Hour => micros / 3_600_000_000,
        DatePart::DayOfYear => day_of_year,
    };
    part as f64
}

fn words(cell: &Cell) -> Vec<String> {
    let Cell::Text(text) = cell else {
        panic!("it is no text");
    };
    let text = text.as_deref().unwrap_or_default().to_lowercase();
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    words.retain(|word| !word.is_empty());
    if words.len() > MAX_WORDS {
        let rest = words.split_off(MAX_WORDS - 1);
        words.push(rest.join(" "));
    }
    words
}

fn position(categories: &[String], cell: &Cell) -> Option<usize> {
    categories.iter().position(|category| match cell {
        Cell::Text(text) => text.as_ref() == Some(category),
        Cell::Number(x) => match category.as_str() {
            "false" => *x == 0.0,
            "true" => *x == 1.0,
            number => *x == number.parse::<f64>().expect("a number"),
        },
        Cell::Features(_) => panic!("features have no position"),
    })
}
