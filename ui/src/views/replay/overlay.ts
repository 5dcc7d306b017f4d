// The ways to lay a window over its reference.

import type { CellDetail } from '../../gen/CellDetail';
import type { Ecdf } from '../../gen/Ecdf';
import type { LineSeries } from '../../parts/figure';
import { compact, count, percent } from '../../parts/format';
import type { Clipped } from './evidence';

export type OverlayKind = 'histogram' | 'ecdf' | 'categories';

const KINDS: Readonly<Record<OverlayKind, { text: string; title: string }>> = {
  histogram: { text: 'Bars', title: 'Histogram: how many rows lie where' },
  ecdf: { text: 'ECDF', title: 'Distribution function: the share of rows at or below each value' },
  categories: { text: 'Categories', title: 'The share of rows of each value' },
};

/** What a cell can be shown as. */
export function overlayKinds({ bins, ecdf }: CellDetail): { value: OverlayKind; text: string; title: string }[] {
  const kinds: OverlayKind[] =
    bins.kind === 'categories' ? ['categories'] : ecdf ? ['histogram', 'ecdf'] : ['histogram'];
  return kinds.map((value) => ({ value, ...KINDS[value] }));
}

/** The one that is asked for, or the first that the cell has. */
export function overlayKind(cell: CellDetail, wanted: OverlayKind): OverlayKind {
  const kinds = overlayKinds(cell).map(({ value }) => value);
  return kinds.find((kind) => kind === wanted) ?? kinds[0] ?? 'histogram';
}

/** Steps as a line: flat to the next value, then up. Nothing lies under the first value. */
export function stepLine({ values, shares }: Ecdf, name: string, category: number): LineSeries {
  const x: number[] = [];
  const y: number[] = [];
  values.forEach((value, i) => {
    x.push(value, value);
    y.push(shares[i - 1] ?? 0, shares[i] ?? 1);
  });
  return { name, category, x, y };
}

/** Where the two distribution functions lie farthest apart, in a sentence; null where they do not. */
export function widestGap({ ecdf }: CellDetail): string | null {
  if (!ecdf) return null;
  const { reference, current } = ecdf;
  let widest = { gap: 0, at: 0, was: 0, is: 0 };
  for (const at of [...reference.values, ...current.values]) {
    const [was, is] = [shareUpTo(reference, at), shareUpTo(current, at)];
    if (Math.abs(was - is) > widest.gap) widest = { gap: Math.abs(was - is), at, was, is };
  }
  if (widest.gap < 0.0005) return null;
  return `Farthest apart at ${compact(widest.at)}: ${percent(widest.is)} of the window lies at or below it, ${percent(widest.was)} of the reference.`;
}

function shareUpTo({ values, shares }: Ecdf, value: number): number {
  let [from, to] = [0, values.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((values[middle] ?? Infinity) <= value) from = middle + 1;
    else to = middle;
  }
  return shares[from - 1] ?? 0;
}

/** Names of a window's overlay: `window 26`. */
export function windowName({ window }: CellDetail): string {
  return `window ${count(window.index + 1)}`;
}

/** The values that a clipped histogram shows, so that both pictures have one axis. */
export function shownRange(clipped: Clipped | null): readonly [number, number] | undefined {
  const [first, last] = [clipped?.edges[0], clipped?.edges.at(-1)];
  return first === undefined || last === undefined ? undefined : [first, last];
}
