//! Filters, orders and pages as MLflow's clients write them. The grammar is the lab's own, which holds MLflow's; what
//! MLflow refuses of its own grammar is refused here in its words.
//!
//! A search reads its filter with [`read`] and its order with [`order_by`], both for one of the things in [`searched`];
//! the names that come out are the lab's (`metrics.KEY`, `params.KEY`, `tags.KEY`, or an attribute's bare name), and a
//! function of the thing and such a name gives the value.

mod check;
mod searched;

use std::cmp::Ordering;
use std::fmt::Display;

use assay_core::query::{self, Filter, Value};
use assay_core::tracking::{OrderBy, RunCursor, ViewType};

pub use self::searched::Searched;
pub use self::searched::{EXPERIMENTS, LOGGED_MODELS, MODEL_VERSIONS, REGISTERED_MODELS, RUNS};
use super::Refusal;
use super::fields::Fields;

/// A filter whose entities, comparators and values fit what is searched.
pub fn read(searched: &Searched, text: &str) -> Result<Filter, Refusal> {
    let filter = query::parse(text).map_err(|error| {
        Refusal::invalid(format!(
            "Invalid clause(s) in filter string: '{text}': {error}"
        ))
    })?;
    searched.checked(filter)
}

/// The field `order_by`: `["metrics.score DESC", …]`
pub fn order_by(searched: &Searched, fields: &Fields) -> Result<Vec<OrderBy>, Refusal> {
    fields
        .texts("order_by")?
        .iter()
        .map(|text| {
            let (name, ascending) = direction(text);
            order(searched, name, ascending)
        })
        .collect()
}

/// The same with names that whoever searches reads.
pub fn order_by_any(fields: &Fields) -> Result<Vec<OrderBy>, Refusal> {
    let orders = fields.texts("order_by")?;
    Ok(orders
        .iter()
        .map(|text| {
            let (name, ascending) = direction(text);
            OrderBy {
                name: name.trim().to_owned(),
                ascending,
            }
        })
        .collect())
}

/// One order whose direction stands beside its name.
pub fn order(searched: &Searched, name: &str, ascending: bool) -> Result<OrderBy, Refusal> {
    // A name with quotes is read as in a filter.
    let named = query::parse(&format!("{} IS NULL", name.trim()));
    let name = match named {
        Ok(Filter::IsNull { name, .. }) => name,
        _ => {
            return Err(Refusal::invalid(format!(
                "Invalid order_by clause '{name}'. Could not be parsed."
            )));
        }
    };
    Ok(OrderBy {
        name: searched.in_order(&name)?.name,
        ascending,
    })
}

