// A log is dropped on the window and replayed against a model; the page shows which column moved, and when.

import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { visit, type Visit } from './browser';
import { dropFiles } from './files';
import { startServer, type Server } from './server';

/** Rows of the log, the first of which are as in training, and rows of a window. */
const N_ROWS = 1200;
const N_LIKE_TRAINING = 600;
const N_WINDOW = 100;

let server: Server;
let window: Visit;

beforeAll(async () => {
  server = await startServer();
  const table = `${server.lab}-fruit.csv`;
  writeFileSync(table, fruit(600, 600));
  must('data', 'import', table, '--name', 'fruit');
  // Another reference: what the second half of the log is like.
  const heavy = `${server.lab}-heavy.csv`;
  writeFileSync(heavy, fruit(600, 0));
  must('data', 'import', heavy, '--name', 'heavy');
  const other = `${server.lab}-other.csv`;
  writeFileSync(other, 'a,b\n1,2\n3,4\n');
  must('data', 'import', other, '--name', 'other');
  const run = must('train', 'fruit', '--target', 'kind', '--algorithm', 'decision_tree', '--seed', '7');
  must('model', 'register', (JSON.parse(run) as { run_id: string }).run_id, '--name', 'fruit-kind');
  window = await visit(server.address);
  await window.page.goto(`${server.address}#/replay`);
});
afterAll(async () => {
  await window?.close();
  await server?.stop();
});

const where = () => window.page.getByRole('toolbar', { name: 'Player' }).locator('b').innerText();
const inspector = () => window.page.getByRole('complementary', { name: 'The cell under the playhead' });

it('a dropped log asks for the model and the window, and is replayed', async () => {
  await window.page.getByRole('button', { name: 'Replay a log…' }).waitFor();
  await dropFiles(window.page, { 'production.csv': fruit(N_ROWS, N_LIKE_TRAINING) });
  const dialog = window.page.getByRole('dialog', { name: 'Replay a log' });
  await dialog.getByText('production.csv', { exact: true }).waitFor();
  await dialog.getByRole('table', { name: 'First rows' }).getByText('weight_g').waitFor();
  await dialog.getByRole('button', { name: 'Change' }).click();
  await dialog.getByLabel('Truth').selectOption('kind');
  await dialog.getByText('--label kind').waitFor();
  await dialog.getByRole('button', { name: 'Less' }).click();
  await dialog.getByLabel('Window', { exact: true }).fill('a week');
  await dialog.getByText('write for example 1000rows').waitFor();
  await expect.poll(() => dialog.getByRole('button', { name: 'Replay', exact: true }).isDisabled()).toBe(true);
  await dialog.getByLabel('Window', { exact: true }).fill(String(N_WINDOW));
  await dialog.getByText('assay replay production.csv --model fruit-kind@1 --window').waitFor();
  await dialog.getByRole('button', { name: 'Replay', exact: true }).click();
  await window.page.getByRole('heading', { name: 'fruit-kind@1' }).waitFor();
  await window.page
    .getByText(/^Drifted from window 7 on: .*weight_g/)
    .first()
    .waitFor();
});

it('it stands at the first drifted window, with the overlay and its evidence', async () => {
  await expect.poll(where).toBe('Window 7 of 12');
  await inspector().getByText('drifted').first().waitFor();
  await inspector().getByRole('application', { name: 'weight_g in window 7 over the reference' }).waitFor();
  const evidence = inspector().getByRole('region', { name: 'Evidence' });
  await evidence.getByText('Jensen-Shannon').waitFor();
  await evidence.getByText('KS, adjusted p').waitFor();
  await window.page.getByRole('application', { name: 'Jensen-Shannon of weight_g over the windows' }).waitFor();
});

