// Rules in words, as lists show them; the words of the command line are the same, and a table of both is tested.

import type { Expectation } from '../gen/Expectation';
import type { RuleType } from '../gen/RuleType';
import { TYPE_WORDS } from './columnTypes';

type Arguments = Readonly<Record<string, unknown>>;
type Rule = Pick<Expectation, 'type' | 'kwargs'>;

/** Values of a set that are written out. */
const MOST_SHOWN = 8;
/** Characters of a query that are written out. */
const MOST_OF_QUERY = 80;

/** `` `body_mass_g` between 2,700 and 6,000 ``; names stand between backticks. Half a rule has half the words. */
export function describeRule(rule: Rule): string {
  const given: Arguments = rule.kwargs;
  const words = wordsOf(rule.type, given);
  const condition = conditionText(given['row_condition']);
  return `${words}${condition === '' ? '' : `, where ${condition}`}`;
}

/** A figure in a sentence: six digits, thousands apart. */
export function figure(value: unknown): string {
  if (typeof value !== 'number') return typeof value === 'string' ? value : '…';
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-5 || size >= 1e15)) {
    return value.toExponential(3).replace('.000e', 'e').replace('e+', 'e').replaceAll('-', '−');
  }
  const digits = size < 1 ? {} : { maximumFractionDigits: Math.max(0, 5 - Math.floor(Math.log10(size))) };
  const options = size < 1 ? { maximumSignificantDigits: 6 } : digits;
  return value.toLocaleString('en-GB', options).replaceAll('-', '−');
}

