// What differs between two versions, in words and figures.

import type { ChangedCell } from '../../../gen/ChangedCell';
import type { ColumnChange } from '../../../gen/ColumnChange';
import type { Effect } from '../../../gen/Effect';
import type { EffectMeasure } from '../../../gen/EffectMeasure';
import type { Magnitude } from '../../../gen/Magnitude';
import type { SchemaDiff } from '../../../gen/SchemaDiff';
import { compact, count, number, percent, plural, signed } from '../../../parts/format';

const MEASURES: Record<EffectMeasure, { name: string; signed: boolean }> = {
  cohens_d: { name: 'Cohen’s d', signed: true },
  kolmogorov_smirnov: { name: 'Kolmogorov-Smirnov', signed: false },
  cramers_v: { name: 'Cramér’s V', signed: false },
  jensen_shannon: { name: 'Jensen-Shannon', signed: false },
  missing_share: { name: 'missing, Cohen’s h', signed: true },
};

export const MAGNITUDES: readonly Magnitude[] = ['none', 'small', 'medium', 'large'];

/** How strong a change is, as the table says it. */
export const MAGNITUDE_WORDS: Record<Magnitude, string> = {
  none: 'hardly any',
  small: 'small',
  medium: 'medium',
  large: 'large',
};

/** `Cohen’s d +0.83`. */
export function effectText({ measure, value }: Effect): string {
  const { name, signed: hasSign } = MEASURES[measure];
  return `${name} ${hasSign ? signed(value, 2) : number(value, 2)}`;
}

/** The effect that is strongest, the first of equals; null without any. */
export function strongest(effects: readonly Effect[]): Effect | null {
  let found: Effect | null = null;
  for (const effect of effects) if (!found || rank(effect.magnitude) > rank(found.magnitude)) found = effect;
  return found;
}

/** Strongest first; those of one strength by name. */
export function byStrength(changes: readonly ColumnChange[]): ColumnChange[] {
  const size = ({ effects }: ColumnChange) => Math.abs(strongest(effects)?.value ?? 0);
  return [...changes].sort((a, b) => rank(b.magnitude) - rank(a.magnitude) || size(b) - size(a));
}

/** A whole sentence: what became of the values of a column. */
export function changeSentence(change: ColumnChange): string {
  const [missing_left, missing_right] = change.missing_share;
  const parts: string[] = [];
  if (change.means) {
    const [left, right] = change.means;
    if (left === right) parts.push(`the mean stays ${compact(left)}`);
    else parts.push(`the mean ${right > left ? 'rises' : 'falls'} from ${compact(left)} to ${compact(right)}`);
  }
  if (missing_left !== missing_right) {
    const verb = missing_right > missing_left ? 'rises' : 'falls';
    parts.push(`the missing share ${verb} from ${percent(missing_left)} to ${percent(missing_right)}`);
  }
  if (parts.length === 0 && change.n_distinct) {
    const [left, right] = change.n_distinct;
    parts.push(
      left === right
        ? `${plural(right, 'distinct value')} still`
        : `${count(left)} to ${plural(right, 'distinct value')}`,
    );
  }
  if (change.remark) parts.push(change.remark);
  return parts.join('; ');
}

/** `price 3 → 4, note null → late`. */
export function cellsText(cells: readonly ChangedCell[]): string {
  return cells.map(({ column, left, right }) => `${column} ${left ?? 'null'} → ${right ?? 'null'}`).join(', ');
}

/** One line a change of the schema: `+ sex, text`. */
export function schemaLines(
  diff: SchemaDiff,
  label: (column: SchemaDiff['added'][number]) => string,
): { sign: string; name: string; text: string }[] {
  return [
    ...diff.added.map((column) => ({ sign: '+', name: column.name, text: `new, ${label(column)}` })),
    ...diff.removed.map((column) => ({ sign: '−', name: column.name, text: `gone, ${label(column)}` })),
    ...diff.retyped.map(({ name, from, to }) => ({ sign: '≠', name, text: `${from} became ${to}` })),
    ...diff.moved.map(({ name, from, to }) => ({
      sign: '↕',
      name,
      text: `from place ${count(from)} to place ${count(to)} of the columns of both`,
    })),
  ];
}

/** `+ 12`, `− 3`, `0`: how a count changed. */
export function countChange(left: number, right: number): string {
  if (left === right) return 'as many';
  return right > left ? `${count(right - left)} more` : `${count(left - right)} fewer`;
}

function rank(magnitude: Magnitude): number {
  return MAGNITUDES.indexOf(magnitude);
}
