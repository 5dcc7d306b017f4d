import { defineConfig } from 'vitest/config';

// Journeys walk through the running program in Chromium. They need the executable in ASSAY_BIN, and a browser in
// CHROMIUM or at /usr/bin/chromium. One after the other: each has a server and a browser of its own. Whatever the page
// shows is waited for (a lint rule holds that): a busy computer shows it later. SLOWER=6 makes Chromium and the answers
// of the server that much slower, which finds what is not.
export default defineConfig({
  test: {
    include: ['journeys/**/*.journey.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
