// Tables of any length.

export type { Column, Sort } from './columns';
export { formatSort, formatSorts, nextSort, nextSorts, parseSort, parseSorts, sortRows } from './sort';
export { default as Table } from './Table.svelte';
