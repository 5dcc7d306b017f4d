// A model on its way: a gate refuses it until the data is checked, then it is promoted, named and verified.

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
  await window.page.goto(`${server.address}#/models`);
});
afterAll(async () => {
  await window?.close();
  files?.remove();
  await server?.stop();
});

const dialog = (name: string) => window.page.getByRole('dialog', { name });
const stage = () => window.page.getByRole('list', { name: 'Stage' }).locator('[aria-current=step]').innerText();

it('a model opens from the list with its lineage, signature and graph', async () => {
  const row = window.page.getByRole('grid', { name: 'Models' }).getByText('penguin-species');
  await row.waitFor();
  await window.page.keyboard.press('/');
  await window.page.keyboard.type('nothing like it');
  await window.page.getByText('No model matches.').waitFor();
  await window.page.getByRole('button', { name: 'Clear the filter' }).click();
  await row.click();
  await window.page.getByRole('heading', { name: 'penguin-species@1' }).waitFor();
  await expect.poll(stage).toContain('Development');
  await window.page.getByRole('link', { name: /data set penguins@1/ }).waitFor();
  await window.page.getByRole('cell', { name: 'Biscoe, Dream, Torgersen' }).waitFor();
  await window.page.getByRole('img', { name: /The exported graph: 6 columns in/ }).waitFor();
  await window.page.getByText('chain intact').waitFor();
});

it('the gate of production refuses while the data is not checked, and says which condition', async () => {
  await window.page.getByRole('button', { name: 'Promote', exact: true }).click();
  const promote = dialog('Promote penguin-species@1');
  await promote.getByRole('button', { name: 'Production' }).click();
  await promote.getByText('The gate of production refuses: 1 condition not met.').waitFor();
  await expect
    .poll(() => promote.getByRole('row', { name: /expectations/ }).innerText())
    .toMatch(/not checked\s+failed/);
  await promote.getByRole('button', { name: 'Move to production' }).click();
  await promote.getByText(/its gate refused: expectations needs suite passes, measured not checked/).waitFor();
  await expect.poll(stage).toContain('Development');
});

it('once the data is checked it passes, with the reason in the audit log', async () => {
  const promote = dialog('Promote penguin-species@1');
  must('expect', 'suggest', 'penguins');
  must('expect', 'check', 'penguins');
  await promote.getByText('The gate of production lets it pass.').waitFor();
  await promote.getByRole('textbox', { name: 'Why' }).fill('the first of its kind');
  await promote.getByRole('button', { name: 'Move to production' }).click();
  await promote.waitFor({ state: 'detached' });
  await expect.poll(stage).toContain('Production');
  await window.page.getByText(/Reason: the first of its kind/).waitFor();
});

it('an alias points here, and undo takes it away', async () => {
  await window.page.getByRole('button', { name: 'Alias…' }).click();
  await dialog('Alias of penguin-species@1').getByLabel('Alias').fill('champion');
  await window.page.keyboard.press('Enter');
  await window.page.getByTitle('penguin-species@champion means this version').waitFor();
  await window.page.goto(`${server.address}#/models/penguin-species/champion`);
  await window.page.getByRole('heading', { name: 'penguin-species@1' }).waitFor();
  await window.page.keyboard.press('Control+z');
  // Its page was asked for by the alias, which is gone.
  await window.page.getByRole('link', { name: 'Show all models' }).click();
  await window.page.getByRole('grid', { name: 'Models' }).getByText('penguin-species').click();
  await window.page.getByRole('heading', { name: 'penguin-species@1' }).waitFor();
  await expect.poll(() => window.page.getByTitle('penguin-species@champion means this version').count()).toBe(0);
});