function wordsOf(type: RuleType, given: Arguments): string {
  const column = name(given['column']);
  const about = (words: string) => `${column} ${words}`;
  const values = (words: string) => `${column} ${words}${mostly(given)}`;
  const pair = (words: string) => `${words}${ignored(given)}${mostly(given)}`;
  const [a, b] = [name(given['column_A']), name(given['column_B'])];
  switch (type) {
    case 'expect_column_values_to_not_be_null':
      return values('not null');
    case 'expect_column_values_to_be_null':
      return values('null');
    case 'expect_column_values_to_be_unique':
      return values('unique');
    case 'expect_column_values_to_be_between':
      return values(bounds(given));
    case 'expect_column_values_to_be_in_set':
      return values(`in ${set(given['value_set'])}`);
    case 'expect_column_values_to_not_be_in_set':
      return values(`not in ${set(given['value_set'])}`);
    case 'expect_column_values_to_be_of_type':
      return values(`of type ${typeWords(given['type_'])}`);
    case 'expect_column_values_to_be_in_type_list':
      return values(`of type ${list(given['type_list']).map(typeWords).join(' or ')}`);
    case 'expect_column_value_lengths_to_equal':
      return values(`length exactly ${figure(given['value'])}`);
    case 'expect_column_value_lengths_to_be_between':
      return values(`length ${bounds(given)}`);
    case 'expect_column_values_to_match_regex':
      return values(`matches /${text(given['regex'] ?? '(?s).*')}/`);
    case 'expect_column_values_to_not_match_regex':
      return values(`does not match /${text(given['regex'])}/`);
    case 'expect_column_values_to_match_regex_list':
      return values(`matches ${patterns(given, 'regex_list', '/')}`);
    case 'expect_column_values_to_not_match_regex_list':
      return values(`does not match ${patterns({ ...given, match_on: 'any' }, 'regex_list', '/')}`);
    case 'expect_column_values_to_match_like_pattern':
      return values(`like '${text(given['like_pattern'])}'`);
    case 'expect_column_values_to_not_match_like_pattern':
      return values(`not like '${text(given['like_pattern'])}'`);
    case 'expect_column_values_to_match_like_pattern_list':
      return values(`like ${patterns(given, 'like_pattern_list', "'")}`);
    case 'expect_column_values_to_not_match_like_pattern_list':
      return values(`not like ${patterns({ ...given, match_on: 'any' }, 'like_pattern_list', "'")}`);
    case 'expect_column_values_to_match_strftime_format':
      return values(`dates as ${text(given['strftime_format'])}`);
    case 'expect_column_values_to_be_dateutil_parseable':
      return values('reads as a date');
    case 'expect_column_values_to_be_json_parseable':
      return values('reads as JSON');
    case 'expect_column_values_to_match_json_schema':
      return values('follows a JSON schema');
    case 'expect_column_values_to_be_increasing':
      return values(`${given['strictly'] === true ? 'strictly ' : ''}increasing`);
    case 'expect_column_values_to_be_decreasing':
      return values(`${given['strictly'] === true ? 'strictly ' : ''}decreasing`);
    case 'expect_column_value_z_scores_to_be_less_than': {
      const sides = given['double_sided'] === false ? 'above' : 'on either side of';
      return values(`less than ${figure(given['threshold'])} standard deviations ${sides} the mean`);
    }
    case 'expect_column_values_to_not_be_outliers': {
      const unit = given['method'] === 'std' ? 'standard deviations' : 'interquartile ranges';
      return values(`without outliers beyond ${figure(given['multiplier'] ?? 1.5)} ${unit}`);
    }
    case 'expect_column_pair_values_to_be_equal':
      return pair(`${a} equals ${b}`);
    case 'expect_column_pair_values_a_to_be_greater_than_b':
      return pair(`${a} ${given['or_equal'] === true ? 'at least' : 'greater than'} ${b}`);
    case 'expect_column_pair_values_to_be_in_set': {
      const pairs = list(given['value_pairs_set']).map((one) => `(${list(one).map(text).join(', ')})`);
      return pair(`(${a}, ${b}) in ${set(pairs)}`);
    }
    case 'expect_compound_columns_to_be_unique':
      return pair(`${names(given['column_list'])} unique together`);
    case 'expect_select_column_values_to_be_unique_within_record':
    case 'expect_multicolumn_values_to_be_unique':
      return pair(`${names(given['column_list'])} differ within a row`);
    case 'expect_multicolumn_values_to_be_equal':
      return pair(`${names(given['column_list'])} equal`);
    case 'expect_multicolumn_sum_to_equal':
      return pair(`${names(given['column_list'])} add up to ${figure(given['sum_total'])}`);
    case 'expect_column_min_to_be_between':
      return about(`minimum ${bounds(given)}`);
    case 'expect_column_max_to_be_between':
      return about(`maximum ${bounds(given)}`);
    case 'expect_column_mean_to_be_between':
      return about(`mean ${bounds(given)}`);
    case 'expect_column_median_to_be_between':
      return about(`median ${bounds(given)}`);
    case 'expect_column_stdev_to_be_between':
      return about(`standard deviation ${bounds(given)}`);
    case 'expect_column_sum_to_be_between':
      return about(`sum ${bounds(given)}`);
    case 'expect_column_unique_value_count_to_be_between':
      return about(`distinct values ${bounds(given)}`);
    case 'expect_column_proportion_of_unique_values_to_be_between':
      return about(`share of distinct values ${bounds(given)}`);
    case 'expect_column_proportion_of_non_null_values_to_be_between':
      return about(`share of values present ${bounds(given)}`);
    case 'expect_column_quantile_values_to_be_between':
      return about(`quantiles ${quantiles(given['quantile_ranges'])}`);
    case 'expect_column_kl_divergence_to_be_less_than': {
      const most = typeof given['threshold'] === 'number' ? ` at most ${figure(given['threshold'])}` : '';
      return about(`divergence from its distribution${most}`);
    }
    case 'expect_column_distinct_values_to_be_in_set':
      return about(`distinct values in ${set(given['value_set'])}`);
    case 'expect_column_distinct_values_to_contain_set':
      return about(`distinct values contain ${set(given['value_set'])}`);
    case 'expect_column_distinct_values_to_equal_set':
      return about(`distinct values equal ${set(given['value_set'])}`);
    case 'expect_column_most_common_value_to_be_in_set':
      return about(`most common value in ${set(given['value_set'])}`);
    case 'expect_column_to_exist': {
      const index = given['column_index'];
      return about(typeof index === 'number' ? `is column ${String(index + 1)}` : 'exists');
    }
    case 'expect_column_type_to_be':
      return about(`is a column of type ${typeWords(given['type_'])}`);
    case 'expect_table_column_count_to_equal':
      return `column count exactly ${figure(given['value'])}`;
    case 'expect_table_column_count_to_be_between':
      return `column count ${bounds(given)}`;
    case 'expect_table_columns_to_match_set':
      return given['exact_match'] === false
        ? `columns hold ${set(given['column_set'])}`
        : `columns match the set of ${String(list(given['column_set']).length)}`;
    case 'expect_table_columns_to_match_ordered_list':
      return `columns match the list of ${String(list(given['column_list']).length)}`;
    case 'expect_table_row_count_to_equal':
      return `row count exactly ${figure(given['value'])}`;
    case 'expect_table_row_count_to_be_between':
      return `row count ${bounds(given)}`;
    case 'expect_table_row_count_to_equal_other_table':
      return `row count equals that of ${name(given['other_table_name'])}`;
    case 'unexpected_rows_expectation':
      return `no row from ${oneLine(text(given['unexpected_rows_query']))}`;
    case 'not_understood': {
      const entry = (given['entry'] ?? {}) as Arguments;
      const foreign = entry['type'] ?? entry['expectation_type'];
      return `not understood: ${typeof foreign === 'string' ? name(foreign) : 'a rule without a type'}`;
    }
  }
}

