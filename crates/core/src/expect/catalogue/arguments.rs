//! The arguments that the rules take, each described once.

use super::{Argument, Default};
use crate::expect::ArgumentKind;

pub(super) const COLUMN: Argument = Argument {
    name: "column",
    kind: ArgumentKind::Column,
    title: "column",
    help: "the column that the rule is about",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const COLUMN_A: Argument = Argument {
    name: "column_A",
    kind: ArgumentKind::Column,
    title: "column A",
    help: "the first of the two columns",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const COLUMN_B: Argument = Argument {
    name: "column_B",
    kind: ArgumentKind::Column,
    title: "column B",
    help: "the second of the two columns",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const COLUMN_LIST: Argument = Argument {
    name: "column_list",
    kind: ArgumentKind::Columns,
    title: "columns",
    help: "the columns that are taken together",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const MOSTLY: Argument = Argument {
    name: "mostly",
    kind: ArgumentKind::Share,
    title: "mostly",
    help: "the share of the checked rows, 0 to 1, that must hold",
    required: false,
    default: Default::Number(1.0),
    choices: &[],
};
pub(super) const MIN_VALUE: Argument = Argument {
    name: "min_value",
    kind: ArgumentKind::Bound,
    title: "at least",
    help: "the least that is allowed; none does not bound",
    required: false,
    default: Default::None,
    choices: &[],
};
pub(super) const MAX_VALUE: Argument = Argument {
    name: "max_value",
    kind: ArgumentKind::Bound,
    title: "at most",
    help: "the most that is allowed; none does not bound",
    required: false,
    default: Default::None,
    choices: &[],
};
pub(super) const MIN_COUNT: Argument = Argument {
    name: "min_value",
    kind: ArgumentKind::Count,
    title: "at least",
    help: "the least that is allowed; none does not bound",
    required: false,
    default: Default::None,
    choices: &[],
};
pub(super) const MAX_COUNT: Argument = Argument {
    name: "max_value",
    kind: ArgumentKind::Count,
    title: "at most",
    help: "the most that is allowed; none does not bound",
    required: false,
    default: Default::None,
    choices: &[],
};
pub(super) const MIN_SHARE: Argument = Argument {
    name: "min_value",
    kind: ArgumentKind::Share,
    title: "at least",
    help: "the least share, 0 to 1; none does not bound",
    required: false,
    default: Default::None,
    choices: &[],
};
pub(super) const MAX_SHARE: Argument = Argument {
    name: "max_value",
    kind: ArgumentKind::Share,
    title: "at most",
    help: "the largest share, 0 to 1; none does not bound",
    required: false,
    default: Default::None,
    choices: &[],
};
pub(super) const MIN_NUMBER: Argument = Argument {
    name: "min_value",
    kind: ArgumentKind::Number,
    title: "at least",
    help: "the least that is allowed; none does not bound",
    required: false,
    default: Default::None,
    choices: &[],
};
pub(super) const MAX_NUMBER: Argument = Argument {
    name: "max_value",
    kind: ArgumentKind::Number,
    title: "at most",
    help: "the most that is allowed; none does not bound",
    required: false,
    default: Default::None,
    choices: &[],
};
pub(super) const STRICT_MIN: Argument = Argument {
    name: "strict_min",
    kind: ArgumentKind::Flag,
    title: "over, not at least",
    help: "the lower bound itself is not allowed",
    required: false,
    default: Default::Flag(false),
    choices: &[],
};
pub(super) const STRICT_MAX: Argument = Argument {
    name: "strict_max",
    kind: ArgumentKind::Flag,
    title: "under, not at most",
    help: "the upper bound itself is not allowed",
    required: false,
    default: Default::Flag(false),
    choices: &[],
};
pub(super) const VALUE_SET: Argument = Argument {
    name: "value_set",
    kind: ArgumentKind::Values,
    title: "values",
    help: "the values of the set; numbers stay numbers",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const PAIRS_SET: Argument = Argument {
    name: "value_pairs_set",
    kind: ArgumentKind::Pairs,
    title: "pairs",
    help: "the pairs of values that are allowed",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const TIES_OKAY: Argument = Argument {
    name: "ties_okay",
    kind: ArgumentKind::Flag,
    title: "ties are fine",
    help: "of several values that are equally common one in the set is enough",
    required: false,
    default: Default::Flag(false),
    choices: &[],
};
pub(super) const OR_EQUAL: Argument = Argument {
    name: "or_equal",
    kind: ArgumentKind::Flag,
    title: "or equal",
    help: "equal values are allowed too",
    required: false,
    default: Default::Flag(false),
    choices: &[],
};
pub(super) const IGNORE_PAIR: Argument = Argument {
    name: "ignore_row_if",
    kind: ArgumentKind::Choice,
    title: "rows left out",
    help: "which rows with missing values are not looked at",
    required: false,
    default: Default::Text("both_values_are_missing"),
    choices: &[
        "both_values_are_missing",
        "either_value_is_missing",
        "neither",
    ],
};
pub(super) const IGNORE_RECORD: Argument = Argument {
    name: "ignore_row_if",
    kind: ArgumentKind::Choice,
    title: "rows left out",
    help: "which rows with missing values are not looked at",
    required: false,
    default: Default::Text("all_values_are_missing"),
    choices: &["all_values_are_missing", "any_value_is_missing", "never"],
};
pub(super) const SUM_TOTAL: Argument = Argument {
    name: "sum_total",
    kind: ArgumentKind::Number,
    title: "sum",
    help: "what the values of a row add up to",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const THRESHOLD: Argument = Argument {
    name: "threshold",
    kind: ArgumentKind::Number,
    title: "less than",
    help: "the z score (standard deviations from the mean) that is too much",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const DOUBLE_SIDED: Argument = Argument {
    name: "double_sided",
    kind: ArgumentKind::Flag,
    title: "both sides",
    help: "values far below the mean count too",
    required: true,
    default: Default::Flag(true),
    choices: &[],
};
pub(super) const METHOD: Argument = Argument {
    name: "method",
    kind: ArgumentKind::Choice,
    title: "method",
    help: "quartiles (iqr), or mean and standard deviation (std)",
    required: false,
    default: Default::Text("iqr"),
    choices: &["iqr", "std"],
};
pub(super) const MULTIPLIER: Argument = Argument {
    name: "multiplier",
    kind: ArgumentKind::Number,
    title: "times",
    help: "how many interquartile ranges, or standard deviations, away is too far",
    required: false,
    default: Default::Number(1.5),
    choices: &[],
};
pub(super) const QUANTILE_RANGES: Argument = Argument {
    name: "quantile_ranges",
    kind: ArgumentKind::Quantiles,
    title: "quantiles",
    help: "the probabilities under `quantiles`, and under `value_ranges` the least and the most of each",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const RELATIVE_ERROR: Argument = Argument {
    name: "allow_relative_error",
    kind: ArgumentKind::Interpolation,
    title: "between two values",
    help: "false or `nearest` takes the nearer one, `linear` a number between, `lower`, `higher` and `midpoint` what they say",
    required: false,
    default: Default::Flag(false),
    choices: &[],
};
pub(super) const PARTITION: Argument = Argument {
    name: "partition_object",
    kind: ArgumentKind::Partition,
    title: "distribution",
    help: "`bins` or `values` with their `weights`, and perhaps `tail_weights`",
    required: false,
    default: Default::None,
    choices: &[],
};
pub(super) const KL_THRESHOLD: Argument = Argument {
    name: "threshold",
    kind: ArgumentKind::Number,
    title: "at most",
    help: "the largest divergence (nats) that is allowed; none only reports it",
    required: false,
    default: Default::None,
    choices: &[],
};
pub(super) const INTERNAL_HOLDOUT: Argument = Argument {
    name: "internal_weight_holdout",
    kind: ArgumentKind::Share,
    title: "weight for empty bins",
    help: "the weight that is shared by the bins whose expected weight is 0",
    required: false,
    default: Default::Number(0.0),
    choices: &[],
};
pub(super) const TAIL_HOLDOUT: Argument = Argument {
    name: "tail_weight_holdout",
    kind: ArgumentKind::Share,
    title: "weight for the tails",
    help: "the weight that is shared by the values outside of the distribution",
    required: false,
    default: Default::Number(0.0),
    choices: &[],
};
pub(super) const BUCKETIZE: Argument = Argument {
    name: "bucketize_data",
    kind: ArgumentKind::Flag,
    title: "in bins",
    help: "without a distribution: make bins, not a list of values",
    required: false,
    default: Default::Flag(true),
    choices: &[],
};
pub(super) const LENGTH: Argument = Argument {
    name: "value",
    kind: ArgumentKind::Count,
    title: "length",
    help: "the number of characters",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const REGEX: Argument = Argument {
    name: "regex",
    kind: ArgumentKind::Regex,
    title: "pattern",
    help: "a regular expression that may match anywhere in the value; without one every value matches",
    required: false,
    default: Default::Text("(?s).*"),
    choices: &[],
};
pub(super) const REGEX_REQUIRED: Argument = Argument {
    name: "regex",
    kind: ArgumentKind::Regex,
    title: "pattern",
    help: "a regular expression that may match anywhere in the value",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const REGEX_LIST: Argument = Argument {
    name: "regex_list",
    kind: ArgumentKind::Texts,
    title: "patterns",
    help: "regular expressions that may match anywhere in the value",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const MATCH_ON: Argument = Argument {
    name: "match_on",
    kind: ArgumentKind::Choice,
    title: "how many",
    help: "whether one of the patterns is enough",
    required: false,
    default: Default::Text("any"),
    choices: &["any", "all"],
};
pub(super) const LIKE: Argument = Argument {
    name: "like_pattern",
    kind: ArgumentKind::Text,
    title: "pattern",
    help: "as in SQL: % stands for any text, _ for one character",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const LIKE_LIST: Argument = Argument {
    name: "like_pattern_list",
    kind: ArgumentKind::Texts,
    title: "patterns",
    help: "as in SQL: % stands for any text, _ for one character",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const ESCAPE: Argument = Argument {
    name: "escape",
    kind: ArgumentKind::Text,
    title: "escape",
    help: "one character; before % or _ it means the character itself",
    required: false,
    default: Default::None,
    choices: &[],
};
pub(super) const STRFTIME: Argument = Argument {
    name: "strftime_format",
    kind: ArgumentKind::Text,
    title: "format",
    help: "as in Python: %Y-%m-%d %H:%M:%S",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const SCHEMA: Argument = Argument {
    name: "json_schema",
    kind: ArgumentKind::Json,
    title: "JSON schema",
    help: "the schema that the JSON text in a value must follow",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const COLUMN_INDEX: Argument = Argument {
    name: "column_index",
    kind: ArgumentKind::Count,
    title: "place",
    help: "0 for the first column; none for anywhere",
    required: false,
    default: Default::None,
    choices: &[],
};
pub(super) const TYPE: Argument = Argument {
    name: "type_",
    kind: ArgumentKind::Type,
    title: "type",
    help: "`int`, `float`, `bool`, `text`, `date`, `datetime`, or a name that pandas, SQL or Spark knows",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const TYPE_LIST: Argument = Argument {
    name: "type_list",
    kind: ArgumentKind::Types,
    title: "types",
    help: "the types of which one must be",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const VALUE_COUNT: Argument = Argument {
    name: "value",
    kind: ArgumentKind::Count,
    title: "exactly",
    help: "the number that there must be",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const COLUMN_SET: Argument = Argument {
    name: "column_set",
    kind: ArgumentKind::Columns,
    title: "columns",
    help: "the names, in any order",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const ORDERED: Argument = Argument {
    name: "column_list",
    kind: ArgumentKind::Columns,
    title: "columns",
    help: "the names, in their order",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const EXACT: Argument = Argument {
    name: "exact_match",
    kind: ArgumentKind::Flag,
    title: "no other columns",
    help: "other columns are not allowed",
    required: false,
    default: Default::Flag(true),
    choices: &[],
};
pub(super) const STRICTLY: Argument = Argument {
    name: "strictly",
    kind: ArgumentKind::Flag,
    title: "strictly",
    help: "equal neighbours are not allowed",
    required: false,
    default: Default::Flag(false),
    choices: &[],
};
pub(super) const OTHER: Argument = Argument {
    name: "other_table_name",
    kind: ArgumentKind::Dataset,
    title: "other data set",
    help: "the data set of the lab whose newest version is counted",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const SQL: Argument = Argument {
    name: "unexpected_rows_query",
    kind: ArgumentKind::Sql,
    title: "query",
    help: "a SELECT that returns the bad rows; `{batch}` stands for the table",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const ENTRY: Argument = Argument {
    name: "entry",
    kind: ArgumentKind::Json,
    title: "as it came",
    help: "the rule as its file had it",
    required: true,
    default: Default::None,
    choices: &[],
};
pub(super) const ROW_CONDITION: Argument = Argument {
    name: "row_condition",
    kind: ArgumentKind::Condition,
    title: "only rows where",
    help: "for example: age > 18 and city == \"Oslo\"",
    required: false,
    default: Default::None,
    choices: &[],
};
pub(super) const CONDITION_PARSER: Argument = Argument {
    name: "condition_parser",
    kind: ArgumentKind::Choice,
    title: "grammar of the condition",
    help: "`pandas`, or `great_expectations` for col(\"age\") > 18",
    required: false,
    default: Default::None,
    choices: &[
        "pandas",
        "great_expectations",
        "great_expectations__experimental__",
        "spark",
    ],
};
