// The only door to the host: calls, events, dropped files, dialogs. The same in the desktop window and in a browser.

import { READS, type BytesCommand, type Commands } from '../gen/commands';
import type { Event as HostEvent } from '../gen/Event';
import type { Kind } from '../gen/Kind';
import { browserTransport } from './browser';
import { toFailure } from './failure';
import type { Drop, SaveTarget, Stop, Transport } from './transport';

export { Failure, toFailure } from './failure';
export type { Drop, SaveTarget, Stop } from './transport';

export type { BytesCommand, HostEvent, Kind };

/** Commands that answer with a document. */
export type Command = Exclude<keyof Commands, BytesCommand>;
export type RequestOf<C extends keyof Commands> = Commands[C]['request'];
export type ResponseOf<C extends keyof Commands> = Commands[C]['response'];

let chosen: Promise<Transport> | null = null;
let host: Transport | null = null;

/** True in the desktop window. */
export const isDesktop = '__TAURI_INTERNALS__' in globalThis;

/** Calls a command that answers with a document. Rejects with a `Failure`. */
export async function rpc<C extends Command>(command: C, request: RequestOf<C>): Promise<ResponseOf<C>> {
  const bytes = await rpcBytes(command, request);
  try {
    return decodeJson(bytes) as ResponseOf<C>;
  } catch (cause) {
    throw toFailure(cause, `read the answer to ${command}`);
  }
}

/** Turns the bytes of an answer into its document. */
export function decodeJson(bytes: ArrayBuffer): unknown {
  return bytes.byteLength === 0 ? {} : JSON.parse(new TextDecoder().decode(bytes));
}

/** The kinds whose change makes the command's answer stale. */
export function readsOf(command: keyof Commands): readonly Kind[] {
  return READS[command];
}

/** Calls a command that answers with bytes: little-endian f64, Arrow IPC, SVG, PNG. Rejects with a `Failure`. */
export async function rpcBytes<C extends keyof Commands>(command: C, request: RequestOf<C>): Promise<ArrayBuffer> {
  // Asked at once where the host is known: what the same input draws must not come before the question.
  return (host ?? (await transport())).call(command, request);
}

/** Listens to the host's events; `onGap` says that some may have been missed, `onLost` that the host is not heard. */
export function events(listener: (event: HostEvent) => void, onGap: () => void, onLost: () => void): Stop {
  return later((host) => host.events(listener, onGap, onLost));
}

/** Listens to files dragged over the window and dropped on it. */
export function onDrop(listener: (drop: Drop) => void): Stop {
  return later((host) => host.onDrop(listener));
}

/** Lets the user choose files; the paths can be given to a command. */
export async function openFiles(onProgress: (drop: Drop) => void = () => undefined): Promise<string[]> {
  return (await transport()).openFiles(onProgress);
}

/** Lets the user choose a folder; null when they chose none, and always in a browser. */
export async function openFolder(): Promise<string | null> {
  return (await transport()).openFolder();
}

/** Saves a file where the user wants it; false when they chose no place. */
export async function save(target: SaveTarget): Promise<boolean> {
  return (await transport()).save(target);
}

function transport(): Promise<Transport> {
  chosen ??= isDesktop
    ? import('./tauri').then(({ tauriTransport }) => tauriTransport)
    : Promise.resolve(browserTransport);
  chosen.then(
    (known) => (host = known),
    () => undefined,
  );
  return chosen;
}

function later(start: (host: Transport) => Stop): Stop {
  let stop: Stop | null = null;
  let wanted = true;
  void transport().then((host) => {
    if (wanted) stop = start(host);
  });
  return () => {
    wanted = false;
    stop?.();
  };
}
