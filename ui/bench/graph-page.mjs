// How long the page of a graph takes to place 5,000 nodes, and how long its frames are while it is moved and zoomed.
//
//   npx vite build && node bench/graph-page.mjs [--nodes 5000] [--limit-ms 16] [--json]
//
// It serves the built pages itself and answers for the host, so nothing else has to run. `drawing` is what the page's
// own script takes for a frame; `frame` is from one frame to the next, which cannot be less than the screen's 16.7 ms.
// Ends with 1 when the 95th percentile of a drawing is over the limit.

import process from 'node:process';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { preview } from 'vite';
import { ANSWERS } from '../gallery/answers.mjs';
import { syntheticGraph } from './graph.mjs';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '5000' },
    'limit-ms': { type: 'string' },
    json: { type: 'boolean', default: false },
    picture: { type: 'string' },
  },
});

const answers = { ...ANSWERS, 'models.graph': syntheticGraph(Number(values.nodes)) };
const server = await preview({ preview: { port: 0, host: '127.0.0.1' }, logLevel: 'error' });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
let result;
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.route('**/rpc/*', (route) => {
    const command = decodeURIComponent(new URL(route.request().url()).pathname.split('/').at(-1));
    const body = answers[command];
    return route.fulfill({
      status: body === undefined ? 404 : 200,
      contentType: 'application/json',
      body: JSON.stringify(body ?? { code: 'not_found', attempted: command, wrong: 'no answer', hint: null }),
    });
  });
  // Held open: a stream that ends makes the page read everything again.
  await page.route('**/events', () => new Promise(() => undefined));
  await page.goto(`http://127.0.0.1:${server.httpServer.address().port}/#/onnx?file=/net.onnx`);
  result = await page.evaluate(measure);
  if (values.picture) await page.screenshot({ path: values.picture });
} finally {
  await browser.close();
  await server.close();
}

if (values.json) console.log(JSON.stringify(result));
else {
  console.log(
    `${values.nodes} nodes: drawn after ${result.first_ms} ms, in its real order after ${result.placed_ms} ms`,
  );
  console.log(
    `${'act'.padEnd(24)}${['frames', 'drawing p50', 'p95', 'most', 'frame p50', 'p95', 'most'].map((own) => own.padStart(12)).join('')}`,
  );
  for (const { act, frames, drawing, frame } of result.lines) {
    const cells = [frames, ...drawing, ...frame].map((own) => String(own).padStart(12));
    console.log(`${act.padEnd(24)}${cells.join('')}`);
  }
}
const limit = Number(values['limit-ms'] ?? Infinity);
process.exitCode = result.lines.some(({ drawing }) => drawing[1] > limit) ? 1 : 0;

/** Runs in the page. */
async function measure() {
  const began = performance.timeOrigin;
  const next = () => new Promise((done) => requestAnimationFrame(done));
  const until = async (test) => {
    while (!test()) await next();
    return Math.round(performance.timeOrigin + performance.now() - began);
  };
  const canvas = () => document.querySelector('[role=application] canvas');
  const first_ms = await until(() => canvas()?.width > 300);
  const placed_ms = await until(() => !document.querySelector('.tool [role=progressbar]'));
  await new Promise((done) => setTimeout(done, 500));

  // The page draws in callbacks of its own; what they take is seen by standing around them.
  let spent = 0;
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    ask((time) => {
      const start = performance.now();
      callback(time);
      // What was drawn is only painted when somebody looks.
      canvas()?.getContext('2d').getImageData(0, 0, 1, 1);
      spent += performance.now() - start;
    });

  const wheel = (deltaX, deltaY, ctrlKey = false) =>
    canvas().dispatchEvent(
      new WheelEvent('wheel', { deltaX, deltaY, ctrlKey, clientX: 700, clientY: 500, bubbles: true, cancelable: true }),
    );
  const lines = [];
  const run = async (act, n, step) => {
    const [drawing, frame] = [[], []];
    let last = await new Promise(ask);
    for (let i = 0; i < n; i += 1) {
      spent = 0;
      step(i);
      // The page asks for its frame after this; it has drawn when the next one begins.
      await Promise.resolve();
      const now = await new Promise((done) => setTimeout(() => ask(done)));
      drawing.push(spent);
      frame.push(now - last);
      last = now;
    }
    lines.push({ act, frames: n, drawing: spread(drawing), frame: spread(frame) });
  };
  const spread = (all) => {
    const sorted = [...all].sort((a, b) => a - b);
    const at = (share) => Math.round(10 * sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]) / 10;
    return [at(0.5), at(0.95), at(1)];
  };
  const zoom = (title) => document.querySelector(`button[title^="${title}"]`).click();

  await run('pan near by', 120, () => wheel(3, 120));
  zoom('Show all');
  await run('pan, everything in sight', 120, (i) => wheel(i % 20 < 10 ? 2 : -2, i % 20 < 10 ? 2 : -2));
  await run('zoom in', 120, () => wheel(0, -16, true));
  await run('zoom out', 120, () => wheel(0, 16, true));
  for (let i = 0; i < 9; i += 1) zoom('Closer');
  await run('pan far off', 120, () => wheel(1, 30));
  for (let i = 0; i < 6; i += 1) zoom('Closer');
  await run('pan half way', 120, () => wheel(1, 30));
  const field = document.querySelector('[data-filter]');
  await run('type a search', 30, (i) => {
    field.value = 'matmul'.slice(0, 1 + (i % 6));
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  return { first_ms, placed_ms, lines };
}
