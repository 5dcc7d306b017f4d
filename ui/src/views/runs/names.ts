// Names of compared runs in little room: what they share says nothing.

const SHORT = 10;

/** `#12` where every name ends in a number of its own; else `dt-03` for decision_tree-03; else the names themselves. */
export function shortNames(names: readonly string[]): string[] {
  if (names.length < 2 || names.every((name) => name.length <= SHORT)) return [...names];
  const numbers = names.map((name) => /[-_ #](\d+)$/.exec(name)?.[1]);
  if (numbers.every((own) => own !== undefined) && new Set(numbers).size === names.length) {
    return numbers.map((own) => `#${own}`);
  }
  const short = names.map(initials);
  return new Set(short).size === names.length ? short : [...names];
}

/** The first letters of the words, the number at the end as it is. A name that is short stays. */
function initials(name: string): string {
  const [, words = '', number = ''] = /^(.*?)([-_ #]?\d*)$/.exec(name) ?? [];
  const parts = words.split(/[-_ .]+/).filter(Boolean);
  if (name.length <= SHORT || parts.length < 2) return name;
  return `${parts.map((part) => part[0]).join('')}${number}`;
}
