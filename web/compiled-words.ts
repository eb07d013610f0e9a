import { readFile, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import compile from 'icu-minify/compile';
import type { Plugin } from 'vite';

type Messages = Readonly<Record<string, string>>;
type CompiledMessage = ReturnType<typeof compile>;

const ENGLISH = /\/web\/src\/(?:[a-z-]+\/)*words\.ts$/;
const TRANSLATION = /\/web\/words\/[A-Za-z-]+\.json$/;

/**
 * Compiles messages in ICU syntax, so that no parser is sent to anybody: `english` of each `words.ts`, and the
 * translations in `web/words`, an object of messages for each area.
 */
export function compiledWords(): Plugin {
  return {
    name: 'compiled-words',
    enforce: 'pre',
    async load(id) {
      const [file = id, query] = id.split('?');
      // As they are written.
      if (query === 'plain') return null;
      if (ENGLISH.test(file)) {
        const { mtimeMs } = await stat(file);
        const { english }: { english: Messages } = await import(`${pathToFileURL(file)}?${mtimeMs}`);
        return code('export const english =', compiled(english, file));
      }
      if (!TRANSLATION.test(file)) return null;
      const areas: Record<string, Messages> = JSON.parse(await readFile(file, 'utf8'));
      return code(
        'export default',
        mapped(areas, (messages, area) => compiled(messages, `${file}, ${area}`)),
      );
    },
  };
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
