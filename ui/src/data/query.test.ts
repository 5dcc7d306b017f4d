// @vitest-environment happy-dom

import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clearCache, dropKinds, keyOf } from './cache';
import { query, type Query } from './query.svelte';
import { scope, type Box } from './scope.test-support.svelte';

type Answer = (body: unknown) => Response | Promise<Response>;

let answer: Answer;
const asked: unknown[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    const body: unknown = JSON.parse(String(init.body));
    asked.push(body);
    return answer(body);
  });
});
afterEach(() => {
  clearCache();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const json = (value: unknown) => new Response(JSON.stringify(value));
const after = (ms: number, value: unknown) => new Promise<Response>((done) => setTimeout(() => done(json(value)), ms));
async function pass(ms: number) {
  await vi.advanceTimersByTimeAsync(ms);
  flushSync();
}

function read(box: Box<string>, keep = false): { query: Query<unknown>; stop: () => void } {
  return scope(() => query('datasets.profile', () => ({ dataset: box.value }), { keep }));
}

it('requests that differ only in the order of fields are one', () => {
  expect(keyOf('a', { x: 1, y: { b: 2, a: 1 } })).toBe(keyOf('a', { y: { a: 1, b: 2 }, x: 1 }));
  expect(keyOf('a', { x: [1, 2] })).not.toBe(keyOf('a', { x: [2, 1] }));
});

it('two components that ask the same ask once', async () => {
  answer = () => after(10, { n_rows: 3 });
  const one = read({ value: 'penguins' });
  const two = read({ value: 'penguins' });
  await pass(20);
  expect(asked).toHaveLength(1);
  expect(one.query.value).toEqual({ n_rows: 3 });
  expect(two.query.value).toEqual({ n_rows: 3 });
  one.stop();
  two.stop();
});

describe('when the host says what changed', () => {
  it('what reads it is read again, and the old value stays until the new one is there', async () => {
    let n = 1;
    answer = () => after(50, { n });
    const { query: own, stop } = read({ value: 'penguins' });
    await pass(60);
    expect(own.value).toEqual({ n: 1 });
    n = 2;
    dropKinds(['datasets']);
    await pass(10);
    expect(own.value).toEqual({ n: 1 });
    expect(own.loading).toBe(true);
    await pass(60);
    expect(own.value).toEqual({ n: 2 });
    stop();
  });

  it('what does not read it is left alone', async () => {
    answer = () => json({});
    const { stop } = read({ value: 'penguins' });
    await pass(1);
    dropKinds(['jobs']);
    await pass(1);
    expect(asked).toHaveLength(1);
    stop();
  });

  it('changes that come faster than answers are shown as they are answered', async () => {
    let n = 0;
    answer = () => after(50, { n: (n += 1) });
    const { query: own, stop } = read({ value: 'penguins' });
    const shown: unknown[] = [];
    for (let i = 0; i < 30; i += 1) {
      dropKinds(['datasets']);
      await pass(10);
      shown.push(own.value);
    }
    expect(new Set(shown.map((value) => JSON.stringify(value))).size).toBeGreaterThan(4);
    expect(own.loading).toBe(true);
    await pass(200);
    expect(own.loading).toBe(false);
    expect(own.value).toEqual({ n });
    expect(asked.length).toBeLessThan(10);
    stop();
  });

  it('a change during an answer asks again', async () => {
    let n = 1;
    answer = () => after(50, { n });
    const { query: own, stop } = read({ value: 'penguins' });
    await pass(10);
    n = 2;
    dropKinds('all');
    await pass(200);
    expect(asked).toHaveLength(2);
    expect(own.value).toEqual({ n: 2 });
    stop();
  });
});

describe('when the request changes', () => {
  it('the former answer goes after 100 ms, and the wait is then worth showing', async () => {
    answer = (body) => after(300, body);
    const box = scope.box('a');
    const { query: own, stop } = read(box);
    await pass(310);
    expect(own.value).toEqual({ dataset: 'a' });
    box.value = 'b';
    flushSync();
    await pass(50);
    expect([own.value, own.slow, own.stale]).toEqual([{ dataset: 'a' }, false, true]);
    await pass(60);
    expect([own.value, own.slow, own.stale]).toEqual([undefined, true, false]);
    await pass(250);
    expect([own.value, own.slow]).toEqual([{ dataset: 'b' }, false]);
    stop();
  });

  it('with keep it stays until the next is there', async () => {
    answer = (body) => after(300, body);
    const box = scope.box('a');
    const { query: own, stop } = read(box, true);
    await pass(310);
    box.value = 'b';
    flushSync();
    await pass(200);
    expect([own.value, own.slow, own.stale]).toEqual([{ dataset: 'a' }, false, true]);
    await pass(150);
    expect([own.value, own.stale]).toEqual([{ dataset: 'b' }, false]);
    stop();
  });
});

it('a failure is kept where the result would be, and asking again can mend it', async () => {
  const said = { code: 'not_found', attempted: 'show `x`', wrong: 'there is no data set `x`', hint: null };
  answer = () => new Response(JSON.stringify(said), { status: 404 });
  const { query: own, stop } = read({ value: 'x' });
  await pass(1);
  expect(own.failure).toMatchObject(said);
  answer = () => json({ n: 1 });
  own.refetch();
  await pass(1);
  expect([own.failure, own.value]).toEqual([null, { n: 1 }]);
  stop();
});
