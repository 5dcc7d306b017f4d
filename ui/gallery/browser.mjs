// Chromium and the development server, for pictures of the parts and pages.

import { createServer } from 'vite';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Runs `act({ page, address })` for a page of each size and theme. */
export async function withPages({ sizes, themes, answers }, act) {
  const server = await createServer({ server: { port: 0, host: '127.0.0.1' }, logLevel: 'error' });
  await server.listen();
  const address = `http://127.0.0.1:${server.httpServer.address().port}/`;
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
  try {
    for (const [width, height] of sizes) {
      for (const theme of themes) {
        const context = await browser.newContext({
          viewport: { width, height },
          colorScheme: theme,
          deviceScaleFactor: 1,
        });
        const page = await context.newPage();
        page.on('pageerror', (error) => console.error(`page error: ${error.message}`));
        page.on('console', (message) => message.type() === 'error' && console.error(`console: ${message.text()}`));
        await page.route('**/rpc/*', (route) => answer(route, answers));
        await page.route('**/events', (route) =>
          route.fulfill({ contentType: 'text/event-stream', body: ': here\n\n' }),
        );
        await act({ page, address, width, height, theme });
        await context.close();
      }
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

function answer(route, answers) {
  const command = decodeURIComponent(new URL(route.request().url()).pathname.split('/').pop() ?? '');
  const body = answers[command];
  if (body === undefined) {
    const failure = {
      code: 'not_found',
      attempted: `run ${command}`,
      wrong: 'the gallery has no answer to it',
      hint: null,
    };
    return route.fulfill({ status: 404, contentType: 'application/json', body: JSON.stringify(failure) });
  }
  return route.fulfill({ contentType: 'application/json', body: JSON.stringify(body) });
}