function mostly(given: Arguments): string {
  const share = given['mostly'];
  return typeof share === 'number' && share < 1 ? `, mostly ${figure(share)}` : '';
}

function ignored(given: Arguments): string {
  const choice = given['ignore_row_if'];
  if (choice === 'either_value_is_missing' || choice === 'any_value_is_missing') return ', rows without missing values';
  return choice === 'neither' || choice === 'never' ? ', missing values too' : '';
}

function bounds(given: Arguments): string {
  const [least, most] = [given['min_value'] ?? null, given['max_value'] ?? null];
  const [over, under] = [given['strict_min'] === true, given['strict_max'] === true];
  const low = `${over ? 'over' : 'at least'} ${figure(least)}`;
  const high = `${under ? 'under' : 'at most'} ${figure(most)}`;
  if (least !== null && most !== null) {
    if (over || under) return `${low} and ${high}`;
    return figure(least) === figure(most) ? `exactly ${figure(least)}` : `between ${figure(least)} and ${figure(most)}`;
  }
  if (least !== null) return low;
  return most === null ? 'without bounds' : high;
}

function quantiles(value: unknown): string {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Arguments;
  const ranges = list(given['value_ranges']).map(list);
  return list(given['quantiles'])
    .map((probability, i) => {
      const [least = null, most = null] = ranges[i] ?? [];
      if (least !== null && most !== null)
        return `${figure(probability)}: ${least === most ? figure(least) : `${figure(least)} to ${figure(most)}`}`;
      const side = least !== null ? `at least ${figure(least)}` : most !== null ? `at most ${figure(most)}` : 'any';
      return `${figure(probability)}: ${side}`;
    })
    .join(', ');
}

function patterns(given: Arguments, argument: string, quote: string): string {
  const word = given['match_on'] === 'all' ? ' and ' : ' or ';
  return list(given[argument])
    .map((pattern) => `${quote}${text(pattern)}${quote}`)
    .join(word);
}

/** The type as people name it; what pandas or SQL call it stays as it is. */
function typeWords(type: unknown): string {
  return typeof type === 'string' ? ((TYPE_WORDS as Record<string, string>)[type] ?? type) : '…';
}

function conditionText(condition: unknown): string {
  if (condition === null || condition === undefined || condition === '') return '';
  return typeof condition === 'string' ? oneLine(condition) : 'its condition holds';
}

function set(values: unknown): string {
  const all = list(values).map(text);
  const shown = all.slice(0, MOST_SHOWN).join(', ');
  return all.length > MOST_SHOWN ? `{${shown} and ${String(all.length - MOST_SHOWN)} more}` : `{${shown}}`;
}

function names(columns: unknown): string {
  const all = list(columns).map(name);
  if (all.length > MOST_SHOWN)
    return `${all.slice(0, MOST_SHOWN).join(', ')} and ${String(all.length - MOST_SHOWN)} more`;
  const last = all.at(-1) ?? 'no columns';
  return all.length > 1 ? `${all.slice(0, -1).join(', ')} and ${last}` : last;
}

function name(column: unknown): string {
  return `\`${text(column)}\``;
}

function text(value: unknown): string {
  if (value === undefined) return '…';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function oneLine(query: string): string {
  const line = query.trim().replaceAll(/\s+/g, ' ');
  return line.length > MOST_OF_QUERY ? `${line.slice(0, MOST_OF_QUERY)} …` : line;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
