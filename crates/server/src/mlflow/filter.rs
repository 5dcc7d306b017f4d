//! Filters, orders and pages as MLflow's clients write them. The grammar is the lab's own, which holds MLflow's; what
//! MLflow refuses of its own grammar is refused here in its words.

use std::cmp::Ordering;

use assay_core::query::{self, Filter, Literal, Operator, Value};
use assay_core::tracking::{OrderBy, ViewType};

use super::Refusal;
use super::fields::Fields;

pub fn read(text: &str) -> Result<Filter, Refusal> {
    query::parse(text).map_err(|error| {
        Refusal::invalid(format!(
            "Invalid clause(s) in filter string: '{text}': {error}"
        ))
    })
}

/// A filter of runs: entities, comparators and values fit each other.
pub fn of_runs(text: &str) -> Result<Filter, Refusal> {
    let filter = read(text)?;
    check(&filter)?;
    Ok(filter)
}

/// `["metrics.score DESC", …]`
pub fn order_by(fields: &Fields) -> Result<Vec<OrderBy>, Refusal> {
    fields
        .texts("order_by")?
        .iter()
        .map(|order| {
            let order = order.trim();
            let (name, ascending) = match order.rsplit_once(char::is_whitespace) {
                Some((name, word)) if word.eq_ignore_ascii_case("desc") => (name, false),
                Some((name, word)) if word.eq_ignore_ascii_case("asc") => (name, true),
                _ => (order, true),
            };
            // A name with quotes is read as in a filter.
            let named = query::parse(&format!("{} IS NULL", name.trim()));
            match named.as_ref().map(|filter| filter.names()) {
                Ok(names) if names.len() == 1 => Ok(OrderBy {
                    name: names.concat(),
                    ascending,
                }),
                _ => Err(Refusal::invalid(format!(
                    "Invalid order_by clause '{order}'"
                ))),
            }
        })
        .collect()
}

pub fn view_type(fields: &Fields, name: &str) -> Result<ViewType, Refusal> {
    match fields.text(name)? {
        None | Some("" | "ACTIVE_ONLY") => Ok(ViewType::ActiveOnly),
        Some("DELETED_ONLY") => Ok(ViewType::DeletedOnly),
        Some("ALL") => Ok(ViewType::All),
        Some(other) => Err(Refusal::invalid(format!(
            "Invalid value '{other}' for parameter '{name}': ACTIVE_ONLY, DELETED_ONLY or ALL"
        ))),
    }
}

pub fn limit(fields: &Fields, default: usize, largest: usize) -> Result<usize, Refusal> {
    match fields.integer("max_results")? {
        None => Ok(default),
        Some(wanted) if wanted >= 1 && wanted as usize <= largest => Ok(wanted as usize),
        Some(wanted) => Err(Refusal::invalid(format!(
            "Invalid value {wanted} for parameter 'max_results' supplied: It must be at least 1 and at most {largest}."
        ))),
    }
}

/// Where the page begins that the token names.
pub fn offset(fields: &Fields) -> Result<usize, Refusal> {
    match fields.text("page_token")? {
        None | Some("") => Ok(0),
        Some(token) => token
            .parse()
            .map_err(|_| Refusal::invalid(format!("Invalid page token: '{token}'"))),
    }
}

pub fn with_next_page(mut answer: serde_json::Value, next: Option<usize>) -> serde_json::Value {
    if let (Some(next), serde_json::Value::Object(answer)) = (next, &mut answer) {
        answer.insert("next_page_token".to_owned(), next.to_string().into());
    }
    answer
}

