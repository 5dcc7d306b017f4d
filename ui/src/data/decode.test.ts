import { tableFromArrays, tableToIPC } from '@uwdata/flechette';
import { expect, it } from 'vitest';
import { decodeColumns } from './arrow';
import { decodePage } from './rows.svelte';

it('a page is a count and an Arrow stream', () => {
  const arrow = tableToIPC(
    tableFromArrays({ __row: [4, 9], species: ['Adelie', null], body_mass_g: [3750, null] }),
    {},
  );
  if (!arrow) throw new Error('nothing was written');
  const bytes = new Uint8Array(8 + arrow.length);
  new DataView(bytes.buffer).setBigUint64(0, 344n, true);
  bytes.set(arrow, 8);
  const page = decodePage(bytes.buffer);
  expect(page.n_matching).toBe(344);
  expect(page.table.numRows).toBe(2);
  expect([...(page.table.getChild('species') ?? [])]).toEqual(['Adelie', null]);
  expect([...(page.table.getChild('body_mass_g') ?? [])]).toEqual([3750, null]);
});

it('columns lie one after the other', () => {
  const columns = decodeColumns(new Float64Array([1, 2, 3, 4, 5, 6]).buffer, 2);
  expect(columns.map((column) => [...column])).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
});
