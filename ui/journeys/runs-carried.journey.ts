// Runs that come from elsewhere and go elsewhere: imported from a file or folder, what is broken named, exported as an
// archive; and a table that is found as it was left.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { visit, type Visit } from './browser';
import { dropFiles } from './files';
import { startServer, type Server } from './server';

const N_CHILDREN = 40;

let server: Server;
let window: Visit;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-carried-'));
  server = await startServer();
  window = await visit(server.address);
});
afterAll(async () => {
  await window?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const go = (hash: string) => window.page.evaluate((to) => void (location.hash = to), hash);
const dialog = (name: string | RegExp) => window.page.getByRole('dialog', { name });
const table = () => window.page.locator('[aria-label="Runs"][role=treegrid], [aria-label="Runs"][role=grid]');
const rows = () => table().locator('[role=row][aria-selected]');
const names = async () => (await rows().allInnerTexts()).map((text) => text.trim().split(/\s/)[0]);

it('an empty page offers the import, and a table of metrics becomes runs', async () => {
  const { page } = window;
  const path = join(folder, 'losses.csv');
  writeFileSync(path, 'run,step,loss\nfirst,0,1.0\nfirst,1,0.5\nsecond,0,0.9\n');
  await go('#/runs');
  await page.getByRole('button', { name: 'Import runs…' }).click();
  const open = dialog('Import runs');
  await open.getByLabel('File or folder on this computer').fill(join(folder, 'nothing-here'));
  await page.keyboard.press('Tab');
  await open.getByText('no runs are found here').waitFor();
  await expect.poll(() => open.getByRole('button', { name: 'Import runs' }).last().isDisabled()).toBe(true);
  await open.getByLabel('File or folder on this computer').fill(path);
  await page.keyboard.press('Tab');
  await open.getByText('A table of metrics.').waitFor();
  await open.getByLabel(/^Experiment/).fill('losses');
  await open.getByText(`assay runs import ${path} --experiment losses`).waitFor();
  await open.getByRole('button', { name: 'Import runs' }).last().click();
  const done = dialog('Import of runs');
  await done.getByText('2 new runs').waitFor();
  await done.getByRole('link', { name: 'Show the runs' }).click();
  await expect.poll(async () => (await names()).sort()).toEqual(['first', 'second']);
  await expect.poll(() => page.url()).toContain('experiment=losses');
});

it('a broken run of a folder is named, the others come', async () => {
  const { page } = window;
  const mlruns = join(folder, 'mlruns');
  makeRun(mlruns, '0123456789abcdef0123456789abcdef', 'whole', true);
  makeRun(mlruns, 'fedcba9876543210fedcba9876543210', 'broken', false);
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Import runs…' }).click();
  await dialog('Import runs').getByLabel('File or folder on this computer').fill(mlruns);
  await page.keyboard.press('Enter');
  await dialog('Import runs').getByText('an mlruns folder', { exact: true }).waitFor();
  await dialog('Import runs').getByRole('button', { name: 'Import runs' }).last().click();
  const done = dialog('Import of runs');
  await done.getByText('1 new run').waitFor();
  const left = done.getByRole('list', { name: 'Left out' });
  await left.getByText(/fedcba9876543210/).waitFor();
  await done.getByRole('button', { name: 'Close' }).last().click();
  await go('#/jobs');
  await page
    .getByRole('grid')
    .getByText(/import/i)
    .first()
    .click();
  await page
    .getByRole('list', { name: 'Left out' })
    .getByText(/fedcba9876543210/)
    .waitFor();
});

it('selected runs go into an archive, which brings nothing twice', async () => {
  const { page } = window;
  const path = join(folder, 'kept.zip');
  await go('#/runs?experiment=losses');
  await expect.poll(async () => (await names()).length).toBe(2);
  await table().focus();
  await page.keyboard.press('Control+a');
  await page.getByRole('button', { name: 'More for the selected runs' }).click();
  await page.getByRole('menuitem', { name: 'Export the selected runs…' }).click();
  const open = dialog('Export runs');
  await open.getByLabel('File on this computer').fill('kept.zip');
  await open.getByText('write the whole path').waitFor();
  await open.getByLabel('File on this computer').fill(path);
  await open.getByRole('button', { name: 'Export the archive' }).last().click();
  await page.getByText(/is written, 2 runs/).waitFor();
  expect(existsSync(path)).toBe(true);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Import runs…' }).click();
  await dialog('Import runs').getByLabel('File or folder on this computer').fill(path);
  await page.keyboard.press('Tab');
  await dialog('Import runs')
    .getByText(/archive/)
    .last()
    .waitFor();
  await dialog('Import runs').getByRole('button', { name: 'Import runs' }).last().click();
  await dialog('Import of runs').getByText('2 runs here already').waitFor();
  await page.keyboard.press('Escape');
});

it('a dropped table of metrics is asked about, and may be a data set', async () => {
  const { page } = window;
  await dropFiles(page, { 'dropped.csv': 'step,loss\n0,1.0\n1,0.5\n' });
  await dialog('Import runs').getByText('A table of metrics.').waitFor();
  await dialog('Import runs').getByRole('button', { name: 'Import it as a data set instead' }).click();
  await page.getByRole('heading', { name: 'dropped', level: 1, exact: true }).waitFor();
});

it('a table is found as it was left', async () => {
  const { page } = window;
  const parent = await logRun('sweep');
  for (let i = 0; i < N_CHILDREN; i += 1) await logRun(`trial-${i}`, parent);
  await logRun('alone');
  await go('#/runs?experiment=Default');
  await rows().first().waitFor();
  await table().focus();
  await page.keyboard.press('Control+a');
  await page
    .getByRole('toolbar', { name: 'Selected runs' })
    .getByText(`${N_CHILDREN + 2} selected`)
    .waitFor();
  await table().evaluate((own) => (own.scrollTop = 400));
  await expect.poll(async () => Number(await rows().first().getAttribute('aria-rowindex'))).toBeGreaterThan(5);
  const [before] = await names();
  await rows().nth(8).dblclick();
  await page.getByRole('heading', { level: 1, name: /^trial-/ }).waitFor();
  await page.keyboard.press('Escape');
  await page
    .getByRole('toolbar', { name: 'Selected runs' })
    .getByText(`${N_CHILDREN + 2} selected`)
    .waitFor();
  await expect.poll(async () => (await names())[0]).toBe(before);
  await table().evaluate((own) => (own.scrollTop = 0));
  await table()
    .getByTitle(/^Hide what is within/)
    .click();
  await expect.poll(async () => (await names()).length).toBe(2);
  await rows().first().getByText('alone').click();
  await page.getByRole('heading', { level: 1, name: 'alone' }).waitFor();
  await page.getByRole('navigation', { name: 'Where you are' }).getByRole('link', { name: 'Runs' }).click();
  await expect.poll(names).toEqual(['alone', 'sweep']);
});

it('nothing went wrong, and nothing was asked for elsewhere', () => expect(window.problems).toEqual([]));

/** A run as MLflow's file store keeps it; a broken one has no description of itself that can be read. */
function makeRun(root: string, run_id: string, name: string, whole: boolean): void {
  const experiment = join(root, '0');
  const own = join(experiment, run_id);
  for (const part of ['metrics', 'params', 'tags', 'artifacts']) mkdirSync(join(own, part), { recursive: true });
  writeFileSync(
    join(experiment, 'meta.yaml'),
    "artifact_location: mlruns/0\ncreation_time: 1700000000000\nexperiment_id: '0'\nlifecycle_stage: active\nname: carried\n",
  );
  const meta = [
    `artifact_uri: mlruns/0/${run_id}/artifacts`,
    'end_time: 1700000060000',
    "experiment_id: '0'",
    'lifecycle_stage: active',
    `run_id: ${run_id}`,
    `run_name: ${name}`,
    `run_uuid: ${run_id}`,
    'start_time: 1700000000000',
    'status: 3',
    'user_id: ada',
  ];
  writeFileSync(join(own, 'meta.yaml'), whole ? `${meta.join('\n')}\n` : ': [');
  writeFileSync(join(own, 'metrics', 'loss'), '1700000000000 0.5 0\n');
}

async function logRun(name: string, parent?: string): Promise<string> {
  const tags = parent === undefined ? [] : [{ key: 'mlflow.parentRunId', value: parent }];
  const made = await post('runs/create', { experiment_id: '0', run_name: name, start_time: 1_700_000_000_000, tags });
  const { info } = made['run'] as { info: { run_id: string } };
  await post('runs/update', { run_id: info.run_id, status: 'FINISHED', end_time: 1_700_000_030_000 });
  return info.run_id;
}

async function post(place: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${server.address}api/2.0/mlflow/${place}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${place} was refused: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}
