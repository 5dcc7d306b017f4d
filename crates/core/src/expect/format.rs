//! Results as Great Expectations writes them, from the shortest to the longest.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use ts_rs::TS;

use super::{RuleResult, RuleStatus, RuleType};

/// Values and rows that a partial list holds at most.
pub const MAX_PARTIAL: usize = 20;

/// How much of a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ResultFormat {
    BooleanOnly,
    #[default]
    Basic,
    Summary,
    /// Lists every unexpected row that the result holds.
    Complete,
}

/// One result as an `ExpectationValidationResult`: `success`, `expectation_config`, `result`, `exception_info`. Row
/// indices count from 0, as in pandas.
pub fn validation_result(result: &RuleResult, format: ResultFormat) -> Value {
    let expectation = &result.expectation;
    let mut config = json!({
        "type": expectation.rule.type_,
        "kwargs": expectation.rule.kwargs,
        "meta": expectation.meta,
        "severity": expectation.severity,
    });
    for (name, value) in [
        ("id", expectation.id.clone().map(Value::from)),
        (
            "description",
            expectation.description.clone().map(Value::from),
        ),
        (
            "notes",
            expectation.notes.as_ref().map(|notes| json!(notes)),
        ),
    ] {
        if let (Some(value), Some(config)) = (value, config.as_object_mut()) {
            config.insert(name.to_owned(), value);
        }
    }
    json!({
        "success": result.status == RuleStatus::Passed,
        "expectation_config": config,
        "result": fields(result, format),
        "meta": {},
        "exception_info": {
            "raised_exception": result.status == RuleStatus::DidNotRun,
            "exception_message": result.problem,
            "exception_traceback": null,
        },
    })
}

fn fields(result: &RuleResult, format: ResultFormat) -> Map<String, Value> {
    if format == ResultFormat::BooleanOnly || result.status == RuleStatus::DidNotRun {
        return Map::new();
    }
    if is_row_by_row(result.expectation.rule.type_) {
        row_fields(result, format)
    } else {
        observed_fields(result, format)
    }
}

/// Whether the result of a type lists rows rather than one observed value.
fn is_row_by_row(type_: RuleType) -> bool {
    use RuleType as T;
    matches!(
        type_,
        T::ValuesUnique
            | T::CompoundUnique
            | T::UniqueWithinRecord
            | T::MulticolumnUnique
            | T::PairEqual
            | T::PairInSet
            | T::MulticolumnSum
            | T::MulticolumnEqual
            | T::ValuesBetween
            | T::PairGreater
            | T::ZScores
            | T::NotOutliers
            | T::NotNull
            | T::Null
            | T::LengthsEqual
            | T::LengthsBetween
            | T::Regex
            | T::NotRegex
            | T::RegexList
            | T::NotRegexList
            | T::Like
            | T::NotLike
            | T::LikeList
            | T::NotLikeList
            | T::Strftime
            | T::DateParseable
            | T::JsonParseable
            | T::JsonSchema
            | T::InSet
            | T::NotInSet
            | T::Increasing
            | T::Decreasing
    )
}

fn row_fields(result: &RuleResult, format: ResultFormat) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    let values = &result.unexpected_values;
    let indices: Vec<u64> = result
        .unexpected_rows
        .iter()
        .map(|row| row.saturating_sub(1))
        .collect();
    let partial = &values[..values.len().min(MAX_PARTIAL)];
    set("element_count", result.n_rows.into());
    set("unexpected_count", result.n_unexpected.into());
    set("unexpected_percent", json!(result.unexpected_percent()));
    set("partial_unexpected_list", partial.into());
    // rules about missing values skip none
    let type_ = result.expectation.rule.type_;
    if !matches!(type_, RuleType::NotNull | RuleType::Null) {
        set("missing_count", result.n_missing.into());
        set("missing_percent", json!(result.missing_percent()));
        set(
            "unexpected_percent_total",
            json!(result.unexpected_percent_total()),
        );
        set(
            "unexpected_percent_nonmissing",
            json!(result.unexpected_percent()),
        );
    }
    if matches!(format, ResultFormat::Summary | ResultFormat::Complete) {
        set("partial_unexpected_counts", counts(values));
        let partial = &indices[..indices.len().min(MAX_PARTIAL)];
        set("partial_unexpected_index_list", partial.into());
    }
    if format == ResultFormat::Complete {
        set("unexpected_list", values.as_slice().into());
        set("unexpected_index_list", indices.into());
    }
    fields
}

