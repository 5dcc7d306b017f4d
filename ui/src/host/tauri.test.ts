import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from './failure';
import { tauriTransport } from './tauri';

const { invoke, heardDrops } = vi.hoisted(() => ({
  invoke: vi.fn<(command: string, given: Record<string, unknown>) => Promise<unknown>>(),
  heardDrops: [] as ((event: { payload: unknown }) => void)[],
}));

vi.mock('@tauri-apps/api/core', () => ({
  invoke,
  Channel: class {
    onmessage: (message: unknown) => void = () => undefined;
  },
}));
vi.mock('@tauri-apps/api/webview', () => ({
  getCurrentWebview: () => ({
    onDragDropEvent: (hear: (event: { payload: unknown }) => void) => {
      heardDrops.push(hear);
      return Promise.resolve(() => undefined);
    },
  }),
}));

beforeEach(() => {
  invoke.mockReset();
  heardDrops.length = 0;
});

const text = (bytes: ArrayBuffer) => new TextDecoder().decode(bytes);

describe('a call', () => {
  it('is the one command with its name and request', async () => {
    invoke.mockResolvedValue(new TextEncoder().encode('[]').buffer);
    expect(text(await tauriTransport.call('datasets.list', {}))).toBe('[]');
    expect(invoke).toHaveBeenCalledWith('rpc', { command: 'datasets.list', request: {} });
  });

  it.each([
    ['a view of bytes', new TextEncoder().encode('{}')],
    ['a list of bytes, as the slow way of Tauri answers', [123, 125]],
  ])('reads %s', async (_, reply) => {
    invoke.mockResolvedValue(reply);
    expect(text(await tauriTransport.call('lab.undo', {}))).toBe('{}');
  });

  it('rejects with what the host said', async () => {
    const said = { code: 'not_found', attempted: 'open `x`', wrong: 'there is no lab', hint: null };
    invoke.mockRejectedValue(said);
    const cause: unknown = await tauriTransport.call('lab.open', { path: 'x' }).catch((failure: unknown) => failure);
    expect(cause).toBeInstanceOf(Failure);
    expect(cause).toMatchObject(said);
  });

  it('rejects when the answer is not bytes', async () => {
    invoke.mockResolvedValue({ n: 1 });
    await expect(tauriTransport.call('lab.undo', {})).rejects.toMatchObject({ code: 'bug', attempted: 'run lab.undo' });
  });
});

it('events come over a channel until they are no longer wanted', () => {
  invoke.mockResolvedValue(null);
  const heard: unknown[] = [];
  const stop = tauriTransport.events(
    (event) => heard.push(event),
    () => undefined,
    () => undefined,
  );
  expect(invoke.mock.calls[0]?.[1]).toMatchObject({ command: 'events.subscribe', request: {} });
  const channel = invoke.mock.calls[0]?.[1]['channel'] as { onmessage: (message: unknown) => void };
  const changed = { event: 'changed', kinds: ['runs'] };
  channel.onmessage(changed);
  channel.onmessage({ event: 'from tomorrow' });
  stop();
  channel.onmessage(changed);
  expect(heard).toEqual([changed]);
});

it('a drop carries the paths', () => {
  const heard: unknown[] = [];
  tauriTransport.onDrop((drop) => heard.push(drop));
  for (const payload of [
    { type: 'enter', paths: ['/a.csv'] },
    { type: 'over' },
    { type: 'drop', paths: ['/a.csv'] },
    { type: 'leave' },
  ]) {
    heardDrops[0]?.({ payload });
  }
  expect(heard).toEqual([
    { type: 'over' },
    { type: 'over' },
    { type: 'dropped', paths: ['/a.csv'] },
    { type: 'leave' },
  ]);
});

describe('the dialogs', () => {
  it.each([
    [
      ['/a.csv', '/b.csv'],
      ['/a.csv', '/b.csv'],
    ],
    ['/a.csv', ['/a.csv']],
    [null, []],
  ])('choosing %j opens %j', async (chosen, paths) => {
    invoke.mockResolvedValue(chosen);
    expect(await tauriTransport.openFiles(() => undefined)).toEqual(paths);
  });

  it('nothing is written when no place was chosen', async () => {
    invoke.mockResolvedValue(null);
    const toPath = vi.fn();
    expect(await tauriTransport.save({ name: 'roc.svg', toPath, toBytes: vi.fn() })).toBe(false);
    expect(toPath).not.toHaveBeenCalled();
  });
});
