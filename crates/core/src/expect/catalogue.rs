//! Every type of expectation with its arguments. Forms, help, validation and the reading of suites follow this table.

mod arguments;
mod shapes;
mod values;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::RuleType;

/// What a person should know about a type of expectation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RuleInfo {
    #[serde(rename = "type")]
    pub type_: RuleType,
    /// `values between`
    pub title: String,
    pub group: RuleGroup,
    /// One sentence.
    pub help: String,
    pub arguments: Vec<ArgumentInfo>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RuleGroup {
    Cardinality,
    Integrity,
    Distribution,
    Missingness,
    Pattern,
    Schema,
    Sets,
    Order,
    Volume,
    Custom,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ArgumentInfo {
    pub name: String,
    pub kind: ArgumentKind,
    /// The label of a form's field.
    pub title: String,
    pub help: String,
    pub required: bool,
    /// What holds when it is not given; `null` for nothing.
    pub default: Value,
    /// What a [`ArgumentKind::Choice`] may be.
    pub choices: Vec<String>,
}

/// What an argument is written as in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ArgumentKind {
    /// The name of a column.
    Column,
    Columns,
    Number,
    /// A whole number, 0 or more.
    Count,
    /// A number, or a text: a date, a date-time or a text to compare with.
    Bound,
    /// A number between 0 and 1.
    Share,
    Flag,
    Text,
    Texts,
    /// Numbers, texts and booleans.
    Values,
    /// Lists of two values.
    Pairs,
    /// The name of a type.
    Type,
    Types,
    Regex,
    Choice,
    /// `{"quantiles": [0.5], "value_ranges": [[1, null]]}`
    Quantiles,
    /// A flag or the name of an interpolation.
    Interpolation,
    /// `{"bins" or "values": [...], "weights": [...], "tail_weights": [...]}`
    Partition,
    /// A JSON object.
    Json,
    /// The name of a data set of the lab.
    Dataset,
    Sql,
    /// Text, or an object as Great Expectations writes it.
    Condition,
}

/// Every type that a person can choose, by group.
pub fn catalogue() -> Vec<RuleInfo> {
    entries()
        .filter(|entry| entry.type_ != RuleType::NotUnderstood)
        .map(Entry::info)
        .collect()
}

/// What the catalogue says of one type.
pub fn rule_info(type_: RuleType) -> Option<RuleInfo> {
    entries()
        .find(|entry| entry.type_ == type_)
        .map(Entry::info)
}

/// Arguments of the host that change nothing about what a rule means.
const WITHOUT_EFFECT: [&str; 5] = [
    "batch_id",
    "result_format",
    "catch_exceptions",
    "include_config",
    "library_metadata",
];

/// Whether a type takes an argument of that name.
pub(super) fn takes(type_: RuleType, name: &str) -> bool {
    WITHOUT_EFFECT.contains(&name)
        || entries()
            .find(|entry| entry.type_ == type_)
            .is_some_and(|entry| entry.arguments().any(|argument| argument.name == name))
}

struct Entry {
    type_: RuleType,
    title: &'static str,
    group: RuleGroup,
    help: &'static str,
    arguments: &'static [Argument],
    /// Whether it looks at rows, so that a condition on them means something.
    on_rows: bool,
}

#[derive(Clone, Copy)]
struct Argument {
    name: &'static str,
    kind: ArgumentKind,
    title: &'static str,
    help: &'static str,
    required: bool,
    default: Default,
    choices: &'static [&'static str],
}

#[derive(Clone, Copy)]
enum Default {
    None,
    Flag(bool),
    Number(f64),
    Text(&'static str),
}

fn entries() -> impl Iterator<Item = &'static Entry> {
    values::ENTRIES
        .iter()
        .chain(shapes::ENTRIES)
        .chain([shapes::NOT_UNDERSTOOD])
}

impl Entry {
    fn arguments(&self) -> impl Iterator<Item = &'static Argument> {
        const ON_ROWS: &[Argument] = &[arguments::ROW_CONDITION, arguments::CONDITION_PARSER];
        let common: &'static [Argument] = if self.on_rows { ON_ROWS } else { &[] };
        self.arguments.iter().chain(common)
    }

    fn info(&self) -> RuleInfo {
        RuleInfo {
            type_: self.type_,
            title: self.title.to_owned(),
            group: self.group,
            help: self.help.to_owned(),
            arguments: self.arguments().map(Argument::info).collect(),
        }
    }
}

impl Argument {
    fn info(&self) -> ArgumentInfo {
        ArgumentInfo {
            name: self.name.to_owned(),
            kind: self.kind,
            title: self.title.to_owned(),
            help: self.help.to_owned(),
            required: self.required,
            default: match self.default {
                Default::None => Value::Null,
                Default::Flag(value) => value.into(),
                Default::Number(value) => value.into(),
                Default::Text(value) => value.into(),
            },
            choices: self
                .choices
                .iter()
                .map(|&choice| choice.to_owned())
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_type_stands_in_the_catalogue_once_with_a_title_of_its_own() {
        let all = catalogue();
        let types: HashSet<RuleType> = all.iter().map(|info| info.type_).collect();
        assert_eq!(all.len(), RuleType::ALL.len() - 1);
        assert_eq!(types.len(), all.len());
        assert!(!types.contains(&RuleType::NotUnderstood));
        let titles: HashSet<&str> = all.iter().map(|info| info.title.as_str()).collect();
        assert_eq!(titles.len(), all.len());
        for info in &all {
            assert!(info.help.ends_with('.'), "{}", info.type_);
            let names: HashSet<&str> = info.arguments.iter().map(|a| a.name.as_str()).collect();
            assert_eq!(names.len(), info.arguments.len(), "{}", info.type_);
            for argument in &info.arguments {
                assert!(takes(info.type_, &argument.name));
                let is_choice = argument.kind == ArgumentKind::Choice;
                assert_eq!(is_choice, !argument.choices.is_empty(), "{}", argument.name);
            }
        }
        assert!(!takes(RuleType::NotNull, "min_value"));
        assert!(takes(RuleType::NotNull, "row_condition"));
        assert!(!takes(RuleType::ColumnExists, "row_condition"));
    }
}
