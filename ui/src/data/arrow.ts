// Columns that travel as bytes: Arrow IPC for tables, little-endian f64 for curves.

import { tableFromIPC, type Table } from '@uwdata/flechette';

export type ArrowTable = Table;

/** Reads an Arrow IPC stream or file. Integers of 64 bits and the units of decimals become bigints, dates milliseconds. */
export function decodeArrow(bytes: ArrayBuffer): ArrowTable {
  // As a plain number, one id over 2^53 would make its whole column unreadable.
  return tableFromIPC(new Uint8Array(bytes), { useBigInt: true, useDate: false, useDecimalInt: true });
}

/** Reads `n_columns` columns of equal length, one after the other. */
export function decodeColumns(bytes: ArrayBuffer, n_columns: number): Float64Array[] {
  const n_rows = Math.floor(bytes.byteLength / 8 / Math.max(1, n_columns));
  return Array.from({ length: n_columns }, (_, column) => new Float64Array(bytes, column * n_rows * 8, n_rows));
}