/// How often each unexpected value occurs, the most frequent first.
fn counts(values: &[Value]) -> Value {
    let mut counts: Vec<(&Value, u64)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for value in values {
        let place = *places.entry(value.to_string()).or_insert(counts.len());
        match counts.get_mut(place) {
            Some((_, count)) => *count += 1,
            None => counts.push((value, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
        .into_iter()
        .take(MAX_PARTIAL)
        .map(|(value, count)| json!({"value": value, "count": count}))
        .collect()
}

fn observed_fields(result: &RuleResult, format: ResultFormat) -> Map<String, Value> {
    let mut fields = Map::new();
    if result.expectation.rule.type_ == RuleType::ColumnExists {
        return fields;
    }
    fields.insert("observed_value".to_owned(), result.observed_value.clone());
    let Some(details) = &result.details else {
        return fields;
    };
    match (result.expectation.rule.type_, details) {
        // these say what differs beside the observed value
        (
            RuleType::DistinctInSet | RuleType::DistinctContainSet | RuleType::DistinctEqualSet,
            Value::Object(differences),
        ) => fields.extend(differences.clone()),
        (RuleType::UnexpectedRows, _) if format != ResultFormat::Complete => {}
        _ => {
            fields.insert("details".to_owned(), details.clone());
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::{Expectation, Rule, Severity};

    fn result(type_: RuleType, values: &[Value]) -> RuleResult {
        let rule = Rule::new(type_, json!({"column": "a"}));
        RuleResult {
            expectation: Expectation::new(rule, Severity::Warning, ""),
            status: RuleStatus::Failed,
            n_rows: 10,
            n_checked: 8,
            n_missing: 2,
            n_unexpected: values.len() as u64,
            unexpected_rows: (1..=values.len() as u64).collect(),
            unexpected_values: values.to_vec(),
            observed: String::new(),
            observed_value: Value::Null,
            details: None,
            problem: None,
        }
    }

    #[test]
    fn each_format_adds_its_fields() {
        let result = result(RuleType::InSet, &[json!("x"), json!("y"), json!("y")]);
        let names = |format| {
            let value = validation_result(&result, format);
            let fields = value["result"].as_object().unwrap();
            fields.keys().map(String::from).collect::<Vec<_>>()
        };
        assert!(names(ResultFormat::BooleanOnly).is_empty());
        let basic = names(ResultFormat::Basic);
        assert_eq!(basic.len(), 8);
        let summary = names(ResultFormat::Summary);
        assert_eq!(
            summary[8..],
            ["partial_unexpected_counts", "partial_unexpected_index_list"]
        );
        let complete = names(ResultFormat::Complete);
        assert_eq!(complete[10..], ["unexpected_list", "unexpected_index_list"]);
        let value = validation_result(&result, ResultFormat::Complete);
        assert_eq!(value["success"], false);
        assert_eq!(value["result"]["unexpected_percent"], 37.5);
        assert_eq!(value["result"]["unexpected_percent_total"], 30.0);
        assert_eq!(value["result"]["unexpected_index_list"], json!([0, 1, 2]));
        assert_eq!(
            value["result"]["partial_unexpected_counts"],
            json!([{"value": "y", "count": 2}, {"value": "x", "count": 1}])
        );
        assert_eq!(value["expectation_config"]["severity"], "warning");
    }

    #[test]
    fn a_rule_that_did_not_run_says_why() {
        let mut result = result(RuleType::Mean, &[]);
        result.status = RuleStatus::DidNotRun;
        result.problem = Some("there is no column `a`".to_owned());
        let value = validation_result(&result, ResultFormat::Basic);
        assert_eq!(value["exception_info"]["raised_exception"], true);
        assert_eq!(
            value["exception_info"]["exception_message"],
            "there is no column `a`"
        );
        assert_eq!(value["result"], json!({}));
    }
}
