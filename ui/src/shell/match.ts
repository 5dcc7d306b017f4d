// Finding by a few letters: how well a title answers what was typed, and where to mark it.

export interface Match {
  /** Higher is better. */
  score: number;
  /** Spans of the title to mark, as [from, to). */
  marks: [number, number][];
}

/** Every word typed must be found: at the start of a word, inside one, or as the beginnings of several. Null when it is not. */
export function match(typed: string, title: string): Match | null {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return { score: 0, marks: [] };
  const low = title.toLowerCase();
  const marks: [number, number][] = [];
  let score = 0;
  for (const word of words) {
    const found = matchWord(word, low);
    if (!found) return null;
    score += found.score;
    marks.push(...found.marks);
  }
  // Of two titles that answer equally well, the shorter one says less that was not asked for.
  return { score: score / words.length - title.length / 1000, marks: join(marks) };
}

/** The title cut where its marks begin and end. */
export function pieces(title: string, marks: readonly [number, number][]): { text: string; marked: boolean }[] {
  const out: { text: string; marked: boolean }[] = [];
  let at = 0;
  for (const [from, to] of marks) {
    if (from > at) out.push({ text: title.slice(at, from), marked: false });
    out.push({ text: title.slice(from, to), marked: true });
    at = to;
  }
  if (at < title.length) out.push({ text: title.slice(at), marked: false });
  return out;
}

function matchWord(word: string, title: string): Match | null {
  if (title.startsWith(word)) return { score: 3, marks: [[0, word.length]] };
  for (let at = title.indexOf(word); at >= 0; at = title.indexOf(word, at + 1)) {
    if (!/[\p{L}\p{N}]/u.test(title[at - 1] ?? ' ')) return { score: 2, marks: [[at, at + word.length]] };
  }
  const inside = title.indexOf(word);
  if (inside >= 0) return { score: 1, marks: [[inside, inside + word.length]] };
  return word.length < 3 ? null : letters(word, title);
}

/** Beginnings of words one after the other: `rt` or `rtest` for "run tests". */
function letters(word: string, title: string): Match | null {
  const marks: [number, number][] = [];
  let done = 0;
  for (const { index: at, 0: part } of title.matchAll(/[\p{L}\p{N}]+/gu)) {
    let n = 0;
    while (done + n < word.length && part[n] === word[done + n]) n += 1;
    if (n > 0) marks.push([at, at + n]);
    done += n;
    if (done === word.length) return { score: 0.5, marks };
  }
  return null;
}

function join(marks: [number, number][]): [number, number][] {
  const out: [number, number][] = [];
  for (const [from, to] of marks.sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}