it('verifying says how many files are equal, exporting refuses a folder that holds something', async () => {
  await window.page.goto(`${server.address}#/models/penguin-species`);
  await window.page.getByRole('button', { name: 'Verify' }).click();
  await window.page.getByText(/is whole: \d+ files, checksums equal/).waitFor();
  await window.page.getByText(/rows predicted, 0 label flips/).waitFor();
  await window.page.getByRole('button', { name: 'Export…' }).click();
  const exporting = dialog('Export penguin-species@1');
  await exporting.getByRole('textbox').fill(server.lab);
  await exporting.getByRole('button', { name: 'Export the folder' }).click();
  await exporting.getByText(/the folder is not empty/).waitFor();
  await exporting.getByRole('textbox').fill(`${server.lab}-exported`);
  await exporting.getByRole('button', { name: 'Export the folder' }).click();
  await exporting.waitFor({ state: 'detached' });
  await window.page.getByText(/is exported/).waitFor();
});

it('the card is read, changed and written anew; links in it lead nowhere', async () => {
  await window.page.getByRole('button', { name: 'Card…' }).click();
  const card = dialog('Card of penguin-species@1');
  await card.getByRole('heading', { name: 'penguin-species, version 1' }).waitFor();
  await card.getByRole('cell', { name: 'balanced_accuracy' }).waitFor();
  await card.getByRole('button', { name: 'Edit' }).click();
  await card.getByRole('textbox').fill('# Ours\n\n<b>bold</b> and [a link](http://elsewhere.example/)\n');
  await window.page.keyboard.press('Escape');
  await card.waitFor({ state: 'detached' });
  await window.page.getByRole('button', { name: 'Card…' }).click();
  await card.getByText('with changes that are not saved').waitFor();
  await card.getByRole('button', { name: 'Save' }).click();
  await card.getByText('not as it would be written now').waitFor();
  await card.getByRole('button', { name: 'Read' }).click();
  await card.getByRole('heading', { name: 'Ours' }).waitFor();
  await expect.poll(() => card.locator('a, b, img').count()).toBe(0);
  await card.getByRole('button', { name: 'Write it anew' }).click();
  await card.getByText('written from what is known').waitFor();
  await card.getByText('Close', { exact: true }).click();
  expect(must('model', 'verify', 'penguin-species')).toContain('"passed": true');
});

it('a model is rolled back to the version that was in production before', async () => {
  const { run_id } = (JSON.parse(must('model', 'show', 'penguin-species')) as { version: { run_id: string } }).version;
  must('model', 'register', run_id, '--name', 'penguin-species');
  must('model', 'promote', 'penguin-species@2', '--to', 'production');
  await window.page.goto(`${server.address}#/models/penguin-species/2`);
  // The menu is made of what the page knows when it opens.
  const item = window.page.getByRole('menuitem', { name: 'Roll back to @1…' });
  const opened = async () => {
    await window.page.keyboard.press('Escape');
    await window.page.getByRole('button', { name: 'More' }).click();
    return item.isVisible();
  };
  await expect.poll(opened).toBe(true);
  await item.click();
  const rollback = dialog('Roll penguin-species back');
  await rollback.getByRole('textbox', { name: 'Why' }).fill('it drifts');
  await rollback.getByRole('button', { name: 'Back to version 1' }).click();
  await window.page.getByText('is in production again').waitFor();
  await expect.poll(stage).toContain('Archived');
  await window.page.goto(`${server.address}#/models/penguin-species/1`);
  await window.page.getByText(/Reason: it drifts/).waitFor();
});

it('a deleted model comes back with Undo', async () => {
  await window.page.reload();
  await window.page.getByRole('button', { name: 'More' }).click();
  await window.page.getByRole('menuitem', { name: 'Delete penguin-species' }).click();
  await window.page.getByText('is in the trash').waitFor();
  await window.page.getByText('A good run becomes a model').waitFor();
  await window.page.getByRole('button', { name: /^Undo Ctrl/ }).click();
  await window.page.getByRole('heading', { name: /^penguin-species@/ }).waitFor();
});

it('nothing went wrong, and nothing was asked for elsewhere', () => expect(window.problems).toEqual([]));

function must(...args: string[]): string {
  const done = server.assay(...args);
  if (done.status !== 0) throw new Error(`\`assay ${args.join(' ')}\` failed: ${done.stderr}`);
  return done.stdout;
}
