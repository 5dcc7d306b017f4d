// The quality of a data set: its profile in full, rules of any type, suites as files, the history, and the gate.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { visit, type Visit } from './browser';
import { makeFiles, type Files } from './files';
import { startServer, type Server } from './server';

let server: Server;
let window: Visit;
let files: Files;

beforeAll(async () => {
  files = makeFiles();
  server = await startServer();
  expect(server.assay('data', 'import', files.sample('penguins.csv')).status).toBe(0);
  window = await visit(server.address);
});
afterAll(async () => {
  await window?.close();
  await server?.stop();
  files?.remove();
});

const inspector = (name: string) => window.page.getByRole('complementary', { name });
const go = (hash: string) => window.page.evaluate((to) => void (location.hash = to), hash);

it('a column of the overview opens with all its figures', async () => {
  const { page } = window;
  await go('#/data/penguins');
  await page.getByRole('region', { name: 'body_mass_g, int' }).getByRole('button', { name: 'body_mass_g' }).click();
  await expect.poll(() => page.url()).toContain('column=body_mass_g');
  const side = inspector('Column');
  await side.getByText('skewness').waitFor();
  await expect.poll(() => side.innerText()).toMatch(/median\s+4,050/);
  await page.getByRole('grid', { name: 'Columns of the profile' }).getByText('sex', { exact: true }).click();
  await side.getByRole('heading', { name: 'sex' }).waitFor();
});

it('associations are a map and a list by a chosen method, kept in the address', async () => {
  const { page } = window;
  await page
    .getByRole('button', { name: 'Associations' })
    .or(page.getByText('Associations', { exact: true }))
    .first()
    .click();
  const map = page.getByRole('grid', { name: 'Pearson between columns' });
  await map.getByRole('button', { name: /^flipper_length_mm and body_mass_g: 0\.87/ }).click();
  await expect.poll(() => page.url()).toContain('pair=');
  await page.getByRole('grid', { name: 'Strongest pairs' }).getByText('0.871').waitFor();
  await page.getByText('Cramér’s V', { exact: true }).first().click();
  await expect.poll(() => page.url()).toContain('method=cramers_v');
  await page.getByRole('grid', { name: 'Cramér’s V between columns' }).waitFor();
});

it('notes stand by weight and lead to rows', async () => {
  const { page } = window;
  await go('#/data/penguins?tab=profile&show=notes');
  await page.getByRole('button', { name: 'Rows 4 and 340' }).click();
  await expect.poll(() => page.url()).toContain('row=4');
});

it('a type of rule is found by words, and its form is that of its arguments', async () => {
  const { page } = window;
  await go('#/data/penguins?tab=expectations');
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByLabel('Search the types of rules').fill('quantiles between');
  await page.keyboard.press('Enter');
  const rules = page.getByRole('list', { name: 'Rules of penguins' });
  await rules.getByText('quantiles is missing').waitFor();
  await page.getByLabel('column', { exact: true }).selectOption('body_mass_g');
  await page.getByLabel('quantiles', { exact: true }).fill('0.5: 4000 to 4100');
  await page.getByLabel('notes, if any').click();
  await rules.getByText('quantiles 0.5: 4,000 to 4,100').waitFor();
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByLabel('Search the types of rules').fill('not null');
  await page.keyboard.press('Enter');
  await page.getByLabel('column', { exact: true }).selectOption('sex');
  await page.getByLabel('notes, if any').fill('sex decides the model');
  await page.getByRole('button', { name: 'Save and check' }).click();
  await inspector('Expectations').getByText('1 failed').waitFor();
  await inspector('Expectations').getByText('11 missing').waitFor();
  await rules.getByText('sex decides the model').waitFor();
});

it('a broken rule stops training; with a reason it goes on, and the run says so', async () => {
  const { page } = window;
  await go('#/train?dataset=penguins@1&target=species&algorithm=decision_tree');
  await page
    .getByRole('button', { name: /^Train/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Train anyway…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Train anyway' });
  await expect.poll(() => dialog.getByRole('button', { name: 'Train anyway' }).isDisabled()).toBe(true);
  await dialog.getByLabel('Why it is trained all the same').fill('two birds were not sexed');
  await dialog.getByRole('button', { name: 'Train anyway' }).click();
  await page.getByRole('link', { name: 'Open the run' }).click();
  await page.getByRole('heading', { name: 'Expectations overridden' }).waitFor();
  await page.getByText('two birds were not sexed').first().waitFor();
});

it('a suite from a file says what was not understood, and checks the data without becoming its own', async () => {
  const { page } = window;
  const path = files.write(
    'orders.json',
    JSON.stringify({
      name: 'orders',
      expectations: [
        { type: 'expect_luck', kwargs: {} },
        { type: 'expect_column_values_to_be_unique', kwargs: { column: 'species' } },
      ],
    }),
  );
  await go('#/data/penguins?tab=expectations');
  await page.getByRole('button', { name: 'Files' }).click();
  await page.getByRole('menuitem', { name: 'Import a suite…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import a suite' });
  const choosing = page.waitForEvent('filechooser');
  await dialog.getByRole('button', { name: 'Choose a file' }).click();
  await (await choosing).setFiles(path);
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('list', { name: 'Not understood' }).getByText('expect_luck').waitFor();
  await page.getByRole('button', { name: 'Show the rules' }).click();
  await expect.poll(() => page.url()).toContain('suite=orders');
  await page.getByRole('button', { name: 'Check with it' }).click();
  await inspector('Expectations').getByText('did not run, counts as failed').waitFor();
});

it('the suite is exported as a file', async () => {
  const { page } = window;
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Files' }).click();
  await page.getByRole('menuitem', { name: 'Export as TOML, to edit' }).click();
  expect((await saving).suggestedFilename()).toBe('orders.toml');
});

it('a check is exported as JUnit XML, which continuous integration shows', async () => {
  const { page } = window;
  await go('#/data/penguins?tab=expectations');
  await inspector('Expectations').getByText('11 missing').waitFor();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Files' }).click();
  await page.getByRole('menuitem', { name: 'Export this check as JUnit XML' }).click();
  const download = await saving;
  expect(download.suggestedFilename()).toBe('penguins-v1-expectations.xml');
  expect(readFileSync(await download.path(), 'utf8')).toMatch(/<testsuites?[^>]*failures="1"/);
});

it('every check is in the history and can be looked at again', async () => {
  const { page } = window;
  await go('#/data/penguins?tab=expectations&part=history');
  const checks = page.getByRole('grid', { name: 'Checks of penguins' });
  await checks.getByText('orders v1').waitFor();
  await checks.getByText('penguins v1').last().click();
  await expect.poll(() => page.url()).toContain('check=');
  await inspector('Expectations').getByRole('button', { name: 'Show the newest' }).waitFor();
});

it('nothing went wrong, and nothing was asked for elsewhere', () => expect(window.problems).toEqual([]));
