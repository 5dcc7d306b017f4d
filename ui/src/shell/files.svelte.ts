// Files that come in, by a drop on the window or a dialog. The page shown may take them; otherwise the shell does.

import { onDrop, openFiles, toFailure, type Drop, type Failure } from '../host';

export interface FileTaker {
  /** What letting go will do, as the veil says it: "Replay this log against nsw-price@3". */
  text: string;
  note?: string;
  take: (paths: string[]) => void | Promise<void>;
}

interface Incoming {
  over: boolean;
  upload: { name: string; done_bytes: number; total_bytes: number } | null;
  failure: Failure | null;
}

const takers: FileTaker[] = [];
const state = $state<Incoming>({ over: false, upload: null, failure: null });

export function incoming(): Readonly<Incoming> {
  return state;
}

export function clearIncoming(): void {
  state.failure = null;
}

/** The page's own use for files, until the returned function is called. Use it in an `$effect`. */
export function takeFiles(taker: FileTaker): () => void {
  takers.push(taker);
  return () => {
    const at = takers.indexOf(taker);
    if (at >= 0) takers.splice(at, 1);
  };
}

/** The one that would get the files now. */
export function currentTaker(): FileTaker | undefined {
  return takers.at(-1);
}

/** Lets the user choose files and gives them to the page. */
export async function chooseFiles(): Promise<void> {
  try {
    await hand(await openFiles(hear));
  } catch (cause) {
    fail(cause);
  }
}

/** Listens to drops on the window. */
export function startFiles(): () => void {
  return onDrop(hear);
}

function hear(drop: Drop): void {
  switch (drop.type) {
    case 'over':
      state.over = true;
      return;
    case 'leave':
      state.over = false;
      return;
    case 'uploading':
      state.upload = drop;
      return;
    case 'failed':
      fail(drop.cause);
      return;
    case 'dropped':
      state.over = false;
      hand(drop.paths).catch(fail);
  }
}

async function hand(paths: string[]): Promise<void> {
  state.upload = null;
  if (paths.length > 0) await currentTaker()?.take(paths);
}

function fail(cause: unknown): void {
  state.over = false;
  state.upload = null;
  state.failure = toFailure(cause, 'take in the file');
}
