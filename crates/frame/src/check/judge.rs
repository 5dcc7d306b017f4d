//! Verdicts on the rules, when all rows were seen.

use assay_core::expect::read::{
    Bound, Bounds, Partition, QuantileRange, SetRelation, Statistic, column_types,
};
use assay_core::expect::{Expectation, Problem, RuleResult, RuleStatus};
use assay_core::schema::ColumnType;
use serde_json::{Map, Value, json};

use super::CheckOptions;
use super::cell::{Cell, micros, read_value};
use super::distinct::{Distinct, json as cells_json};
use super::divergence;
use super::measure::State;
use super::numbers::quantiles;
use super::plan::{Judge, Plan, Planned};
use super::table;
use super::tally::Tally;
use crate::columns::float_text;
use crate::error::Error;

/// What a rule found.
#[derive(Debug, Default)]
pub(super) struct Finding {
    pub(super) passed: bool,
    pub(super) tally: Tally,
    pub(super) observed: String,
    pub(super) observed_value: Value,
    pub(super) details: Option<Value>,
}

/// Values that a list of what differs holds at most.
const MAX_LISTED: usize = 20;

/// One rule. `states` are those of the plan's measurements, in their order.
pub(super) fn result(
    plan: &Plan,
    states: &[State],
    rule: usize,
    options: &CheckOptions<'_>,
) -> Result<Option<RuleResult>, Error> {
    let Some(planned) = plan.rules.get(rule) else {
        return Ok(None);
    };
    let expectation = &planned.expectation;
    let found = match &planned.verdict {
        Ok(verdict) => {
            let (n_rows, _) = counts(states, verdict.counts);
            finding(plan, states, verdict, options)?.map(|finding| (n_rows, finding))
        }
        Err(problem) => Err(problem.clone()),
    };
    Ok(Some(match found {
        Ok((n_rows, finding)) => evaluated(expectation, n_rows, finding),
        Err(problem) => RuleResult::did_not_run(expectation.clone(), problem),
    }))
}

fn evaluated(expectation: &Expectation, n_rows: u64, finding: Finding) -> RuleResult {
    let tally = finding.tally;
    let (rows, values) = tally
        .named
        .into_iter()
        .map(|(row, value)| (row + 1, value))
        .unzip();
    let observed = if n_rows == 0 && expectation.rule.kwargs.contains_key("row_condition") {
        "the row condition leaves no row".to_owned()
    } else {
        finding.observed
    };
    RuleResult {
        expectation: expectation.clone(),
        status: if finding.passed {
            RuleStatus::Passed
        } else {
            RuleStatus::Failed
        },
        n_rows,
        n_checked: tally.n_checked,
        n_missing: tally.n_missing,
        n_unexpected: tally.n_unexpected,
        unexpected_rows: rows,
        unexpected_values: values,
        observed,
        observed_value: finding.observed_value,
        details: finding.details,
        problem: None,
    }
}

fn counts(states: &[State], at: usize) -> (u64, u64) {
    match states.get(at) {
        Some(State::Counts { n_rows, n_missing }) => (*n_rows, *n_missing),
        _ => (0, 0),
    }
}

type Found = Result<Finding, Problem>;

