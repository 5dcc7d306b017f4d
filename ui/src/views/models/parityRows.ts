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

/** The same report about the rows of one part, to be drawn as that of the test rows. */
export function reportOfPart(parity: ParityReport, { rows, n_exact, log10_counts }: Differences): ParityReport {
  return {
    ...parity,
    rows,
    n_exact,
    log10_differences: { edges: parity.log10_differences.edges, counts: log10_counts },
  };
}

/** Rows of a part by their difference, those that are equal first, in the room of a table; null where none were counted. */
export function smallCounts(
  parity: ParityReport,
  differences: Differences,
): { bars: number[]; n_exact: number; firstOver: number } | null {
  if (differences.log10_counts.length === 0) return null;
  const { edges } = parity.log10_differences;
  const limit = Math.log10(parity.tolerance) - 1e-9;
  const over = edges.findIndex((edge) => edge >= limit);
  return {
    bars: [differences.n_exact, ...differences.log10_counts],
    n_exact: differences.n_exact,
    firstOver: over < 0 ? Infinity : over + 1,
  };
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
