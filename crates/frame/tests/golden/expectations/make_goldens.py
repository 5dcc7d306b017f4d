"""Results of great_expectations for every type of expectation, for crates/frame/tests/frame/goldens.rs.

    python make_goldens.py        writes goldens.json beside itself

The pandas engine, result format COMPLETE. The pandas engine has no LIKE, no other tables and no queries: those run on
SQLite."""
import datetime
import decimal
import io
import json
import os
import sqlite3
import tempfile
import warnings
from pathlib import Path

os.environ["GX_ANALYTICS_ENABLED"] = "False"
warnings.filterwarnings("ignore")

import great_expectations as gx
import numpy as np
import pandas as pd
from great_expectations.expectations.registry import get_expectation_impl

CSV = '''n,m,f,t,u,b,d,ts,day,js,a,c,b2
1,10,0.5,ab,x1,true,2026-01-01,2026-01-01 10:00:00,2026-01-31,"{""k"": 1}",5,5,true
2,20,1.5,abc,x2,false,2026-01-02,2026-01-01 11:30:00,2026-02-28,"[1, 2]",6,4,true
3,,,AB,x3,,,,31.01.2026,"{""k"": ""z""}",7,7,true
3,30,-2.5,,x4,true,2026-01-02,2026-01-03 00:00:00,2026-02-30,{k},,3,true
5,40,4.25,abc,x5,true,2026-01-05,2026-01-04 08:15:00,,"{""k"": 2}",8,,true
6,50,100.0,b_c,x6,false,2026-01-06,2026-01-05 23:59:59,2026-12-01,true,,,true
4,20,2.0,100%,x7,true,2026-01-04,2026-01-02 10:00:00,10:30,"{""q"": 1}",9,1,true
8,70,,ab,x8,,2026-01-09,,2027-01-01,"""s""",2,2,true
'''
TEXTS = ["t", "u", "day", "js"]


def column(name, *cases):
    return [(name, dict(column=case[0], **case[1])) for case in cases]


def moment(day, hour=0):
    return datetime.datetime(2026, 1, day, hour)


def condition(text, **more):
    return dict(row_condition=text, condition_parser="pandas", **more)


