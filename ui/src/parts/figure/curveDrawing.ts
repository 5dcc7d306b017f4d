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
  for (const curve of [...curves].sort((a, b) => order(a) - order(b))) {
    const raised = curve.id === look.raised;
    const behind = look.raised !== null && !raised;
    context.strokeStyle = context.fillStyle = colourOf(curve.category, look);
    context.lineJoin = 'round';
    context.globalAlpha = behind ? BACK_ALPHA : 1;
    context.setLineDash(dashOf(curve.category).map((length) => length * look.ratio));
    const width = (raised ? 2.5 : curve.category > 0 ? 1.5 : 1) * look.ratio;
    if (curve.smoothed) {
      context.globalAlpha = behind ? BACK_ALPHA / 3 : RAW_ALPHA;
      context.lineWidth = look.ratio;
      context.stroke(rangePath(curve, x, y));
      context.globalAlpha = behind ? BACK_ALPHA : 1;
      context.lineWidth = width;
      context.stroke(linePath(curve.x, curve.smoothed, x, y));
    } else {
      context.lineWidth = width;
      context.stroke(rangePath(curve, x, y));
    }
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
