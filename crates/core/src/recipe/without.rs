//! Which inputs a fitted recipe can do without.

use super::plan::{Number, Plan, Source, Value};
use super::{FittedRecipe, Missing};

impl FittedRecipe {
    /// Whether a row without a value in this input still has all its features. True for what is no input, and for a recipe
    /// whose steps do not fit each other.
    pub fn may_be_missing(&self, input: &str) -> bool {
        let place = self.inputs.iter().position(|column| column.name == input);
        let (Some(place), Ok(plan)) = (place, Plan::of(self)) else {
            return true;
        };
        self.missing == Missing::Kept
            || plan
                .columns()
                .iter()
                .all(|column| is_there_without(&column.value, place))
    }
}

fn is_there_without(value: &Value, input: usize) -> bool {
    match value {
        Value::Number(number) => !without(number, input).is_some_and(f64::is_nan),
        Value::Components(components) => {
            let mut columns = components.columns.iter();
            columns.all(|column| is_there_without(&column.value, input))
        }
        // No bin and no category: none of the features is 1.
        Value::OneHot(_) | Value::Text(_) | Value::Words(_) => true,
    }
}

/// What becomes of a number whose input is missing; `None` when it does not depend on it.
fn without(number: &Number, input: usize) -> Option<f64> {
    let start = match &number.source {
        Source::Input(own) => (*own == input).then_some(f64::NAN)?,
        Source::Ratio(a, b) | Source::Product(a, b) => {
            let (a, b) = (without(a, input), without(b, input));
            match (a, b) {
                (None, None) => return None,
                (Some(value), None) | (None, Some(value)) => value,
                (Some(a), Some(b)) => a * b,
            }
        }
        Source::TextMissing(_)
        | Source::WordCount(_)
        | Source::Lookup { .. }
        | Source::Given(_) => {
            return None;
        }
    };
    let mut value = [start];
    for op in &number.ops {
        op.apply(&mut value);
    }
    Some(value[0])
}

#[cfg(test)]
mod tests {
    use super::super::{FittedStep, InputColumn};
    use super::*;
    use crate::schema::ColumnType;

    #[test]
    fn a_number_that_no_step_fills_must_be_there() {
        let input = |name: &str, kind| InputColumn {
            name: name.to_owned(),
            kind,
        };
        let mut recipe = FittedRecipe {
            schema: 1,
            inputs: vec![
                input("filled", ColumnType::Float),
                input("bare", ColumnType::Float),
                input("text", ColumnType::Text),
                input("dropped", ColumnType::Float),
            ],
            steps: vec![
                FittedStep::ImputeNumber {
                    column: "filled".to_owned(),
                    value: 1.0,
                },
                FittedStep::Standardise {
                    column: "filled".to_owned(),
                    mean: 0.0,
                    std: 1.0,
                },
                FittedStep::Log {
                    column: "bare".to_owned(),
                },
                FittedStep::OneHot {
                    column: "text".to_owned(),
                    categories: vec!["a".to_owned()],
                    rare: None,
                },
                FittedStep::Drop {
                    column: "dropped".to_owned(),
                    reason: String::new(),
                },
            ],
            features: Vec::new(),
            missing: Missing::Refused,
        };
        let found = |recipe: &FittedRecipe| {
            ["filled", "bare", "text", "dropped"].map(|name| recipe.may_be_missing(name))
        };
        assert_eq!(found(&recipe), [true, false, true, true]);
        recipe.steps.push(FittedStep::Product {
            name: "both".to_owned(),
            left: "filled".to_owned(),
            right: "bare".to_owned(),
        });
        assert_eq!(found(&recipe), [true, false, true, true]);
        recipe.missing = Missing::Kept;
        assert_eq!(found(&recipe), [true; 4]);
    }
}
