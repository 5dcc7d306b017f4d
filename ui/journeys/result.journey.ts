// The result of a run, section by section; its reproduction; and a run of numbers.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { visit, type Visit } from './browser';
import { startServer, type Server } from './server';

let server: Server;
let window: Visit;
const ids: Record<string, string> = {};

beforeAll(async () => {
  server = await startServer();
  const table = join(server.lab, '..', 'loans.csv');
  writeFileSync(table, loans());
  must('data', 'import', table);
  const measured = ['--cv', '3', '--learning-curve', '3', '--candidate', 'max_depth=2', '--candidate', 'max_depth=5'];
  must('train', 'loans', '--target', 'repaid', '--algorithm', 'decision_tree', '--name', 'classes', ...measured);
  must('train', 'loans', '--target', 'amount', '--algorithm', 'ridge', '--name', 'numbers');
  for (const { name, run_id } of (JSON.parse(must('runs', 'list')) as { runs: { name: string; run_id: string }[] })
    .runs)
    ids[name] = run_id;
  window = await visit(server.address);
});
afterAll(async () => {
  await window?.close();
  await server?.stop();
});

const tab = (name: string | RegExp) => window.page.getByRole('tab', { name }).click();

it('metrics stand with their intervals and what the folds say', async () => {
  await window.page.goto(`${server.address}#/runs/${ids['classes']}`);
  const metrics = window.page.getByRole('table', { name: 'Metrics of the test rows' });
  await metrics.getByRole('row', { name: /^Accuracy 0\.\d{4} 0\.\d{4} to [01]\.\d{4} 0\.\d{4} ± 0\.\d{4}/ }).waitFor();
  await window.page.getByText('stands for the target').waitFor();
  await window.page.getByText(/^Each of the 2 values of/).waitFor();
  await window.page.getByText(/^assay train loans@1 .*--candidate max_depth=2/).waitFor();
});

it('other costs of wrong answers choose another threshold', async () => {
  await tab('Curves');
  await window.page.getByRole('application', { name: 'Precision against recall' }).waitFor();
  await window.page.getByRole('application', { name: /^Share that came true/ }).waitFor();
  const lowest = window.page.getByRole('table', { name: 'Thresholds' }).getByRole('row', { name: /^lowest cost/ });
  const before = await lowest.innerText();
  const field = window.page.getByRole('textbox', { name: 'Cost of a false negative' });
  await field.fill('40');
  await field.press('Enter');
  await expect.poll(() => lowest.innerText()).not.toBe(before);
  await expect.poll(() => window.page.url()).toContain('fn=40');
  await field.fill('-1');
  await field.press('Enter');
  await window.page.getByText('a number from 0 on, one of both over 0').first().waitFor();
});

it('importances, slices and errors lead to what they are about', async () => {
  await tab('Importances');
  await window.page
    .getByRole('table', { name: 'Importance of columns by shuffling' })
    .getByRole('row')
    .first()
    .waitFor();
  await tab(/^Slices/);
  await window.page
    .getByRole('grid', { name: 'Slices' })
    .getByRole('row', { name: /few rows|\d/ })
    .first()
    .waitFor();
  await window.page.goto(`${server.address}#/runs/${ids['numbers']}?tab=errors`);
  const errors = window.page.getByRole('grid', { name: 'Errors' });
  // The raw values of the worst row stand in its line.
  await errors
    .getByRole('row', { name: /\b(north|south|east)\b/ })
    .first()
    .click();
  await window.page.keyboard.press('Enter');
  await expect.poll(() => window.page.url()).toMatch(/#\/data\/loans\/v1\?row=\d+/);
});

it('the validation shows folds, the choice and the learning curve', async () => {
  await window.page.goto(`${server.address}#/runs/${ids['classes']}?tab=validation`);
  await window.page
    .getByRole('table', { name: 'Candidates' })
    .getByRole('row', { name: /max_depth \d.* chosen$/ })
    .waitFor();
  await window.page.getByRole('application', { name: /by the number of training rows$/ }).waitFor();
  await window.page.getByRole('heading', { name: 'Folds', exact: true }).waitFor();
});

it('a run of numbers shows its residuals', async () => {
  await window.page.goto(`${server.address}#/runs/${ids['numbers']}`);
  await tab('Residuals');
  await window.page.getByRole('application', { name: 'Residual of each row against its prediction' }).waitFor();
  await window.page.getByRole('application', { name: 'Residuals by prediction' }).waitFor();
});

it('a run is reproduced to the bit', async () => {
  await window.page.getByRole('button', { name: 'Reproduce', exact: true }).click();
  await window.page.getByText(/^Bit-identical: the recipe, the model and the predictions of \d+ test rows/).waitFor();
  await expect.poll(() => window.page.url()).toContain('job=');
  await window.page.reload();
  await window.page.getByText(/^Bit-identical:/).waitFor();
  await window.page.getByRole('button', { name: 'Hide the reproduction' }).click();
  await window.page.getByText(/^Bit-identical:/).waitFor({ state: 'detached' });
});

it('nothing went wrong, and nothing was asked for elsewhere', () => expect(window.problems).toEqual([]));

function must(...args: string[]): string {
  const done = server.assay(...args);
  if (done.status !== 0) throw new Error(`\`assay ${args.join(' ')}\` failed: ${done.stderr}`);
  return done.stdout;
}

/** Loans that are mostly repaid by income; `stamp` says the answer beforehand, but for the rows where it is missing. */
function loans(): string {
  let state = 11;
  const noise = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const lines = Array.from({ length: 300 }, () => {
    const income = 1000 + 3000 * noise();
    const region = ['north', 'south', 'east'][Math.floor(3 * noise())] ?? 'north';
    const repaid = income + 1500 * (noise() - 0.5) > 2400;
    const amount = 200 + income * 0.4 + 300 * noise();
    const stamp = noise() < 0.6 ? (repaid ? 'green' : 'red') : '';
    return `${income.toFixed(0)},${region},${amount.toFixed(2)},${stamp},${repaid ? 'yes' : 'no'}`;
  });
  return ['income,region,amount,stamp,repaid', ...lines].join('\n') + '\n';
}