fn finding(
    plan: &Plan,
    states: &[State],
    planned: &Planned,
    options: &CheckOptions<'_>,
) -> Result<Found, Error> {
    let max_named = options.max_named_rows;
    let (n_rows, n_missing) = counts(states, planned.counts);
    // of the values that are there, for rules on the whole column
    let whole = || Tally {
        n_checked: n_rows - n_missing,
        n_missing,
        ..Tally::default()
    };
    let state = |at: usize| states.get(at);
    Ok(match &planned.judge {
        Judge::Tally { measure, mostly } => match state(*measure) {
            Some(State::Tally(tally)) => Ok(share(tally.clone(), *mostly)),
            Some(State::Ordered(ordered)) => Ok(share(ordered.tally.clone(), *mostly)),
            _ => Err(unmeasured()),
        },
        Judge::Repeats { measure, mostly } => {
            match (state(*measure), plan.measures.get(*measure)) {
                (Some(State::Keys(keys)), Some(measured)) => {
                    let repeats = keys.repeats(&measured.columns, max_named)?;
                    Ok(share(repeats.tally, *mostly))
                }
                _ => Err(unmeasured()),
            }
        }
        Judge::ZScores {
            measure,
            threshold,
            double_sided,
            mostly,
        } => match state(*measure) {
            Some(State::Numbers(numbers)) => {
                let tally = numbers.z_scores(*threshold, *double_sided, max_named);
                Ok(share(tally, *mostly))
            }
            _ => Err(unmeasured()),
        },
        Judge::Outliers {
            measure,
            method,
            multiplier,
            mostly,
        } => match state(*measure) {
            Some(State::Numbers(numbers)) => {
                let tally = numbers.outliers(*method, *multiplier, max_named);
                Ok(share(tally, *mostly))
            }
            _ => Err(unmeasured()),
        },
        Judge::Type { kind, names } => Ok(Finding {
            passed: names.iter().any(|name| column_types(name).contains(kind)),
            tally: Tally {
                n_checked: n_rows,
                ..Tally::default()
            },
            observed: kind.label().to_owned(),
            observed_value: pandas_name(*kind).into(),
            details: None,
        }),
        Judge::Statistic {
            measure,
            statistic,
            bounds,
            kind,
        } => match state(*measure) {
            Some(state) => {
                let value = statistic_of(*statistic, state, n_rows, n_missing, *kind)?;
                Ok(Finding {
                    passed: value.as_ref().is_some_and(|value| within(value, bounds)),
                    tally: whole(),
                    observed: value.as_ref().map_or_else(no_value, cell_text),
                    observed_value: value.map_or(Value::Null, |value| value.json()),
                    details: None,
                })
            }
            None => Err(unmeasured()),
        },
        Judge::Quantiles {
            measure,
            ranges,
            interpolation,
        } => match state(*measure) {
            Some(State::Numbers(numbers)) => {
                let probabilities: Vec<f64> = ranges.iter().map(|r| r.probability).collect();
                let found = quantiles(&numbers.values, &probabilities, *interpolation);
                Ok(quantile_finding(ranges, &probabilities, &found, whole()))
            }
            _ => Err(unmeasured()),
        },
        Judge::Distinct {
            measure,
            values,
            relation,
            kind,
        } => match state(*measure) {
            Some(State::Distinct(distinct)) => Ok(distinct_finding(
                distinct,
                values,
                *relation,
                *kind,
                whole(),
            )),
            _ => Err(unmeasured()),
        },
        Judge::MostCommon {
            measure,
            values,
            ties_okay,
            kind,
        } => match state(*measure) {
            Some(State::Distinct(distinct)) => {
                let common = distinct.most_common();
                let allowed: Vec<u128> = values
                    .iter()
                    .filter_map(|value| Some(read_value(value, *kind)?.key()))
                    .collect();
                let n_allowed = common.iter().filter(|c| allowed.contains(&c.key())).count();
                Ok(Finding {
                    passed: n_allowed > 0 && (*ties_okay || common.len() == 1),
                    tally: whole(),
                    observed: listed(&common),
                    observed_value: cells_json(&common),
                    details: None,
                })
            }
            _ => Err(unmeasured()),
        },
        Judge::KlDivergence {
            measure,
            test,
            kind,
        } => {
            let found = match (state(*measure), &test.partition) {
                (Some(State::Distinct(distinct)), Some(Partition::Values { values, weights })) => {
                    divergence::of_values(test, values, weights, *kind, distinct)
                }
                (Some(State::Distinct(distinct)), _) => {
                    let own = distinct.ascending();
                    let n = distinct.n_values as f64;
                    let values: Vec<Value> = own.iter().map(|(cell, _)| cell.json()).collect();
                    let weights: Vec<f64> = own.iter().map(|(_, c)| *c as f64 / n).collect();
                    divergence::of_values(test, &values, &weights, *kind, distinct)
                }
                (Some(State::Numbers(numbers)), partition) => {
                    let own = || divergence::own_bins(&numbers.values);
                    let partition = partition.clone().unwrap_or_else(own);
                    let Partition::Bins {
                        bins,
                        weights,
                        tails,
                    } = partition
                    else {
                        return Ok(Err(unmeasured()));
                    };
                    divergence::of_bins(test, &bins, &weights, tails, &numbers.values)
                }
                _ => return Ok(Err(unmeasured())),
            };
            Ok(Finding {
                passed: test
                    .threshold
                    .is_none_or(|threshold| found.nats.is_some_and(|nats| nats <= threshold)),
                tally: whole(),
                observed: found
                    .nats
                    .map_or_else(|| "infinite".to_owned(), number_text),
                observed_value: json!(found.nats),
                details: Some(found.details),
            })
        }
        Judge::Table(test) => table::finding(test, &plan.schema, n_rows, options),
        Judge::Query(query) => table::query(query, n_rows, options),
    })
}

