// The graph of a model version: it is drawn, a node is found and picked by keys, and what it is set to is said.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { visit, type Visit } from './browser';
import { makeFiles, type Files } from './files';
import { startServer, type Server } from './server';

let server: Server;
let window: Visit;
let files: Files;

beforeAll(async () => {
  server = await startServer();
  files = makeFiles();
  must('data', 'import', files.sample('penguins.csv'));
  const run = must('train', 'penguins', '--target', 'species', '--algorithm', 'logistic_regression', '--seed', '7');
  must('model', 'register', (JSON.parse(run) as { run_id: string }).run_id, '--name', 'penguin-species');
  window = await visit(server.address);
});
afterAll(async () => {
  await window?.close();
  files?.remove();
  await server?.stop();
});

function must(...args: string[]): string {
  const { status, stdout, stderr } = server.assay(...args);
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

it('the page of a version leads to its graph, which is arranged', async () => {
  const { page } = window;
  await page.goto(`${server.address}#/models/penguin-species`);
  await page.getByRole('link', { name: 'Inspect' }).click();
  await page.getByRole('application').waitFor();
  await page.getByText('in a quick order').waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: 'Operators' }).waitFor();
});

it('a node is found by its operator and picked with Enter; the address holds it', async () => {
  const { page } = window;
  await page.keyboard.press('/');
  await page.keyboard.type('concat');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Concat', exact: true }).waitFor();
  await page.getByRole('heading', { name: 'Takes' }).waitFor();
  await expect.poll(() => page.url()).toMatch(/[?&]q=concat/);
  await expect.poll(() => page.url()).toMatch(/[?&]node=\d+/);
  await page.reload();
  await page.getByRole('heading', { name: 'Concat', exact: true }).waitFor();
});

it('arrow keys go on from there, Escape lets go', async () => {
  const { page } = window;
  await page.getByRole('application').focus();
  const before = page.url();
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => page.url()).not.toBe(before);
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Operators' }).waitFor();
});

it('a model is tried from a form, with a warning for what training did not see', async () => {
  const { page } = window;
  await page.goto(`${server.address}#/serve?tab=try&model=penguin-species`);
  const length = page.getByLabel('bill_length_mm');
  // The form begins with an example, which can be sent as it stands.
  await expect.poll(() => length.inputValue()).toMatch(/^\d/);
  await page.getByRole('button', { name: /^Ask/ }).click();
  const answer = page.getByRole('region', { name: 'Answer' });
  await answer.getByText('penguin-species@1').waitFor();
  await expect.poll(() => answer.getByText(/bill_length_mm/).count()).toBe(0);
  await length.fill('900');
  await page.keyboard.press('Control+Enter');
  await answer.getByText(/`?bill_length_mm`?.*59\.6/).waitFor();
  await expect.poll(() => answer.innerText()).toMatch(/Adelie|Chinstrap|Gentoo/);
});

it('nothing went wrong, and nothing was asked for elsewhere', () => expect(window.problems).toEqual([]));
