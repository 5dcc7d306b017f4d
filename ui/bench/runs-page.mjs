// How long the page of runs takes from an input to the frame that answers it, in the engine of the desktop window.
//
//   xvfb-run -a node bench/runs-page.mjs http://127.0.0.1:5055/ [--n 10] [--limit-ms 100] [--json] [--chromium]
//
// The address is that of `assay serve` on a lab with many runs. Prints one line for each interaction, and ends with 1
// when the 95th percentile of one is over the limit.

import process from 'node:process';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { interactions } from './interactions.mjs';
import { openWebKit } from './webkit.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    n: { type: 'string', default: '10' },
    'limit-ms': { type: 'string' },
    json: { type: 'boolean', default: false },
    chromium: { type: 'boolean', default: false },
  },
});
const [address] = positionals;
if (!address) throw new Error('say where `assay serve` answers: node bench/runs-page.mjs http://127.0.0.1:5055/');

const browser = values.chromium ? await openChromium() : await openWebKit();
let times;
try {
  await browser.go(`${address}#/runs`);
  times = await browser.run(interactions, Number(values.n));
} finally {
  await browser.close();
}

const lines = times.map(([interaction, all]) => {
  const sorted = [...all].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  // The least is what it takes when nothing else takes the machine.
  return { interaction, n: all.length, least_ms: at(0), p50_ms: at(0.5), p95_ms: at(0.95), most_ms: sorted.at(-1) };
});
if (values.json) console.log(JSON.stringify({ browser: browser.name, lines }));
else {
  console.log(`${browser.name}, ${address}`);
  console.log(
    `${'interaction'.padEnd(26)}${['n', 'least ms', 'p50 ms', 'p95 ms', 'most ms'].map((own) => own.padStart(9)).join('')}`,
  );
  for (const { interaction, n, ...figures } of lines) {
    const cells = Object.values(figures).map((own) => own.toFixed(1).padStart(9));
    console.log(`${interaction.padEnd(26)}${String(n).padStart(9)}${cells.join('')}`);
  }
}
const limit = Number(values['limit-ms'] ?? Infinity);
process.exitCode = lines.some(({ p95_ms }) => p95_ms > limit) ? 1 : 0;

async function openChromium() {
  const own = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
  const page = await own.newPage({ viewport: { width: 1440, height: 900 } });
  return {
    name: `Chromium ${own.version()}`,
    go: (url) => page.goto(url),
    run: (act, ...given) => page.evaluate(act, ...given),
    close: () => own.close(),
  };
}
