// ONNX files of other libraries: one becomes a version, one needs allowing, one is none; two are compared.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { visit, type Visit } from './browser';
import { dropFiles, makeFiles, onnxFile, type Files } from './files';
import { startServer, type Server } from './server';

let server: Server;
let window: Visit;
let files: Files;

beforeAll(async () => {
  server = await startServer();
  files = makeFiles();
  window = await visit(server.address);
});
afterAll(async () => {
  await window?.close();
  files?.remove();
  await server?.stop();
});

const dialog = (name: string) => window.page.getByRole('dialog', { name });
const drop = (name: string) => dropFiles(window.page, { [name]: readFileSync(onnxFile(name)) });
const compare = (query: string) => window.page.goto(`${server.address}#/onnx/diff?${query}`);

it('a dropped file says what it is and becomes a version, which is tried once', async () => {
  const { page } = window;
  await drop('pipeline.onnx');
  const importing = dialog('Import pipeline.onnx');
  await importing.getByText('takes city').waitFor();
  await expect.poll(() => importing.getByLabel('Model').inputValue()).toBe('pipeline');
  await importing.getByLabel('Model').fill('fares');
  await importing.getByRole('button', { name: 'Import' }).click();
  await page.getByRole('heading', { name: 'fares@1' }).waitFor();
  const imported = page.getByRole('region', { name: 'Imported' });
  await imported.getByText('pipeline.onnx').waitFor();
  await expect.poll(() => imported.innerText()).toMatch(/gave probabilities/);
  await page.getByRole('table').getByText('city').waitFor();
  const { version } = JSON.parse(must('model', 'show', 'fares')) as { version: { imported: { file_name: string } } };
  expect(version.imported.file_name).toBe('pipeline.onnx');
});

it('it is asked from the form of its columns', async () => {
  const { page } = window;
  await page.goto(`${server.address}#/serve?tab=try&model=fares`);
  await page.getByLabel('age', { exact: true }).fill('30');
  await page.getByLabel('fare', { exact: true }).fill('7.25');
  await page.getByLabel('city', { exact: true }).fill('north');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('region', { name: 'Answer' }).getByText('fares@1').waitFor();
});

it('operators that nobody defines are refused until they are allowed', async () => {
  await drop('custom_operator.onnx');
  const importing = dialog('Import custom_operator.onnx');
  await importing.getByText(/neither ONNX nor ONNX Runtime define/).waitFor();
  const act = importing.getByRole('button', { name: 'Import' });
  await expect.poll(() => act.isDisabled()).toBe(true);
  await importing.getByRole('checkbox', { name: 'Register it even if it cannot be run here' }).check();
  await act.click();
  await window.page.getByRole('heading', { name: 'custom_operator@1' }).waitFor();
  await window.page.getByText(/It could not be run here:/).waitFor();
});

it('a damaged file says so and stays out', async () => {
  const bytes = readFileSync(onnxFile('pipeline.onnx'));
  await dropFiles(window.page, { 'half.onnx': bytes.subarray(0, bytes.length / 2) });
  const importing = dialog('Import half.onnx');
  await importing.getByText('The file cannot be read').waitFor();
  await expect.poll(() => importing.getByRole('button', { name: 'Import' }).isDisabled()).toBe(true);
  await importing.getByRole('button', { name: 'Cancel' }).click();
  await importing.waitFor({ state: 'detached' });
});

it('two files are compared: the nodes and constants that differ are named', async () => {
  const { page } = window;
  const [a, b] = [onnxFile('cnn.onnx'), onnxFile('cnn_changed.onnx')];
  await compare(`a=${encodeURIComponent(`file:${a}`)}&b=${encodeURIComponent(`file:${b}`)}`);
  const nodes = page.getByRole('region', { name: 'Nodes' });
  await nodes.getByText('+ came').first().waitFor();
  await page.getByRole('region', { name: 'Weights' }).getByText('relative norm').waitFor();
  await page.getByRole('tab', { name: 'Drawing' }).click();
  await page.getByRole('application').waitFor();
  await page.getByRole('tab', { name: 'Graph and weights' }).click();
  await nodes.getByRole('button').first().click();
  await page.getByRole('application').waitFor();
  await expect.poll(() => page.url()).toMatch(/[?&]node=\d+/);
});

it('two versions are asked about the rows of a data set, and say where they disagree', async () => {
  const { page } = window;
  must('data', 'import', files.sample('penguins.csv'));
  for (const algorithm of ['logistic_regression', 'gaussian_nb']) {
    const run = must('train', 'penguins', '--target', 'species', '--algorithm', algorithm, '--seed', '7');
    must('model', 'register', (JSON.parse(run) as { run_id: string }).run_id, '--name', 'species');
  }
  await compare('a=species@1&b=species@2');
  await page.getByLabel('Rows that both are asked about').selectOption('penguins@1');
  await page.getByText(/^The two agree on [\d.]+ % of 344 rows/).waitFor();
  await page.getByRole('tab', { name: 'Predictions' }).click();
  await page.getByRole('region', { name: 'Agreement' }).getByText('344 rows of data set penguins@1').waitFor();
  const slices = page.getByRole('region', { name: 'Slices that differ most' });
  await expect.poll(() => slices.getByRole('row').count()).toBeGreaterThan(1);
});

it('what cannot be compared says why', async () => {
  await compare(`a=species@1&b=${encodeURIComponent(`file:${server.lab}/nowhere.onnx`)}`);
  await window.page
    .getByRole('alert')
    .getByText(/nowhere\.onnx: /)
    .waitFor();
  await window.page.getByRole('button', { name: 'Try again' }).waitFor();
});

it('nothing went wrong, and nothing was asked for elsewhere', () => expect(window.problems).toEqual([]));

function must(...args: string[]): string {
  const done = server.assay(...args);
  if (done.status !== 0) throw new Error(`\`assay ${args.join(' ')}\` failed: ${done.stderr}`);
  return done.stdout;
}
