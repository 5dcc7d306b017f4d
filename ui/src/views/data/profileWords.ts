// What a profile says in words: what a column is likely, what a note is about, how exact the figures are.

import type { Accuracy } from '../../gen/Accuracy';
import type { ColumnProfile } from '../../gen/ColumnProfile';
import type { Figures } from '../../gen/Figures';
import type { LikelyKind } from '../../gen/LikelyKind';
import type { Note } from '../../gen/Note';
import type { NoteKind } from '../../gen/NoteKind';
import type { NoteSeverity } from '../../gen/NoteSeverity';
import type { Profile } from '../../gen/Profile';
import { compact, count, percent } from '../../parts/format';
import { dayRange } from './cells';

export const LIKELY_WORDS: Record<LikelyKind, string> = {
  id: 'id',
  date: 'date',
  category: 'category',
  boolean: 'boolean',
  free_text: 'free text',
  constant: 'constant',
  near_constant: 'nearly constant',
  number: 'number',
};

export const NOTE_WORDS: Partial<Record<NoteKind, string>> & Record<string, string> = {
  empty_rows: 'empty rows',
  duplicate_rows: 'duplicate rows',
  leakage: 'leakage',
  partial_leakage: 'leakage in part',
  correlated: 'correlated',
  spelling: 'spelling',
  numeric_text: 'numbers as text',
  date_text: 'dates as text',
  mixed_types: 'mixed types',
  missing: 'missing',
  constant: 'constant',
  near_constant: 'nearly constant',
  likely_id: 'id',
  high_cardinality: 'many categories',
  imbalance: 'imbalance',
  outliers: 'outliers',
  skew: 'skew',
  scope: 'scope of the profile',
};

/** The heading over the notes of a severity, the gravest first. */
export const SEVERITY_WORDS: Record<NoteSeverity, string> = {
  high: 'Misleads a model as it stands',
  medium: 'Look before training',
  low: 'Good to know',
};

const SEVERITIES: readonly NoteSeverity[] = ['high', 'medium', 'low'];

export function noteWord(kind: NoteKind): string {
  return NOTE_WORDS[kind] ?? kind.replaceAll('_', ' ');
}

/** The gravest first, the order of the profile within. */
export function byWeight(notes: readonly Note[]): Note[] {
  return [...notes].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

/** Notes under one heading each, the gravest first; severities without notes are left out. */
export function groupNotes(notes: readonly Note[]): { severity: NoteSeverity; title: string; notes: Note[] }[] {
  return SEVERITIES.map((severity) => ({
    severity,
    title: SEVERITY_WORDS[severity],
    notes: notes.filter((note) => note.severity === severity),
  })).filter((group) => group.notes.length > 0);
}

/** The notes that speak of a column. */
export function notesOn(profile: Profile, column: string): Note[] {
  return byWeight(profile.notes.filter((note) => note.columns.includes(column)));
}

const FIGURES_WORDS: Record<Figures, string> = {
  totals: 'Totals',
  distinct: 'Distinct values',
  top: 'Most frequent values',
  quantiles: 'Quantiles and histograms',
  duplicate_rows: 'Duplicate rows',
  associations: 'Associations',
  notes: 'Notes',
};

/** How exact the figures are, short; and the bounds, one on a line. */
export function accuracyWords(profile: Profile): { text: string; title: string } {
  const estimated = profile.accuracy.filter(({ exact }) => !exact);
  if (profile.exact || estimated.length === 0)
    return { text: 'exact', title: `Every figure counts every one of the ${count(profile.n_rows)} rows` };
  return { text: 'some figures estimated', title: estimated.map(boundWords).join('\n') };
}

/** The bound of a group of figures of one column; empty when they are exact. */
export function boundOf(profile: Profile, column: ColumnProfile, figures: Figures): string {
  if (column.exact) return '';
  return profile.accuracy.find((one) => one.figures === figures && !one.exact)?.bound ?? '';
}

function boundWords({ figures, bound }: Accuracy): string {
  return `${FIGURES_WORDS[figures]}: ${bound === '' ? 'estimated' : bound}`;
}

/** The probabilities of a profile's quantiles as their names. */
export const QUANTILE_NAMES = ['1 %', '5 %', '25 %', 'median', '75 %', '95 %', '99 %'] as const;

/** `to the right, strongly`: which tail is long. */
export function skewWords(skewness: number | null): string {
  if (skewness === null) return '';
  const size = Math.abs(skewness);
  if (size < 0.5) return 'even';
  return `${size < 1 ? 'a little' : size < 3 ? 'clearly' : 'strongly'} to the ${skewness > 0 ? 'right' : 'left'}`;
}

/** `12, 3.4 %` of the rows that hold a value; `none`. */
export function shareText(n: number, of: number): string {
  return n === 0 ? 'none' : `${count(n)}, ${percent(n / Math.max(1, of))}`;
}

/** What a short line of the table says of the values: a range, dates in the zone, the most frequent value. */
export function gist(column: ColumnProfile, zone: string | null = null): string {
  if (column.numeric) return `${compact(column.numeric.min)} to ${compact(column.numeric.max)}`;
  if (column.time) return dayRange(column.time, zone).join(' to ');
  const top = column.top[0];
  if (!top) return 'no value';
  return `${top.value === '' ? 'empty text' : top.value} ${percent(top.count / Math.max(1, column.n_rows), 0)}`;
}
