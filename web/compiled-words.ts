import { globSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import compile from 'icu-minify/compile';
import type { Plugin } from 'vite';

type Messages = Readonly<Record<string, string>>;
type CompiledMessage = ReturnType<typeof compile>;

const ENGLISH = /\/web\/src\/(?:[a-z\d-]+\/)*words\.ts$/;
const TRANSLATIONS = fileURLToPath(new URL('words', import.meta.url));
const TRANSLATION = /\/web\/words\/([A-Za-z-]+)\.json$/;
/** The words of the staff's pages in a language, of which each area is a file. */
const STAFF_WORDS = /^words-of-staff-([A-Za-z-]+)$/;

/**
 * Compiles messages in ICU syntax, so that no parser is sent to anybody: `english` of each `words.ts`, and the
 * translations in `web/words`: an object of messages for each area in the file of the language, and a file for each area of the staff's pages
 * in its folder. Those come with these pages alone (web/src/i18n/learn-staff.ts).
 */
export function compiledWords(): Plugin {
  return {
    name: 'compiled-words',
    enforce: 'pre',
    resolveId: (id) => (STAFF_WORDS.test(id) ? id : null),
    async load(id) {
      const [, ofStaff] = STAFF_WORDS.exec(id) ?? [];
      if (ofStaff !== undefined) {
        const files = globSync(`${TRANSLATIONS}/${ofStaff}/*.json`).sort();
        for (const one of files) this.addWatchFile(one);
        return code('export default', Object.fromEntries(await Promise.all(files.map(compiledArea))));
      }
      const [file = id, query] = id.split('?');
      // As they are written.
      if (query === 'plain') return null;
      if (ENGLISH.test(file)) {
        const { mtimeMs } = await stat(file);
        const { english }: { english: Messages } = await import(`${pathToFileURL(file)}?${mtimeMs}`);
        return code('export const english =', compiled(english, file));
      }
      const [, language] = TRANSLATION.exec(file) ?? [];
      if (language === undefined) return null;
      const areas: Record<string, Messages> = JSON.parse(await readFile(file, 'utf8'));
      const words = mapped(areas, (messages, area) => compiled(messages, `${file}, ${area}`));
      return code(
        `export const ofStaff = () => import('words-of-staff-${language}');\nexport default`,
        words,
      );
    },
  };
}

/**
 * Each language is a file of its own, which nothing imports by name: the page loads that which its server names, and the server finds it in
 * `words.json` (src/http/page/word-files.ts). So no list of them is in what everybody loads.
 */
export function wordFiles(): Plugin {
  const emitted = new Map<string, string>();
  return {
    name: 'word-files',
    apply: 'build',
    buildStart() {
      for (const id of globSync(`${TRANSLATIONS}/*.json`)) {
        const language = basename(id, '.json');
        const name = `words-${language}`;
        emitted.set(language, this.emitFile({ type: 'chunk', id, name, preserveSignature: 'strict' }));
      }
    },
    generateBundle() {
      const files = [...emitted].map(([language, id]) => [language, `/${this.getFileName(id)}`]);
      const source = JSON.stringify(Object.fromEntries(files));
      this.emitFile({ type: 'asset', fileName: 'words.json', source });
    },
  };
}

/** Whether a module is the words of another language. */
export const isTranslation = (id: string): boolean => TRANSLATION.test(id) || STAFF_WORDS.test(id);

async function compiledArea(file: string): Promise<[string, ReturnType<typeof compiled>]> {
  return [basename(file, '.json'), compiled(JSON.parse(await readFile(file, 'utf8')), file)];
}

const code = (head: string, value: unknown) =>
  ({ code: `${head} ${JSON.stringify(value)};`, moduleType: 'js' }) as const;

function compiled(messages: Messages, where: string): Record<string, CompiledMessage> {
  return mapped(messages, (message, key) => {
    try {
      return compile(message);
    } catch (error) {
      throw new Error(`${where}, ${key}: ${error}`);
    }
  });
}

function mapped<V, T>(
  all: Readonly<Record<string, V>>,
  map: (value: V, key: string) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, map(value, key)]));
}
