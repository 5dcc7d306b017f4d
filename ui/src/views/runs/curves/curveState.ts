// How metric curves are shown, as the URL holds it.

import type { CurveAxis } from '../../../gen/CurveAxis';
import type { ScaleKind } from '../../../parts/figure/scale';
import { byTelling } from '../metrics';
import { columnsText, parseColumns } from '../state';

export interface CurveState {
  /** Null: those that tell most. */
  metrics: string[] | null;
  axis: CurveAxis;
  log_x: boolean;
  scale: ScaleKind;
  /** 0 to 0.99 */
  smoothing: number;
  /** The charts have the page for themselves. */
  full: boolean;
}

const AXES: readonly CurveAxis[] = ['step', 'relative_time', 'wall_time'];
const SCALES: readonly ScaleKind[] = ['linear', 'log', 'symlog'];
const MOST_SMOOTHING = 0.99;
/** Charts that are drawn without being asked for. */
const MOST_UNASKED = 2;

export function readCurves(query: Readonly<Record<string, string>>): CurveState {
  const smoothing = Number(query['smooth'] ?? 0);
  return {
    metrics: query['metrics'] === undefined ? null : parseColumns(query['metrics']),
    axis: AXES.find((axis) => axis === query['x']) ?? 'step',
    log_x: query['logx'] === 'yes',
    scale: SCALES.find((scale) => scale === query['y']) ?? 'linear',
    smoothing: Number.isFinite(smoothing) ? Math.min(MOST_SMOOTHING, Math.max(0, smoothing)) : 0,
    full: query['charts'] === 'full',
  };
}

/** The part of the URL that a change of the state changes. */
export function curvesQuery(changes: Partial<CurveState>): Record<string, string | null> {
  const query: Record<string, string | null> = {};
  if (changes.metrics !== undefined) query['metrics'] = changes.metrics && columnsText(changes.metrics);
  if (changes.axis !== undefined) query['x'] = changes.axis === 'step' ? null : changes.axis;
  if (changes.log_x !== undefined) query['logx'] = changes.log_x ? 'yes' : null;
  if (changes.scale !== undefined) query['y'] = changes.scale === 'linear' ? null : changes.scale;
  if (changes.smoothing !== undefined) query['smooth'] = changes.smoothing > 0 ? String(changes.smoothing) : null;
  if (changes.full !== undefined) query['charts'] = changes.full ? 'full' : null;
  return query;
}

/** The metrics to draw out of those that have a history; folds of a cross-validation only when there is nothing else. */
export function shownMetrics(asked: readonly string[] | null, histories: readonly string[]): string[] {
  if (asked) return asked.filter((metric) => histories.includes(metric));
  const known = byTelling(histories);
  const trained = known.filter((metric) => !isFolds(metric));
  return trained.length > 0 ? trained.slice(0, MOST_UNASKED) : known.slice(0, 1);
}

/** Metrics whose steps are the folds of a cross-validation. */
export function isFolds(metric: string): boolean {
  return metric.startsWith('cv.');
}
