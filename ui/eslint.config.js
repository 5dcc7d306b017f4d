import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

// The direction of imports: host, gen → data → parts → domain → shell, views. Parts know nothing of the domain,
// and only host/ touches the desktop host's own packages.
const tauri = { group: ['@tauri-apps/*'], message: 'Only src/host may import the desktop host.' };
const above = (...layers) =>
  layers.map((layer) => ({
    group: [`**/${layer}/**`, `$/${layer}/**`],
    message: `Imports run parts → domain → views; ${layer} is above this folder.`,
  }));
const layer = (files, ...layers) => ({
  files: [`src/${files}/**/*.{ts,svelte}`],
  rules: { 'no-restricted-imports': ['error', { patterns: [tauri, ...above(...layers)] }] },
});

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'src/gen/', 'gallery/shots/'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  prettier,
  ...svelte.configs.prettier,
  { languageOptions: { globals: { ...globals.browser } } },
  {
    files: ['*.config.{js,ts}', 'gallery/*.mjs', 'journeys/**/*.ts'],
    languageOptions: { globals: { ...globals.node } },
  },
  {
    files: ['journeys/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.name='expect'] > AwaitExpression",
          message: 'What a page shows comes when it comes: await expect.poll(() => …).',
        },
      ],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always'],
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    files: ['src/**/*.{ts,svelte}'],
    ignores: ['src/host/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [tauri] }] },
  },
  {
    files: ['src/host/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: above('data', 'parts', 'domain', 'shell', 'views') }] },
  },
  layer('data', 'parts', 'domain', 'shell', 'views'),
  layer('parts', 'host', 'gen', 'data', 'domain', 'shell', 'views'),
  layer('domain', 'shell', 'views'),
);
