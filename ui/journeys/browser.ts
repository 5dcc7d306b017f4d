// Chromium for a journey, with what goes wrong on the page remembered.

import { chromium, type Browser, type Page } from 'playwright-core';

export interface Visit {
  page: Page;
  /** Errors of scripts, and requests that left this computer; a journey ends by finding it empty. */
  problems: string[];
  close(): Promise<void>;
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function visit(
  address: string,
  options: { width?: number; height?: number; dark?: boolean } = {},
): Promise<Visit> {
  const browser: Browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: FLAGS,
  });
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.dark ? 'dark' : 'light',
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !/^(data|blob|about):/.test(url)) problems.push(`asked for ${url}`);
  });
  const slower = Number(process.env['SLOWER'] ?? 1);
  if (slower > 1) {
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: slower });
    await page.route('**/rpc/**', async (route) => {
      await new Promise((done) => setTimeout(done, 100 * slower));
      await route.continue();
    });
  }
  await page.goto(address);
  return { page, problems, close: () => browser.close() };
}
