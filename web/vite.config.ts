import { defineConfig } from 'vite';
import { compiledWords, isTranslation, wordFiles } from './compiled-words.ts';
import { compressed } from './compressed.ts';
import { serviceWorker } from './service-worker.ts';
import { startScript } from './start-script.ts';

const server = 'http://127.0.0.1:3000';

export default defineConfig({
  base: '/',
  plugins: [compiledWords(), wordFiles(), serviceWorker(), startScript(), compressed()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The first browsers with light-dark(): below them it would become a table of fallbacks.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Every browser of the targets knows modulepreload.
    modulePreload: { polyfill: false, resolveDependencies: () => [] },
    rolldownOptions: {
      output: {
        // Names of all files on demand stand in the first one, where a hash cannot be compressed: 40 bits tell versions apart.
        ...{ chunkFileNames: 'assets/[name]-[hash:7].js', assetFileNames: 'assets/[name]-[hash:6][extname]' },
        codeSplitting: {
          // What every visit loads is one file: a dozen of them take as many requests, and compress worse.
          groups: [
            {
              name: (id, context) =>
                isLoadedFirst(id, (other) => context.getModuleInfo(other)) ? 'app' : null,
              debugName: 'app',
            },
          ],
        },
      },
    },
    // A data: URL would need a wider content security policy for anything but pictures.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': server, '/media': server, '/proxy': server } },
});

type GetModuleInfo = (id: string) => { isEntry: boolean; importers: readonly string[] } | null;

/** Whether a module comes with the entry, by whatever way other than an import on demand. */
function isLoadedFirst(id: string, getModuleInfo: GetModuleInfo, seen = new Set<string>()): boolean {
  const info = getModuleInfo(id);
  if (!info || seen.has(id) || isTranslation(id)) return false;
  seen.add(id);
  return info.isEntry || info.importers.some((importer) => isLoadedFirst(importer, getModuleInfo, seen));
}