CASES = [
    *column("expect_column_values_to_be_unique", ("u", {}), ("n", {}), ("n", {"mostly": 0.75}), ("n", {"mostly": 0.8}),
            ("t", {}), ("d", {}), ("m", condition("n > 4")), ("f", {}), ("b", {}), ("m", condition("n > 100"))),
    ("expect_compound_columns_to_be_unique", {"column_list": ["n", "t"]}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["b", "d"]}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["a", "b2"]}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["b", "d"], "ignore_row_if": "any_value_is_missing"}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["b", "n"], "ignore_row_if": "never", "mostly": 0.5}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["b", "t"], "mostly": 0.5, **condition("n < 8")}),
    ("expect_select_column_values_to_be_unique_within_record", {"column_list": ["n", "a", "c"]}),
    ("expect_select_column_values_to_be_unique_within_record", {"column_list": ["n", "m"]}),
    ("expect_select_column_values_to_be_unique_within_record", {"column_list": ["a", "c"], "ignore_row_if": "never"}),
    ("expect_select_column_values_to_be_unique_within_record",
     {"column_list": ["a", "c"], "ignore_row_if": "any_value_is_missing", "mostly": 0.4}),
    ("expect_multicolumn_values_to_be_equal", {"column_list": ["a", "c"]}),
    ("expect_multicolumn_values_to_be_equal", {"column_list": ["a", "c"], "ignore_row_if": "never", "mostly": 0.5}),
    ("expect_multicolumn_values_to_be_equal", {"column_list": ["a", "c"], **condition("a == c")}),
    ("expect_multicolumn_sum_to_equal", {"column_list": ["a", "c"], "sum_total": 10}),
    ("expect_multicolumn_sum_to_equal", {"column_list": ["a", "c"], "sum_total": 10, "mostly": 0.2}),
    ("expect_multicolumn_sum_to_equal",
     {"column_list": ["a", "c"], "sum_total": 10, "ignore_row_if": "any_value_is_missing", "mostly": 0.6}),
    ("expect_multicolumn_sum_to_equal", {"column_list": ["a", "c"], "sum_total": 10, **condition("n <= 2")}),
    *column("expect_column_proportion_of_unique_values_to_be_between", ("n", {"min_value": 0.8, "max_value": 1}),
            ("n", {"max_value": 0.5}), ("u", {"min_value": 1, "strict_min": True}), ("t", {"min_value": 0.5}),
            ("m", {"min_value": 0.85, "max_value": 0.86})),
    *column("expect_column_unique_value_count_to_be_between", ("n", {"min_value": 7, "max_value": 7}),
            ("n", {"max_value": 6}), ("b", {"min_value": 2}), ("t", condition("n < 4", min_value=4)),
            ("t", {"min_value": 5, "strict_min": True})),
    *[("expect_column_pair_values_to_be_equal", {"column_A": "a", "column_B": "c", **more}) for more in
      [{}, {"ignore_row_if": "either_value_is_missing"}, {"ignore_row_if": "neither"}, {"mostly": 0.4},
       {"ignore_row_if": "either_value_is_missing", "mostly": 0.6}]],
    ("expect_column_pair_values_to_be_equal", {"column_A": "n", "column_B": "n"}),
    *[("expect_column_pair_values_to_be_in_set",
       {"column_A": "a", "column_B": "c", "value_pairs_set": [[5, 5], [6, 4], [7, 7], [2, 2]], **more}) for more in
      [{}, {"ignore_row_if": "either_value_is_missing"}, {"ignore_row_if": "neither"}, {"mostly": 0.5}]],
    *[("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "a", "column_B": "c", **more}) for more in
      [{}, {"or_equal": True}, {"or_equal": True, "ignore_row_if": "either_value_is_missing"},
       {"ignore_row_if": "neither", "mostly": 0.2}, {"or_equal": True, **condition("c < 5")}]],
    *column("expect_column_values_to_be_between", ("n", {"min_value": 1, "max_value": 8}),
            ("n", {"min_value": 1, "max_value": 8, "strict_max": True}), ("n", {"min_value": 1, "strict_min": True}),
            ("f", {"min_value": 0}), ("f", {"min_value": 0, "mostly": 0.8}), ("f", {"max_value": 99.5}),
            ("m", {"min_value": 15, "max_value": 60, "mostly": 0.5}), ("n", {"min_value": 1.5, "max_value": 5.5}),
            ("d", {"min_value": moment(2)}), ("ts", {"max_value": moment(5)}),
            ("ts", {"min_value": moment(1, 10), "strict_min": True}), ("n", condition("b == True", min_value=2)),
            ("f", condition("t == 'abc' or n >= 6", min_value=0)), ("n", {}), ("n", {"min_value": 3, "max_value": 1})),
    *column("expect_column_value_z_scores_to_be_less_than", ("f", {"threshold": 2, "double_sided": False}),
            ("f", {"threshold": 3, "double_sided": True}), ("n", {"threshold": 1, "double_sided": True}),
            ("n", {"threshold": 1, "double_sided": True, "mostly": 0.5}),
            ("m", condition("n > 1", threshold=1.2, double_sided=True))),
    *column("expect_column_values_to_not_be_outliers", ("f", {}), ("n", {}), ("f", {"method": "std", "multiplier": 2}),
            ("n", {"method": "std", "multiplier": 1}), ("f", {"multiplier": 50}), ("f", {"mostly": 0.5})),
    *column("expect_column_stdev_to_be_between", ("n", {"min_value": 2, "max_value": 2.5}), ("n", {"max_value": 1}),
            ("f", {"min_value": 30}), ("n", condition("n > 6", max_value=5))),
    *column("expect_column_sum_to_be_between", ("n", {"min_value": 32, "max_value": 32}),
            ("n", {"min_value": 32, "strict_min": True}), ("f", {"max_value": 106}), ("m", condition("n < 3", min_value=30))),
    *column("expect_column_min_to_be_between", ("n", {"min_value": 1, "max_value": 1}), ("f", {"min_value": 0}),
            ("d", {"min_value": moment(1), "max_value": moment(1)}), ("ts", {"min_value": moment(2)}),
            ("m", condition("n > 5", min_value=20))),
    *column("expect_column_max_to_be_between", ("n", {"max_value": 8}), ("n", {"max_value": 8, "strict_max": True}),
            ("f", {"min_value": 99, "max_value": 101}), ("d", {"max_value": moment(8)})),
    *column("expect_column_mean_to_be_between", ("n", {"min_value": 4, "max_value": 4}), ("f", {"max_value": 17}),
            ("f", {"min_value": 20}), ("m", condition("m < 50", min_value=20, max_value=30)),
            ("n", {"min_value": 4, "strict_min": True}), ("f", condition("n > 100", min_value=1))),
    *column("expect_column_median_to_be_between", ("n", {"min_value": 3.5, "max_value": 3.5}), ("f", {"min_value": 2}),
            ("m", {"min_value": 30, "max_value": 30}), ("n", condition("n > 4", max_value=5))),
    *column("expect_column_quantile_values_to_be_between",
            ("n", {"quantile_ranges": {"quantiles": [0.25, 0.5, 0.9], "value_ranges": [[2, 3], [3, 4], [None, 6]]}}),
            ("n", {"quantile_ranges": {"quantiles": [0.5, 0.8], "value_ranges": [[3, 4], [None, 5]]}}),
            *[("f", {"quantile_ranges": {"quantiles": [0.1, 0.45, 0.9], "value_ranges": [[-3, 0], [1, 2], [4, 101]]},
                     "allow_relative_error": how}) for how in ["linear", "lower", "higher", "midpoint", "nearest"]],
            ("m", condition("n > 2", quantile_ranges={"quantiles": [0.5], "value_ranges": [[30, 40]]}))),
    *column("expect_column_kl_divergence_to_be_less_than",
            ("b", {"partition_object": {"values": [True, False], "weights": [0.6, 0.4]}, "threshold": 0.1}),
            ("t", {"partition_object": {"values": ["ab", "abc"], "weights": [0.5, 0.5]}, "threshold": 0.1}),
            ("t", {"partition_object": {"values": ["ab", "abc", "zz"], "weights": [0.5, 0.3, 0.2]}, "threshold": 1.5,
                   "tail_weight_holdout": 0.2}),
            ("n", {"partition_object": {"bins": [0, 2, 4, 8], "weights": [0.2, 0.4, 0.4]}, "threshold": 0.5}),
            ("n", {"partition_object": {"bins": [0, 2, 4, 6], "weights": [0.2, 0.4, 0.4]}, "threshold": 0.5}),
            ("n", {"partition_object": {"bins": [2, 4, 6], "weights": [0.5, 0.5]}, "threshold": 0.01,
                   "tail_weight_holdout": 0.3}),
            ("n", {"partition_object": {"bins": [2, 4, 6], "weights": [0.4, 0.4], "tail_weights": [0.1, 0.1]},
                   "threshold": 0.5}),
            ("n", {"partition_object": {"bins": [0, 1, 4, 9], "weights": [0.0, 0.5, 0.5]}, "threshold": 0.5,
                   "internal_weight_holdout": 0.1}),
            ("f", {"partition_object": {"bins": [-np.inf, 0, 2, np.inf], "weights": [0.2, 0.5, 0.3]}, "threshold": 0.5}),
            ("f", {"partition_object": {"bins": [-np.inf, 0, 2], "weights": [0.3, 0.7]}, "threshold": 0.5,
                   "tail_weight_holdout": 0.2}),
            ("f", {"partition_object": {"bins": [-3, 0, np.inf], "weights": [0.3, 0.7]}, "threshold": 0.5}),
            ("n", {"partition_object": {"bins": [0, 2, 4], "weights": [0.5, 0.6]}, "threshold": 0.5}),
            ("n", {"threshold": 0.1}), ("t", {"threshold": 0.1, "bucketize_data": False})),
    *column("expect_column_values_to_not_be_null", ("n", {}), ("t", {}), ("t", {"mostly": 0.8}), ("f", {"mostly": 0.8}),
            ("f", condition("n < 3")), ("b", condition("n >= 3"))),
    *column("expect_column_values_to_be_null", ("n", {}), ("t", {}), ("t", {"mostly": 0.1}), ("f", condition("n == 8")),
            ("a", condition("c.isnull()"))),
    *column("expect_column_proportion_of_non_null_values_to_be_between", ("n", {"min_value": 1}), ("f", {"min_value": 0.8}),
            ("f", {"min_value": 0.7, "max_value": 0.75, "strict_max": True}), ("b", {"max_value": 0.75})),
    *column("expect_column_value_lengths_to_equal", ("u", {"value": 2}), ("t", {"value": 3}),
            ("t", {"value": 3, "mostly": 0.4}), ("t", condition("n < 2", value=2))),
    *column("expect_column_value_lengths_to_be_between", ("t", {"min_value": 2, "max_value": 4}),
            ("t", {"min_value": 3}), ("t", {"max_value": 4, "strict_max": True}), ("t", {"min_value": 3, "mostly": 0.5}),
            ("t", condition("n > 3", min_value=3))),
    *column("expect_column_values_to_match_regex", ("t", {"regex": "b"}), ("t", {"regex": "^[a-z]+$"}),
            ("t", {"regex": "^[a-z]+$", "mostly": 0.5}), ("u", {"regex": r"^x\d$"}), ("t", condition("n < 3", regex="^a")),
            ("t", {})),
    *column("expect_column_values_to_not_match_regex", ("t", {"regex": "z"}), ("t", {"regex": "^ab"}),
            ("t", {"regex": "^ab", "mostly": 0.4})),
    *column("expect_column_values_to_match_regex_list", ("t", {"regex_list": ["^a", "b"]}),
            ("t", {"regex_list": ["^a", "b"], "match_on": "all"}), ("t", {"regex_list": ["^ab$", "^AB$"]}),
            ("t", {"regex_list": ["^ab$", "%"], "mostly": 0.4, "match_on": "any"})),
    *column("expect_column_values_to_not_match_regex_list", ("t", {"regex_list": ["z", "y"]}),
            ("t", {"regex_list": ["z", "^ab$"]}), ("t", {"regex_list": ["z", "^ab$"], "mostly": 0.7})),
    *column("expect_column_values_to_match_strftime_format", ("day", {"strftime_format": "%Y-%m-%d"}),
            ("day", {"strftime_format": "%Y-%m-%d", "mostly": 0.5}),
            ("day", condition("n == 3 and t == 'AB'", strftime_format="%d.%m.%Y"))),
    *column("expect_column_values_to_be_dateutil_parseable", ("day", {}), ("day", {"mostly": 0.8}), ("t", {}),
            ("day", condition("n < 3"))),
    *column("expect_column_values_to_be_json_parseable", ("js", {}), ("js", {"mostly": 0.8}), ("u", {}),
            ("js", condition("n > 4"))),
    *column("expect_column_values_to_match_json_schema",
            ("js", condition("n < 4 and u != 'x4'", json_schema={"type": "object"})),
            ("js", condition("n < 4 and u != 'x4'", mostly=0.5,
                             json_schema={"type": "object", "properties": {"k": {"type": "integer"}}})),
            ("js", condition("n > 4", json_schema={"type": ["object", "boolean", "string"]}))),
    ("expect_column_to_exist", {"column": "n"}),
    ("expect_column_to_exist", {"column": "zz"}),
    ("expect_column_to_exist", {"column": "m", "column_index": 1}),
    ("expect_column_to_exist", {"column": "m", "column_index": 2}),
    *[("expect_column_values_to_be_of_type", {"column": name, "type_": type_}) for name, type_ in
      [("n", "int64"), ("n", "float64"), ("f", "float64"), ("f", "int64"), ("b2", "bool"), ("t", "str"), ("n", "str")]],
    *[("expect_column_values_to_be_in_type_list", {"column": name, "type_list": types}) for name, types in
      [("n", ["int64", "float64"]), ("n", ["float64", "str"]), ("t", ["str"]), ("f", ["float32", "float64"])]],
    ("expect_column_type_to_be", {"column": "n", "type_": "int64"}),
    ("expect_column_type_to_be", {"column": "n", "type_": "float64"}),
    ("expect_table_column_count_to_equal", {"value": 13}),
    ("expect_table_column_count_to_equal", {"value": 3}),
    ("expect_table_column_count_to_be_between", {"min_value": 10, "max_value": 13}),
    ("expect_table_column_count_to_be_between", {"min_value": 14}),
    ("expect_table_columns_to_match_set", {"column_set": ["c", "a", "n", "m", "f", "t", "u", "b", "d", "ts", "day", "js", "b2"]}),
    ("expect_table_columns_to_match_set", {"column_set": ["n", "m", "zz"]}),
    ("expect_table_columns_to_match_set", {"column_set": ["n", "m"], "exact_match": False}),
    ("expect_table_columns_to_match_set", {"column_set": ["n", "zz"], "exact_match": False}),
    ("expect_table_columns_to_match_ordered_list",
     {"column_list": ["n", "m", "f", "t", "u", "b", "d", "ts", "day", "js", "a", "c", "b2"]}),
    ("expect_table_columns_to_match_ordered_list", {"column_list": ["n", "f", "m"]}),
    *column("expect_column_values_to_be_in_set", ("n", {"value_set": [1, 2, 3, 4, 5, 6, 8]}), ("n", {"value_set": [1, 2]}),
            ("n", {"value_set": [1, 2, 3.0], "mostly": 0.5}), ("t", {"value_set": ["ab", "abc", "AB", "b_c", "100%"]}),
            ("t", {"value_set": ["ab"]}), ("f", {"value_set": [0.5, 1.5, 2, 100]}), ("b", {"value_set": [True]}),
            ("t", condition("n in [1, 2]", value_set=["ab", "abc"])), ("m", {"value_set": [10, 20, 30, 40, 50, 70]}),
            ("n", condition("not (n > 2) & t.notnull()", value_set=[1, 2]))),
    *column("expect_column_values_to_not_be_in_set", ("n", {"value_set": [9]}), ("n", {"value_set": [1, 3]}),
            ("t", {"value_set": ["ab"], "mostly": 0.7}), ("f", {"value_set": [100]})),
    *column("expect_column_distinct_values_to_be_in_set", ("t", {"value_set": ["ab", "abc", "AB", "b_c", "100%", "zz"]}),
            ("t", {"value_set": ["ab"]}), ("n", {"value_set": [1, 2, 3, 4, 5, 6, 8]}),
            ("n", condition("n < 3", value_set=[1, 2]))),
    *column("expect_column_distinct_values_to_contain_set", ("t", {"value_set": ["ab"]}), ("t", {"value_set": ["ab", "zz"]}),
            ("n", {"value_set": [1, 9, 10]})),
    *column("expect_column_distinct_values_to_equal_set", ("t", {"value_set": ["ab", "abc", "AB", "b_c", "100%"]}),
            ("t", {"value_set": ["ab", "zz"]}), ("n", {"value_set": [1, 2, 3, 4, 5, 6]})),
    *column("expect_column_most_common_value_to_be_in_set", ("n", {"value_set": [3]}), ("t", {"value_set": ["ab"]}),
            ("t", {"value_set": ["ab"], "ties_okay": True}), ("m", {"value_set": [10]})),
    *column("expect_column_values_to_be_increasing", ("n", {}), ("n", {"mostly": 0.8}), ("n", {"strictly": True}),
            ("f", {}), ("d", {"strictly": True}), ("n", condition("n != 4")), ("n", condition("n != 4", strictly=True))),
    *column("expect_column_values_to_be_decreasing", ("n", {}), ("n", {"mostly": 0.1}), ("a", {"strictly": True}),
            ("c", {"mostly": 0.5})),
    ("expect_table_row_count_to_equal", {"value": 8}),
    ("expect_table_row_count_to_equal", {"value": 9}),
    ("expect_table_row_count_to_equal", {"value": 3, **condition("n > 4")}),
    ("expect_table_row_count_to_be_between", {"min_value": 8, "max_value": 10}),
    ("expect_table_row_count_to_be_between", {"min_value": 8, "strict_min": True}),
    ("expect_table_row_count_to_be_between", {"max_value": 7}),
]

