// Tables of any length.

export type { Column, Sort } from './columns';
export { formatSort, nextSort, parseSort, sortRows } from './sort';
export { default as Table } from './Table.svelte';
