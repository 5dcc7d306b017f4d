// Training in the window: an algorithm with its parameters, a grouped split, a recipe by steps, and a training cancelled.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { visit, type Visit } from './browser';
import { startServer, type Server } from './server';

let server: Server;
let window: Visit;

beforeAll(async () => {
  server = await startServer();
  for (const [name, text] of [
    ['orders', orders(240)],
    ['many', orders(40_000)],
  ] as const) {
    const table = join(server.lab, '..', `${name}.csv`);
    writeFileSync(table, text);
    const done = server.assay('data', 'import', table);
    if (done.status !== 0) throw new Error(`cannot import ${name}: ${done.stderr}`);
  }
  window = await visit(server.address);
});
afterAll(async () => {
  await window?.close();
  await server?.stop();
});

const strip = () => window.page.getByRole('status', { name: 'Training' });
const train = () => window.page.getByRole('button', { name: /^Train( |$)/ }).click();
const open = (query: string) => window.page.goto(`${server.address}#/train?${query}`);
interface Shown {
  algorithm: string;
  spec: Record<string, unknown>;
  recipe: { steps: { step: string; columns: string[] }[] };
}
const lastRun = (): Shown => {
  const { runs } = JSON.parse(server.assay('runs', 'list').stdout) as { runs: { run_id: string }[] };
  return JSON.parse(server.assay('runs', 'show', runs[0]?.run_id ?? '').stdout) as Shown;
};

it('an algorithm is found, and those that do not fit say why', async () => {
  await open('dataset=orders@1&target=late');
  const list = window.page.getByRole('radiogroup', { name: 'Algorithm' });
  await list.getByRole('radio', { name: /^Random forest/ }).waitFor();
  await expect.poll(() => list.getByRole('radio', { name: /^Ridge/ }).isDisabled()).toBe(true);
  await list.getByText('predicts numbers, and late holds classes').first().waitFor();
  await window.page.keyboard.press('/');
  await window.page.keyboard.type('decision_tree');
  await expect.poll(() => list.getByRole('radio').count()).toBe(1);
  await list.getByRole('radio', { name: /^Decision tree/ }).check();
  const depth = window.page.getByRole('textbox', { name: 'max_depth' });
  await depth.fill('9000');
  await depth.press('Enter');
  await window.page.getByText('1 to 64').first().waitFor();
  await expect.poll(() => window.page.getByRole('button', { name: /^Train( |$)/ }).isDisabled()).toBe(true);
  await depth.fill('3');
  await depth.press('Enter');
  await window.page
    .getByText(/--param max_depth=3/)
    .or(window.page.getByText('max_depth=3', { exact: true }))
    .first()
    .waitFor();
});

it('it is trained with the parameters, and the run opens', async () => {
  await train();
  await strip()
    .getByText(/^Trained in/)
    .waitFor();
  const record = lastRun();
  expect(record.algorithm).toBe('decision_tree');
  expect(record.spec['params']).toEqual({ max_depth: 3 });
  await strip().getByRole('link', { name: 'Open the run' }).click();
  await window.page.getByRole('table', { name: 'Metrics of the test rows' }).waitFor();
});

it('a grouped split wants its column, and keeps customers together', async () => {
  await open('dataset=orders@1&target=late&algorithm=decision_tree');
  await window.page.getByRole('combobox', { name: 'How rows are held out' }).selectOption({ label: 'Grouped' });
  await window.page.getByText('choose the column of the groups').waitFor();
  await expect.poll(() => window.page.getByRole('button', { name: /^Train( |$)/ }).isDisabled()).toBe(true);
  await window.page.getByRole('combobox', { name: 'Column of the groups' }).selectOption('customer');
  await window.page.getByRole('button', { name: /^Candidates/ }).click();
  const candidates = window.page.getByRole('textbox', { name: 'Candidates of parameters' });
  await candidates.fill('max_depth=2; max_depth=6');
  await candidates.press('Enter');
  await window.page.getByText('2 to choose among, by folds inside the training rows').waitFor();
  await train();
  await strip()
    .getByText(/^Trained in/)
    .waitFor();
  expect(lastRun().spec).toMatchObject({
    split: { method: 'grouped', group: 'customer' },
    candidates: [{ max_depth: 2 }, { max_depth: 6 }],
  });
});

it('a recipe is edited step by step', async () => {
  await open('dataset=orders@1&target=late&algorithm=decision_tree');
  await window.page.getByRole('button', { name: 'As steps' }).click();
  const steps = window.page.getByRole('list', { name: 'Steps of the recipe' });
  await steps.getByRole('listitem').first().waitFor();
  const before = await steps.getByRole('listitem').count();
  await window.page.getByRole('button', { name: 'Add a step' }).click();
  await window.page.getByRole('menuitem', { name: 'standardise' }).click();
  await expect.poll(() => steps.getByRole('listitem').count()).toBe(before + 1);
  await window.page.getByText(`step ${before + 1} names no column`).waitFor();
  await window.page.getByRole('button', { name: `Columns of step ${before + 1}` }).click();
  await window.page.getByRole('menuitemcheckbox', { name: 'weight' }).click();
  await window.page.keyboard.press('Escape');
  await train();
  await strip()
    .getByText(/^Trained in/)
    .waitFor();
  expect(lastRun().recipe.steps.at(-1)).toMatchObject({ step: 'standardise', columns: ['weight'] });
});

