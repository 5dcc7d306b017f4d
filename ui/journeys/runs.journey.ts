// The runs of a lab: filtered and sorted, compared, drawn and saved, deleted and taken back, registered.

import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { visit, type Visit } from './browser';
import { startServer, type Server } from './server';

const TREES = [
  { name: 'stump', depth: 1 },
  { name: 'small', depth: 2 },
  { name: 'tall', depth: 6 },
];

let server: Server;
let window: Visit;

beforeAll(async () => {
  server = await startServer();
  const table = join(server.lab, '..', 'fruit.csv');
  writeFileSync(table, fruit());
  must('data', 'import', table);
  for (const { name, depth } of TREES) {
    const spec = ['--algorithm', 'decision_tree', '--param', `max_depth=${depth}`, '--cv', '3', '--seed', '7'];
    must('train', 'fruit', '--target', 'kind', '--experiment', 'orchard', '--name', name, ...spec);
  }
  window = await visit(`${server.address}`);
  await window.page.goto(`${server.address}#/runs`);
});
afterAll(async () => {
  await window?.close();
  await server?.stop();
});

const table = () => window.page.getByRole('grid', { name: 'Runs' });
const rows = () => table().locator('[role=row][aria-selected]');
const names = async () => (await rows().allInnerTexts()).map((text) => text.trim().split(/\s/)[0]);
const field = () => window.page.getByRole('combobox', { name: 'Filter the runs' });

it('the table shows what differs, and sorts by any head', async () => {
  await table().waitFor();
  await expect.poll(() => rows().count()).toBe(3);
  const heads = async () => (await table().getByRole('columnheader').allInnerTexts()).map((text) => text.trim());
  await expect.poll(heads).toContain('max_depth');
  await expect.poll(heads).not.toContain('criterion');
  await table().getByRole('button', { name: 'max_depth' }).click();
  await expect.poll(names).toEqual(['tall', 'small', 'stump']);
  await table().getByRole('button', { name: 'max_depth' }).click();
  await expect.poll(names).toEqual(['stump', 'small', 'tall']);
  await expect.poll(() => window.page.url()).toContain('sort=params.max_depth');
});

it('a filter narrows the runs, a mistake is told at its character', async () => {
  await window.page.keyboard.press('/');
  await window.page.keyboard.type('params.max_depth > 1');
  await expect.poll(names).toEqual(['small', 'tall']);
  await window.page.getByText(/^2 of 3, /).waitFor();
  await field().fill('params.max_depth >> 1');
  await window.page.getByRole('alert').getByText('a value must stand here').waitFor();
  await window.page.getByText('At character 19').waitFor({ state: 'attached' });
  await expect.poll(names).toEqual(['small', 'tall']);
  await field().fill('colour = 3');
  await window.page.getByRole('alert').getByText('Runs have no').waitFor();
  await field().press('Escape');
  await expect.poll(names).toHaveLength(3);
});

it('the builder writes the filter', async () => {
  await window.page.getByRole('button', { name: 'Builder' }).click();
  await window.page.getByRole('combobox', { name: 'Field 1' }).selectOption('params.max_depth');
  await window.page.getByRole('combobox', { name: 'Operator 1' }).selectOption('at most');
  await window.page.getByRole('textbox', { name: 'Value 1' }).fill('2');
  await expect.poll(() => field().inputValue()).toBe('params.max_depth <= 2');
  await expect.poll(names).toEqual(['stump', 'small']);
  await window.page.getByRole('button', { name: 'Remove condition 1' }).click();
  await expect.poll(names).toHaveLength(3);
  await window.page.getByRole('button', { name: 'Builder' }).click();
});

it('a chosen column stays over a reload, and for the lab', async () => {
  await window.page.getByRole('button', { name: 'Columns' }).click();
  const chooser = window.page.getByRole('dialog', { name: 'Columns' });
  await chooser.getByRole('textbox', { name: 'Search columns' }).fill('crit');
  await chooser.getByRole('checkbox', { name: 'criterion' }).click();
  await window.page.keyboard.press('Escape');
  await table().getByRole('columnheader', { name: 'criterion' }).waitFor();
  await window.page.reload();
  await table().getByRole('columnheader', { name: 'criterion' }).waitFor();
  await window.page.goto(`${server.address}#/data`);
  await window.page.goto(`${server.address}#/runs?sort=params.max_depth`);
  await table().getByRole('columnheader', { name: 'criterion' }).waitFor();
});

