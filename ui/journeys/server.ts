// A lab in a temporary folder and `assay serve` on it, on a free port of the loopback.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Server {
  /** `http://127.0.0.1:PORT/` */
  address: string;
  lab: string;
  /** Runs `assay --lab LAB --json ARGS` beside the server and returns what it printed. */
  assay(...args: string[]): { status: number; stdout: string; stderr: string };
  stop(): Promise<void>;
}

/** How long a server may take to answer before the journey gives up. */
const START_MS = 30_000;

export async function startServer(): Promise<Server> {
  const binary = process.env['ASSAY_BIN'];
  if (!binary) throw new Error('journeys need the executable: set ASSAY_BIN to the path of `assay`');
  const folder = mkdtempSync(join(tmpdir(), 'assay-journey-'));
  const lab = join(folder, 'lab');
  const assay = (...args: string[]) => {
    const { status, stdout, stderr, error } = spawnSync(binary, ['--lab', lab, '--json', ...args], {
      encoding: 'utf8',
    });
    if (error) throw error;
    return { status: status ?? -1, stdout, stderr };
  };
  const made = assay('init', lab);
  if (made.status !== 0) throw new Error(`cannot make a lab: ${made.stderr}`);
  const port = await freePort();
  const child = spawn(binary, ['--lab', lab, 'serve', '--port', String(port)], { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (data: Buffer) => said.push(data.toString()));
  const address = `http://127.0.0.1:${port}/`;
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answers(address, child, said);
  } catch (cause) {
    await stop();
    throw cause;
  }
  return { address, lab, assay, stop };
}

async function answers(address: string, child: ChildProcess, said: string[]): Promise<void> {
  const until = Date.now() + START_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`\`assay serve\` ended with ${child.exitCode}: ${said.join('')}`);
    const response = await fetch(address).catch(() => null);
    if (response?.ok) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`\`assay serve\` did not answer in ${START_MS / 1000} s: ${said.join('')}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await gone;
  clearTimeout(late);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const place = probe.address();
      const port = typeof place === 'object' && place ? place.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
