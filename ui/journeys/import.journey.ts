// A file looked at before it is imported: sheets, folders, zones, what is remembered, and rows that cannot be read.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { visit, type Visit } from './browser';
import { dropFiles, makeFiles, type Files } from './files';
import { startServer, type Server } from './server';

let server: Server;
let window: Visit;
let files: Files;

const BOOK = fileURLToPath(new URL('../../crates/frame/tests/fixtures/formats/book.xlsx', import.meta.url));

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

const go = (hash: string) => window.page.evaluate((to) => void (location.hash = to), hash);
const dialog = () => window.page.getByRole('dialog', { name: 'Import' });
const heading = (name: string) => window.page.getByRole('heading', { name, level: 1, exact: true });

/** Opens the dialog on a path of the computer where the lab is. */
async function look(path: string) {
  const { page } = window;
  await go('#/data');
  await page
    .getByRole('button', { name: 'Import with a preview…' })
    .or(page.getByRole('button', { name: 'Look at one first…' }))
    .click();
  await dialog().getByLabel('File, folder or pattern').fill(path);
  await page.keyboard.press('Tab');
}

const store = () => dialog().getByRole('button', { name: 'Import', exact: true }).click();

it('the sheet of a workbook is chosen, and its rows are seen before they are stored', async () => {
  await look(BOOK);
  const rows = dialog().getByRole('region', { name: 'First rows' });
  await rows.getByText('007').waitFor();
  await dialog().getByText('The workbook has 3 sheets').waitFor();
  await dialog().getByLabel('Sheet or table').selectOption('other sheet');
  await rows.getByText('007').waitFor({ state: 'detached' });
  await dialog().getByLabel('Sheet or table').selectOption('measures');
  await rows.getByText('007').waitFor();
  await dialog().getByLabel('Name', { exact: true }).fill('measures');
  await store();
  await heading('measures').waitFor();
  await window.page.getByRole('region', { name: 'when, datetime' }).waitFor();
});

it('a folder of files alike is one data set', async () => {
  const folder = join(server.lab, '..', 'months');
  mkdirSync(folder);
  writeFileSync(join(folder, 'may.csv'), 'order,price\n1,10\n2,20\n');
  writeFileSync(join(folder, 'june.csv'), 'order,price\n3,30\n4,40\n5,50\n');
  await look(folder);
  await dialog().getByText('2 files').waitFor();
  await store();
  await heading('months').waitFor();
  await window.page.locator('main header').getByText('5 rows').waitFor();
  rmSync(folder, { recursive: true, force: true });
});

it('a column of times gets a zone and one of amounts its digits, and every page says so', async () => {
  const { page } = window;
  await look(files.write('calls.csv', 'at,cost\n2026-01-01T00:30:00+01:00,1.50\n2026-07-01T12:00:00+02:00,20.25\n'));
  await dialog().getByLabel('Type of at').selectOption('zone');
  const zone = dialog().getByLabel('Zone of at');
  await zone.fill('Europe/Berlin');
  await zone.press('Tab');
  await dialog().getByLabel('Type of cost').selectOption('decimal');
  const digits = dialog().getByLabel('Digits of cost');
  await digits.fill('10,2');
  await digits.press('Tab');
  await dialog().getByText("--type 'cost=decimal(10,2)'").waitFor();
  await store();
  await heading('calls').waitFor();
  const cell = page.getByRole('region', { name: 'at, datetime(Europe/Berlin)' });
  await cell.waitFor();
  await page.getByRole('region', { name: 'cost, decimal(10,2)' }).waitFor();
  await page
    .getByRole('grid', { name: /^Rows of calls/ })
    .getByText('2026-01-01 00:30:00')
    .waitFor();
  await go('#/data/calls?tab=profile');
  await page.getByRole('grid', { name: 'Columns of the profile' }).getByText('datetime(Europe/Berlin)').waitFor();
  await go('#/train?dataset=calls@1');
  await page.getByLabel('Target column').getByText('cost, decimal(10,2)').waitFor({ state: 'attached' });
});

it('a file of the same shape is read as the one before, once that was seen; or found out afresh', async () => {
  const { page } = window;
  await go('#/data');
  await dropFiles(page, { 'august.csv': 'at,cost\n2026-08-01T08:00:00+02:00,7.00\n' });
  await dialog().getByText('Read as the last file of this shape was read.').waitFor();
  await expect.poll(() => dialog().getByLabel('Zone of at').inputValue()).toBe('Europe/Berlin');
  await dialog().getByRole('button', { name: 'Find everything out afresh' }).click();
  await dialog().getByLabel('Zone of at').waitFor({ state: 'detached' });
  await dialog().getByRole('button', { name: 'Cancel' }).click();
  await dropFiles(page, { 'august.csv': 'at,cost\n2026-08-01T08:00:00+02:00,7.00\n' });
  await dialog().getByText('Read as the last file of this shape was read.').waitFor();
  await store();
  await heading('august').waitFor();
  await page.getByRole('region', { name: 'cost, decimal(10,2)' }).waitFor();
});

it('rows that cannot be read are listed, set aside, and saved as a file', async () => {
  const { page } = window;
  await look(files.write('birds.csv', 'bird,weight\nwren,9\nrobin,18,brown\nowl,300\n'));
  const bad = dialog().getByRole('table', { name: 'Rows that cannot be read' });
  await bad.getByText('robin,18,brown').waitFor();
  await dialog().getByText('so the import will be refused').waitFor();
  await dialog().getByRole('button', { name: 'Set them aside', exact: true }).click();
  await dialog().getByText('and will be set aside').waitFor();
  await store();
  await heading('birds').waitFor();
  await page.getByRole('button', { name: '1 row set aside' }).click();
  const aside = page.getByRole('dialog', { name: '1 row set aside' });
  await aside.getByText('robin,18,brown').waitFor();
  const saving = page.waitForEvent('download');
  await aside.getByRole('button', { name: 'Save them as CSV' }).click();
  const download = await saving;
  expect(download.suggestedFilename()).toBe('birds-v1-set-aside.csv');
  expect(readFileSync(await download.path(), 'utf8')).toContain('robin,18,brown');
  await aside.getByRole('button', { name: 'Close' }).first().click();
  await aside.waitFor({ state: 'detached' });
});

it('what is not there cannot be imported, and says why', async () => {
  await look(join(server.lab, '..', 'nowhere.csv'));
  await dialog().getByText('the file does not exist').waitFor();
  await expect.poll(() => dialog().getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true);
  await dialog().getByRole('button', { name: 'Cancel' }).click();
});

it('nothing went wrong, and nothing was asked for elsewhere', () => expect(window.problems).toEqual([]));