it('a recipe is saved under a name, trained with, and deleted', async () => {
  await open('dataset=orders@1&target=late&algorithm=decision_tree&name=by-recipe');
  // Changes by hand stay as long as the window.
  await window.page.reload();
  const section = window.page.getByRole('region', { name: 'Recipe' });
  await section.getByText('made from the profile').waitFor();
  await section.getByRole('checkbox', { name: /^customer/ }).uncheck();
  await section.getByText('changed by hand').waitFor();
  await section.getByRole('button', { name: 'Recipes' }).click();
  await window.page.getByRole('menuitem', { name: 'Save recipe…' }).click();
  const dialog = window.page.getByRole('dialog', { name: 'Save recipe' });
  await dialog.getByRole('combobox', { name: 'Name' }).fill('no-customer');
  await window.page.keyboard.press('Enter');
  await section.getByText('no-customer@1, fitted').waitFor();
  await window.page.getByRole('region', { name: 'As a command' }).getByText('no-customer@1').waitFor();
  await train();
  await strip()
    .getByText(/^Trained in/)
    .waitFor();
  const shown = lastRun();
  expect(shown.spec).toMatchObject({ named_recipe: 'no-customer@1' });
  expect(shown.recipe.steps.flatMap(({ columns }) => columns)).not.toContain('customer');
  await section.getByRole('button', { name: 'no-customer@1' }).click();
  await window.page.getByRole('menuitem', { name: 'Delete no-customer' }).click();
  await window.page.getByText('is deleted').waitFor();
  await window.page.getByRole('button', { name: /^Undo Ctrl/ }).click();
  await window.page.getByText(/^Undone/).waitFor();
  expect(JSON.parse(server.assay('recipe', 'list').stdout)).toMatchObject([{ name: 'no-customer', version: 1 }]);
});

it('a training shows its curve while it runs, and is cancelled at once', async () => {
  await open('dataset=many@1&target=late&algorithm=ada_boost&p.n_estimators=2000&p.max_depth=8');
  await train();
  await strip().getByRole('progressbar').waitFor();
  const curves = window.page.getByRole('group', { name: 'Curves of the fit' });
  await curves.getByText('train.error').waitFor();
  await curves.getByLabel('train.error so far').waitFor();
  await strip().getByRole('button', { name: 'Cancel' }).click();
  await strip()
    .getByText(/^cancelled after/)
    .waitFor();
  await strip().getByRole('button', { name: 'Train again' }).waitFor();
  const { runs } = JSON.parse(server.assay('runs', 'list').stdout) as { runs: { run_id: string }[] };
  await window.page.goto(`${server.address}#/runs/${runs[0]?.run_id ?? ''}`);
  await window.page.getByText('It was cancelled').waitFor();
});

it('nothing went wrong, and nothing was asked for elsewhere', () => expect(window.problems).toEqual([]));

/** Orders of customers, late when they are heavy and far; the same every time. */
function orders(n_rows: number): string {
  let state = 5;
  const noise = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const lines = Array.from({ length: n_rows }, (_, i) => {
    const weight = 1 + 30 * noise();
    const distance = 5 + 900 * noise();
    const way = ['road', 'rail', 'air'][Math.floor(3 * noise())] ?? 'road';
    const late = weight * 12 + distance * 0.5 + 200 * (noise() - 0.5) > 420;
    return `c${i % 30},${weight.toFixed(2)},${distance.toFixed(1)},${way},${late ? 'yes' : 'no'}`;
  });
  return ['customer,weight,distance,way,late', ...lines].join('\n') + '\n';
}

it('without a target rows are put into groups, and the run shows them', async () => {
  await open('dataset=orders@1&target=late');
  await window.page.getByRole('combobox', { name: 'Target column' }).selectOption({ index: 0 });
  const list = window.page.getByRole('radiogroup', { name: 'Algorithm' });
  await list.getByText('learns from a target').first().waitFor();
  await expect.poll(() => list.getByRole('radio', { name: /^k-means/ }).isChecked()).toBe(true);
  await window.page.getByRole('combobox', { name: 'Known groups' }).selectOption('late');
  await train();
  await strip()
    .getByText(/^Trained in/)
    .waitFor();
  const shown = lastRun();
  expect(shown.spec).toMatchObject({ target: '', labels: 'late' });
  const { runs } = JSON.parse(server.assay('runs', 'list').stdout) as { runs: { run_id: string }[] };
  await window.page.goto(`${server.address}#/runs/${runs[0]?.run_id ?? ''}`);
  await window.page.getByRole('heading', { name: 'Groups' }).waitFor();
  await window.page.getByRole('heading', { name: 'Rows in a plane' }).waitFor();
});
