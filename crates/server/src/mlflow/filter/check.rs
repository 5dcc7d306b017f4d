//! Which comparisons and values MLflow takes, and its words for the others. `OR`, `NOT`, parentheses and `NOT LIKE` are
//! ours and taken wherever their parts are.

use assay_core::query::{Filter, Literal, Operator};

use super::searched::{Kind, Named, Parser, Searched};
use crate::mlflow::Refusal;

const NUMBER_COMPARATORS: &str = "{'>', '>=', '!=', '=', '<', '<='}";
const TEXT_COMPARATORS: &str = "{'IS NULL', 'IS NOT NULL', 'ILIKE', 'LIKE', '=', '!='}";
const LIST_COMPARATORS: &str = "{'NOT IN', 'IN', 'ILIKE', 'LIKE', '=', '!='}";

impl Searched {
    /// The same filter with every name as the lab calls it.
    pub(super) fn checked(&self, filter: Filter) -> Result<Filter, Refusal> {
        let all = |filters: Vec<Filter>| -> Result<Vec<Filter>, Refusal> {
            filters
                .into_iter()
                .map(|filter| self.checked(filter))
                .collect()
        };
        Ok(match filter {
            Filter::All => Filter::All,
            Filter::And(filters) => Filter::And(all(filters)?),
            Filter::Or(filters) => Filter::Or(all(filters)?),
            Filter::Not(filter) => Filter::Not(Box::new(self.checked(*filter)?)),
            Filter::Compare {
                name,
                operator,
                value,
            } => {
                let named = self.in_filter(&name)?;
                self.check_comparison(&named, operator, &value)?;
                Filter::Compare {
                    name: named.name,
                    operator,
                    value,
                }
            }
            Filter::Like {
                name,
                pattern,
                ignore_case,
                negated,
            } => {
                let named = self.in_filter(&name)?;
                self.check_like(&named, if ignore_case { "ILIKE" } else { "LIKE" })?;
                Filter::Like {
                    name: named.name,
                    pattern,
                    ignore_case,
                    negated,
                }
            }
            Filter::In {
                name,
                values,
                negated,
            } => {
                let named = self.in_filter(&name)?;
                self.check_list(&named, &values)?;
                Filter::In {
                    name: named.name,
                    values,
                    negated,
                }
            }
            Filter::IsNull { name, negated } => {
                let named = self.in_filter(&name)?;
                check_is_null(&named.name, named.kind)?;
                Filter::IsNull {
                    name: named.name,
                    negated,
                }
            }
        })
    }

    fn check_comparison(
        &self,
        named: &Named,
        operator: Operator,
        value: &Literal,
    ) -> Result<(), Refusal> {
        let kind = named.kind;
        let has_order = !matches!(operator, Operator::Equal | Operator::NotEqual);
        let expected = match kind {
            Kind::Metric | Kind::Number(_) => {
                return match value {
                    Literal::Number(_) => Ok(()),
                    found => Err(Refusal::invalid(not_a_number(kind, found))),
                };
            }
            Kind::ExperimentId if has_order => {
                return Err(Refusal::invalid(format!(
                    "Invalid comparator for experiment_id: {operator}"
                )));
            }
            Kind::ExperimentId => return check_experiment_id(value),
            Kind::Param | Kind::Tag if has_order => {
                return Err(self.comparator(named, &operator.to_string(), TEXT_COMPARATORS));
            }
            _ if has_order => {
                return Err(self.comparator(named, &operator.to_string(), LIST_COMPARATORS));
            }
            Kind::Param => "parameter (e.g. 'my-value')",
            Kind::Tag => "tag (e.g. 'my-value')",
            Kind::Dataset => "dataset attributes",
            Kind::Text(_) => "attributes",
        };
        if self.parser == Parser::OfLoggedModels || matches!(value, Literal::Text(_)) {
            return Ok(());
        }
        Err(Refusal::invalid(format!(
            "Expected a quoted string value for {expected}. Got value {value}"
        )))
    }

    fn check_list(&self, named: &Named, values: &[Literal]) -> Result<(), Refusal> {
        match named.kind {
            Kind::Dataset | Kind::Text(true) => {}
            Kind::ExperimentId => return values.iter().try_for_each(check_experiment_id),
            Kind::Param | Kind::Tag if self.parser == Parser::OfLoggedModels => {}
            Kind::Metric | Kind::Number(_) => {
                return Err(self.comparator(named, "IN", NUMBER_COMPARATORS));
            }
            Kind::Param | Kind::Tag => return Err(self.comparator(named, "IN", TEXT_COMPARATORS)),
            Kind::Text(false) => {
                return Err(Refusal::invalid(format!(
                    "Only {} attributes support comparison with a list of quoted string values.",
                    self.listed()
                )));
            }
        }
        match values
            .iter()
            .find(|value| !matches!(value, Literal::Text(_)))
        {
            None => Ok(()),
            Some(other) => Err(Refusal::invalid(format!(
                "While parsing a list in the query, expected string value, punctuation, or whitespace, but got different type in list: {other}"
            ))),
        }
    }

    fn check_like(&self, named: &Named, found: &str) -> Result<(), Refusal> {
        match named.kind {
            Kind::Metric | Kind::Number(_) => {
                Err(self.comparator(named, found, NUMBER_COMPARATORS))
            }
            Kind::ExperimentId => Err(Refusal::invalid(format!(
                "Invalid comparator for experiment_id: {found}"
            ))),
            _ => Ok(()),
        }
    }

    fn comparator(&self, named: &Named, found: &str, known: &str) -> Refusal {
        Refusal::invalid(match (self.parser, named.kind) {
            (Parser::Usual, _) => format!("Invalid comparator '{found}' not one of '{known}'"),
            (Parser::OfLoggedModels, kind) => format!(
                "Invalid comparison operator for {}: '{found}'. Expected one of {}.",
                named.name,
                match kind {
                    Kind::Metric | Kind::Number(_) => "('<', '<=', '>', '>=', '=', '!=')",
                    _ => "('=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN')",
                }
            ),
        })
    }
}

fn check_is_null(name: &str, kind: Kind) -> Result<(), Refusal> {
    let (entity, key) = match kind {
        Kind::Tag | Kind::Param => return Ok(()),
        Kind::Metric => ("metric", name.strip_prefix("metrics.").unwrap_or(name)),
        Kind::Dataset => ("dataset", name.strip_prefix("datasets.").unwrap_or(name)),
        _ => ("attribute", name),
    };
    Err(Refusal::invalid(format!(
        "IS NULL / IS NOT NULL is only supported for tags and params, not for '{entity}' '{key}'"
    )))
}

fn check_experiment_id(value: &Literal) -> Result<(), Refusal> {
    match value {
        Literal::Text(text) if text.parse::<i64>().is_ok() => Ok(()),
        Literal::Text(text) => Err(Refusal::invalid(format!(
            "Invalid experiment ID: '{text}'. Experiment IDs are decimal digits"
        ))),
        other => Err(Refusal::invalid(format!(
            "Expected a quoted string value for attributes. Got value {other}"
        ))),
    }
}

fn not_a_number(kind: Kind, found: &Literal) -> String {
    match kind {
        Kind::Number(name) => {
            format!("Expected numeric value type for numeric attribute: {name}. Found {found}")
        }
        _ => format!("Expected numeric value type for metric. Found {found}"),
    }
}
