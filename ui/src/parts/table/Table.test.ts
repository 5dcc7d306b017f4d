// @vitest-environment happy-dom

import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Column } from './columns';
import Table from './Table.svelte';

interface Row {
  name: string;
  auc: number | null;
}

const rows: Row[] = Array.from({ length: 1000 }, (_, i) => ({ name: `run-${i}`, auc: i === 1 ? null : i / 1000 }));
const columns: Column<Row>[] = [
  { id: 'name', title: 'run', width: 100, text: (row) => row.name, sortable: true },
  {
    id: 'auc',
    title: 'auc',
    width: 60,
    numeric: true,
    sortable: true,
    text: (row) => (row.auc === null ? null : row.auc.toFixed(3)),
  },
];

const onsort = vi.fn();
const onselect = vi.fn();
const onopen = vi.fn();
let table: ReturnType<typeof mount>;

beforeEach(() => {
  vi.clearAllMocks();
  table = mount(Table as unknown as typeof Table<Row>, {
    target: document.body,
    props: { label: 'Runs', columns, n_rows: rows.length, row: (i: number) => rows[i], onsort, onselect, onopen },
  });
  flushSync();
});
afterEach(() => unmount(table));

const grid = () => document.querySelector<HTMLElement>('[role=grid]');
const press = (key: string, more: KeyboardEventInit = {}) => {
  grid()?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
  flushSync();
};

it('says how many rows there are and draws only some', () => {
  expect(grid()?.getAttribute('aria-rowcount')).toBe('1001');
  expect(document.querySelectorAll('[role=row]').length).toBeLessThan(50);
});

it('writes a missing value as the word null', () => {
  const cells = [...document.querySelectorAll('[role=gridcell]')].map((cell) => cell.textContent?.trim());
  expect(cells.slice(0, 4)).toEqual(['run-0', '0.000', 'run-1', 'null']);
});

it('moves, selects and opens by keys', () => {
  press('ArrowDown');
  press('ArrowDown');
  press(' ');
  expect(onselect).toHaveBeenCalledWith(rows[1], 1, { range: false });
  press('Home');
  press('Enter', { ctrlKey: true });
  expect(onopen).toHaveBeenCalledWith(rows[0], 0, { beside: true });
  press('End');
  press('Enter');
  expect(onopen).toHaveBeenLastCalledWith(rows[999], 999, { beside: false });
});

it('a head that sorts says the next order', () => {
  document.querySelectorAll<HTMLButtonElement>('[role=columnheader] button')[1]?.click();
  expect(onsort).toHaveBeenCalledWith({ id: 'auc', descending: true });
});
