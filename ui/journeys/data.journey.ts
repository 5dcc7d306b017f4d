// From a file to training on it: import, profile, rows, expectations, what they stop, a cancelled and a finished run.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { visit, type Visit } from './browser';
import { dropFiles, makeFiles, type Files } from './files';
import { startServer, type Server } from './server';

let server: Server;
let window: Visit;
let files: Files;

beforeAll(async () => {
  files = makeFiles();
  server = await startServer();
  window = await visit(server.address);
});
afterAll(async () => {
  await window?.close();
  await server?.stop();
  files?.remove();
});

const inspector = () => window.page.getByRole('complementary', { name: 'Expectations' });
const rows = () => window.page.getByRole('grid', { name: /^Rows of penguins/ });
const foot = () => window.page.locator('main .foot').first();
const go = (hash: string) => window.page.evaluate((to) => void (location.hash = to), hash);

it('a chosen file becomes a data set, and its page opens', async () => {
  const { page } = window;
  const path = files.sample('penguins.csv');
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Import a file' }).click();
  await (await choosing).setFiles(path);
  await page.getByRole('heading', { name: 'penguins', level: 1 }).waitFor();
  await expect.poll(() => page.url()).toContain('#/data/penguins');
  await page.getByText('344 rows', { exact: true }).waitFor();
});

it('its profile is seen: a figure for every column, missing cells, what is worth a look', async () => {
  const { page } = window;
  await page.getByRole('region', { name: 'body_mass_g, int' }).getByText('2 missing').waitFor();
  await expect.poll(() => page.getByRole('region', { name: 'species, text' }).innerText()).toContain('Gentoo');
  await page.getByRole('region', { name: 'Worth a look' }).getByRole('button', { name: 'Rows 4 and 340' }).click();
  await expect.poll(() => page.url()).toContain('row=4');
});

it('rows are filtered by the grammar, sorted by a head, and a mistake is told under the field', async () => {
  const { page } = window;
  const filter = page.getByLabel('Filter rows');
  await page.keyboard.press('/');
  await page.keyboard.type('island = "Dream" and body_mass_g > 4000');
  await expect.poll(() => foot().innerText()).toMatch(/that match, 344 in all/);
  await rows().getByRole('columnheader', { name: 'body_mass_g' }).getByRole('button').click();
  await expect.poll(() => page.url()).toContain('sort=body_mass_g.desc');
  await expect.poll(() => rows().getByRole('row').nth(1).innerText()).toContain('Dream');
  await filter.fill('island >> 3');
  await page.getByText('a value must stand here').waitFor();
  await filter.fill('');
  await expect.poll(() => foot().innerText()).toContain('of 344');
});

it('a value picked in a figure filters the rows', async () => {
  const { page } = window;
  await page.getByRole('region', { name: 'species, text' }).getByRole('button', { name: 'Gentoo' }).click();
  await expect.poll(() => foot().innerText()).toContain('124 that match');
  await page.getByLabel('Filter rows').fill('');
  await expect.poll(() => foot().innerText()).toContain('of 344');
});

it('the profile suggests rules with reasons; saved and checked, they all pass', async () => {
  const { page } = window;
  await inspector()
    .getByRole('button', { name: 'Suggest', exact: true })
    .or(inspector().getByRole('button', { name: 'Suggest from the profile' }))
    .first()
    .click();
  const suggested = page.getByRole('list', { name: 'Suggested rules' });
  await suggested.getByText('none of 344 rows lacks it').last().waitFor();
  await page.getByRole('button', { name: /^Add all/ }).click();
  await page.getByRole('button', { name: 'Save and check' }).click();
  await inspector()
    .getByText(/^\d+ passed$/)
    .waitFor();
  await page
    .locator('header')
    .getByText(/All \d+ rules passed/)
    .waitFor();
});

it('a critical rule that fails names its rows, and a click on one scrolls the table to it', async () => {
  const { page } = window;
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByLabel('Search the types of rules').fill('not null');
  await page.keyboard.press('Enter');
  await page.getByLabel('column', { exact: true }).selectOption('sex');
  await page.getByRole('button', { name: 'Save and check' }).click();
  await page
    .locator('header')
    .getByText(/Suite failed: \d+ of \d+ rules passed/)
    .waitFor();
  await inspector().getByRole('button', { name: 'row 12', exact: true }).click();
  await rows().locator('.tr.cursor').getByText('12', { exact: true }).waitFor();
});

it('it stops training, and the page says which rows and leads to them', async () => {
  const { page } = window;
  await page.getByRole('link', { name: 'Train on this' }).click();
  await page.getByLabel('Target column').waitFor();
  await expect.poll(() => page.getByLabel('Target column').inputValue()).toBe('species');
  await expect
    .poll(() =>
      page
        .getByRole('button', { name: /^Train/ })
        .first()
        .isEnabled(),
    )
    .toBe(true);
  await page.keyboard.press('Control+Enter');
  const stopped = page.getByRole('alert');
  await stopped.getByText('sex').first().waitFor();
  await expect.poll(() => stopped.innerText()).toContain('expectations failed');
  await page
    .getByRole('list', { name: 'Rules that stopped the training' })
    .getByRole('button', { name: 'row 4' })
    .waitFor();
  await page.getByRole('link', { name: 'Change the rules' }).click();
  await page.getByRole('list', { name: 'Rules of penguins' }).waitFor();
});

