import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { compiledWords } from './compiled-words.ts';
import type { BuiltShell } from './worker/shell.ts';

const ENTRY = fileURLToPath(new URL('worker/main.ts', import.meta.url));
const PAGE = 'index.html';
/** Bytes. Larger ones, other than the entry, are players for special cases: of no use without a connection. */
const LARGEST_KEPT = 150_000;
const STAFF_PAGES = '/web/src/admin/';

type Bundle = Parameters<Extract<Plugin['generateBundle'], (...args: never[]) => unknown>>[1];

/**
 * Builds the worker of the page as one script, `sw.js`, once it is known which files the page consists of: their names are in it, so that its bytes
 * change with each build that changes anything.
 */
export function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_options, bundle) {
      const shell = shellOf(bundle);
      const built = await build({
        configFile: false,
        logLevel: 'warn',
        plugins: [compiledWords()],
        define: { BUILT_SHELL: JSON.stringify(shell) },
        build: {
          write: false,
          target: 'es2022',
          rolldownOptions: { input: ENTRY, output: { format: 'iife' } },
        },
      });
      const [output] = 'output' in built ? built.output : [];
      if (output?.type !== 'chunk') throw new Error('The worker was not built.');
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: output.code });
    },
  };
}

/** The files that the page consists of: first those that every visit loads. */
function shellOf(bundle: Bundle): BuiltShell {
  const files = Object.values(bundle);
  const page = String(
    files.flatMap((file) => (file.fileName === PAGE && file.type === 'asset' ? [file.source] : [])),
  );
  const ofStaff = staffFilesOf(files);
  const kept = files
    .filter(({ fileName }) => /^assets\/.*\.(?:js|css)$/.test(fileName))
    .filter((file) => page.includes(file.fileName) || isForAll(file, ofStaff))
    .map(({ fileName }) => `/${fileName}`)
    .sort();
  const first = kept.filter((file) => page.includes(file));
  if (first.length === 0) throw new Error('The page names none of its files.');
  const version = createHash('sha256')
    .update(JSON.stringify([page, kept]))
    .digest('hex')
    .slice(0, 12);
  return { version, first, rest: kept.filter((file) => !first.includes(file)) };
}

/** Words are kept in the languages in which the page is seen, and the pages for the staff by nobody: without a connection they are of no use. */
const isForAll = (file: Bundle[string], ofStaff: ReadonlySet<string>): boolean =>
  !file.fileName.startsWith('assets/words-') && !ofStaff.has(file.fileName) && sizeOf(file) <= LARGEST_KEPT;

/** The files that only the pages for the staff need. */
function staffFilesOf(files: readonly Bundle[string][]): Set<string> {
  return new Set(
    files.flatMap((file) => {
      if (file.type !== 'chunk') return [];
      if (!file.moduleIds.some((id) => id.includes(STAFF_PAGES))) return [];
      return [file.fileName, ...(file.viteMetadata?.importedCss ?? [])];
    }),
  );
}

const sizeOf = (file: Bundle[string]): number =>
  Buffer.byteLength(file.type === 'chunk' ? file.code : file.source);