ON_SQLITE = [
    *column("expect_column_values_to_match_like_pattern", ("js", {"like_pattern": "%k%"}), ("u", {"like_pattern": "x_"}),
            ("u", {"like_pattern": "x1%"}), ("u", {"like_pattern": "x1%", "mostly": 0.1})),
    *column("expect_column_values_to_not_match_like_pattern", ("u", {"like_pattern": "y%"}), ("u", {"like_pattern": "%1"})),
    *column("expect_column_values_to_match_like_pattern_list", ("u", {"like_pattern_list": ["x1", "x_"]}),
            ("u", {"like_pattern_list": ["x1", "x2"]}), ("u", {"like_pattern_list": ["x%", "%1"], "match_on": "all"})),
    *column("expect_column_values_to_not_match_like_pattern_list", ("u", {"like_pattern_list": ["y%", "z"]}),
            ("u", {"like_pattern_list": ["x1", "x2"], "mostly": 0.5}), ("u", {"like_pattern_list": ["x1", "x2"]})),
    ("expect_table_row_count_to_equal_other_table", {"other_table_name": "same"}),
    ("expect_table_row_count_to_equal_other_table", {"other_table_name": "fewer"}),
    ("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT * FROM {batch} WHERE n > 100"}),
    ("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT * FROM {batch} WHERE n > 4"}),
]

