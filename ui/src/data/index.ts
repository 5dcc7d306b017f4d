// Reading and changing the lab from a component.

export { action, type Action } from './action.svelte';
export { decodeArrow, decodeColumns, type ArrowTable } from './arrow';
export { clearCache, dropKinds, era } from './cache';
export { isLost, liveJobs, startLive } from './live.svelte';
export { query, queryBytes, type Query, type QueryOptions } from './query.svelte';
export { queryRows, type CellValue, type DataRow, type Rows } from './rows.svelte';
