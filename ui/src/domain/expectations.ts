// Rules about data and their results: what a result means, what is grave, when a report is outdated.

import type { CheckReport } from '../gen/CheckReport';
import type { Expectation } from '../gen/Expectation';
import type { RuleResult } from '../gen/RuleResult';
import type { Severity } from '../gen/Severity';
import type { JsonValue } from '../gen/serde_json/JsonValue';
import type { SuiteOutcome } from '../gen/SuiteOutcome';
import type { StatusState } from '../parts/Status.svelte';
import { count, plural } from '../parts/format';

export { describeRule } from './ruleWords';

/** A copy with one argument changed; `undefined` takes it away. A rule that a person changed is not the one suggested. */
export function withArgument(rule: Expectation, name: string, value: unknown): Expectation {
  const { [name]: old, ...kwargs } = rule.kwargs;
  void old;
  if (value !== undefined) kwargs[name] = value as JsonValue;
  return { ...rule, kwargs, reason: '' };
}

/** The column a rule speaks of; null for rules on several columns or on the table. */
export function columnOf(rule: Expectation): string | null {
  const column = rule.kwargs['column'];
  return typeof column === 'string' ? column : null;
}

/** Whether two rules hold the data to the same thing, however grave they are. */
export function sameRule(a: Expectation, b: Expectation): boolean {
  return a.type === b.type && stable(a.kwargs) === stable(b.kwargs);
}

/** What a person wrote beside a rule, as one text. */
export function notesOf(rule: Expectation): string {
  return Array.isArray(rule.notes) ? rule.notes.join('\n') : (rule.notes ?? '');
}

export const SEVERITIES: readonly { value: Severity; text: string; title: string }[] = [
  { value: 'critical', text: 'critical', title: 'Stops training when it fails' },
  { value: 'warning', text: 'warning', title: 'Is told, and training goes on' },
  { value: 'info', text: 'info', title: 'Is told, and training goes on' },
];

/** How a result stands: a rule that did not run counts as failed, and says so. */
export function stateOf(result: RuleResult): StatusState {
  if (result.status === 'passed') return 'ok';
  if (result.status === 'did_not_run') return 'notrun';
  return result.expectation.severity === 'critical' ? 'critical' : 'warning';
}

const ORDER: StatusState[] = ['critical', 'notrun', 'warning', 'ok'];

/** What needs a look first, the order of the suite within. */
export function byGravity(results: readonly RuleResult[]): RuleResult[] {
  return [...results].sort((a, b) => ORDER.indexOf(stateOf(a)) - ORDER.indexOf(stateOf(b)));
}

/** The verdict on a suite: shape and sentence. */
export function verdictOf(outcome: SuiteOutcome): { state: StatusState; text: string } {
  const total = outcome.n_passed + outcome.n_failed + outcome.n_warning;
  const share = `${count(outcome.n_passed)} of ${plural(total, 'rule')} passed`;
  if (outcome.n_failed > 0) return { state: 'critical', text: `Suite failed: ${share}` };
  if (outcome.n_warning > 0)
    return { state: 'warning', text: `Suite holds with ${plural(outcome.n_warning, 'warning')}: ${share}` };
  return { state: 'ok', text: total === 1 ? 'The one rule passed' : `All ${count(total)} rules passed` };
}

/** Whether the report speaks of other rules than those saved now. */
export function isOutdated(report: CheckReport, rules: readonly Expectation[]): boolean {
  return (
    report.results.length !== rules.length ||
    report.results.some((result, i) => {
      const rule = rules[i];
      return !rule || !sameRule(result.expectation, rule) || result.expectation.severity !== rule.severity;
    })
  );
}

function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${stable(inner)}`).join()}}`;
}
