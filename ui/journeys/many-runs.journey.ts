// Runs that clients log: runs within runs, several orders, completion, changes to many at once, the trash, curves.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { visit, type Visit } from './browser';
import { startServer, type Server } from './server';

const N_SWEEP = 6;
const N_POINTS = 400;

let server: Server;
let window: Visit;
/** Ids by name. */
const ids = new Map<string, string>();

beforeAll(async () => {
  server = await startServer();
  const sweep = await logRun('sweep', { kind: 'sweep' }, 0.5);
  for (let i = 1; i <= N_SWEEP; i += 1) {
    const tags = [{ key: 'mlflow.parentRunId', value: sweep }];
    await logRun(`trial-${i}`, { kind: 'trial', rate: String(i % 2), depth: String(i) }, 0.5 + i / 20, tags);
  }
  await logRun('alone', { kind: 'single', depth: '9' }, 0.9);
  await logCurve('trial-1');
  await logCurve('trial-2');
  window = await visit(server.address);
  await window.page.goto(`${server.address}#/runs`);
});
afterAll(async () => {
  await window?.close();
  await server?.stop();
});

const table = () => window.page.locator('[aria-label="Runs"][role=treegrid], [aria-label="Runs"][role=grid]');
const rows = () => table().locator('[role=row][aria-selected]');
const names = async () => (await rows().allInnerTexts()).map((text) => text.trim().split(/\s/)[0]);
const row = (name: string) => rows().filter({ has: window.page.getByTitle(name, { exact: true }) });
const bulk = () => window.page.getByRole('toolbar', { name: 'Selected runs' });
const field = () => window.page.getByRole('combobox', { name: 'Filter the runs' });
const view = (name: RegExp) => window.page.getByRole('group', { name: 'Which runs' }).getByRole('button', { name });

it('runs stand within the run they are a part of, and can be folded', async () => {
  await row('trial-1').waitFor();
  await expect.poll(() => row('sweep').innerText()).toContain(`${N_SWEEP} runs`);
  await expect.poll(() => row('trial-1').getAttribute('aria-level')).toBe('2');
  await row('sweep')
    .getByTitle(/^Hide what is within/)
    .click();
  await expect.poll(names).toEqual(['alone', 'sweep']);
  await table().focus();
  await window.page.keyboard.press('End');
  await window.page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await names()).length).toBe(N_SWEEP + 2);
});

it('a filter keeps the run around those that match', async () => {
  await field().fill("params.kind = 'trial' and params.depth > 4");
  await expect.poll(async () => (await names()).sort()).toEqual(['sweep', 'trial-5', 'trial-6']);
  await window.page.getByText(/^2 of 8, /).waitFor();
  await field().press('Escape');
  await field().press('Escape');
  await expect.poll(async () => (await names()).length).toBe(N_SWEEP + 2);
});

it('sorts by a second column with Shift, and says which is which', async () => {
  await table().getByRole('button', { name: /^rate/ }).click();
  await table()
    .getByRole('button', { name: /^depth/ })
    .click({ modifiers: ['Shift'] });
  await expect
    .poll(async () => (await names()).filter((name) => name?.startsWith('trial')))
    .toEqual(['trial-5', 'trial-3', 'trial-1', 'trial-6', 'trial-4', 'trial-2']);
  const depth = table().getByRole('columnheader', { name: /^depth/ });
  await expect.poll(() => depth.innerText()).toContain('2');
  await expect.poll(() => window.page.url()).toContain('sort=params.rate.desc%2Cparams.depth.desc');
});

