"""Writes suites with Great Expectations itself: every type of its core set, each with few and with many arguments.

    pip install great_expectations==1.24.1 && python make_suites.py     writes gx_1.json
    pip install great_expectations==0.18.22 && python make_suites.py    writes gx_0.json
"""

import datetime
import json
import pathlib

import great_expectations as gx

VERSION = gx.__version__
HERE = pathlib.Path(__file__).parent

# type without `expect_`, arguments
RULES = [
    ("column_values_to_be_unique", dict(column="id")),
    ("column_values_to_be_unique", dict(column="id", mostly=0.99)),
    ("compound_columns_to_be_unique", dict(column_list=["id", "day"])),
    ("compound_columns_to_be_unique", dict(column_list=["id", "day"], ignore_row_if="any_value_is_missing")),
    ("select_column_values_to_be_unique_within_record", dict(column_list=["a", "b"])),
    ("select_column_values_to_be_unique_within_record", dict(column_list=["a", "b"], ignore_row_if="never", mostly=0.5)),
    ("column_proportion_of_unique_values_to_be_between", dict(column="id", min_value=0.9, max_value=1.0)),
    ("column_proportion_of_unique_values_to_be_between", dict(column="id", min_value=0.9, strict_min=True)),
    ("column_unique_value_count_to_be_between", dict(column="a", min_value=2, max_value=3)),
    ("column_unique_value_count_to_be_between", dict(column="a", max_value=3)),
    ("column_pair_values_to_be_equal", dict(column_A="a", column_B="b")),
    ("column_pair_values_to_be_equal", dict(column_A="a", column_B="b", ignore_row_if="either_value_is_missing", mostly=0.8)),
    ("column_pair_values_to_be_in_set", dict(column_A="a", column_B="b", value_pairs_set=[(1, 2), ("x", "y")])),
    ("column_pair_values_to_be_in_set", dict(column_A="a", column_B="b", value_pairs_set=[(1, None)], ignore_row_if="neither")),
    ("multicolumn_sum_to_equal", dict(column_list=["a", "b", "c"], sum_total=100)),
    ("multicolumn_sum_to_equal", dict(column_list=["a", "b"], sum_total=1.5, ignore_row_if="all_values_are_missing", mostly=0.7)),
    ("column_values_to_be_between", dict(column="a", min_value=1, max_value=10)),
    ("column_values_to_be_between", dict(column="a", min_value=0.1, strict_min=True, mostly=0.95)),
    ("column_values_to_be_between", dict(column="day", min_value="2024-01-01", max_value="2024-12-31")),
    ("column_pair_values_a_to_be_greater_than_b", dict(column_A="a", column_B="b")),
    ("column_pair_values_a_to_be_greater_than_b", dict(column_A="a", column_B="b", or_equal=True, ignore_row_if="both_values_are_missing")),
    ("column_value_z_scores_to_be_less_than", dict(column="a", threshold=3, double_sided=True)),
    ("column_value_z_scores_to_be_less_than", dict(column="a", threshold=2.5, double_sided=False, mostly=0.9)),
    ("column_stdev_to_be_between", dict(column="a", min_value=1.0, max_value=2.0)),
    ("column_sum_to_be_between", dict(column="a", min_value=1, strict_min=True)),
    ("column_min_to_be_between", dict(column="a", min_value=0, max_value=1)),
    ("column_max_to_be_between", dict(column="a", min_value=9, max_value=10, strict_max=True)),
    ("column_mean_to_be_between", dict(column="a", min_value=4.5, max_value=5.5)),
    ("column_median_to_be_between", dict(column="a", min_value=4, max_value=6)),
    ("column_quantile_values_to_be_between", dict(column="a", quantile_ranges={"quantiles": [0.1, 0.5, 0.9], "value_ranges": [[0, 1], [4, 6], [None, 10]]})),
    ("column_quantile_values_to_be_between", dict(column="a", quantile_ranges={"quantiles": [0.5], "value_ranges": [[4.5, 5.5]]}, allow_relative_error="linear")),
    ("column_kl_divergence_to_be_less_than", dict(column="c", partition_object={"values": ["x", "y"], "weights": [0.25, 0.75]}, threshold=0.1)),
    ("column_kl_divergence_to_be_less_than", dict(column="a", partition_object={"bins": [0, 5, 10], "weights": [0.5, 0.5]}, threshold=0.1, tail_weight_holdout=0.01, internal_weight_holdout=0.01, bucketize_data=True)),
    ("column_kl_divergence_to_be_less_than", dict(column="a", partition_object={"bins": [0, 5, 10], "weights": [0.5, 0.4], "tail_weights": [0.05, 0.05]}, threshold=0.1)),
    ("column_values_to_not_be_null", dict(column="a")),
    ("column_values_to_not_be_null", dict(column="a", mostly=0.999)),
    ("column_values_to_be_null", dict(column="gone")),
    ("column_value_lengths_to_equal", dict(column="c", value=3)),
    ("column_value_lengths_to_be_between", dict(column="c", min_value=1, max_value=9)),
    ("column_values_to_match_regex", dict(column="c", regex=r"^\d{3}-'[a-z]\"+$")),
    ("column_values_to_not_match_regex", dict(column="c", regex="\\s", mostly=0.9)),
    ("column_values_to_match_regex_list", dict(column="c", regex_list=["^a", "b$"], match_on="all")),
    ("column_values_to_not_match_regex_list", dict(column="c", regex_list=["^a", "b$"])),
    ("column_values_to_match_like_pattern", dict(column="c", like_pattern="a%_")),
    ("column_values_to_not_match_like_pattern", dict(column="c", like_pattern="%z")),
    ("column_values_to_match_like_pattern_list", dict(column="c", like_pattern_list=["a%", "b%"], match_on="any")),
    ("column_values_to_not_match_like_pattern_list", dict(column="c", like_pattern_list=["a%", "b%"])),
    ("column_values_to_match_strftime_format", dict(column="day", strftime_format="%Y-%m-%d")),
    ("column_values_to_be_dateutil_parseable", dict(column="day")),
    ("column_values_to_be_json_parseable", dict(column="payload", mostly=0.5)),
    ("column_values_to_match_json_schema", dict(column="payload", json_schema={"type": "object", "required": ["id"], "properties": {"id": {"type": "integer", "minimum": 1}}})),
    ("column_to_exist", dict(column="a")),
    ("column_to_exist", dict(column="a", column_index=2)),
    ("column_values_to_be_of_type", dict(column="a", type_="int64")),
    ("column_values_to_be_in_type_list", dict(column="a", type_list=["int64", "float64"])),
    ("table_column_count_to_equal", dict(value=12)),
    ("table_column_count_to_be_between", dict(min_value=1, max_value=12)),
    ("table_columns_to_match_set", dict(column_set=["a", "b"])),
    ("table_columns_to_match_set", dict(column_set=["a", "b"], exact_match=False)),
    ("table_columns_to_match_ordered_list", dict(column_list=["a", "b", "c"])),
    ("column_values_to_be_in_set", dict(column="c", value_set=["x", "y"])),
    ("column_values_to_be_in_set", dict(column="c", value_set=[1, 2.5, "3", True], mostly=0.9)),
    ("column_values_to_not_be_in_set", dict(column="c", value_set=["", "NA"])),
    ("column_distinct_values_to_be_in_set", dict(column="c", value_set=["x"])),
    ("column_distinct_values_to_contain_set", dict(column="c", value_set=["x"])),
    ("column_distinct_values_to_equal_set", dict(column="c", value_set=[1, 2])),
    ("column_most_common_value_to_be_in_set", dict(column="c", value_set=["x"], ties_okay=True)),
    ("column_values_to_be_increasing", dict(column="a")),
    ("column_values_to_be_increasing", dict(column="a", strictly=True, mostly=0.9)),
    ("column_values_to_be_decreasing", dict(column="a", strictly=False)),
    ("table_row_count_to_equal", dict(value=1000)),
    ("table_row_count_to_be_between", dict(min_value=100, max_value=2000)),
    ("table_row_count_to_equal_other_table", dict(other_table_name="orders_old")),
]

