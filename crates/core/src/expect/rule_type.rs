//! The names of the types of expectations, as Great Expectations spells them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! rule_types {
    ($($variant:ident = $name:literal,)+) => {
        /// What a rule is about. Written as Great Expectations writes it: `expect_column_values_to_be_unique`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        pub enum RuleType {
            $(#[serde(rename = $name)] $variant,)+
        }

        impl RuleType {
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

rule_types! {
    ValuesUnique = "expect_column_values_to_be_unique",
    CompoundUnique = "expect_compound_columns_to_be_unique",
    UniqueWithinRecord = "expect_select_column_values_to_be_unique_within_record",
    MulticolumnUnique = "expect_multicolumn_values_to_be_unique",
    DistinctShare = "expect_column_proportion_of_unique_values_to_be_between",
    DistinctCount = "expect_column_unique_value_count_to_be_between",
    PairEqual = "expect_column_pair_values_to_be_equal",
    PairInSet = "expect_column_pair_values_to_be_in_set",
    MulticolumnSum = "expect_multicolumn_sum_to_equal",
    MulticolumnEqual = "expect_multicolumn_values_to_be_equal",
    ValuesBetween = "expect_column_values_to_be_between",
    PairGreater = "expect_column_pair_values_a_to_be_greater_than_b",
    ZScores = "expect_column_value_z_scores_to_be_less_than",
    NotOutliers = "expect_column_values_to_not_be_outliers",
    Stdev = "expect_column_stdev_to_be_between",
    Sum = "expect_column_sum_to_be_between",
    Min = "expect_column_min_to_be_between",
    Max = "expect_column_max_to_be_between",
    Mean = "expect_column_mean_to_be_between",
    Median = "expect_column_median_to_be_between",
    Quantiles = "expect_column_quantile_values_to_be_between",
    KlDivergence = "expect_column_kl_divergence_to_be_less_than",
    NotNull = "expect_column_values_to_not_be_null",
    Null = "expect_column_values_to_be_null",
    NonNullShare = "expect_column_proportion_of_non_null_values_to_be_between",
    LengthsEqual = "expect_column_value_lengths_to_equal",
    LengthsBetween = "expect_column_value_lengths_to_be_between",
    Regex = "expect_column_values_to_match_regex",
    NotRegex = "expect_column_values_to_not_match_regex",
    RegexList = "expect_column_values_to_match_regex_list",
    NotRegexList = "expect_column_values_to_not_match_regex_list",
    Like = "expect_column_values_to_match_like_pattern",
    NotLike = "expect_column_values_to_not_match_like_pattern",
    LikeList = "expect_column_values_to_match_like_pattern_list",
    NotLikeList = "expect_column_values_to_not_match_like_pattern_list",
    Strftime = "expect_column_values_to_match_strftime_format",
    DateParseable = "expect_column_values_to_be_dateutil_parseable",
    JsonParseable = "expect_column_values_to_be_json_parseable",
    JsonSchema = "expect_column_values_to_match_json_schema",
    ColumnExists = "expect_column_to_exist",
    OfType = "expect_column_values_to_be_of_type",
    InTypeList = "expect_column_values_to_be_in_type_list",
    ColumnType = "expect_column_type_to_be",
    ColumnCountEqual = "expect_table_column_count_to_equal",
    ColumnCountBetween = "expect_table_column_count_to_be_between",
    ColumnsMatchSet = "expect_table_columns_to_match_set",
    ColumnsMatchList = "expect_table_columns_to_match_ordered_list",
    InSet = "expect_column_values_to_be_in_set",
    NotInSet = "expect_column_values_to_not_be_in_set",
    DistinctInSet = "expect_column_distinct_values_to_be_in_set",
    DistinctContainSet = "expect_column_distinct_values_to_contain_set",
    DistinctEqualSet = "expect_column_distinct_values_to_equal_set",
    MostCommonInSet = "expect_column_most_common_value_to_be_in_set",
    Increasing = "expect_column_values_to_be_increasing",
    Decreasing = "expect_column_values_to_be_decreasing",
    RowCountEqual = "expect_table_row_count_to_equal",
    RowCountBetween = "expect_table_row_count_to_be_between",
    RowCountEqualOther = "expect_table_row_count_to_equal_other_table",
    UnexpectedRows = "unexpected_rows_expectation",
    NotUnderstood = "not_understood",
}

/// The name is none of [`RuleType::ALL`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no expectation that is known here")]
pub struct UnknownRuleType(pub String);

impl FromStr for RuleType {
    type Err = UnknownRuleType;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|type_| type_.name() == name)
            .ok_or_else(|| UnknownRuleType(name.to_owned()))
    }
}

impl fmt::Display for RuleType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for type_ in RuleType::ALL {
            assert_eq!(type_.name().parse(), Ok(*type_));
            let json = serde_json::to_string(type_).unwrap();
            assert_eq!(json, format!("\"{type_}\""));
            assert_eq!(serde_json::from_str::<RuleType>(&json).unwrap(), *type_);
        }
        assert_eq!(
            "expect_nothing".parse::<RuleType>(),
            Err(UnknownRuleType("expect_nothing".to_owned()))
        );
    }
}
