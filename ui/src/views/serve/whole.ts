// Models that take whole tensors: an example of nested lists from their ports, and their form in KServe's protocol.

import type { ModelVersion } from '../../gen/ModelVersion';
import type { Port } from '../../gen/Port';

type Nested = number | string | boolean | Nested[];

/** More values than this are no example that a person reads. */
const MOST_VALUES = 4096;

/** The inputs of a version that is asked with tensors; null for one that takes columns. */
export function tensorsOf(version: ModelVersion | undefined): readonly Port[] | null {
  const own = version?.imported;
  if (!own || (own.wiring.inputs.length > 0 && own.wiring.answer.kind !== 'tensors')) return null;
  return own.inputs;
}

/** Zeros in the shape of each input, where a free axis has the length 1; an empty list for what is too large. */
export function exampleTensors(ports: readonly Port[]): Record<string, unknown> {
  return Object.fromEntries(
    ports.map(({ name, element, shape }) => {
      const axes = shape.map((axis) => (/^\d+$/.test(axis) ? Number(axis) : 1));
      const n_values = axes.reduce((product, axis) => product * axis, 1);
      const cell = element === 'string' ? '' : element === 'bool' ? false : 0;
      return [name, n_values > MOST_VALUES ? [] : filled(axes, cell)];
    }),
  );
}

/** With the innermost lists on a line each, as people write matrices. */
export function tensorText(record: unknown): string {
  return JSON.stringify(record, null, 2).replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_, cells: string) =>
    cells === '' ? '[]' : `[${cells.replace(/\s*\n\s*/g, ' ')}]`,
  );
}

/** As KServe's protocol has them; the outermost list that is as long as its first tells the shape. */
export function kserveTensors(ports: readonly Port[], record: Readonly<Record<string, unknown>>): unknown[] {
  return ports.map(({ name, element }) => {
    const value = record[name] ?? [];
    return { name, shape: shapeOf(value), datatype: DATATYPES[element] ?? 'FP32', data: [value].flat(Infinity) };
  });
}

const DATATYPES: Readonly<Record<string, string>> = {
  double: 'FP64',
  int64: 'INT64',
  int32: 'INT32',
  uint8: 'UINT8',
  bool: 'BOOL',
  string: 'BYTES',
};

function filled([length, ...inner]: number[], cell: number | string | boolean): Nested {
  return length === undefined ? cell : Array.from({ length }, () => filled(inner, cell));
}

function shapeOf(value: unknown): number[] {
  return Array.isArray(value) ? [value.length, ...(value.length > 0 ? shapeOf(value[0]) : [])] : [];
}
