// The pictures of the README, made from the running program: the sample lab, `assay serve` on it, a browser.
// ASSAY_BIN names the executable, CHROMIUM the browser.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const binary = process.env['ASSAY_BIN'];
if (!binary) throw new Error('pictures need the executable: set ASSAY_BIN to the path of `assay`');

const folder = mkdtempSync(join(tmpdir(), 'assay-pictures-'));
const lab = join(folder, 'power');
const target = new URL('../../assets/pictures/', import.meta.url).pathname;
mkdirSync(target, { recursive: true });

const assay = (...args) => {
  const { status, stdout, stderr } = spawnSync(binary, ['--lab', lab, '--json', ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
};
const replay = assay('demo', lab).replay_id;
const runs = assay('runs', 'list').runs.filter((run) => run.experiment === 'penguins');

const server = spawn(binary, ['--lab', lab, 'serve', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
const address = await new Promise((done) => server.stdout.once('data', (data) => done(data.toString().trim())));
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-sync'],
});

const places = [
  ['data', '#/data/penguins', ['light', 'dark']],
  ['profile', '#/data/penguins?tab=profile&show=associations', ['dark']],
  ['lineage', '#/lineage/penguins', ['light']],
  ['runs', `#/runs?runs=${runs.map((run) => run.run_id).join(',')}`, ['light', 'dark']],
  ['model', '#/models/nsw-price', ['light']],
  ['replay', `#/replay/${replay}?window=26&column=vicprice`, ['light', 'dark']],
  ['train', '#/train?dataset=penguins&target=species', ['dark']],
];
try {
  for (const [name, route, themes] of places) {
    for (const colorScheme of themes) {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme });
      await page.goto(`${address}${route}`);
      await page.waitForSelector('main h1');
      await page.waitForTimeout(1500);
      await page.screenshot({ path: join(target, `${name}-${colorScheme}.png`) });
      await page.close();
    }
  }
} finally {
  await browser.close();
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}
