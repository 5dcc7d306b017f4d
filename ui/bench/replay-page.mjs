// How long the page of a replay takes from an input to the frame that answers it, at 200 features × 500 windows.
//
//   npx vite build && node bench/replay-page.mjs [--features 200] [--windows 500] [--limit-ms 50] [--json] [--picture FILE]
//
// It serves the built pages itself and answers for the host, so nothing else has to run. `script` is what the page's own
// code and the layout take; `frame` is until the frame is drawn, which waits for the screen's next 16.7 ms.
// Ends with 1 when the median frame of an act is over the limit.

import process from 'node:process';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { preview } from 'vite';
import { ANSWERS } from '../gallery/answers.mjs';
import { syntheticCell, syntheticReplay, syntheticShapes } from './replay.mjs';

const { values } = parseArgs({
  options: {
    features: { type: 'string', default: '200' },
    windows: { type: 'string', default: '500' },
    'limit-ms': { type: 'string' },
    json: { type: 'boolean', default: false },
    dark: { type: 'boolean', default: false },
    picture: { type: 'string' },
  },
});

const report = syntheticReplay(Number(values.features), Number(values.windows));
const answers = {
  ...ANSWERS,
  'replays.show': report,
  'replays.cell': ({ column, window }) => syntheticCell(report, column, window),
  'replays.distribution': ({ column }) => syntheticShapes(report, column),
};
const server = await preview({ preview: { port: 0, host: '127.0.0.1' }, logLevel: 'error' });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
let lines;
try {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    colorScheme: values.dark ? 'dark' : 'light',
  });
  await page.route('**/rpc/*', (route) => {
    const command = decodeURIComponent(new URL(route.request().url()).pathname.split('/').at(-1));
    const answer = answers[command];
    const body = typeof answer === 'function' ? answer(route.request().postDataJSON()) : answer;
    return route.fulfill({
      status: body === undefined ? 404 : 200,
      contentType: 'application/json',
      body: JSON.stringify(body ?? { code: 'not_found', attempted: command, wrong: 'no answer', hint: null }),
    });
  });
  // Held open: a stream that ends makes the page read everything again.
  await page.route('**/events', () => new Promise(() => undefined));
  await page.goto(`http://127.0.0.1:${server.httpServer.address().port}/#/replay/${report.replay_id}`);
  await page.getByRole('application', { name: /^Distance of every column/ }).waitFor();
  await page.waitForTimeout(500);
  lines = await page.evaluate(measure);
  if (values.picture) await page.screenshot({ path: values.picture });
} finally {
  await browser.close();
  await server.close();
}

if (values.json) console.log(JSON.stringify(lines));
else {
  console.log(`${values.features} features × ${values.windows} windows, ms`);
  console.log(
    `${'act'.padEnd(28)}${['n', 'script p50', 'p95', 'most', 'frame p50', 'p95', 'most'].map((own) => own.padStart(12)).join('')}`,
  );
  for (const { act, n, script, frame } of lines) {
    console.log(`${act.padEnd(28)}${[n, ...script, ...frame].map((own) => String(own).padStart(12)).join('')}`);
  }
}
const limit = Number(values['limit-ms'] ?? Infinity);
process.exitCode = lines.some(({ frame }) => frame[0] > limit) ? 1 : 0;

/** Runs in the page. */
async function measure() {
  const lines = [];
  const spread = (all) => {
    const sorted = [...all].sort((a, b) => a - b);
    const at = (share) => Math.round(10 * sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]) / 10;
    return [at(0.5), at(0.95), at(1)];
  };
  const run = async (act, n, step) => {
    const [script, frame] = [[], []];
    for (let i = 0; i < n; i += 1) {
      await new Promise((done) => setTimeout(() => requestAnimationFrame(done), 30));
      const began = performance.now();
      step(i);
      await Promise.resolve();
      // The layout that the change asks for is made at once, or it would be counted as waiting.
      document.body.getBoundingClientRect();
      const scripted = performance.now();
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      script.push(scripted - began);
      frame.push(performance.now() - began);
    }
    lines.push({ act, n, script: spread(script), frame: spread(frame) });
  };
  const press = (key) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  const slider = document.querySelector('[role=slider]');
  const order = document.querySelector('select[aria-label="Order of the rows"]');
  const sort = (value) => {
    order.value = value;
    order.dispatchEvent(new Event('change', { bubbles: true }));
  };
  const theme = [...document.querySelectorAll('header button')].find((own) => /theme|dark|light/i.test(own.title));

  await run('step to the next window', 40, () => press('ArrowRight'));
  await run('step to the next column', 40, () => press('ArrowDown'));
  await run('scrub', 40, (i) => {
    const box = slider.getBoundingClientRect();
    const at = { clientX: box.left + 200 + ((i * 37) % (box.width - 240)), clientY: box.top + 5, bubbles: true };
    slider.dispatchEvent(new PointerEvent('pointerdown', { ...at, pointerId: 1, button: 0 }));
    slider.dispatchEvent(new PointerEvent('pointerup', { ...at, pointerId: 1, button: 0 }));
  });
  await run('sort by severity, and back', 10, (i) => sort(i % 2 === 0 ? 'severity' : 'first'));
  await run('cluster, and back', 10, (i) => sort(i % 2 === 0 ? 'clustered' : 'first'));
  if (theme) await run('light and dark', 10, () => theme.click());
  sort('clustered');
  await new Promise((done) => setTimeout(done, 300));
  return lines;
}
