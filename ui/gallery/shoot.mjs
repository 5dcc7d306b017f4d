// Takes pictures of the gallery and of the pages into gallery/shots, to be looked at.
// `npm run gallery` takes all; `npm run gallery -- table,palette` those whose name holds one of the words.

import { mkdirSync } from 'node:fs';
import { withPages } from './browser.mjs';
import { ANSWERS } from './answers.mjs';

const PLACES = [
  { name: 'data', route: '#/data' },
  { name: 'train', route: '#/train' },
  { name: 'settings', route: '#/settings' },
  { name: 'palette', route: '#/runs', act: (page) => openPalette(page, 'rep') },
  { name: 'keys', route: '#/runs', act: (page) => page.keyboard.press('?') },
  { name: 'parts', route: '#/gallery/parts' },
  { name: 'floating', route: '#/gallery/floating', act: (page) => page.getByRole('button', { name: 'More' }).click() },
  { name: 'table', route: '#/gallery/table' },
  { name: 'figures', route: '#/gallery/figures' },
  { name: 'lines', route: '#/gallery/lines' },
  { name: 'heatmap', route: '#/gallery/heatmap' },
  { name: 'heatlarge', route: '#/gallery/heatmap', act: (page) => page.getByText('Show 50 by 500').click() },
];

const words = (process.argv[2] ?? '').split(',').filter(Boolean);
const folder = new URL('./shots/', import.meta.url).pathname;
mkdirSync(folder, { recursive: true });

await withPages(
  {
    sizes: [
      [1440, 900],
      [1024, 700],
    ],
    themes: ['light', 'dark'],
    answers: ANSWERS,
  },
  async ({ page, address, width, theme }) => {
    for (const { name, route, act } of PLACES) {
      if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
      // A new document each time: a change of the hash alone would keep an open palette or menu.
      await page.goto('about:blank');
      await page.goto(`${address}${route}`);
      await page.waitForSelector('main > *');
      await page.waitForTimeout(400);
      await act?.(page);
      await page.waitForTimeout(250);
      await page.screenshot({ path: `${folder}${name}-${theme}-${width}.png` });
    }
  },
);

async function openPalette(page, text) {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(text);
}
