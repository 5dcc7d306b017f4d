// Curves on a canvas, as the host has binned them: a column of pixels is the range of its points, so no spike is lost.

/** One line: a bucket for each column of pixels that has points. */
export interface CurveLine {
  id: string;
  name: string;
  /** 1 to 24: eight colours, full, dashed and dotted; 0 for a line that is only there beside the others. */
  category: number;
  /** Of the last point of the bucket, ascending. */
  x: Float64Array;
  min: Float64Array;
  max: Float64Array;
  /** The last value of the bucket. */
  last: Float64Array;
  /** The smoothed line; what was measured is drawn faint beneath. */
  smoothed?: Float64Array;
}

export interface Look {
  /** CSS colours: of the categories 1 to 8, and of lines without one. */
  colours: readonly string[];
  mute: string;
  /** The line that stands out; null when none does. */
  raised: string | null;
  /** Device pixels for a CSS pixel. */
  ratio: number;
}

type Place = (value: number) => number;

const RAW_ALPHA = 0.28;
const LEAST_RAW_ALPHA = 0.06;
/** Up to so many, what was measured is drawn as strong as a single one. */
const FEW_CURVES = 3;
const BACK_ALPHA = 0.16;
/** Fewer points than these are shown as such. */
const FEW_POINTS = 40;

/** Lines without a colour first, then the others, the one that stands out last. */
export function drawCurves(
  context: CanvasRenderingContext2D,
  curves: readonly CurveLine[],
  x: Place,
  y: Place,
  look: Look,
): void {
  const order = (own: CurveLine) => (own.id === look.raised ? 2 : own.category > 0 ? 1 : 0);
  const sorted = [...curves].sort((a, b) => order(a) - order(b));
  context.lineJoin = 'round';
  const begin = (curve: CurveLine, alpha: number) => {
    const raised = curve.id === look.raised;
    context.strokeStyle = context.fillStyle = colourOf(curve.category, look);
    context.globalAlpha = alpha * (look.raised !== null && !raised ? BACK_ALPHA : 1);
    return raised;
  };
  // What was measured lies beneath all smoothed lines, the fainter the more of it there is.
  const raw_alpha = Math.max(LEAST_RAW_ALPHA, RAW_ALPHA * Math.min(1, FEW_CURVES / curves.length));
  for (const curve of sorted) {
    if (!curve.smoothed) continue;
    const raised = begin(curve, raw_alpha);
    if (raised) context.globalAlpha = RAW_ALPHA;
    context.lineWidth = look.ratio;
    context.stroke(rangePath(curve, x, y));
  }
  for (const curve of sorted) {
    const raised = begin(curve, 1);
    context.lineWidth = (raised ? 2.5 : curve.category > 0 ? 1.5 : 1) * look.ratio;
    context.setLineDash(dashOf(curve.category).map((length) => length * look.ratio));
    context.stroke(curve.smoothed ? linePath(curve.x, curve.smoothed, x, y) : rangePath(curve, x, y));
    context.setLineDash([]);
    if (curve.x.length <= FEW_POINTS) dots(context, curve, x, y, (raised ? 3 : 2) * look.ratio);
  }
  context.globalAlpha = 1;
}

/** 0 based colour of a category, repeating after eight. */
export function colourOf(category: number, { colours, mute }: Pick<Look, 'colours' | 'mute'>): string {
  return category > 0 ? (colours[(category - 1) % 8] ?? mute) : mute;
}

/** Full, dashed, dotted; in CSS pixels. */
export function dashOf(category: number): number[] {
  return [[], [6, 3], [1.5, 3]][Math.floor((category - 1) / 8)] ?? [];
}

/** The smallest and largest value that is drawn; null when there is none. */
export function rangeOf(curves: readonly CurveLine[]): [number, number] | null {
  let low = Infinity;
  let high = -Infinity;
  for (const { min, max } of curves) {
    for (const value of min) if (value < low) low = value;
    for (const value of max) if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}

function rangePath({ x: xs, min, max, last }: CurveLine, x: Place, y: Place): Path2D {
  const path = new Path2D();
  for (let i = 0; i < xs.length; i += 1) {
    const at = x(xs[i] ?? NaN);
    const [low = NaN, high = NaN, end = NaN] = [min[i], max[i], last[i]];
    if (i === 0) path.moveTo(at, y(low));
    if (low < high) {
      path.lineTo(at, y(low));
      path.lineTo(at, y(high));
    }
    path.lineTo(at, y(end));
  }
  return path;
}

function linePath(xs: Float64Array, values: Float64Array, x: Place, y: Place): Path2D {
  const path = new Path2D();
  for (let i = 0; i < xs.length; i += 1) path.lineTo(x(xs[i] ?? NaN), y(values[i] ?? NaN));
  return path;
}

function dots(context: CanvasRenderingContext2D, curve: CurveLine, x: Place, y: Place, radius: number): void {
  const values = curve.smoothed ?? curve.last;
  context.beginPath();
  for (let i = 0; i < curve.x.length; i += 1) {
    const [px, py] = [x(curve.x[i] ?? NaN), y(values[i] ?? NaN)];
    context.moveTo(px + radius, py);
    context.arc(px, py, radius, 0, 2 * Math.PI);
  }
  context.fill();
}
