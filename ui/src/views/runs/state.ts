// What the table of runs shows, as its URL holds it.

import type { RunQuery } from '../../gen/RunQuery';
import type { RunView } from '../../gen/RunView';
import { formatSorts, parseSorts, type Sort } from '../../parts/table';
import { parseSlots, type Slots } from './selection';

export interface RunsState {
  filter: string;
  /** Null: all experiments. */
  experiment: string | null;
  view: RunView;
  /** The first decides, the others among equals; the host's own order, newest first, when empty. */
  sorts: Sort[];
  /** Ids of columns in the user's choice and order; null: the lab's, or chosen from the runs. */
  columns: string[] | null;
  /** Runs within runs stand below them. */
  tree: boolean;
  selected: Slots;
  inspector: boolean;
  builder: boolean;
}

/** What the host is asked for, without the window of rows and without what is folded. */
export type RunsQuestion = Pick<RunQuery, 'filter' | 'experiment' | 'view' | 'order_by' | 'tree'>;

const VIEWS: readonly RunView[] = ['active', 'archived', 'trash'];

export function readState(query: Readonly<Record<string, string>>): RunsState {
  return {
    filter: query['filter'] ?? '',
    experiment: query['experiment'] ?? null,
    view: VIEWS.find((view) => view === query['view']) ?? 'active',
    sorts: parseSorts(query['sort']),
    columns: query['columns'] === undefined ? null : parseColumns(query['columns']),
    tree: query['tree'] !== 'no',
    selected: parseSlots(query['runs'] ?? ''),
    inspector: query['inspector'] !== 'no',
    builder: query['builder'] === 'yes',
  };
}

/** Commas stand between names, so those within a name are written otherwise. An empty choice is not the default. */
export function columnsText(columns: readonly string[]): string {
  return columns.map((id) => id.replaceAll('%', '%25').replaceAll(',', '%2C')).join(',') || ',';
}

export function parseColumns(text: string): string[] {
  return text
    .split(',')
    .filter(Boolean)
    .map((id) => id.replaceAll('%2C', ',').replaceAll('%25', '%'));
}

export const sortText = formatSorts;

/** The question that the state asks; a filter that cannot be read is left out by the caller. */
export function questionOf({ filter, experiment, view, sorts, tree }: RunsState): RunsQuestion {
  const order_by = sorts.map(({ id, descending }) => ({ name: id, ascending: !descending }));
  return { filter, experiment, view, order_by, tree };
}
