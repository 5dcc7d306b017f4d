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
  const value = Number(text);
  const whole = range.kind === 'integer';
  if (!Number.isFinite(value) || (whole && !Number.isInteger(value)))
    return { problem: whole ? 'a whole number' : 'a number' };
  if (value < range.min || value > range.max) return { problem: rangeText(info) };
  return { value };
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