# Types and arguments of the newer generation alone.
NEW_RULES = [
    ("column_proportion_of_non_null_values_to_be_between", dict(column="a", min_value=0.9, max_value=1.0)),
    ("column_values_to_not_be_outliers", dict(column="a", method="iqr", multiplier=1.5)),
    ("column_type_to_be", dict(column="a", type_="INTEGER")),
    ("multicolumn_values_to_be_equal", dict(column_list=["a", "b", "c"])),
    ("column_values_to_match_like_pattern", dict(column="c", like_pattern="50!%", escape="!")),
]


def class_name(type_):
    words = ["KL" if word == "kl" else word.capitalize() for word in type_.split("_")]
    return "Expect" + "".join(words)


def new_generation():
    import great_expectations.expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    classes = {name.lower(): getattr(gxe, name) for name in dir(gxe) if name.startswith("Expect")}
    context = gx.get_context(mode="ephemeral")

    plain = gx.ExpectationSuite(name="plain")
    for type_, arguments in RULES + NEW_RULES:
        plain.add_expectation(classes[class_name(type_).lower()](**arguments))
    plain.add_expectation(gxe.UnexpectedRowsExpectation(
        unexpected_rows_query="SELECT *\nFROM {batch}\nWHERE a > b AND note LIKE '%\\%'"))

    words = gx.ExpectationSuite(name="with words, «é» \u2028", notes=["two", "notes"], meta={"owner": {"team": "data"}})
    for severity in ("critical", "warning", "info"):
        words.add_expectation(gxe.ExpectColumnValuesToBeBetween(
            column="day", max_value=datetime.date(2024, 2, 29), severity=severity,
            notes="one note", description="a sentence", meta={"k": [1, {"n": None}], "assay": "theirs"}))
    words.add_expectation(gxe.ExpectColumnValuesToNotBeNull(
        column="a", row_condition='b > 1 and c == "x"', condition_parser="pandas"))
    words.add_expectation(gxe.ExpectColumnValuesToBeUnique(
        column="a", row_condition=(Column("b") > 1) & Column("c").is_in(["x", "y"])))
    words.add_expectation(gxe.ExpectColumnValuesToBeUnique(
        column="a", row_condition=(Column("b") > 1) | Column("d").is_null()))
    words.add_expectation(gxe.ExpectColumnValuesToBeBetween(
        column="a", min_value={"$PARAMETER": "least"}, max_value=5))

    unknown = gx.ExpectationSuite(name="unknown")
    unknown.add_expectation(gxe.ExpectTableRowCountToEqual(value=3))
    unknown.add_expectation(gxe.ExpectQueryResultsToMatchComparison(
        base_query="SELECT 1", comparison_data_source_name="other", comparison_query="SELECT 1"))
    unknown.add_expectation(gxe.ExpectColumnToExist(column="a"))

    return [context.suites.add(suite).to_json_dict() for suite in (plain, words, unknown)]


def old_generation():
    from great_expectations.core import ExpectationConfiguration, ExpectationSuite

    def rule(type_, kwargs, **more):
        return ExpectationConfiguration(expectation_type="expect_" + type_, kwargs=kwargs, **more)

    rules = [rule(type_, arguments) for type_, arguments in RULES]
    rules.append(rule(
        "column_values_to_not_be_null", dict(column="b", row_condition="a > 1", condition_parser="pandas"),
        meta={"notes": {"format": "markdown", "content": ["because"]}}))
    rules.append(rule("column_values_to_be_between", dict(column="day", min_value="2024-01-01", parse_strings_as_datetimes=True)))
    rules.append(rule("column_values_to_be_vectors", dict(column="v")))
    suite = ExpectationSuite(expectation_suite_name="plain", expectations=rules, meta={"owner": "data"})
    return [json.loads(json.dumps(suite.to_json_dict()))]


new = VERSION.startswith("1.")
suites = new_generation() if new else old_generation()
path = HERE / ("gx_1.json" if new else "gx_0.json")
path.write_text(json.dumps({"great_expectations": VERSION, "suites": suites}, indent=1, sort_keys=False) + "\n")
print(path, [len(suite["expectations"]) for suite in suites])