it('a rule taken out comes back by Undo; without it the suite holds', async () => {
  const { page } = window;
  const broken = page.getByRole('list', { name: 'Rules of penguins' }).getByRole('listitem').first();
  await broken.getByRole('button', { name: 'Take out' }).click();
  await page.getByText('1 change not saved').waitFor();
  await page.getByRole('button', { name: /^Undo/ }).last().click();
  await page.getByText('1 change not saved').waitFor({ state: 'detached' });
  await broken.getByRole('button', { name: 'Take out' }).click();
  await page.getByRole('button', { name: 'Save and check' }).click();
  await page
    .locator('header')
    .getByText(/All \d+ rules passed/)
    .waitFor();
});

it('a training is cancelled in place', async () => {
  const { page } = window;
  await go('#/train?dataset=penguins@1&target=species&p.n_estimators=2000&cv=100');
  await page
    .getByRole('button', { name: /^Train/ })
    .first()
    .click();
  const strip = page.getByRole('status', { name: 'Training' });
  await strip.getByRole('progressbar').waitFor();
  await strip.getByRole('button', { name: 'Cancel' }).click();
  await strip.getByText(/cancelled after/).waitFor();
});

it('another runs to its end and leads to its run', async () => {
  const { page } = window;
  await go('#/train?dataset=penguins@1&target=species&algorithm=decision_tree&cv=3&seed=7');
  await page.getByLabel('Seed').waitFor();
  await expect.poll(() => page.getByLabel('Seed').inputValue()).toBe('7');
  await page
    .getByRole('button', { name: /^Train/ })
    .first()
    .click();
  const strip = page.getByRole('status', { name: 'Training' });
  await strip.getByText(/Trained in/).waitFor();
  await strip.getByText('test.accuracy').waitFor();
  await strip.getByRole('link', { name: 'Open the run' }).click();
  await expect.poll(() => page.url()).toMatch(/#\/runs\/[0-9a-f]+/);
});

it('a recipe is changed line by line', async () => {
  const { page } = window;
  await go('#/train?dataset=penguins@1&target=species');
  const recipe = page.getByRole('table', { name: 'Recipe' });
  await recipe.getByRole('checkbox', { name: /island/ }).uncheck();
  await recipe.getByText('left out: left out by hand').waitFor();
  await page
    .getByText(/--recipe/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Undo the changes' }).click();
  await page.getByText(/--recipe/).waitFor({ state: 'detached' });
});

it('jobs tell how they ended', async () => {
  const { page } = window;
  await go('#/jobs');
  const jobs = page.getByRole('grid', { name: 'Jobs' });
  await jobs.getByText('cancelled').first().waitFor();
  await jobs.getByRole('link', { name: 'Show the run' }).first().waitFor();
  await page.getByRole('button', { name: 'Failed' }).click();
  await jobs.getByText('train', { exact: false }).first().click();
  await page.getByRole('complementary', { name: 'Job' }).getByRole('button', { name: 'Copy details' }).waitFor();
});

it('a dropped file is imported wherever one is; an empty one says what is wrong and can be read again', async () => {
  const { page } = window;
  await go('#/models');
  await dropFiles(page, { 'birds.csv': 'name,weight_g\nwren,9\nrobin,18\n' });
  await page.getByRole('heading', { name: 'birds', level: 1 }).waitFor();
  await page.getByText('2 rows', { exact: true }).waitFor();
  await dropFiles(page, { 'nothing.csv': '' });
  const dialog = page.getByRole('dialog', { name: 'The file was not imported' });
  await dialog.getByText('What is wrong').waitFor();
  await dialog.getByText('What to do').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
});

it('a file without names is read again with names', async () => {
  const { page } = window;
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Import…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import' });
  const choosing = page.waitForEvent('filechooser');
  await dialog.getByRole('button', { name: 'Choose a file' }).click();
  await (await choosing).setFiles(files.write('plain.csv', '39, Private, ?\n50, State-gov, 13\n'));
  await dialog.getByLabel('Name', { exact: true }).fill('adults');
  await dialog.getByText('The first row holds values').click();
  await dialog.getByLabel('Texts that mean missing').fill('?');
  for (const [column, name] of [
    [1, 'age'],
    [2, 'workclass'],
    [3, 'years'],
  ] as const) {
    await dialog.getByLabel(`Name of column ${column}`).fill(name);
    await page.keyboard.press('Tab');
    await dialog.getByLabel(`Type of ${name}`).waitFor();
  }
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('heading', { name: 'adults', level: 1 }).waitFor();
  await page.getByRole('region', { name: 'years, int' }).getByText('1 missing').waitFor();
  await page.getByRole('region', { name: 'workclass, text' }).getByText('State-gov').waitFor();
});

it('a deleted data set comes back by Undo', async () => {
  const { page } = window;
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Delete adults' }).click();
  await page.getByRole('grid', { name: 'Data sets' }).waitFor();
  await expect.poll(() => page.getByRole('grid', { name: 'Data sets' }).innerText()).not.toContain('adults');
  await page.getByRole('button', { name: /^Undo/ }).last().click();
  await page.getByRole('heading', { name: 'adults', level: 1 }).waitFor();
});

it('the lab is checked and the trash is emptied in the settings', async () => {
  const { page } = window;
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Delete adults' }).click();
  await page.getByRole('grid', { name: 'Data sets' }).waitFor();
  await go('#/settings');
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByText('The lab is whole').waitFor();
  const trash = page.getByRole('list', { name: 'In the trash' });
  await trash.getByText('adults').waitFor();
  await page.getByRole('button', { name: 'Empty', exact: true }).click();
  await page.getByRole('button', { name: 'Delete 1 thing for good' }).click();
  await trash.waitFor({ state: 'detached' });
});

it('nothing went wrong, and nothing was asked for elsewhere', () => expect(window.problems).toEqual([]));
