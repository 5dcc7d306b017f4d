//! Twenty common expectations over a Parquet file, for `cargo xtask bench validate`. Prints one JSON line; the reading
//! of the file is not in the seconds.

use std::path::PathBuf;
use std::time::Instant;

use assay_core::Task;
use assay_core::expect::{Expectation, Rule, RuleStatus, RuleType, Severity, Suite};
use assay_frame::{check, read_parquet};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let path: PathBuf = std::env::args_os()
        .nth(1)
        .ok_or("name a Parquet file")?
        .into();
    let frame = read_parquet(&path)?;
    let suite = suite();
    let started = Instant::now();
    let results = check(&frame, &suite, &Task::silent())?;
    let seconds = started.elapsed().as_secs_f64();
    let all_met = results
        .iter()
        .all(|result| result.status == RuleStatus::Passed);
    println!(
        "{}",
        json!({
            "seconds": seconds,
            "rows": frame.n_rows(),
            "expectations": results.len(),
            "all_met": all_met,
        })
    );
    Ok(())
}

fn suite() -> Suite {
    use RuleType as T;
    let columns = [
        "id",
        "quantity",
        "age",
        "amount",
        "discount",
        "score",
        "latitude",
        "city",
        "grade",
        "active",
        "created_at",
        "comment",
    ];
    let cities = [
        "Tallinn", "Lisbon", "Osaka", "Quito", "Perth", "Lagos", "Oslo", "Lima",
    ];
    let rules: [(RuleType, Value); 20] = [
        (T::ColumnsMatchSet, json!({"column_set": columns})),
        (
            T::RowCountBetween,
            json!({"min_value": 1, "max_value": 10_000_000}),
        ),
        (T::ValuesUnique, json!({"column": "id"})),
        (T::NotNull, json!({"column": "id"})),
        (T::NotNull, json!({"column": "city"})),
        (T::NotNull, json!({"column": "created_at"})),
        (T::NotNull, json!({"column": "grade", "mostly": 0.95})),
        (T::NotNull, json!({"column": "discount", "mostly": 0.8})),
        (
            T::ValuesBetween,
            json!({"column": "quantity", "min_value": 1, "max_value": 499}),
        ),
        (
            T::ValuesBetween,
            json!({"column": "age", "min_value": 18, "max_value": 94}),
        ),
        (
            T::ValuesBetween,
            json!({"column": "amount", "min_value": 0, "strict_min": true}),
        ),
        (
            T::ValuesBetween,
            json!({"column": "discount", "min_value": 0, "max_value": 1}),
        ),
        (
            T::ValuesBetween,
            json!({"column": "latitude", "min_value": -90, "max_value": 90}),
        ),
        (T::InSet, json!({"column": "city", "value_set": cities})),
        (
            T::InSet,
            json!({"column": "grade", "value_set": ["A", "B", "C", "D", "E"]}),
        ),
        (
            T::LengthsBetween,
            json!({"column": "comment", "min_value": 1, "max_value": 80}),
        ),
        (T::Regex, json!({"column": "comment", "regex": "^[a-z ]+$"})),
        (
            T::Mean,
            json!({"column": "score", "min_value": -0.1, "max_value": 0.1}),
        ),
        (
            T::Stdev,
            json!({"column": "score", "min_value": 0.9, "max_value": 1.1}),
        ),
        (
            T::Median,
            json!({"column": "quantity", "min_value": 200, "max_value": 300}),
        ),
    ];
    Suite::new(
        "twenty",
        rules
            .into_iter()
            .map(|(type_, arguments)| {
                Expectation::new(Rule::new(type_, arguments), Severity::Critical, "")
            })
            .collect(),
    )
}
