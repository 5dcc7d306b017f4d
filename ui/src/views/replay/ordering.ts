// The orders that the rows of a heat map can stand in.

import { clusterOrder } from '../../domain/clustering';
import { byFirstOver, bySeverity, inGroups, type HeatRow } from '../../parts/figure';

export type RowOrder = 'first' | 'severity' | 'clustered' | 'model';

export const ROW_ORDERS: readonly { value: RowOrder; text: string }[] = [
  { value: 'first', text: 'by first drift' },
  { value: 'severity', text: 'by severity' },
  { value: 'clustered', text: 'alike together' },
  { value: 'model', text: "model's order" },
];

/** What an address says, or the usual one. */
export function rowOrder(text: string | undefined): RowOrder {
  return ROW_ORDERS.find(({ value }) => value === text)?.value ?? 'first';
}

/** Features stay apart from predictions and labels, whatever the order. What was worked out once for rows is kept. */
export function inOrder(rows: readonly HeatRow[], order: RowOrder): readonly HeatRow[] {
  const known = KEPT.get(rows) ?? {};
  KEPT.set(rows, known);
  return (known[order] ??= sorted(rows, order));
}

const KEPT = new WeakMap<readonly HeatRow[], Partial<Record<RowOrder, readonly HeatRow[]>>>();

function sorted(rows: readonly HeatRow[], order: RowOrder): readonly HeatRow[] {
  switch (order) {
    case 'first':
      return byFirstOver(rows);
    case 'severity':
      return bySeverity(rows);
    case 'clustered':
      // The severest first, so that the order begins at its end.
      return inGroups(bySeverity(rows), (own) =>
        clusterOrder(own.map(({ values }) => values)).flatMap((i) => own[i] ?? []),
      );
    case 'model':
      return rows;
  }
}
