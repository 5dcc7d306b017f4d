// A parameter as the catalogue describes it, and as someone typed it.

import type { ParamInfo } from '../../gen/ParamInfo';
import type { ParamValue } from '../../gen/ParamValue';

/** A parameter as typed; `value` is undefined when it is wrong. */
export function readParam(info: ParamInfo, text: string | undefined): { value?: ParamValue; problem?: string } {
  if (text === undefined || text.trim() === '') return { value: info.default };
  const { range } = info;
  if (range.kind === 'bool') return { value: text === 'true' };
  if (range.kind === 'choice')
    return range.options.includes(text) ? { value: text } : { problem: `one of ${range.options.join(', ')}` };
  if (range.kind === 'algorithms') return { value: text.trim(), ...parenthesesProblem(text) };
  if (range.kind === 'numbers')
    return text.split(',').every((part) => Number(part) > 0)
      ? { value: text.trim() }
      : { problem: 'numbers over 0, with commas between' };
  const value = Number(text);
  const whole = range.kind === 'integer';
  if (!Number.isFinite(value) || (whole && !Number.isInteger(value)))
    return { problem: whole ? 'a whole number' : 'a number' };
  if (value < range.min || value > range.max) return { problem: rangeText(info) };
  return { value };
}

/** What the host says of names and parameters, it says when the run is started; this is what can be seen here. */
function parenthesesProblem(text: string): { value?: undefined; problem: string } | Record<string, never> {
  let depth = 0;
  for (const sign of text) {
    if (sign === '(') depth += 1;
    if (sign === ')') depth -= 1;
    if (depth < 0) break;
  }
  return depth === 0 ? {} : { value: undefined, problem: 'a parenthesis has no other' };
}

/** `a=1,members=b,c(d=2)` as the assignments that it holds: a comma within a value stays. */
export function assignmentsOf(text: string): string[] {
  const found: string[] = [];
  let start = 0;
  let depth = 0;
  for (const [at, sign] of [...text].entries()) {
    if (sign === '(') depth += 1;
    if (sign === ')') depth -= 1;
    const next = text.slice(at + 1).split(/[,(]/, 1)[0] ?? '';
    if (sign === ',' && depth === 0 && next.includes('=')) {
      found.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...found, text.slice(start)];
}

/** `1 to 2,000`. */
export function rangeText({ range }: ParamInfo): string {
  if (range.kind !== 'integer' && range.kind !== 'float') return '';
  const figure = (value: number) =>
    Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3)
      ? value.toExponential().replace('e+', 'e').replace('e-', 'e−')
      : value.toLocaleString('en-GB');
  return `${figure(range.min)} to ${figure(range.max)}`;
}
