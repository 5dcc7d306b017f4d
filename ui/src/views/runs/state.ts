// What the table of runs shows, as its URL holds it.

import type { OrderBy } from '../../gen/OrderBy';
import { formatSort, parseSort, type Sort } from '../../parts/table';
import { parseSlots, type Slots } from './selection';

export interface RunsState {
  filter: string;
  /** Null: all experiments. */
  experiment: string | null;
  /** The host's own order, newest first, when null. */
  sort: Sort | null;
  /** Ids of columns in the user's choice; null: chosen from the runs. */
  columns: string[] | null;
  selected: Slots;
  inspector: boolean;
  builder: boolean;
}

export function readState(query: Readonly<Record<string, string>>): RunsState {
  return {
    filter: query['filter'] ?? '',
    experiment: query['experiment'] ?? null,
    sort: parseSort(query['sort']),
    columns: query['columns'] === undefined ? null : query['columns'].split(',').filter(Boolean).map(decode),
    selected: parseSlots(query['runs'] ?? ''),
    inspector: query['inspector'] !== 'no',
    builder: query['builder'] === 'yes',
  };
}

export function sortText(sort: Sort | null): string | null {
  return formatSort(sort);
}

/** Commas stand between names, so those within a name are written otherwise. An empty choice is not the default. */
export function columnsText(columns: readonly string[]): string {
  return columns.map((id) => id.replaceAll('%', '%25').replaceAll(',', '%2C')).join(',') || ',';
}

/** What the host sorts by: the names of the filter's grammar; columns of the table have the same. */
export function orderOf(sort: Sort | null): OrderBy[] {
  return sort ? [{ name: sort.id, ascending: !sort.descending }] : [];
}

function decode(text: string): string {
  return text.replaceAll('%2C', ',').replaceAll('%25', '%');
}
