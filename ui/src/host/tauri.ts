// The desktop window's transport: one command for calls, one channel for events, the window's own drops and dialogs.

import { Channel, invoke } from '@tauri-apps/api/core';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import { readEvent } from './events';
import { toFailure } from './failure';
import type { Drop, SaveTarget, Transport } from './transport';

export const tauriTransport: Transport = {
  kind: 'desktop',

  async call(command, request) {
    try {
      return toBuffer(await invoke<unknown>('rpc', { command, request: request ?? {} }));
    } catch (cause) {
      throw toFailure(readCause(cause), `run ${command}`);
    }
  },

  events(listener) {
    let open = true;
    const channel = new Channel<unknown>();
    channel.onmessage = (message) => {
      const event = readEvent(message);
      if (open && event) listener(event);
    };
    // A call with a channel subscribes: the window has one command for everything.
    void invoke('rpc', { command: 'events.subscribe', request: {}, channel });
    return () => {
      open = false;
    };
  },

  onDrop(listener) {
    let stop: (() => void) | null = null;
    let wanted = true;
    void getCurrentWebview()
      .onDragDropEvent(({ payload }) => listener(toDrop(payload)))
      .then((unlisten) => {
        if (wanted) stop = unlisten;
        else unlisten();
      });
    return () => {
      wanted = false;
      stop?.();
    };
  },

  async openFiles() {
    const chosen = await invoke<string[] | string | null>('plugin:dialog|open', {
      options: { multiple: true, directory: false, title: 'Import files' },
    });
    return chosen === null ? [] : Array.isArray(chosen) ? chosen : [chosen];
  },

  async openFolder() {
    return invoke<string | null>('plugin:dialog|open', {
      options: { multiple: false, directory: true, title: 'Choose a folder' },
    });
  },

  async save({ name, toPath }: SaveTarget) {
    const path = await invoke<string | null>('plugin:dialog|save', { options: { defaultPath: name, title: 'Save' } });
    if (path === null) return false;
    await toPath(path);
    return true;
  },
};

type DragPayload = { type: 'enter' | 'over' | 'drop' | 'leave'; paths?: string[] };

function toDrop(payload: DragPayload): Drop {
  if (payload.type === 'drop') return { type: 'dropped', paths: payload.paths ?? [] };
  return { type: payload.type === 'leave' ? 'leave' : 'over' };
}

function toBuffer(reply: unknown): ArrayBuffer {
  if (reply instanceof ArrayBuffer) return reply;
  if (reply instanceof Uint8Array) return new Uint8Array(reply).buffer;
  if (Array.isArray(reply)) return new Uint8Array(reply as number[]).buffer;
  throw new TypeError('the desktop host answered with something that is not bytes');
}

function readCause(cause: unknown): unknown {
  if (typeof cause !== 'string') return cause;
  try {
    return JSON.parse(cause) as unknown;
  } catch {
    return cause;
  }
}
