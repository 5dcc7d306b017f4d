// The one time axis of the page, and what stands on it besides columns: how a column is distributed, detections, refits,
// drift over several columns.

import type { Bins } from '../../gen/Bins';
import type { ColumnShapes } from '../../gen/ColumnShapes';
import type { DriftReport } from '../../gen/DriftReport';
import type { WindowReport } from '../../gen/WindowReport';
import { sharesOf } from '../../parts/figure';
import { compact, count, number } from '../../parts/format';
import { detectorWords, policyWords } from './words';

/** What figures that share it must agree on. */
export interface TimeAxis {
  n: number;
  gutter: number;
  end: number;
  title: (index: number) => string;
  go: (index: number) => void;
}

export interface DistributionRows {
  /** From the foot up. */
  names: string[];
  reference: number[];
  windows: number[][];
  /** Texts of the lowest and the highest bin. */
  ends: readonly [string, string] | undefined;
}

/** Bins that are drawn: what no population holds has no row, categories stand with the most frequent on top. */
export function distributionRows(shapes: ColumnShapes): DistributionRows {
  const names = binNames(shapes.bins);
  const isNumeric = shapes.bins.kind === 'edges';
  const held = names.map((_, bin) => bin).filter((bin) => isNumeric || heldIn(shapes, bin) > 0);
  const order = isNumeric ? held : held.toReversed();
  const pick = (counts: readonly number[]) => {
    const shares = sharesOf(counts);
    return shares.length === 0 ? [] : order.map((bin) => shares[bin] ?? 0);
  };
  const picked = order.map((bin) => names[bin] ?? '');
  return {
    names: picked,
    reference: pick(shapes.reference),
    windows: shapes.windows.map(pick),
    ends: endsOf(shapes.bins, picked),
  };
}

function heldIn({ reference, windows }: ColumnShapes, bin: number): number {
  return windows.reduce((all, counts) => all + (counts[bin] ?? 0), reference[bin] ?? 0);
}

function binNames(bins: Bins): string[] {
  if (bins.kind === 'categories') return bins.categories;
  return bins.edges.slice(1).map((to, i) => `${compact(bins.edges[i] ?? 0)} to ${compact(to)}`);
}

function endsOf(bins: Bins, picked: readonly string[]): readonly [string, string] | undefined {
  if (bins.kind === 'edges') return [compact(bins.edges[0] ?? 0), compact(bins.edges.at(-1) ?? 0)];
  const [first, last] = [picked[0], picked.at(-1)];
  return first === undefined || last === undefined || first === last ? undefined : [first, last];
}

export interface MarkRow {
  name: string;
  marks: { at: number; text: string; quiet?: boolean }[];
}

/** Detections of each detector that made one, at their rows. */
export function conceptRows({ concept, windows }: DriftReport): MarkRow[] {
  return (concept ?? []).flatMap(({ detector, detections }) => {
    const marks = detections.flatMap(({ row, window, signal }) =>
      signal === 'none'
        ? []
        : [
            {
              at: placeOf(windows[window], row),
              text: `${signal} at row ${count(row)}`,
              ...(signal === 'warning' && { quiet: true }),
            },
          ],
    );
    return marks.length > 0 ? [{ name: detectorWords(detector), marks }] : [];
  });
}

/** `3 of 5 detectors` */
export function conceptNote({ concept }: DriftReport): string {
  const n = (concept ?? []).filter(({ n_drifts }) => n_drifts > 0).length;
  return `${count(n)} of ${count(concept?.length ?? 0)} detectors`;
}

/** Where policies train again: at the end of a window. */
export function refitRows({ challenge }: DriftReport): MarkRow[] {
  return (challenge?.policies ?? []).flatMap(({ policy, steps }) => {
    const marks = steps
      .filter(({ refitted }) => refitted)
      .map(({ window, model }) => ({ at: window + 1, text: `model ${count(model + 1)} from here on`, quiet: true }));
    return marks.length > 0 ? [{ name: policyWords(policy), marks }] : [];
  });
}

function placeOf(window: WindowReport | undefined, row: number): number {
  if (!window) return 0;
  const share = (row - window.first_row) / Math.max(1, window.last_row - window.first_row + 1);
  return window.index + Math.max(0, Math.min(0.999, share));
}

export interface MultivariateLine {
  /** In the gutter. */
  name: string;
  /** What it measures, in a sentence. */
  label: string;
  values: number[];
  band?: { low: number[]; high: number[] };
  limits: number[];
  alerts: number[];
  n_alerts: number;
}

/** At most three lines; one that no window has is left out. */
export function multivariateLines({ windows }: DriftReport): MultivariateLine[] {
  const all = windows.map(({ multivariate }) => multivariate ?? null);
  const reconstruction = all.map((own) => own?.reconstruction ?? null);
  const correlation = all.map((own) => own?.correlation ?? null);
  const domain = all.map((own) => own?.domain ?? null);
  const lines = [
    {
      name: 'reconstruction',
      label: 'Error of putting the rows together again from the principal components of the reference',
      ...measures(reconstruction.map((own) => (own ? { value: own.error, alert: own.alert } : null))),
      band: {
        low: reconstruction.map((own) => own?.low ?? NaN),
        high: reconstruction.map((own) => own?.high ?? NaN),
      },
      limits: [],
    },
    {
      name: 'correlation',
      label: 'How far correlations of columns changed from the reference',
      ...measures(correlation.map((own) => (own ? { value: own.statistic, alert: own.alert } : null))),
      limits: limitsOf(correlation.find((own) => own?.limits)?.limits ?? null, 'high'),
    },
    {
      name: 'domain classifier',
      label: 'ROC AUC of a model that tells the rows of the window from those of the reference',
      ...measures(domain.map((own) => (own ? { value: own.roc_auc, alert: own.alert } : null))),
      limits: limitsOf(domain.find((own) => own)?.limits ?? null, 'both'),
    },
  ];
  return lines.filter(({ values }) => values.some(Number.isFinite));
}

function measures(points: readonly ({ value: number; alert: boolean } | null)[]) {
  const alerts = points.map((point) => (point?.alert ? 1 : 0));
  return {
    values: points.map((point) => point?.value ?? NaN),
    alerts,
    n_alerts: alerts.reduce<number>((all, own) => all + own, 0),
  };
}

/** Only a change that is too large alerts where `side` is high. */
function limitsOf(limits: { low: number | null; high: number | null } | null, side: 'high' | 'both'): number[] {
  if (!limits) return [];
  return [side === 'both' ? limits.low : null, limits.high].filter((limit) => limit !== null);
}

/** The pair of columns whose correlation changed most in a window: `age and income: 0.81, 0.12 in the reference`. */
export function worstPair(window: WindowReport | undefined): string | null {
  const pair = window?.multivariate?.correlation?.pairs[0];
  if (!pair) return null;
  return `\`${pair.first}\` and \`${pair.second}\`: ${number(pair.window, 2)}, ${number(pair.reference, 2)} in the reference`;
}
