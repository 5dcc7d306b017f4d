// @vitest-environment happy-dom

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { browserTransport } from './browser';
import { Failure } from './failure';
import { rpc } from './index';

const answer = vi.fn<typeof fetch>();

beforeEach(() => {
  document.head.innerHTML = '<meta name="assay-token" content="secret">';
  vi.stubGlobal('fetch', answer);
});
afterEach(() => {
  vi.unstubAllGlobals();
  answer.mockReset();
});

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  return promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (cause: unknown) => {
      if (cause instanceof Failure) return cause;
      throw cause;
    },
  );
}

it('posts the request with the token and reads the document', async () => {
  answer.mockResolvedValue(new Response('{"hits":[],"n_searched":7,"duration_secs":0}'));
  const reply = await rpc('search', { text: 'rep', limit: 3 });
  expect(reply.n_searched).toBe(7);
  const [address, init] = answer.mock.calls[0] ?? [];
  expect(address).toBe('./rpc/search');
  expect(init?.method).toBe('POST');
  expect(init?.body).toBe('{"text":"rep","limit":3}');
  expect(new Headers(init?.headers).get('authorization')).toBe('Bearer secret');
});

describe('failures', () => {
  it('carry what the host said', async () => {
    const said = { code: 'conflict', attempted: 'import `a.csv`', wrong: 'the name is taken', hint: 'choose another' };
    answer.mockResolvedValue(new Response(JSON.stringify(said), { status: 409 }));
    expect(await failureOf(rpc('lab.undo', {}))).toMatchObject(said);
  });
  it('say so when the answer is not a failure', async () => {
    answer.mockResolvedValue(new Response('<html>', { status: 502 }));
    expect(await failureOf(rpc('lab.undo', {}))).toMatchObject({ code: 'bug', attempted: 'run lab.undo' });
  });
  it('say so when nobody answers', async () => {
    answer.mockRejectedValue(new TypeError('refused'));
    expect(await failureOf(rpc('lab.undo', {}))).toMatchObject({ code: 'io' });
  });
});

it('events are heard, unknown ones left out, a break is told and mended', async () => {
  vi.useFakeTimers();
  const stream = () =>
    new Response('data: {"event":"changed","kinds":["runs"]}\n\ndata: {"event":"from tomorrow"}\n\n');
  answer.mockImplementation(() => Promise.resolve(stream()));
  const heard: unknown[] = [];
  let gaps = 0;
  let lost = 0;
  const stop = browserTransport.events(
    (event) => heard.push(event),
    () => (gaps += 1),
    () => (lost += 1),
  );
  await vi.advanceTimersByTimeAsync(100);
  expect(heard).toEqual([{ event: 'changed', kinds: ['runs'] }]);
  expect(gaps).toBe(0);
  await vi.advanceTimersByTimeAsync(600);
  expect(heard).toHaveLength(2);
  expect(gaps).toBe(1);
  expect(lost).toBe(0);
  answer.mockRejectedValue(new TypeError('refused'));
  await vi.advanceTimersByTimeAsync(2_000);
  expect(lost).toBeGreaterThan(0);
  stop();
  const calls = answer.mock.calls.length;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(answer.mock.calls.length).toBe(calls);
  vi.useRealTimers();
});