it('keys move the window and the column, the URL follows', async () => {
  await window.page.keyboard.press('ArrowLeft');
  await expect.poll(where).toBe('Window 6 of 12');
  await inspector().getByText('stable').first().waitFor();
  await window.page.keyboard.press('Shift+ArrowRight');
  await expect.poll(where).toBe('Window 7 of 12');
  await window.page.keyboard.press('ArrowDown');
  await expect.poll(() => window.page.url()).toMatch(/window=7&column=(?!weight_g)/);
  await window.page.keyboard.press('ArrowUp');
  await expect.poll(() => window.page.url()).toContain('window=7&column=weight_g');
});

it('a click on a cell shows its overlay, the slider moves the window', async () => {
  const heat = window.page.getByRole('application', { name: /^Distance of every column/ });
  const box = await heat.boundingBox();
  if (!box) throw new Error('the heat map is not drawn');
  await heat.click({ position: { x: box.width - 20, y: 10 } });
  await expect.poll(where).toBe('Window 12 of 12');
  await inspector().getByRole('application', { name: 'weight_g in window 12 over the reference' }).waitFor();
  const slider = window.page.getByRole('slider', { name: 'Window' });
  await slider.press('Home');
  await expect.poll(where).toBe('Window 1 of 12');
  await inspector().getByRole('application', { name: 'weight_g in window 1 over the reference' }).waitFor();
});

it('one time axis holds the statistic, the performance and how a column is distributed', async () => {
  const { page } = window;
  const figure = (name: string | RegExp) => page.getByRole('application', { name });
  await figure('accuracy window by window, with its interval').waitFor();
  await figure('Distribution of prediction over the windows, the reference at the left').waitFor();
  await page.getByLabel('Column whose distribution is shown').selectOption('weight_g');
  await figure('Distribution of weight_g over the windows, the reference at the left').click();
  await inspector().getByRole('button', { name: 'ECDF' }).click();
  await inspector().getByText('Farthest apart at').waitFor();
  await inspector().getByRole('button', { name: 'Bars' }).click();
});

it('another method and another mode are judged in place, and one step leads back', async () => {
  const { page } = window;
  const statistic = (name: string) => page.getByRole('application', { name: `${name} of weight_g over the windows` });
  await page.getByLabel('Method for numeric columns').selectOption('Wasserstein');
  await statistic('Wasserstein').waitFor();
  await page.getByLabel('Mode', { exact: true }).selectOption('NannyML');
  await page.getByText('NannyML mode', { exact: true }).waitFor();
  await page
    .getByText(/^(Drifted|Nothing drifted)/)
    .first()
    .waitFor();
  await expect.poll(() => page.url()).toContain('mode=nanny_ml');
  await page.getByRole('button', { name: 'Back to its own rule' }).click();
  await statistic('Jensen-Shannon').waitFor();
  await expect.poll(() => page.url()).not.toContain('mode=');
});

it('other limits and another reference are judged in place, and the address holds them', async () => {
  const { page } = window;
  const limits = page.getByRole('dialog', { name: 'Limits' });
  const verdict = page.getByTitle(/^(Drifted|Stable)/).first();
  await page.getByRole('button', { name: /^Limits/ }).click();
  const held = limits.getByLabel('Held against');
  await expect.poll(() => held.locator('option').first().innerText()).toBe('training rows of fruit-kind@1');
  const field = limits.getByLabel('Jensen-Shannon: drift from');
  await field.fill('none');
  await field.press('Enter');
  await limits.getByText('a number over 0').waitFor();
  await field.fill('0.999');
  await field.press('Enter');
  await expect.poll(() => verdict.innerText()).toMatch(/^Stable/);
  await expect.poll(() => page.url()).toContain('limits=jensen_shannon%3A0.999');
  await field.fill('');
  await page.keyboard.press('Escape');
  await expect.poll(() => verdict.innerText()).toMatch(/^Drifted from window 7 on/);
  await page.getByRole('button', { name: /^Limits/ }).click();
  await held.selectOption('heavy@1');
  await expect.poll(() => verdict.innerText()).toMatch(/^Drifted from window 1 on/);
  await page.getByText('against heavy@1').first().waitFor();
  await expect.poll(() => page.url()).toContain('against=heavy');
  await held.selectOption('other@1');
  await page.getByRole('alert').getByText('has none of the columns that were replayed').waitFor();
  await held.selectOption('heavy@1');
  await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  await page.keyboard.press('Escape');
  await page.reload();
  await expect.poll(() => verdict.innerText()).toMatch(/^Drifted from window 1 on/);
  await inspector()
    .getByRole('application', { name: /^weight_g in window \d+ over the reference$/ })
    .waitFor();
  await page.getByRole('button', { name: 'Back to its own rule' }).click();
  await expect.poll(() => verdict.innerText()).toMatch(/^Drifted from window 7 on/);
});

