// The answer to a question for curves: a document that says where the numbers of each stand, then the numbers.

import type { Curve } from '../../../gen/Curve';
import type { Curves } from '../../../gen/Curves';
import { decodeJson } from '../../../host';

export interface CurveNumbers extends Curve {
  x: Float64Array;
  min: Float64Array;
  max: Float64Array;
  last: Float64Array;
  smoothed?: Float64Array;
}

export interface DecodedCurves extends Omit<Curves, 'curves'> {
  curves: CurveNumbers[];
}

/** A `u32` with the length of the document, the document, then `f64` numbers, all little-endian. */
export function decodeCurves(bytes: ArrayBuffer): DecodedCurves {
  const n_bytes = new DataView(bytes).getUint32(0, true);
  const start = 4 + n_bytes;
  const head = decodeJson(bytes.slice(4, start)) as Curves;
  const numbers = numbersOf(bytes, start);
  return {
    ...head,
    curves: head.curves.map((curve) => {
      const column = (at: number) =>
        numbers.subarray(curve.offset + at * curve.n_buckets, curve.offset + (at + 1) * curve.n_buckets);
      return {
        ...curve,
        x: column(0),
        min: column(1),
        max: column(2),
        last: column(3),
        ...(head.has_smoothed ? { smoothed: column(4) } : {}),
      };
    }),
  };
}

/** Numbers stand at multiples of 8 bytes, unless a host counts otherwise: then they are copied. */
function numbersOf(bytes: ArrayBuffer, start: number): Float64Array {
  const n = Math.floor((bytes.byteLength - start) / 8);
  return start % 8 === 0 ? new Float64Array(bytes, start, n) : new Float64Array(bytes.slice(start, start + 8 * n));
}
