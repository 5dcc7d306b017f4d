import { defineConfig } from 'vitest/config';

// Journeys walk through the running program in Chromium. They need the executable in ASSAY_BIN, and a browser in
// CHROMIUM or at /usr/bin/chromium. One after the other: each has a server and a browser of its own.
export default defineConfig({
  test: {
    include: ['journeys/**/*.journey.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
