// The parts of a parity report as lines of a table.

import type { AdversarialKind } from '../../gen/AdversarialKind';
import type { Differences } from '../../gen/Differences';
import type { ParityReport } from '../../gen/ParityReport';

export interface PartRow {
  name: string;
  /** What was done to the row with the largest difference. */
  note: string | null;
  differences: Differences;
}

const KIND_WORDS: Readonly<Record<AdversarialKind, string>> = {
  missing: 'a missing value',
  all_missing: 'all values missing',
  unseen_category: 'unseen categories',
  empty_text: 'empty texts',
  extreme_number: 'extreme numbers',
  date_out_of_range: 'dates out of range',
  long_text: 'very long texts',
};

/** By kind; empty in a report that was made before they were kept. */
export function adversarialRows({ parts }: ParityReport): PartRow[] {
  return (parts?.adversarial ?? []).map(({ kind, differences, worst }) => ({
    name: KIND_WORDS[kind],
    note: worst === '' ? null : `largest where ${worst.replaceAll('`', '')}`,
    differences,
  }));
}

/** The largest differences first. */
export function sliceRows({ parts }: ParityReport): PartRow[] {
  return (parts?.slices ?? []).map(({ column, label, differences }) => ({
    name: `${column}: ${label}`,
    note: null,
    differences,
  }));
}
