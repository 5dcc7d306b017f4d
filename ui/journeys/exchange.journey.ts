// A version signed, made smaller and pushed in one lab; pulled, checked and believed in another.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { visit, type Visit } from './browser';
import { makeFiles, type Files } from './files';
import { startServer, type Server } from './server';

let here: Server;
let there: Server;
let window: Visit;
let other: Visit;
let files: Files;
let folder: string;
let public_key: string;

beforeAll(async () => {
  files = makeFiles();
  [here, there] = await Promise.all([startServer(), startServer()]);
  folder = join(here.lab, '..', 'shared');
  must('data', 'import', files.sample('penguins.csv'));
  const run = must('train', 'penguins', '--target', 'species', '--algorithm', 'random_forest', '--seed', '7');
  must('model', 'register', (JSON.parse(run) as { run_id: string }).run_id, '--name', 'species');
  const keys = must('key', 'new', '--file', join(here.lab, '..', 'own.key'), '--name', 'ada');
  public_key = (JSON.parse(keys) as { own: { public_key: string } }).own.public_key;
  [window, other] = await Promise.all([visit(here.address), visit(there.address)]);
});
afterAll(async () => {
  await Promise.all([window?.close(), other?.close()]);
  files?.remove();
  await Promise.all([here?.stop(), there?.stop()]);
});

it('a version is signed with the key of the lab', async () => {
  const { page } = window;
  await page.goto(`${here.address}#/models/species`);
  await page.getByRole('button', { name: 'not signed' }).click();
  const dialog = page.getByRole('dialog', { name: 'Signature of species@1' });
  await dialog.getByText(public_key).waitFor();
  await dialog.getByRole('button', { name: 'Sign with the own key' }).click();
  await dialog.getByText('signed by ada').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'signed by ada' }).waitFor();
  expect(must('model', 'verify', 'species')).toContain('"status": "trusted"');
});

it('a smaller model is made and stands beside the original', async () => {
  const { page } = window;
  await page.getByRole('button', { name: 'Make one…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Make a smaller model of species@1' });
  const share = dialog.getByLabel('Share of the nodes that stays');
  await share.fill('3');
  await dialog.getByText('write a share of the nodes, over 0 and under 1').waitFor();
  await expect.poll(() => dialog.getByRole('button', { name: 'Make it' }).isDisabled()).toBe(true);
  await share.fill('0.4');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  const smaller = page.getByRole('region', { name: 'Smaller models' });
  await smaller.getByText('pruned').waitFor();
  const [original, pruned] = await Promise.all(
    [1, 2].map(async (row) => /([\d.]+) kB/.exec(await smaller.getByRole('row').nth(row).innerText())?.[1]),
  );
  expect(Number(pruned)).toBeLessThan(Number(original));
});

it('it is pushed to a shared folder', async () => {
  const { page } = window;
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Push to a shared folder…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Push species@1' });
  await dialog.getByLabel('Shared folder').fill('shared');
  await dialog.getByText('write the whole path, from the root of the disk').waitFor();
  await dialog.getByLabel('Shared folder').fill(folder);
  await page.keyboard.press('Enter');
  await page.getByText('is in the shared folder').waitFor();
  await dialog.waitFor({ state: 'detached' });
});

it('another lab refuses it while a byte of it is not as it was', async () => {
  const { page } = other;
  const card = join(folder, 'species', '1', 'MODEL_CARD.md');
  const whole = readFileSync(card);
  writeFileSync(card, Buffer.concat([whole, Buffer.from(' ')]));
  await page.goto(`${there.address}#/models?do=pull`);
  const dialog = page.getByRole('dialog', { name: 'Pull from a shared folder' });
  await dialog.getByLabel('Shared folder').fill(folder);
  await page.keyboard.press('Enter');
  await dialog.getByText('damaged: MODEL_CARD.md').waitFor();
  await expect.poll(() => dialog.getByRole('button', { name: 'Nothing to pull' }).isDisabled()).toBe(true);
  writeFileSync(card, whole);
  await dialog.getByRole('button', { name: 'Look again' }).click();
  await dialog.getByText('damaged: MODEL_CARD.md').waitFor({ state: 'detached' });
});

it('nor does it take what a key has signed that it does not know', async () => {
  const { page } = other;
  const dialog = page.getByRole('dialog', { name: 'Pull from a shared folder' });
  await dialog.getByText('signed by a key that is not trusted').waitFor();
  await expect.poll(() => dialog.getByRole('button', { name: 'Nothing to pull' }).isDisabled()).toBe(true);
  await dialog.getByLabel('Whose key').fill('ada');
  await dialog.getByLabel('Public key').fill('RWQnonsense');
  await dialog.getByRole('button', { name: 'Trust' }).click();
  await dialog.getByRole('alert').waitFor();
  await dialog.getByLabel('Public key').fill(public_key);
  await page.keyboard.press('Enter');
  await dialog.getByText('signed by ada').waitFor();
  await expect.poll(() => dialog.getByRole('alert').count()).toBe(0);
});

it('once the key is trusted it is pulled', async () => {
  const { page } = other;
  const dialog = page.getByRole('dialog', { name: 'Pull from a shared folder' });
  await dialog.getByRole('button', { name: 'Pull 1 version' }).click();
  await page.getByText('1 version came from the shared folder').waitFor();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('grid', { name: 'Models' }).getByText('species').click();
  await page.getByRole('heading', { name: 'species@1' }).waitFor();
  await page.getByRole('button', { name: 'signed by ada' }).click();
  const keys = page.getByRole('dialog', { name: 'Signature of species@1' });
  await keys.getByText('None. New versions are not signed.').waitFor();
  await keys.getByText('1 key', { exact: true }).waitFor();
  await page.keyboard.press('Escape');
});

it('nothing went wrong, and nothing was asked for elsewhere', () =>
  expect([...window.problems, ...other.problems]).toEqual([]));

function must(...args: string[]): string {
  const done = here.assay(...args);
  if (done.status !== 0) throw new Error(`\`assay ${args.join(' ')}\` failed: ${done.stderr}`);
  return done.stdout;
}
