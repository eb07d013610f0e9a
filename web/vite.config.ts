import { defineConfig } from 'vite';
import { compiledWords } from './compiled-words.ts';

const server = 'http://127.0.0.1:3000';

export default defineConfig({
  base: '/',
  plugins: [compiledWords()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The first browsers with light-dark(): below them it would become a table of fallbacks.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Every browser of the targets knows modulepreload.
    modulePreload: { polyfill: false },
    // A data: URL would need a wider content security policy for anything but pictures.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': server, '/media': server, '/proxy': server } },
});
