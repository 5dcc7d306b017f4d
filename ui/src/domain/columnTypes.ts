// The types of columns as people name them.

import type { ColumnType } from '../gen/ColumnType';

export const TYPE_WORDS: Record<ColumnType, string> = {
  integer: 'int',
  float: 'float',
  boolean: 'bool',
  text: 'text',
  date: 'date',
  datetime: 'date-time',
};