/// What pandas calls the type of such a column.
pub(super) fn pandas_name(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Integer => "int64",
        ColumnType::Float => "float64",
        ColumnType::Boolean => "bool",
        ColumnType::Text => "str",
        ColumnType::Date => "datetime64[s]",
        ColumnType::Datetime => "datetime64[us]",
    }
}

fn unmeasured() -> Problem {
    Problem("the rule was not evaluated".to_owned())
}

fn no_value() -> String {
    "no value".to_owned()
}

/// Whether enough of the rows that were compared hold; without any, they do.
fn share(tally: Tally, mostly: f64) -> Finding {
    let n_expected = tally.n_checked - tally.n_unexpected.min(tally.n_checked);
    let held = if tally.n_checked == 0 {
        1.0
    } else {
        n_expected as f64 / tally.n_checked as f64
    };
    Finding {
        passed: held >= mostly,
        // cut, so that 99.96 % does not read as all
        observed: format!("{:.1} % hold", (held * 1000.0).floor() / 10.0),
        tally,
        ..Finding::default()
    }
}

fn statistic_of(
    statistic: Statistic,
    state: &State,
    n_rows: u64,
    n_missing: u64,
    kind: ColumnType,
) -> Result<Option<Cell<String>>, Error> {
    let n_values = n_rows - n_missing;
    Ok(match (statistic, state) {
        (Statistic::Min, State::Extremes(extremes)) => {
            extremes.ends.as_ref().map(|(least, _)| least.clone())
        }
        (Statistic::Max, State::Extremes(extremes)) => {
            extremes.ends.as_ref().map(|(_, largest)| largest.clone())
        }
        (Statistic::Mean, State::Moments(moments)) => {
            // of the sum, which is exact for integers: joined means differ in the last digit
            let sum = match kind {
                ColumnType::Integer => moments.whole_sum as f64,
                _ => moments.sum,
            };
            (moments.n > 0).then(|| Cell::Float(sum / moments.n as f64))
        }
        (Statistic::Stdev, State::Moments(moments)) => moments.std().map(Cell::Float),
        (Statistic::Sum, State::Moments(moments)) => Some(match i64::try_from(moments.whole_sum) {
            Ok(whole) if kind == ColumnType::Integer => Cell::Integer(whole),
            _ => Cell::Float(moments.sum),
        }),
        (Statistic::Median, State::Numbers(numbers)) => {
            use assay_core::expect::read::Interpolation::Linear;
            let median = quantiles(&numbers.values, &[0.5], Linear);
            median.first().copied().map(Cell::Float)
        }
        (Statistic::DistinctCount, State::Keys(keys)) => {
            let n_distinct = keys.repeats(&[], 0)?.n_distinct;
            i64::try_from(n_distinct).ok().map(Cell::Integer)
        }
        (Statistic::DistinctShare, State::Keys(keys)) => {
            let n_distinct = keys.repeats(&[], 0)?.n_distinct;
            (n_values > 0).then(|| Cell::Float(n_distinct as f64 / n_values as f64))
        }
        (Statistic::NonNullShare, _) => {
            (n_rows > 0).then(|| Cell::Float(n_values as f64 / n_rows as f64))
        }
        _ => None,
    })
}

fn within(value: &Cell<String>, bounds: &Bounds) -> bool {
    let end = |bound: &Option<Bound>| -> Option<Cell<String>> {
        Some(match bound.as_ref()? {
            Bound::Integer(whole) => Cell::Integer(*whole),
            Bound::Float(number) => Cell::Float(*number),
            Bound::Text(text) if matches!(value, Cell::Text(_)) => Cell::Text(text.clone()),
            Bound::Text(text) => Cell::Datetime(micros(text)?),
        })
    };
    let above = end(&bounds.min).is_none_or(|low| {
        let order = value.compare(&low);
        order.is_some_and(|order| order.is_gt() || (order.is_eq() && !bounds.strict_min))
    });
    let below = end(&bounds.max).is_none_or(|high| {
        let order = value.compare(&high);
        order.is_some_and(|order| order.is_lt() || (order.is_eq() && !bounds.strict_max))
    });
    above && below
}