# Quarters: what is said of a decimal by a float is said exactly. great_expectations holds decimals as objects; on those
# pandas has no sums beside missing values, no deviation and no quantiles, so these are no cases.
DECIMALS = '''id,p,q
1,0.25,1.00
2,1.50,1.50
3,-2.75,-3.00
4,,2.00
5,12345678901234.25,0.50
6,1.50,
7,0.00,0.00
'''

ON_DECIMALS = [
    *column("expect_column_values_to_be_between", ("p", {"min_value": -2.75, "max_value": 12345678901234.25}),
            ("p", {"min_value": -2.75, "strict_min": True}), ("p", {"max_value": 12345678901234.25, "strict_max": True}),
            ("p", {"min_value": 0}), ("p", {"min_value": 0, "mostly": 0.8}), ("p", condition("id < 4", max_value=1.25))),
    *column("expect_column_values_to_be_unique", ("p", {}), ("p", {"mostly": 0.6}), ("q", {})),
    *column("expect_column_values_to_not_be_null", ("p", {}), ("p", {"mostly": 0.8})),
    *column("expect_column_values_to_be_null", ("p", {}), ("p", {"mostly": 0.1})),
    *column("expect_column_values_to_be_in_set", ("p", {"value_set": [0.25, 1.5, -2.75, 0, 12345678901234.25]}),
            ("p", {"value_set": [0.25, 1.5]}), ("p", {"value_set": [0.25, 1.5], "mostly": 0.5})),
    *column("expect_column_values_to_not_be_in_set", ("p", {"value_set": [9]}), ("p", {"value_set": [1.5]})),
    *column("expect_column_distinct_values_to_be_in_set", ("q", {"value_set": [1, 1.5, -3, 2, 0.5, 0]}),
            ("q", {"value_set": [1]})),
    *column("expect_column_unique_value_count_to_be_between", ("p", {"min_value": 5, "max_value": 5}), ("p", {"max_value": 4})),
    *column("expect_column_min_to_be_between", ("p", {"min_value": -2.75, "max_value": -2.75}), ("p", {"min_value": 0})),
    *column("expect_column_max_to_be_between", ("p", {"max_value": 12345678901234.25}), ("p", {"max_value": 1})),
    *[("expect_column_pair_values_to_be_equal", {"column_A": "p", "column_B": "q", **more}) for more in
      [{}, {"ignore_row_if": "either_value_is_missing", "mostly": 0.3}]],
    *[("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "p", "column_B": "q", **more}) for more in
      [{"ignore_row_if": "either_value_is_missing"}, {"ignore_row_if": "either_value_is_missing", "or_equal": True}]],
    ("expect_compound_columns_to_be_unique", {"column_list": ["p", "q"]}),
]


def decimals():
    table = pd.read_csv(io.StringIO(DECIMALS), dtype={"p": object, "q": object})
    for name in ["p", "q"]:
        values = [None if pd.isna(text) else decimal.Decimal(text) for text in table[name]]
        table[name] = pd.Series(values, dtype=object)
    return table


def frame():
    table = pd.read_csv(io.StringIO(CSV), dtype={name: object for name in TEXTS} | {"b": object})
    table["b"] = table["b"].map({"true": True, "false": False}).astype(object)
    table["b"] = table["b"].where(table["b"].notna(), None)
    table["d"] = pd.to_datetime(table["d"]).astype("datetime64[ns]")
    table["ts"] = pd.to_datetime(table["ts"]).astype("datetime64[ns]")
    return table


def plain(value):
    """JSON without NaN and infinity."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None if np.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, np.generic):
        return plain(value.item())
    return value


def run(batch, name, kwargs):
    expected = {}
    try:
        rule = get_expectation_impl(name)(**kwargs)
    except Exception as error:
        return {"refused": str(error).splitlines()[-1].strip()}
    try:
        result = batch.validate(rule, result_format={"result_format": "COMPLETE"}).to_json_dict()
    except Exception:
        return {"success": False, "raised": True, "result": {}}
    expected["success"] = bool(result["success"])
    expected["raised"] = bool(result["exception_info"].get("raised_exception", True))
    expected["result"] = plain(result["result"])
    return expected


def main():
    context = gx.get_context(mode="ephemeral")
    table = frame()
    asset = context.data_sources.add_pandas("memory").add_dataframe_asset("table")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch(batch_parameters={"dataframe": table})
    cases = [{"type": name, "kwargs": plain(kwargs), "expected": run(batch, name, kwargs)} for name, kwargs in CASES]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.db"
        with sqlite3.connect(path) as database:
            table.astype({"b": object}).to_sql("data", database, index=False)
            table.to_sql("same", database, index=False)
            table.head(3).to_sql("fewer", database, index=False)
        source = context.data_sources.add_sqlite("sql", connection_string=f"sqlite:///{path}")
        batch = source.add_table_asset("data", table_name="data").add_batch_definition_whole_table("all").get_batch()
        cases += [
            {"type": name, "kwargs": plain(kwargs), "engine": "sqlite", "expected": run(batch, name, kwargs)}
            for name, kwargs in ON_SQLITE
        ]
    asset = context.data_sources.add_pandas("exact").add_dataframe_asset("decimals")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch(batch_parameters={"dataframe": decimals()})
    cases += [
        {"type": name, "kwargs": plain(kwargs), "table": "decimals", "expected": run(batch, name, kwargs)}
        for name, kwargs in ON_DECIMALS
    ]
    header = {"great_expectations": gx.__version__, "pandas": pd.__version__, "csv": CSV, "decimals": DECIMALS}
    lines = ",\n".join(json.dumps(case) for case in cases)
    text = json.dumps(header)[:-1] + ', "cases": [\n' + lines + "\n]}\n"
    (Path(__file__).parent / "goldens.json").write_text(text)
    for case in cases:
        print(case["type"], json.dumps(case["kwargs"])[:110], {k: v for k, v in case["expected"].items() if k != "result"})


if __name__ == "__main__":
    main()