/// What is missing stands last, either way round.
pub fn compare(a: Value<'_>, b: Value<'_>, ascending: bool) -> Ordering {
    let order = match (a, b) {
        (Value::Missing, Value::Missing) => return Ordering::Equal,
        (Value::Missing, _) => return Ordering::Greater,
        (_, Value::Missing) => return Ordering::Less,
        (Value::Number(a), Value::Number(b)) => a.total_cmp(&b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        _ => Ordering::Equal,
    };
    if ascending { order } else { order.reverse() }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Entity {
    Metric,
    Param,
    Tag,
    NumericAttribute,
    TextAttribute,
    RunId,
    Dataset,
}

fn check(filter: &Filter) -> Result<(), Refusal> {
    match filter {
        Filter::All => Ok(()),
        Filter::And(filters) | Filter::Or(filters) => filters.iter().try_for_each(check),
        Filter::Not(filter) => check(filter),
        Filter::Compare {
            name,
            operator,
            value,
        } => check_comparison(name, *operator, value),
        Filter::Like { name, .. } => match entity(name)? {
            Entity::Metric | Entity::NumericAttribute => {
                Err(comparator("LIKE", "'>', '>=', '!=', '=', '<', '<='"))
            }
            _ => Ok(()),
        },
        Filter::In { name, values, .. } => {
            if !matches!(entity(name)?, Entity::RunId | Entity::Dataset) {
                return Err(Refusal::invalid(
                    "Only ['run_id'] attributes support comparison with a list of quoted string values.",
                ));
            }
            let texts = values.iter().all(|value| matches!(value, Literal::Text(_)));
            if texts {
                Ok(())
            } else {
                Err(Refusal::invalid(
                    "While parsing a list in the query, expected string value, punctuation, or whitespace, but got different type in list",
                ))
            }
        }
        Filter::IsNull { name, .. } => match entity(name)? {
            Entity::Tag | Entity::Param => Ok(()),
            _ => Err(comparator("IS NULL", "'=', '!=', 'LIKE', 'ILIKE'")),
        },
    }
}

fn check_comparison(name: &str, operator: Operator, value: &Literal) -> Result<(), Refusal> {
    let found = entity(name)?;
    match found {
        Entity::Metric | Entity::NumericAttribute => match value {
            Literal::Number(_) => Ok(()),
            Literal::Text(text) => Err(Refusal::invalid(format!(
                "Expected numeric value type for {}. Found '{text}'",
                if found == Entity::Metric {
                    "metric"
                } else {
                    "numeric attribute"
                }
            ))),
            Literal::Boolean(value) => Err(Refusal::invalid(format!(
                "Expected numeric value type for metric. Found '{value}'"
            ))),
        },
        _ if !matches!(operator, Operator::Equal | Operator::NotEqual) => Err(comparator(
            &operator.to_string(),
            "'IS NULL', 'IS NOT NULL', 'ILIKE', 'LIKE', '=', '!='",
        )),
        _ if !matches!(value, Literal::Text(_)) => Err(Refusal::invalid(format!(
            "Expected a quoted string value for {} (e.g. 'my-value'). Got value {value}",
            match found {
                Entity::Param => "param",
                Entity::Tag => "tag",
                Entity::Dataset => "dataset",
                _ => "attribute",
            }
        ))),
        _ => Ok(()),
    }
}

fn comparator(found: &str, known: &str) -> Refusal {
    Refusal::invalid(format!(
        "Invalid comparator '{found}' not one of '{{{known}}}'"
    ))
}

fn entity(name: &str) -> Result<Entity, Refusal> {
    let (kind, key) = match name.split_once('.') {
        None => ("attributes", name),
        Some((kind, key)) => (kind, key),
    };
    match kind {
        "metrics" | "metric" => Ok(Entity::Metric),
        "params" | "param" | "parameters" | "parameter" => Ok(Entity::Param),
        "tags" | "tag" => Ok(Entity::Tag),
        "datasets" | "dataset" => match key {
            "name" | "digest" | "context" => Ok(Entity::Dataset),
            _ => Err(Refusal::invalid(format!(
                "Invalid dataset key '{key}'. Valid keys are '{{'name', 'digest', 'context'}}'"
            ))),
        },
        "attributes" | "attribute" | "attr" | "run" => match key {
            "start_time" | "end_time" | "created" => Ok(Entity::NumericAttribute),
            "run_id" => Ok(Entity::RunId),
            "run_name" | "Run name" | "name" | "user_id" | "status" | "artifact_uri"
            | "experiment" | "dataset" => Ok(Entity::TextAttribute),
            _ => Err(Refusal::invalid(format!(
                "Invalid attribute key '{key}' specified. Valid keys are '{{'run_id', 'run_name', 'user_id', 'status', 'artifact_uri', 'start_time', 'end_time', 'created'}}'"
            ))),
        },
        other => Err(Refusal::invalid(format!(
            "Invalid entity type '{other}'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mlflow_filters_are_taken_and_refused_as_mlflow_does() {
        for text in [
            "",
            "metrics.acc > 0.9 and params.model = 'tree'",
            "tags.`mlflow.runName` LIKE 'a%' AND attributes.start_time > 5",
            "attributes.run_id IN ('a', 'b')",
            "datasets.name ILIKE '%x' or not status = \"FINISHED\"",
            "params.depth IS NOT NULL",
        ] {
            assert!(of_runs(text).is_ok(), "{text}");
        }
        for (text, said) in [
            ("metrics.acc >", "Invalid clause(s) in filter string"),
            ("nonsense.x = 'a'", "Invalid entity type 'nonsense'"),
            ("params.a > '3'", "Invalid comparator '>'"),
            (
                "metrics.acc = 'text'",
                "Expected numeric value type for metric",
            ),
            ("tags.color = 3", "Expected a quoted string value for tag"),
            (
                "attributes.status IN ('a')",
                "Only ['run_id'] attributes support",
            ),
            ("attributes.size = 'a'", "Invalid attribute key 'size'"),
        ] {
            let refused = of_runs(text).expect_err(text);
            assert!(
                refused.message.contains(said),
                "{text}: {}",
                refused.message
            );
        }
    }

    #[test]
    fn orders_have_names_and_directions() {
        let fields = Fields::read(
            None,
            br#"{"order_by": ["metrics.`a b` DESC", "start_time", "params.x ASC"]}"#,
        )
        .unwrap();
        let orders: Vec<(String, bool)> = order_by(&fields)
            .unwrap()
            .into_iter()
            .map(|order| (order.name, order.ascending))
            .collect();
        let wanted = [
            ("metrics.a b", false),
            ("start_time", true),
            ("params.x", true),
        ];
        assert_eq!(
            orders,
            wanted.map(|(name, ascending)| (name.to_owned(), ascending))
        );
        let wrong = Fields::read(None, br#"{"order_by": ["metrics.a descending"]}"#).unwrap();
        assert!(order_by(&wrong).is_err());
    }
}