it('the filter completes names, operators and values', async () => {
  const option = (name: RegExp) => window.page.getByRole('option', { name });
  await field().focus();
  await field().pressSequentially('kin');
  await option(/^params\.kind/).waitFor();
  await field().press('Enter');
  await option(/^=/).first().waitFor();
  await field().press('Tab');
  await option(/^'?trial'?/).waitFor();
  await field().press('ArrowDown');
  await field().press('Enter');
  await expect.poll(() => field().inputValue()).toMatch(/^params\.kind = '?"?trial'?"? $/);
  await window.page.getByText(/^6 of 8, /).waitFor();
  await field().fill('');
  await expect.poll(async () => (await names()).length).toBe(N_SWEEP + 2);
});

it('shows what else is meant of a metric, in the order that is chosen', async () => {
  await window.page.getByRole('button', { name: 'Columns' }).click();
  const chooser = window.page.getByRole('dialog', { name: 'Columns' });
  const loss = chooser.getByRole('group', { name: 'loss' });
  await loss.getByRole('button', { name: 'max' }).click();
  await chooser.getByRole('button', { name: /to move loss, max$/ }).press('Alt+ArrowUp');
  await window.page.keyboard.press('Escape');
  const heads = async () =>
    (await table().getByRole('columnheader').allInnerTexts()).map((text) => text.trim()).join(' | ');
  await expect.poll(heads).toContain('max | last');
});

it('many are tagged at once, and one Undo takes it back', async () => {
  await table().focus();
  await window.page.keyboard.press('Control+a');
  await bulk().getByText('8 selected').waitFor();
  await bulk().getByRole('button', { name: 'Tag…' }).click();
  await window.page.getByRole('combobox', { name: 'Name of the tag' }).fill('reviewed');
  await window.page.getByRole('textbox', { name: 'Value' }).fill('yes');
  await window.page.getByRole('button', { name: 'Set the tag' }).click();
  await window.page.getByText('8 runs have the tag').waitFor();
  await expect.poll(() => tagOf('trial-3', 'reviewed')).toBe('yes');
  await window.page.getByRole('button', { name: /^Undo Ctrl/ }).click();
  await expect.poll(() => tagOf('trial-3', 'reviewed')).toBeUndefined();
});

it('a range is archived, and found among the archived', async () => {
  await window.page.keyboard.press('Escape');
  await row('trial-6')
    .getByRole('button', { name: /^Select/ })
    .click();
  await row('trial-2')
    .getByRole('button', { name: /^Select/ })
    .click({ modifiers: ['Shift'] });
  await bulk().getByText('3 selected').waitFor();
  await bulk().getByRole('button', { name: 'Archive' }).click();
  await window.page.getByText('3 runs are archived').waitFor();
  await expect.poll(async () => (await names()).length).toBe(N_SWEEP - 1);
  await view(/^Archived/).click();
  await expect.poll(async () => (await names()).sort()).toEqual(['trial-2', 'trial-4', 'trial-6']);
  await window.page.keyboard.press('Control+a');
  await bulk().getByRole('button', { name: 'Unarchive' }).click();
  await window.page.getByText('No runs are archived').waitFor();
  await view(/^Active/).click();
  await expect.poll(async () => (await names()).length).toBe(N_SWEEP + 2);
});

it('runs move to another experiment', async () => {
  await row('alone')
    .getByRole('button', { name: /^Select/ })
    .click();
  await bulk().getByRole('button', { name: 'Move…' }).click();
  await window.page.getByRole('combobox', { name: 'To the experiment' }).fill('elsewhere');
  await window.page.getByRole('button', { name: 'Move the runs' }).click();
  await window.page.getByRole('tab', { name: /^elsewhere/ }).click();
  await expect.poll(names).toEqual(['alone']);
  await window.page.getByRole('tab', { name: /^All runs/ }).click();
});

it('the trash says what it holds, gives back, and can be emptied', async () => {
  for (const name of ['trial-5', 'trial-6'])
    await row(name)
      .getByRole('button', { name: /^Select/ })
      .click();
  await window.page.keyboard.press('Delete');
  await window.page.getByText('2 runs are in the trash').waitFor();
  await view(/^Trash 2/).click();
  await window.page.getByText(/^2 runs in the trash/).waitFor();
  await row('trial-5')
    .getByRole('button', { name: /^Select/ })
    .click();
  await bulk().getByRole('button', { name: 'Restore' }).click();
  await window.page.getByText('1 run is back').waitFor();
  await expect.poll(names).toEqual(['trial-6']);
  await window.page.getByRole('button', { name: 'Empty the trash' }).click();
  await window.page.getByRole('button', { name: 'Delete 1 run for good' }).click();
  await window.page.getByText('1 run deleted for good').waitFor();
  await window.page.getByText('The trash holds no runs').waitFor();
  await view(/^Active/).click();
  await expect.poll(async () => (await names()).length).toBe(N_SWEEP + 1);
});

it('a row changes in place when its run logs', async () => {
  const before = await names();
  await post('runs/log-metric', { run_id: ids.get('trial-3'), key: 'loss', value: 0.4321, timestamp: 1, step: 900 });
  await row('trial-3').getByText('0.4321').first().waitFor();
  await expect.poll(names).toEqual(before);
});

it('curves of several runs stand in one chart, and a dragged part is read in finer steps', async () => {
  for (const name of ['trial-1', 'trial-2'])
    await row(name)
      .getByRole('button', { name: /^Select/ })
      .click();
  const chart = window.page.getByRole('application', { name: /^loss, 2 runs/ });
  await chart.waitFor();
  const legend = window.page.getByRole('list', { name: 'Runs in the charts' });
  await legend.getByRole('button', { name: 'trial-2' }).click();
  await expect.poll(() => legend.getByRole('button', { name: 'trial-2' }).getAttribute('aria-pressed')).toBe('true');
  const asked: { from: number | null; smoothing: number; log_y: boolean }[] = [];
  window.page.on('request', (request) => {
    if (request.url().includes('/rpc/runs.curves')) asked.push(request.postDataJSON() as (typeof asked)[number]);
  });
  const box = await chart.boundingBox();
  if (!box) throw new Error('the chart has no place');
  await window.page.mouse.move(box.x + box.width * 0.5, box.y + 60);
  await window.page.mouse.down();
  await window.page.mouse.move(box.x + box.width * 0.8, box.y + 60, { steps: 4 });
  await window.page.mouse.up();
  await expect.poll(() => asked.some(({ from }) => (from ?? 0) > 100)).toBe(true);
  await window.page.getByRole('button', { name: 'Show all of it' }).click();
  await window.page.getByRole('slider', { name: 'smooth' }).fill('0.6');
  await expect.poll(() => asked.at(-1)?.smoothing).toBe(0.6);
  await window.page.getByRole('group', { name: 'Scale upwards' }).getByRole('button', { name: 'log' }).click();
  await expect.poll(() => asked.at(-1)?.log_y).toBe(true);
  await expect.poll(() => window.page.url()).toContain('smooth=0.6');
});

it('nothing went wrong, and nothing was asked for elsewhere', () => expect(window.problems).toEqual([]));

async function post(place: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${server.address}api/2.0/mlflow/${place}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${place} was refused: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

async function logRun(
  name: string,
  params: Record<string, string>,
  accuracy: number,
  tags: { key: string; value: string }[] = [],
): Promise<string> {
  const start_time = 1_700_000_000_000 + ids.size * 60_000;
  const made = await post('runs/create', { experiment_id: '0', run_name: name, start_time, tags });
  const { info } = made['run'] as { info: { run_id: string } };
  ids.set(name, info.run_id);
  await post('runs/log-batch', {
    run_id: info.run_id,
    params: Object.entries(params).map(([key, value]) => ({ key, value })),
    metrics: [
      { key: 'accuracy', value: accuracy, timestamp: start_time, step: 0 },
      { key: 'loss', value: 1 - accuracy, timestamp: start_time, step: 0 },
    ],
  });
  await post('runs/update', { run_id: info.run_id, status: 'FINISHED', end_time: start_time + 30_000 });
  return info.run_id;
}

async function logCurve(name: string): Promise<void> {
  const metrics = Array.from({ length: N_POINTS }, (_, i) => ({
    key: 'loss',
    value: Math.exp(-i / 100) + 0.1,
    timestamp: 1_700_000_000_000 + i * 1000,
    step: i + 1,
  }));
  await post('runs/log-batch', { run_id: ids.get(name), metrics });
}

async function tagOf(name: string, key: string): Promise<string | undefined> {
  const response = await fetch(`${server.address}api/2.0/mlflow/runs/get?run_id=${ids.get(name) ?? ''}`);
  const { run } = (await response.json()) as { run: { data: { tags?: { key: string; value: string }[] } } };
  return run.data.tags?.find((tag) => tag.key === key)?.value;
}