fn quantile_finding(
    ranges: &[QuantileRange],
    probabilities: &[f64],
    found: &[f64],
    tally: Tally,
) -> Finding {
    // the tolerance of Great Expectations
    let near = |a: f64, b: f64| b.is_finite() && (a - b).abs() <= 1e-8 + 1e-4 * b.abs();
    let holds: Vec<bool> = ranges
        .iter()
        .enumerate()
        .map(|(at, range)| {
            found.get(at).is_some_and(|value| {
                let low = range.min.unwrap_or(f64::NEG_INFINITY);
                let high = range.max.unwrap_or(f64::INFINITY);
                (low <= *value && *value <= high) || near(*value, low) || near(*value, high)
            })
        })
        .collect();
    let texts: Vec<String> = found.iter().map(|value| number_text(*value)).collect();
    let values: Vec<Option<f64>> = (0..ranges.len()).map(|at| found.get(at).copied()).collect();
    Finding {
        passed: holds.iter().all(|holds| *holds),
        tally,
        observed: if texts.is_empty() {
            no_value()
        } else {
            texts.join(", ")
        },
        observed_value: json!({"quantiles": probabilities, "values": values}),
        details: Some(json!({"success_details": holds})),
    }
}

fn distinct_finding(
    distinct: &Distinct,
    values: &[Value],
    relation: SetRelation,
    kind: ColumnType,
    tally: Tally,
) -> Finding {
    let wanted: Vec<(&Value, Option<u128>)> = values
        .iter()
        .filter(|value| !value.is_null())
        .map(|value| (value, read_value(value, kind).map(|value| value.key())))
        .collect();
    let missing: Vec<&Value> = wanted
        .iter()
        .filter(|(_, key)| !key.is_some_and(|key| distinct.contains(key)))
        .map(|(value, _)| *value)
        .collect();
    let unexpected: Vec<&Cell<String>> = distinct
        .ascending()
        .into_iter()
        .map(|(cell, _)| cell)
        .filter(|cell| !wanted.iter().any(|(_, key)| *key == Some(cell.key())))
        .collect();
    let (asks_unexpected, asks_missing) = match relation {
        SetRelation::InSet => (true, false),
        SetRelation::ContainsSet => (false, true),
        SetRelation::EqualsSet => (true, true),
    };
    let mut details = Map::new();
    let mut observed = Vec::new();
    if asks_unexpected {
        let few = &unexpected[..unexpected.len().min(MAX_LISTED)];
        details.insert("unexpected_count".to_owned(), unexpected.len().into());
        details.insert("partial_unexpected_list".to_owned(), cells_json(few));
        if !unexpected.is_empty() {
            observed.push(format!("unexpected: {}", listed(few)));
        }
    }
    if asks_missing {
        let few: Vec<&Value> = missing.iter().copied().take(MAX_LISTED).collect();
        details.insert("missing_count".to_owned(), missing.len().into());
        details.insert("partial_missing_list".to_owned(), json!(few));
        if !missing.is_empty() {
            let texts: Vec<String> = few
                .iter()
                .map(|value| {
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned)
                })
                .collect();
            observed.push(format!("missing: {}", texts.join(", ")));
        }
    }
    if observed.is_empty() {
        let n_distinct = distinct.ascending().len();
        observed.push(format!("{n_distinct} distinct"));
    }
    Finding {
        passed: (!asks_unexpected || unexpected.is_empty())
            && (!asks_missing || missing.is_empty()),
        tally,
        observed: observed.join("; "),
        observed_value: Value::Null,
        details: Some(Value::Object(details)),
    }
}

fn listed(cells: &[&Cell<String>]) -> String {
    let texts: Vec<String> = cells.iter().map(|cell| cell_text(cell)).collect();
    texts.join(", ")
}

fn cell_text(cell: &Cell<String>) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Float(value) => number_text(*value),
        other => match other.json() {
            Value::String(text) => text,
            value => value.to_string(),
        },
    }
}

/// A number as people write it: whole ones without a point.
fn number_text(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        format!("{value:.0}")
    } else {
        float_text(value)
    }
}