/// A name, and whether the order is ascending.
fn direction(text: &str) -> (&str, bool) {
    let text = text.trim();
    match text.rsplit_once(char::is_whitespace) {
        Some((name, word)) if word.eq_ignore_ascii_case("desc") => (name, false),
        Some((name, word)) if word.eq_ignore_ascii_case("asc") => (name, true),
        _ => (text, true),
    }
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

/// The run behind which the page begins that the token names.
pub fn cursor(fields: &Fields) -> Result<Option<RunCursor>, Refusal> {
    match fields.text("page_token")? {
        None | Some("") => Ok(None),
        Some(token) => serde_json::from_str(token)
            .map(Some)
            .map_err(|_| Refusal::invalid(format!("Invalid page token: '{token}'"))),
    }
}

pub fn token(cursor: &RunCursor) -> Result<String, Refusal> {
    serde_json::to_string(cursor).map_err(|error| Refusal::internal(error.to_string()))
}

/// At most `limit` of them from `offset` on, and where the next page begins when there is one.
pub fn page<T>(found: &[T], offset: usize, limit: usize) -> (&[T], Option<usize>) {
    let from = offset.min(found.len());
    let to = offset.saturating_add(limit).min(found.len());
    let page = found.get(from..to).unwrap_or_default();
    (page, (to < found.len()).then_some(to))
}

pub fn with_next_page(
    mut answer: serde_json::Value,
    next: Option<impl Display>,
) -> serde_json::Value {
    if let (Some(next), serde_json::Value::Object(answer)) = (next, &mut answer) {
        answer.insert("next_page_token".to_owned(), next.to_string().into());
    }
    answer
}

/// By the orders, the first of which decides; equal ones stay as they stand.
pub fn sort<T>(
    found: &mut [T],
    orders: &[OrderBy],
    value: impl for<'v> Fn(&'v T, &str) -> Value<'v>,
) {
    found.sort_by(|a, b| {
        orders
            .iter()
            .map(|order| {
                compare(
                    value(a, &order.name),
                    value(b, &order.name),
                    order.ascending,
                )
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
}

/// NaN stands behind all numbers and what is missing behind that, either way round.
pub fn compare(a: Value<'_>, b: Value<'_>, ascending: bool) -> Ordering {
    let place = |value: &Value<'_>| match value {
        Value::Missing => 2,
        Value::Number(number) if number.is_nan() => 1,
        _ => 0,
    };
    let places = place(&a).cmp(&place(&b));
    if places.is_ne() || place(&a) > 0 {
        return places;
    }
    let order = match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.total_cmp(&b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        _ => Ordering::Equal,
    };
    if ascending { order } else { order.reverse() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mlflow_takes_is_taken_under_the_labs_names() {
        for (searched, text, wanted) in [
            (&RUNS, "", ""),
            (
                &RUNS,
                "metric.acc > 0.9 and parameter.model = 'tree'",
                "metrics.acc > 0.9 AND params.model = 'tree'",
            ),
            (
                &RUNS,
                "tag.`mlflow.runName` LIKE 'a%' AND attr.Created > 5",
                "tags.mlflow.runName LIKE 'a%' AND start_time > 5",
            ),
            (
                &RUNS,
                "attributes.`Run name` != \"x\" or run.run_id NOT IN ('a', 'b')",
                "run_name != 'x' OR run_id NOT IN ('a', 'b')",
            ),
            (
                &RUNS,
                "dataset.name ILIKE '%x' and not (status = 'FINISHED' or params.d IS NULL)",
                "datasets.name ILIKE '%x' AND NOT (status = 'FINISHED' OR params.d IS NULL)",
            ),
            (
                &EXPERIMENTS,
                "attribute.name ILIKE 'A%' and tags.`a b` = 'x' and experiment_id IN ('1', '2')",
                "name ILIKE 'A%' AND `tags.a b` = 'x' AND experiment_id IN ('1', '2')",
            ),
            (
                &EXPERIMENTS,
                "creation_time >= 3 and tags.x IS NOT NULL",
                "creation_time >= 3 AND tags.x IS NOT NULL",
            ),
            (
                &REGISTERED_MODELS,
                "name LIKE 'm%' and tag.a != 'b'",
                "name LIKE 'm%' AND tags.a != 'b'",
            ),
            (
                &MODEL_VERSIONS,
                "version_number > 2 and run_id IN ('a') and source_path = 's'",
                "version_number > 2 AND run_id IN ('a') AND source_path = 's'",
            ),
            (
                &LOGGED_MODELS,
                "creation_time > 5 and metrics.auc <= 0.5 and params.lr = 0.01 and tags.t IN ('u')",
                "creation_timestamp_ms > 5 AND metrics.auc <= 0.5 AND params.lr = 0.01 AND tags.t IN ('u')",
            ),
        ] {
            let read = read(searched, text);
            assert_eq!(
                read.map(|filter| filter.to_string()).as_deref(),
                Ok(wanted),
                "{text}"
            );
        }
    }

    #[test]
    fn what_mlflow_refuses_is_refused_in_its_words() {
        for (searched, text, said) in [
            (
                &RUNS,
                "metrics.acc >",
                "Invalid clause(s) in filter string: 'metrics.acc >': a value must stand here, not the end, at character 14",
            ),
            (
                &RUNS,
                "nonsense.x = 'a'",
                "Invalid entity type 'nonsense'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']",
            ),
            (
                &RUNS,
                "params.a > '3'",
                "Invalid comparator '>' not one of '{'IS NULL', 'IS NOT NULL', 'ILIKE', 'LIKE', '=', '!='}'",
            ),
            (
                &RUNS,
                "metrics.acc = 'text'",
                "Expected numeric value type for metric. Found 'text'",
            ),
            (
                &RUNS,
                "metrics.acc LIKE 'text'",
                "Invalid comparator 'LIKE' not one of '{'>', '>=', '!=', '=', '<', '<='}'",
            ),
            (
                &RUNS,
                "start_time < 'x'",
                "Expected numeric value type for numeric attribute: start_time. Found 'x'",
            ),
            (
                &RUNS,
                "tags.color = 3",
                "Expected a quoted string value for tag (e.g. 'my-value'). Got value 3",
            ),
            (
                &RUNS,
                "params.p = 3",
                "Expected a quoted string value for parameter (e.g. 'my-value'). Got value 3",
            ),
            (
                &RUNS,
                "status = true",
                "Expected a quoted string value for attributes. Got value true",
            ),
            (
                &RUNS,
                "attributes.status IN ('a')",
                "Only ['run_id'] attributes support comparison with a list of quoted string values.",
            ),
            (
                &RUNS,
                "run_id IN ('a', 3)",
                "While parsing a list in the query, expected string value, punctuation, or whitespace, but got different type in list: 3",
            ),
            (
                &RUNS,
                "attributes.size = 'a'",
                "Invalid attribute key 'size' specified. Valid keys are '{'run_id', 'run_name', 'user_id', 'status', 'artifact_uri', 'start_time', 'end_time'}'",
            ),
            (
                &RUNS,
                "datasets.size = 'a'",
                "Invalid dataset key 'size' specified. Valid keys are '{'name', 'digest', 'context'}'",
            ),
            (
                &RUNS,
                "not metrics.m is null",
                "IS NULL / IS NOT NULL is only supported for tags and params, not for 'metric' 'm'",
            ),
            (
                &EXPERIMENTS,
                "metrics.m > 1",
                "Invalid entity type 'metrics'. Valid entity types are ('attribute', 'tag', 'tags')",
            ),
            (
                &EXPERIMENTS,
                "experiment_id LIKE '1%'",
                "Invalid comparator for experiment_id: LIKE",
            ),
            (
                &EXPERIMENTS,
                "experiment_id = 'one'",
                "Invalid experiment ID: 'one'. Experiment IDs are decimal digits",
            ),
            (
                &REGISTERED_MODELS,
                "creation_timestamp > 3",
                "Invalid attribute key 'creation_timestamp' specified. Valid keys are '{'name'}'",
            ),
            (
                &MODEL_VERSIONS,
                "source_path IN ('s')",
                "Only ['name', 'run_id'] attributes support comparison with a list of quoted string values.",
            ),
            (
                &MODEL_VERSIONS,
                "version_number = 'two'",
                "Expected numeric value type for numeric attribute: version_number. Found 'two'",
            ),
            (
                &LOGGED_MODELS,
                "datasets.name = 'x'",
                "Invalid entity type: 'datasets'. Expected one of ['attributes', 'metrics', 'params', 'tags'].",
            ),
            (
                &LOGGED_MODELS,
                "metrics.m IN (1, 2)",
                "Invalid comparison operator for metrics.m: 'IN'. Expected one of ('<', '<=', '>', '>=', '=', '!=').",
            ),
            (
                &LOGGED_MODELS,
                "params.p < 'a'",
                "Invalid comparison operator for params.p: '<'. Expected one of ('=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN').",
            ),
        ] {
            let refused = read(searched, text).expect_err(text);
            assert_eq!(refused.message, said, "{text}");
        }
    }

    #[test]
    fn orders_have_names_and_directions() {
        let orders = |searched, text: &str| -> Result<Vec<(String, bool)>, Refusal> {
            let body = serde_json::json!({ "order_by": [text] }).to_string();
            let fields = Fields::read(None, body.as_bytes())?;
            let orders = order_by(searched, &fields)?;
            Ok(orders
                .into_iter()
                .map(|order| (order.name, order.ascending))
                .collect())
        };
        for (searched, text, name, ascending) in [
            (&RUNS, "metric.`a b` DESC", "metrics.a b", false),
            (&RUNS, "Created", "start_time", true),
            (&RUNS, "params.x ASC", "params.x", true),
            (&EXPERIMENTS, "name desc", "name", false),
            (
                &REGISTERED_MODELS,
                "timestamp",
                "last_updated_timestamp",
                true,
            ),
            (
                &MODEL_VERSIONS,
                "version_number DESC",
                "version_number",
                false,
            ),
            (&LOGGED_MODELS, "metrics.auc DESC", "metrics.auc", false),
        ] {
            assert_eq!(
                orders(searched, text),
                Ok(vec![(name.to_owned(), ascending)]),
                "{text}"
            );
        }
        for (searched, text, said) in [
            (
                &RUNS,
                "metrics.a descending",
                "Invalid order_by clause 'metrics.a descending'. Could not be parsed.",
            ),
            (&RUNS, "datasets.name", "Invalid order_by entity: dataset"),
            (&EXPERIMENTS, "tags.a", "Invalid order_by entity: tag"),
            (
                &MODEL_VERSIONS,
                "run_id",
                "Invalid attribute key 'run_id' specified. Valid keys are '{'name', 'version_number', 'creation_timestamp', 'last_updated_timestamp'}'",
            ),
        ] {
            assert_eq!(orders(searched, text).expect_err(text).message, said);
        }
    }

    #[test]
    fn missing_values_and_nan_stand_last_either_way_round() {
        let values = [
            Value::Missing,
            Value::Number(f64::NAN),
            Value::Number(1.0),
            Value::Number(2.0),
        ];
        for (ascending, wanted) in [(true, [2, 3, 1, 0]), (false, [3, 2, 1, 0])] {
            let mut places = [0_usize, 1, 2, 3];
            let orders = [OrderBy {
                name: String::new(),
                ascending,
            }];
            sort(&mut places, &orders, |place, _| values[*place]);
            assert_eq!(places, wanted);
        }
    }

    #[test]
    fn pages_end_where_the_list_does() {
        let list = [1, 2, 3, 4, 5];
        for (offset, limit, wanted, next) in [
            (0, 2, &list[..2], Some(2)),
            (4, 2, &list[4..], None),
            (3, 2, &list[3..], None),
            (9, 2, &[][..], None),
            (1, usize::MAX, &list[1..], None),
        ] {
            assert_eq!(page(&list, offset, limit), (wanted, next));
        }
    }
}
