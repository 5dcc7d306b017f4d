// The line of versions: tagged, compared, restored, followed to its files and runs; folders that are watched.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { visit, type Visit } from './browser';
import { makeFiles, type Files } from './files';
import { startServer, type Server } from './server';

let server: Server;
let window: Visit;
let files: Files;

const FIRST = 'order,region,price\n1,north,10\n2,south,20\n3,west,30\n4,north,40\n';
const SECOND = 'order,region,price,currency\n2,south,25,eur\n3,west,30,eur\n4,east,40,eur\n5,north,50,eur\n';

beforeAll(async () => {
  files = makeFiles();
  server = await startServer();
  for (const [file, text] of Object.entries({ 'may.csv': FIRST, 'june.csv': SECOND }))
    expect(server.assay('data', 'import', files.write(file, text), '--name', 'sales').status).toBe(0);
  window = await visit(server.address);
});
afterAll(async () => {
  await window?.close();
  await server?.stop();
  files?.remove();
});

const go = (hash: string) => window.page.evaluate((to) => void (location.hash = to), hash);
const versions = () => window.page.getByRole('grid', { name: 'Versions of sales' });

it('a version is tagged, and the tag is taken away and brought back', async () => {
  const { page } = window;
  await go('#/data/sales?tab=versions');
  await versions().getByText('+ currency').waitFor();
  await page.getByRole('button', { name: 'Tag v2…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Tag of sales v2' });
  await dialog.getByLabel('Tag').fill('live');
  await dialog.getByRole('button', { name: 'Set the tag' }).click();
  await versions().getByText('live').waitFor();
  await page.getByRole('button', { name: 'Remove the tag live' }).click();
  await versions().getByText('live').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^Undo/ }).last().click();
  await versions().getByText('live').waitFor();
});

it('two versions are laid side by side: columns first', async () => {
  const { page } = window;
  await page.getByRole('link', { name: 'Compare v1 and v2' }).click();
  await expect.poll(() => page.url()).toContain('left=1&right=2');
  await page.getByRole('list', { name: 'Changes of the schema' }).getByText('currency').waitFor();
  const changes = page.getByRole('grid', { name: 'Changes of distribution' });
  await changes.getByText('the mean rises from 25 to 36.25').waitFor();
});

it('with a key it says which rows changed, and how', async () => {
  const { page } = window;
  await page.getByRole('tab', { name: /^Rows/ }).click();
  await page.getByRole('button', { name: /^Key/ }).click();
  await page.getByRole('menuitemcheckbox', { name: 'order' }).click();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.url()).toContain('key=order');
  const changed = page.getByRole('grid', { name: 'Rows that changed' });
  await changed.getByText('price 20 → 25').waitFor();
  await changed.getByText('region north → east').waitFor();
  await page.getByRole('button', { name: '1 removed' }).click();
  await page.getByRole('grid', { name: 'Rows removed' }).getByText('10').waitFor();
});

it('an older version becomes the newest again', async () => {
  const { page } = window;
  await go('#/data/sales?tab=versions&chosen=1');
  await page.getByRole('button', { name: 'Restore v1' }).click();
  await versions().getByText('v1, restored').waitFor();
  await page.getByText('v1 is the newest again, as v3').waitFor();
});

it('the lineage leads from the file to the versions, by links and as a list', async () => {
  const { page } = window;
  await go('#/data/sales/v2');
  await page.getByRole('link', { name: 'Lineage' }).click();
  const graph = page.getByRole('navigation', { name: 'Lineage' });
  await graph.getByText('june.csv').waitFor();
  await page.getByRole('complementary').getByText('imported from').first().waitFor();
  const node = graph.getByRole('link', { name: /sales@2/ });
  await node.focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.url()).toMatch(/#\/data\/sales\/v?2/);
});

it('a lineage of what is not there says so', async () => {
  const { page } = window;
  await go('#/lineage/nothing@1');
  await page.getByText('What is wrong').waitFor();
  await page.getByRole('link', { name: 'Show all data sets' }).waitFor();
});

it('a watched folder imports what lands in it, and says why a file was left alone', async () => {
  const { page } = window;
  const folder = join(server.lab, '..', 'inbox');
  mkdirSync(folder);
  writeFileSync(join(folder, 'notes.docx'), 'no data');
  await go('#/data');
  await page.getByRole('button', { name: 'Watched folders' }).click();
  const panel = page.getByRole('complementary', { name: 'Watched folders' });
  await panel.getByRole('button', { name: 'Watch a folder' }).click();
  const dialog = page.getByRole('dialog', { name: 'Watch a folder' });
  await dialog.getByLabel('Folder').fill(join(folder, 'nowhere'));
  await dialog.getByRole('button', { name: 'Watch it' }).click();
  await dialog.getByText('What is wrong').waitFor();
  await dialog.getByLabel('Folder').fill(folder);
  await dialog.getByRole('button', { name: 'Watch it' }).click();
  await dialog.waitFor({ state: 'detached' });
  await panel.getByText('its ending names no kind of data').waitFor();
  writeFileSync(join(folder, 'parts.csv'), 'part,weight\nbolt,3\nnut,1\n');
  await panel.getByRole('link', { name: 'parts@1' }).waitFor();
  await panel.getByRole('button', { name: 'Stop watching inbox' }).click();
  await panel.getByText('notes.docx').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^Undo/ }).last().click();
  await panel.getByText('notes.docx').waitFor();
  rmSync(folder, { recursive: true, force: true });
});

it('nothing went wrong, and nothing was asked for elsewhere', () => expect(window.problems).toEqual([]));
