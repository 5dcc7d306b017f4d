// The browser's transport: the same calls over HTTP, events over a server-sent stream, drops as uploads.

import type { Event as HostEvent } from '../gen/Event';
import { readEvent } from './events';
import { Failure, toFailure, unreachable } from './failure';
import { readStream } from './stream';
import type { Drop, Transport } from './transport';

const RETRY_MS = [500, 1000, 2000, 5000];

export const browserTransport: Transport = {
  kind: 'browser',

  async call(command, request) {
    const attempted = `run ${command}`;
    const response = await fetch(`./rpc/${encodeURIComponent(command)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization() },
      body: JSON.stringify(request ?? {}),
    }).catch(() => {
      // Which question it was says nothing to a reader: none would be answered.
      throw unreachable('reach the lab');
    });
    if (response.ok) return response.arrayBuffer();
    throw await readFailure(response, attempted);
  },

  events(listener, onGap, onLost) {
    const closed = new AbortController();
    void follow(listener, onGap, onLost, closed.signal);
    return () => closed.abort();
  },

  onDrop(listener) {
    const stop = new AbortController();
    const on = <K extends keyof WindowEventMap>(name: K, handler: (event: WindowEventMap[K]) => void) =>
      addEventListener(name, handler, { signal: stop.signal });
    let depth = 0;
    on('dragenter', (event) => {
      if (!holdsFiles(event)) return;
      depth += 1;
      listener({ type: 'over' });
    });
    on('dragover', (event) => {
      if (holdsFiles(event)) event.preventDefault();
    });
    on('dragleave', (event) => {
      if (!holdsFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) listener({ type: 'leave' });
    });
    on('drop', (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      depth = 0;
      listener({ type: 'leave' });
      const folder = folderIn(event);
      if (folder !== null) {
        listener({ type: 'failed', cause: notHandedOver(folder) });
        return;
      }
      void uploadAll([...(event.dataTransfer?.files ?? [])], listener).then(
        (paths) => listener({ type: 'dropped', paths }),
        (cause: unknown) => listener({ type: 'failed', cause }),
      );
    });
    return () => stop.abort();
  },

  async openFiles(onProgress) {
    return uploadAll(await chooseFiles(), onProgress);
  },

  openFolder() {
    return Promise.resolve(null);
  },

  async save({ name, toBytes }) {
    const address = URL.createObjectURL(new Blob([await toBytes()]));
    const link = Object.assign(document.createElement('a'), { href: address, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    return true;
  },
};

/** Follows the stream until told to stop; after a break it reconnects and says that events may be missing. */
async function follow(
  listener: (event: HostEvent) => void,
  onGap: () => void,
  onLost: () => void,
  stop: AbortSignal,
): Promise<void> {
  let failures = 0;
  let connected = false;
  while (!stop.aborted) {
    try {
      const response = await fetch('./events', {
        headers: { accept: 'text/event-stream', ...authorization() },
        signal: stop,
      });
      if (!response.ok || !response.body) throw new Error(`events answered ${response.status}`);
      if (connected || failures > 0) onGap();
      connected = true;
      failures = 0;
      for await (const data of readStream(response.body)) {
        const event = readEvent(JSON.parse(data));
        if (event) listener(event);
      }
    } catch {
      failures += 1;
      if (!stop.aborted) onLost();
    }
    if (!stop.aborted) await pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 5000);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function authorization(): Record<string, string> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="assay-token"]')?.content;
  return token ? { authorization: `Bearer ${token}` } : {};
}

async function readFailure(response: Response, attempted: string): Promise<Failure> {
  const text = await response.text();
  try {
    return toFailure(JSON.parse(text), attempted);
  } catch {
    return toFailure(text || `the server answered ${response.status}`, attempted);
  }
}

function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

/** The name of a folder among what was dropped; null when there is none. */
function folderIn(event: DragEvent): string | null {
  const entries = [...(event.dataTransfer?.items ?? [])].map((item) => item.webkitGetAsEntry());
  return entries.find((entry) => entry?.isDirectory)?.name ?? null;
}

function notHandedOver(folder: string): Failure {
  return new Failure({
    code: 'unsupported',
    attempted: `take in the folder \`${folder}\``,
    wrong: 'a browser hands over files, not folders',
    hint: 'write the path of the folder in `Import runs…` on the Runs page, or in the import of data on the Data page',
  });
}

function chooseFiles(): Promise<File[]> {
  return new Promise((resolve) => {
    const input = Object.assign(document.createElement('input'), { type: 'file', multiple: true });
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}

async function uploadAll(files: File[], onProgress: (drop: Drop) => void): Promise<string[]> {
  const paths: string[] = [];
  for (const file of files) paths.push(await upload(file, onProgress));
  return paths;
}

/** XMLHttpRequest, because fetch does not tell how many bytes have left. */
function upload(file: File, onProgress: (drop: Drop) => void): Promise<string> {
  const attempted = `take in \`${file.name}\``;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `./upload?name=${encodeURIComponent(file.name)}`);
    for (const [name, value] of Object.entries(authorization())) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) =>
      onProgress({ type: 'uploading', name: file.name, done_bytes: loaded, total_bytes: total });
    request.onerror = () => reject(unreachable(attempted));
    request.onload = () => {
      try {
        const body = JSON.parse(request.responseText) as { path?: string };
        if (request.status < 400 && body.path) resolve(body.path);
        else reject(toFailure(body, attempted));
      } catch {
        reject(toFailure(`the server answered ${request.status}`, attempted));
      }
    };
    request.send(file);
  });
}
