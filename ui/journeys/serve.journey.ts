// The page of servers: the one that is used stands there, with the command that begins another.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { visit, type Visit } from './browser';
import { startServer, type Server } from './server';

let server: Server;
let window: Visit;

beforeAll(async () => {
  server = await startServer();
  window = await visit(server.address);
  await window.page.goto(`${server.address}#/serve?tab=server`);
});
afterAll(async () => {
  await window?.close();
  await server?.stop();
});

it('says that this page comes from it, and how to begin it', async () => {
  await window.page.getByText(`You are using it: this page comes from ${server.address}`).waitFor();
  await window.page.getByText(`assay --lab ${server.lab} serve`, { exact: true }).waitFor();
  const grid = window.page.getByRole('grid', { name: 'Servers of this lab' });
  await expect.poll(() => grid.innerText()).toContain('this page');
  await window.page.getByText('127.0.0.1', { exact: true }).waitFor();
});

it('shows the line that points MLflow clients at it', async () => {
  const uri = server.address.replace(/\/$/, '');
  await window.page.getByText(`MLFLOW_TRACKING_URI=${uri}`, { exact: true }).waitFor();
  await expect.poll(() => window.page.getByRole('button', { name: 'Turn on' }).count()).toBe(0);
});

it('nothing went wrong, and nothing was asked for elsewhere', () => expect(window.problems).toEqual([]));
