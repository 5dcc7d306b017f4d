// The links that MLflow's client prints at the end of a run, and those that people kept of MLflow's own pages.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { visit, type Visit } from './browser';
import { startServer, type Server } from './server';

let server: Server;
let window: Visit;
let experiment = '';
let run = '';

beforeAll(async () => {
  server = await startServer();
  experiment = (await post('experiments/create', { name: 'from a notebook' })).experiment_id;
  const made = await post('runs/create', { experiment_id: experiment, run_name: 'first', start_time: 1 });
  run = made.run.info.run_id;
  await post('runs/create', { experiment_id: '0', run_name: 'of another', start_time: 1 });
  await post('registered-models/create', { name: 'nsw price' });
  const source = `mlflow-artifacts:/${experiment}/${run}/artifacts/model`;
  await post('model-versions/create', { name: 'nsw price', source, run_id: run });
  window = await visit(server.address);
});
afterAll(async () => {
  await window?.close();
  await server?.stop();
});

const open = (hash: string) => window.page.goto(`${server.address}${hash}`);
const place = () => new URL(window.page.url()).hash;

it('a run', async () => {
  await open(`#/experiments/${experiment}/runs/${run}`);
  await window.page.getByRole('heading', { name: 'first' }).waitFor();
  await expect.poll(place).toBe(`#/runs/${run}`);
});

it('an experiment', async () => {
  await open(`#/experiments/${experiment}`);
  await window.page.getByRole('grid', { name: 'Runs' }).getByText('first').waitFor();
  await expect.poll(place).toBe('#/runs?experiment=from+a+notebook');
  await expect.poll(() => window.page.getByRole('grid', { name: 'Runs' }).getByText('of another').count()).toBe(0);
});

it('an experiment that is not there: all runs', async () => {
  await open('#/experiments/987654321');
  await window.page.getByRole('grid', { name: 'Runs' }).getByText('of another').waitFor();
  await expect.poll(place).toBe('#/runs');
});

it('a model and a version of it', async () => {
  await open('#/models/nsw%20price');
  await window.page.getByRole('heading', { name: 'nsw price' }).first().waitFor();
  await open('#/models/nsw%20price/versions/1');
  await expect.poll(place).toBe('#/models/nsw%20price/v1');
  await window.page.getByRole('heading', { name: 'nsw price' }).first().waitFor();
  expect(window.problems).toEqual([]);
});

interface Answer {
  experiment_id: string;
  run: { info: { run_id: string } };
}

async function post(call: string, body: object): Promise<Answer> {
  const response = await fetch(`${server.address}api/2.0/mlflow/${call}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status, call).toBe(200);
  return (await response.json()) as Answer;
}
