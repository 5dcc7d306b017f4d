// Which columns the table of runs has and how wide they are, remembered for each lab on this computer.

interface Choice {
  /** Null: chosen from the runs. */
  ids: string[] | null;
  /** Pixels, where the user gave a width. */
  sizes: Record<string, number>;
}

const NONE: Choice = { ids: null, sizes: {} };

export interface ColumnChoice {
  readonly ids: readonly string[] | null;
  readonly sizes: Readonly<Record<string, number>>;
  choose(ids: readonly string[] | null): void;
  resize(id: string, width: number | null): void;
}

/** `lab` is the path of its folder; undefined until it is known, and nothing is remembered until then. */
export function columnChoice(lab: () => string | undefined): ColumnChoice {
  let now = $state.raw<Choice>(NONE);
  let readFrom: string | undefined;

  $effect.pre(() => {
    const path = lab();
    if (path === readFrom) return;
    readFrom = path;
    now = path === undefined ? NONE : read(path);
  });

  function keep(next: Choice): void {
    now = next;
    const path = lab();
    if (path === undefined) return;
    if (next.ids === null && Object.keys(next.sizes).length === 0) localStorage.removeItem(keyOf(path));
    else localStorage.setItem(keyOf(path), JSON.stringify(next));
  }

  return {
    get ids() {
      return now.ids;
    },
    get sizes() {
      return now.sizes;
    },
    choose: (ids) => keep({ ...now, ids: ids && [...ids] }),
    resize(id, width) {
      const sizes = { ...now.sizes };
      if (width === null) Reflect.deleteProperty(sizes, id);
      else sizes[id] = Math.round(width);
      keep({ ...now, sizes });
    },
  };
}

/** What was stored, as far as it can be read; whatever else stands there is no choice. */
export function readChoice(text: string | null): Choice {
  if (text === null) return NONE;
  try {
    const { ids, sizes } = JSON.parse(text) as { ids?: unknown; sizes?: unknown };
    const isRecord = typeof sizes === 'object' && sizes !== null;
    const known = isRecord ? Object.entries(sizes).filter((entry): entry is [string, number] => isWidth(entry[1])) : [];
    return {
      ids: Array.isArray(ids) && ids.every((id) => typeof id === 'string') ? ids : null,
      sizes: Object.fromEntries(known),
    };
  } catch {
    return NONE;
  }
}

function read(path: string): Choice {
  return readChoice(localStorage.getItem(keyOf(path)));
}

function keyOf(path: string): string {
  return `assay.runs.columns ${path}`;
}

function isWidth(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
