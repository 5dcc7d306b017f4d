// Names of compared runs: told apart where they are the same, and in little room without what they share.

const SHORT = 10;

interface Named {
  name: string;
  experiment: string;
}

/** Names; those that several runs have stand after their experiment, `titanic/ridge-01`. */
export function tellApart(runs: readonly Named[]): string[] {
  const shared = (own: string) => runs.filter(({ name }) => name === own).length > 1;
  return runs.map(({ name, experiment }) => (shared(name) ? `${experiment}/${name}` : name));
}

/**
 * `#12` where every name ends in a number of its own; else `dt-03` for decision_tree-03, `titanic/dt-03` where only the
 * experiment tells it apart; else the names themselves.
 */
export function shortNames(runs: readonly Named[], most = SHORT): string[] {
  const own = runs.map(({ name }) => name);
  if (own.length < 2 || (own.every((name) => name.length <= most) && isDistinct(own))) return own;
  const numbers = own.map((name) => /[-_ #](\d+)$/.exec(name)?.[1]);
  if (numbers.every((found) => found !== undefined) && isDistinct(numbers)) return numbers.map((found) => `#${found}`);
  const names = tellApart(runs);
  const short = names.map((name) => name.split('/').map(initials).join('/'));
  return isDistinct(short) ? short : names;
}

function isDistinct(names: readonly unknown[]): boolean {
  return new Set(names).size === names.length;
}

/** The first letters of the words, the number at the end as it is. A name that is short stays. */
function initials(name: string): string {
  const [, words = '', number = ''] = /^(.*?)([-_ #]?\d*)$/.exec(name) ?? [];
  const parts = words.split(/[-_ .]+/).filter(Boolean);
  if (name.length <= SHORT || parts.length < 2) return name;
  return `${parts.map((part) => part[0]).join('')}${number}`;
}
