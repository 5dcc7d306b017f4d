// The window around the pages: rail, keys, palette, theme, routes.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { visit, type Visit } from './browser';
import { startServer, type Server } from './server';

const PAGES = ['Data', 'Train', 'Runs', 'Models', 'Replay', 'Serve', 'Jobs'];

let server: Server;
let window: Visit;

beforeAll(async () => {
  server = await startServer();
  window = await visit(server.address);
});
afterAll(async () => {
  await window?.close();
  await server?.stop();
});

const current = () => window.page.locator('aside [aria-current=page]').innerText();

it('an empty lab begins with the data and says what to do', async () => {
  await window.page.getByRole('heading', { name: 'Data' }).waitFor();
  await window.page.getByRole('button', { name: 'Import a file' }).waitFor();
  await window.page.getByRole('button', { name: 'Try it with the sample lab' }).waitFor();
  await expect.poll(() => window.page.locator('footer').innerText()).toContain(server.lab);
});

it('every page of the rail is reached by its digit and by G and its letter', async () => {
  for (const [i, name] of PAGES.entries()) {
    await window.page.keyboard.press(String(i + 1));
    await expect.poll(current).toContain(name);
  }
  for (const [i, letter] of [...'DTRMPSJ'].entries()) {
    await window.page.keyboard.press('g');
    await window.page.keyboard.press(letter.toLowerCase());
    await expect.poll(current).toContain(PAGES[i]);
  }
});

it('back goes back', async () => {
  await window.page.keyboard.press('1');
  await window.page.keyboard.press('4');
  await expect.poll(() => window.page.url()).toContain('#/models');
  await window.page.goBack();
  await expect.poll(current).toContain('Data');
});

it('the palette finds a page, marks it and opens it', async () => {
  await window.page.keyboard.press('Control+k');
  const palette = window.page.getByRole('dialog', { name: 'Command palette' });
  await palette.waitFor();
  await window.page.keyboard.type('mod');
  await expect.poll(() => palette.getByRole('option').first().innerText()).toContain('Models');
  await expect.poll(() => palette.locator('mark').first().innerText()).toBe('Mod');
  await window.page.keyboard.press('Enter');
  await palette.waitFor({ state: 'detached' });
  await expect.poll(current).toContain('Models');
});

it('the question mark shows all keys, Esc closes them', async () => {
  await window.page.keyboard.press('?');
  const keys = window.page.getByRole('dialog', { name: 'Keys' });
  await keys.getByText('Search or run a command').waitFor();
  await window.page.keyboard.press('Escape');
  await keys.waitFor({ state: 'detached' });
});

it('the theme is kept over a reload', async () => {
  const theme = () => window.page.evaluate(() => document.documentElement.dataset['theme']);
  await expect.poll(theme).toBe('light');
  await window.page.getByRole('button', { name: 'Use the dark theme' }).click();
  await window.page.reload();
  await window.page.getByRole('button', { name: 'Use the light theme' }).waitFor();
  await expect.poll(theme).toBe('dark');
});

it('nothing went wrong, and nothing was asked for elsewhere', () => expect(window.problems).toEqual([]));
