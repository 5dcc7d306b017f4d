// What a request for runs says when it wants nothing special.

import type { RunQuery } from '../gen/RunQuery';

/** All runs that are neither archived nor in the trash, newest first, with all their columns. */
export const EVERY_RUN: Omit<RunQuery, 'offset' | 'limit'> = {
  filter: '',
  order_by: [],
  view: 'active',
  experiment: null,
  tree: false,
  folded: false,
  toggled: [],
  columns: null,
  skip_names: false,
};
