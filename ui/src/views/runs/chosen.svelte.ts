// The runs that are selected: the first of them have colours and stand in the URL, the others are kept here, however
// many, over windows and filters; or all that match, without being read.

import { SvelteSet } from 'svelte/reactivity';
import type { RunQuery } from '../../gen/RunQuery';
import type { RunSelection } from '../../gen/RunSelection';
import { add, categoryIn, toggle, type Slots } from './selection';

export interface Chosen {
  /** How many. */
  readonly n: number;
  /** Set when all are meant that this finds. */
  readonly matching: RunQuery | null;
  /** Those that are known one by one: with a colour first, then as they were chosen. */
  readonly ids: readonly string[];
  has(run_id: string): boolean;
  toggle(run_id: string): void;
  /** Takes all of these in. */
  add(run_ids: readonly string[]): void;
  all(matching: RunQuery, n_matching: number): void;
  clear(): void;
  /** Leaves `matching`, for its filter is no longer the table's. */
  forgetMatching(): void;
  /** What a change to the selected runs is about. */
  request(with_children: boolean): RunSelection;
  /** What the URL does not hold. */
  keep(): KeptChoice;
}

export interface KeptChoice {
  more: readonly string[];
  except: readonly string[];
  matching: RunQuery | null;
  n_matching: number;
}

/** `slots` are the URL's, `put` writes them there. */
export function chosenRuns(slots: () => Slots, put: (slots: Slots) => void, kept?: KeptChoice): Chosen {
  const more = new SvelteSet<string>(kept?.more);
  const except = new SvelteSet<string>(kept?.except);
  let matching = $state.raw<RunQuery | null>(kept?.matching ?? null);
  let n_matching = $state(kept?.n_matching ?? 0);

  const coloured = $derived(slots().filter((run_id) => run_id !== null));
  const ids = $derived([...coloured, ...[...more].filter((run_id) => !coloured.includes(run_id))]);

  function has(run_id: string): boolean {
    if (matching) return !except.has(run_id);
    return categoryIn(slots(), run_id) > 0 || more.has(run_id);
  }

  function leave(): void {
    matching = null;
    except.clear();
  }

  return {
    get n() {
      return matching ? Math.max(0, n_matching - except.size) : ids.length;
    },
    get matching() {
      return matching;
    },
    get ids() {
      return matching ? ids.filter((run_id) => !except.has(run_id)) : ids;
    },
    has,
    toggle(run_id) {
      if (matching) {
        if (!except.delete(run_id)) {
          except.add(run_id);
          more.delete(run_id);
          if (categoryIn(slots(), run_id) > 0) put(toggle(slots(), run_id) ?? slots());
        }
        return;
      }
      if (more.delete(run_id)) return;
      const next = toggle(slots(), run_id);
      if (next) put(next);
      else more.add(run_id);
    },
    add(run_ids) {
      let next = slots();
      for (const run_id of run_ids) {
        except.delete(run_id);
        if (more.has(run_id)) continue;
        const taken = add(next, run_id);
        if (taken) next = taken;
        else more.add(run_id);
      }
      if (next !== slots()) put(next);
    },
    all(query, n) {
      matching = query;
      n_matching = n;
      except.clear();
    },
    clear() {
      leave();
      more.clear();
      if (slots().length > 0) put([]);
    },
    forgetMatching: leave,
    request(with_children) {
      if (matching) return { runs: [], matching, except: [...except], with_children };
      return { runs: [...ids], matching: null, except: [], with_children };
    },
    keep: () => ({ more: [...more], except: [...except], matching, n_matching }),
  };
}
