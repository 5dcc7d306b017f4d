import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  // Relative addresses: the same files are served by the local server and by the desktop window's own protocol.
  base: './',
  resolve: {
    alias: { $: fileURLToPath(new URL('./src', import.meta.url)) },
    conditions: process.env['VITEST'] ? ['browser'] : undefined,
  },
  build: {
    outDir: 'dist',
    sourcemap: false,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: '127.0.0.1',
    // `npm run dev` talks to a running `assay serve`; its address is given by hand because the port is the user's choice.
    proxy: proxyTo(process.env['ASSAY_SERVER']),
  },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
  },
});

function proxyTo(server: string | undefined) {
  if (!server) return undefined;
  return Object.fromEntries(
    ['/rpc', '/events', '/upload'].map((path) => [path, { target: server, changeOrigin: true }]),
  );
}