it('selected runs are compared beside the table and drawn below it', async () => {
  await table().focus();
  await window.page.keyboard.press('Home');
  await window.page.keyboard.press('Space');
  await window.page.keyboard.press('End');
  await window.page.keyboard.press('Space');
  const compare = window.page.getByRole('table', { name: 'Comparison' });
  await compare.getByRole('row', { name: /max_depth 1 6/ }).waitFor();
  await window.page.getByText(/^The same in both: data fruit@1/).waitFor();
  await window.page.getByRole('application', { name: /^ROC/ }).waitFor();
  await window.page.getByRole('table', { name: /^Metrics/ }).waitFor();
  await window.page.getByRole('application', { name: /^cv\.accuracy/ }).waitFor();
});

it('a chart is saved as SVG and as PNG, and a browser says why it opens no window', async () => {
  const menu = window.page.getByRole('region', { name: 'ROC' }).getByRole('button', { name: 'Save or open the chart' });
  const bytesOf = async (item: string) => {
    const started = window.page.waitForEvent('download');
    await menu.click();
    await window.page.getByRole('menuitem', { name: item }).click();
    const download = await started;
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  };
  const svg = await bytesOf('Save as SVG');
  expect(svg.name).toBe('roc.svg');
  expect(svg.bytes.toString('utf8')).toMatch(/^(<\?xml[^>]*>\s*)?<svg[\s\S]*<\/svg>\s*$/);
  const png = await bytesOf('Save as PNG');
  expect([...png.bytes.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  expect(png.bytes.readUInt32BE(16)).toBe(720);
  await menu.click();
  await window.page.getByRole('menuitem', { name: 'Open in plot window' }).click();
  await window.page.getByText('a browser cannot open a native window').waitFor();
});

it('the runs stand side by side on a page of their own', async () => {
  await window.page.getByRole('link', { name: 'Compare on a page' }).click();
  await window.page.getByRole('heading', { name: 'Compare 2 runs' }).waitFor();
  await expect.poll(() => window.page.url()).toContain('#/runs/compare?ids=');
  await window.page.getByRole('heading', { name: 'Confusion', exact: true }).scrollIntoViewIfNeeded();
  await expect.poll(() => window.page.getByRole('grid', { name: /^Confusion/ }).count()).toBe(2);
  await window.page.getByRole('link', { name: 'Back to the table' }).click();
  await expect.poll(() => rows().and(window.page.locator('[aria-selected=true]')).count()).toBe(2);
});

it('a deleted run comes back with Undo', async () => {
  await table().focus();
  await window.page.keyboard.press('Escape');
  await window.page.goto(`${server.address}#/runs`);
  await expect.poll(names).toHaveLength(3);
  await rows()
    .filter({ hasText: 'small' })
    .getByRole('button', { name: /^Select/ })
    .click();
  await window.page.getByRole('toolbar', { name: 'Selected runs' }).getByRole('button', { name: 'Delete' }).click();
  await window.page.getByText('1 run is in the trash').waitFor();
  await expect.poll(names).not.toContain('small');
  await window.page.getByRole('button', { name: /^Undo Ctrl/ }).click();
  await expect.poll(names).toContain('small');
});

it('a run is registered as a model, a name that is none is refused', async () => {
  await rows().filter({ hasText: 'tall' }).click();
  await window.page.getByRole('heading', { name: 'tall' }).waitFor();
  await window.page.getByText(/The exported file answers as the trained model does: \d+ rows compared/).waitFor();
  await window.page.getByText(/^assay train fruit/).waitFor();
  await window.page.getByRole('button', { name: 'Register…' }).click();
  const name = window.page.getByRole('combobox', { name: 'Name of the model' });
  await expect.poll(() => name.inputValue()).toBe('fruit');
  await name.fill('../fruit');
  await window.page.getByRole('button', { name: 'Register the model' }).click();
  await window.page.getByRole('alert').getByText('is not a name').waitFor();
  await name.fill('fruit');
  await window.page.getByRole('button', { name: 'Register the model' }).click();
  await window.page.getByText('fruit@1 is registered').waitFor();
  await window.page.locator('header').getByRole('link', { name: 'fruit@1' }).first().waitFor();
  expect(server.assay('model', 'list').stdout).toContain('fruit');
});

it('nothing went wrong, and nothing was asked for elsewhere', () => expect(window.problems).toEqual([]));

function must(...args: string[]): void {
  const done = server.assay(...args);
  if (done.status !== 0) throw new Error(`\`assay ${args.join(' ')}\` failed: ${done.stderr}`);
}

/** Two kinds that overlap a little, 120 rows, the same every time. */
function fruit(): string {
  let state = 7;
  const noise = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const lines = Array.from({ length: 120 }, (_, i) => {
    const apple = i % 2 === 0;
    const weight = (apple ? 140 : 170) + 60 * noise();
    const width = (apple ? 6 : 6.5) + 1.5 * noise();
    return `${weight.toFixed(1)},${width.toFixed(2)},${apple ? 'apple' : 'pear'}`;
  });
  return ['weight_g,width_cm,kind', ...lines].join('\n') + '\n';
}
