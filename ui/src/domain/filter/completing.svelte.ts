// The completions of a filter that is being typed: asked for as it goes on, walked through by keys.

import {
  askedAt,
  joinCompletions,
  nameCompletions,
  operatorCompletions,
  type Asked,
  type Completion,
  type NameHint,
} from './complete';

/** Where completions come from. */
export interface Completer {
  names: () => readonly NameHint[];
  /** Values under a name that begin as typed, the most frequent first. */
  values: (name: string, typed: string) => Promise<readonly Completion[]>;
}

export interface Completing {
  readonly items: readonly Completion[];
  readonly asked: Asked | null;
  /** The item that the keys are on; -1 for none. */
  at: number;
  /** Asks what may stand at the cursor, in UTF-16 units. */
  ask(text: string, cursor: number): void;
  move(by: number): void;
  close(): void;
}

export function completing(completer: () => Completer | undefined): Completing {
  let items = $state.raw<readonly Completion[]>([]);
  let asked = $state.raw<Asked | null>(null);
  let at = $state(-1);
  let turn = 0;

  function show(next: readonly Completion[], to: Asked): void {
    items = next;
    asked = to;
    // Enter takes a name that was begun; an operator or a value may be meant as it is.
    at = next.length > 0 && to.kind === 'name' && to.typed !== '' ? 0 : -1;
  }

  return {
    get items() {
      return items;
    },
    get asked() {
      return asked;
    },
    get at() {
      return at;
    },
    set at(next) {
      at = next;
    },
    ask(text, cursor) {
      const source = completer();
      const now = source ? askedAt(text, cursor) : null;
      turn += 1;
      const own = turn;
      if (!source || !now) {
        items = [];
        return;
      }
      const hint = source.names().find(({ name, text }) => name === now.name || text === now.name);
      if (now.kind === 'name') show(nameCompletions(now.typed, source.names()), now);
      else if (now.kind === 'operator') show(operatorCompletions(now.typed, hint?.numeric ?? false), now);
      else if (now.kind === 'join') show(joinCompletions(now.typed), now);
      else {
        items = [];
        source.values(now.name, now.typed).then(
          (values) => {
            if (own === turn) show(values, now);
          },
          () => undefined,
        );
      }
    },
    move(by) {
      const n = items.length;
      if (n > 0) at = at < 0 ? (by > 0 ? 0 : n - 1) : (at + by + n) % n;
    },
    close() {
      turn += 1;
      items = [];
      at = -1;
    },
  };
}
