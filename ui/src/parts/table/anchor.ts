// Rows that come or go above what is read must not push it away: the first row in view stays where it is.

/** How far a row is looked for after a change; one that went further has been sorted elsewhere. */
const REACH = 200;

/** Where the row with this key is now, near where it was; null when it is not there or has not moved. */
export function movedBy<T>(
  key: unknown,
  index: number,
  n_rows: number,
  row: (index: number) => T | undefined,
  keyOf: (row: T) => unknown,
): number | null {
  const is = (at: number) => {
    const value = at >= 0 && at < n_rows ? row(at) : undefined;
    return value !== undefined && keyOf(value) === key;
  };
  if (is(index)) return null;
  for (let far = 1; far <= REACH; far += 1) {
    if (is(index + far)) return far;
    if (is(index - far)) return -far;
  }
  return null;
}