it('the rows stand in the order that is asked for, and the address holds it', async () => {
  const { page } = window;
  const order = page.getByLabel('Order of the rows');
  await order.selectOption('by severity');
  await expect.poll(() => page.url()).toContain('order=severity');
  await order.selectOption('alike together');
  await expect.poll(() => page.url()).toContain('order=clustered');
  await inspector()
    .getByRole('application', { name: /^weight_g in window \d+ over the reference$/ })
    .waitFor();
  await order.selectOption('by first drift');
  await expect.poll(() => page.url()).not.toContain('order=');
});

it('Space plays to the end and stops there', async () => {
  await window.page.getByRole('button', { name: '60×' }).click();
  await window.page.getByRole('heading', { name: 'fruit-kind@1' }).click();
  await window.page.keyboard.press('Space');
  await expect.poll(where).toBe('Window 12 of 12');
  await window.page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await expect.poll(() => window.page.url()).toContain('window=12');
});

it('a reload and a link come back to the same cell', async () => {
  await window.page.reload();
  await window.page.getByRole('heading', { name: 'fruit-kind@1' }).waitFor();
  await expect.poll(where).toBe('Window 12 of 12');
});

it('the report is one HTML file', async () => {
  const waiting = window.page.waitForEvent('download');
  await window.page.getByRole('button', { name: 'Report' }).click();
  const saved = await (await waiting).path();
  const html = readFileSync(saved, 'utf8');
  expect(html).toContain('weight_g');
  expect(html).not.toMatch(/<script[^>]+src=|<link[^>]+href="http/);
});

it('a deleted replay comes back with Undo', async () => {
  await window.page.getByRole('button', { name: 'More', exact: true }).click();
  await window.page.getByRole('menuitem', { name: 'Delete this replay' }).click();
  await window.page.getByText('Run a production log through a registered model').waitFor();
  await window.page.getByRole('button', { name: /^Undo Ctrl/ }).click();
  await window.page.getByRole('heading', { name: 'fruit-kind@1' }).waitFor();
});

it('a log without any column of the model is refused in one sentence', async () => {
  await dropFiles(window.page, { 'odd.csv': 'length,colour\n150,red\n170,green\n' });
  const dialog = window.page.getByRole('dialog', { name: 'Replay a log' });
  await dialog.getByRole('button', { name: 'Replay', exact: true }).click();
  await dialog
    .getByText(/the log has none of the columns/)
    .first()
    .waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
});

it('nothing went wrong, and nothing was asked for elsewhere', () => expect(window.problems).toEqual([]));

function must(...args: string[]): string {
  const done = server.assay(...args);
  if (done.status !== 0) throw new Error(`\`assay ${args.join(' ')}\` failed: ${done.stderr}`);
  return done.stdout;
}

/** Two kinds, the same every time; from a row on every fruit is 60 g heavier. */
function fruit(n_rows: number, n_like_training: number): string {
  let state = 7;
  const noise = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const lines = Array.from({ length: n_rows }, (_, i) => {
    const apple = noise() < 0.5;
    const heavier = i < n_like_training ? 0 : 60;
    const weight = (apple ? 140 : 170) + 60 * noise() + heavier;
    const width = (apple ? 6 : 6.5) + 1.5 * noise();
    return `${weight.toFixed(1)},${width.toFixed(2)},${apple ? 'apple' : 'pear'}`;
  });
  return ['weight_g,width_cm,kind', ...lines].join('\n') + '\n';
}
