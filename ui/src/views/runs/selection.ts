// Which runs are compared, and the colour each keeps. A run that leaves frees its colour; the others keep theirs.

/** Side by side in a table of differences; more cannot be read. */
export const MOST_COMPARED = 8;

/** Eight colours in three shapes: full, ring, half; in charts full, dashed and dotted lines. */
export const MOST_COLOURED = 24;

/** Place 0 is colour 1; null is a free place. No null at the end. */
export type Slots = readonly (string | null)[];

export interface Compared {
  run_id: string;
  /** 1 to 24; 9 has the colour of 1 in another shape. */
  category: number;
}

export function compared(slots: Slots): Compared[] {
  return slots.flatMap((run_id, i) => (run_id === null ? [] : [{ run_id, category: i + 1 }]));
}

/** 1 to 24, or 0 when the run is not selected. */
export function categoryIn(slots: Slots, run_id: string): number {
  return slots.indexOf(run_id) + 1;
}

/** Takes a run in at the first free place, or out; null when there is no place left. */
export function toggle(slots: Slots, run_id: string): Slots | null {
  const at = slots.indexOf(run_id);
  if (at >= 0) return trim(slots.map((own) => (own === run_id ? null : own)));
  return add(slots, run_id);
}

export function add(slots: Slots, run_id: string): Slots | null {
  if (slots.includes(run_id)) return slots;
  const free = slots.indexOf(null);
  if (free >= 0) return slots.map((own, i) => (i === free ? run_id : own));
  return slots.length < MOST_COLOURED ? [...slots, run_id] : null;
}

/** `id,,id`: an empty place between commas. */
export function formatSlots(slots: Slots): string | null {
  return slots.length === 0 ? null : slots.map((run_id) => run_id ?? '').join(',');
}

export function parseSlots(text: string): Slots {
  const ids = text.split(',').slice(0, MOST_COLOURED);
  const seen = new Set<string>();
  return trim(
    ids.map((id) => {
      const kept = id !== '' && !seen.has(id) ? id : null;
      seen.add(id);
      return kept;
    }),
  );
}

function trim(slots: Slots): Slots {
  return slots.slice(0, slots.findLastIndex((run_id) => run_id !== null) + 1);
}
