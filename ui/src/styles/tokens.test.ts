import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(process.cwd(), 'src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(svelte|css|ts)$/.test(path) && !/(^gen|\.test\.ts$|tokens\.css$)/.test(path))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
const tokens = readFileSync(join(root, 'styles/tokens.css'), 'utf8');
const defined = new Set([...tokens.matchAll(/(--[\w-]+)\s*:/g)].map(([, name]) => name));

describe('colours stand in tokens.css alone', () => {
  it.each(files.map(({ path, text }) => [path, text]))('%s', (_, text) => {
    const style = text.replaceAll(/#(?=\/|\{|\$)/g, '');
    expect(style.match(/(?<![\w&])#[0-9a-f]{3,8}\b(?![\w-])|\b(rgb|hsl|oklch)a?\(/gi) ?? []).toEqual([]);
  });
});

it('every token that is used is defined', () => {
  const own = new Set(files.flatMap(({ text }) => [...text.matchAll(/(--[\w-]+)\s*[:=]/g)].map(([, name]) => name)));
  const used = new Set(files.flatMap(({ text }) => [...text.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name)));
  expect([...used].filter((name) => !defined.has(name) && !own.has(name))).toEqual([]);
});

it('both themes define the same colours', () => {
  const dark = tokens.slice(
    tokens.indexOf(':root[data-theme="dark"]'),
    tokens.indexOf('@media (prefers-reduced-motion'),
  );
  const names = (text: string) => new Set([...text.matchAll(/(--[\w-]+):/g)].map(([, name]) => name));
  const light = tokens.slice(tokens.indexOf('--bg-shell'), tokens.indexOf(':root[data-theme="dark"]'));
  // These are written in terms of others, which change with the theme.
  const derived = new Set(['--focus', '--data']);
  expect([...names(light)].filter((name) => !names(dark).has(name) && !derived.has(name ?? ''))).toEqual([]);
});

it('nothing is fetched from elsewhere', () => {
  const strangers = files.filter(({ text }) => /["'(]https?:\/\//.test(text)).map(({ path }) => path);
  expect(strangers).toEqual([]);
});
