import { box } from '../src/device/box.ts';
import { CACHES, SHELL_PATH } from '../src/device/names.ts';

/** The files of one build of the page. */
export interface BuiltShell {
  readonly version: string;
  /** What every visit loads. */
  readonly first: readonly string[];
  readonly rest: readonly string[];
}

const SHELLS = `${CACHES}shell-`;
/** Clips that are watched need the other connections. */
const AT_ONCE = 2;
const SIGN = '/favicon.svg';

/** Keeps one build of the page, whole, and nothing of any other one under its name. */
export function createShell({ version, first, rest }: BuiltShell) {
  const name = SHELLS + version;
  const own = () => caches.open(name);

  /**
   * Fetches all of it. Throws where something is missing: then the worker is not installed, and the one before stays. Where data is saved, only
   * what every visit loads: the rest is kept as it is used.
   */
  async function keep(savesData: boolean): Promise<void> {
    const cache = await own();
    const files = [SIGN, ...first, ...(savesData ? [] : rest)];
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, () => keepNext(cache, files)));
      await keepPage(cache);
    } catch (error) {
      await caches.delete(name);
      throw error;
    }
  }

  async function keepNext(cache: Cache, files: string[]): Promise<void> {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      // Files have the hash of what is in them in their names: those of the build before are the same.
      const known = file === SIGN ? undefined : await caches.match(file, { ignoreVary: true });
      await cache.put(file, known ?? (await fetched(file)));
    }
  }

  /** The page itself has no hash. What a server of another build answers is not ours: no page is made of two builds. */
  async function keepPage(cache: Cache): Promise<void> {
    const response = await fetched(SHELL_PATH, { cache: 'no-cache' });
    const text = await response.clone().text();
    if (!first.every((file) => text.includes(file))) throw new Error('The server has another build by now.');
    await cache.put(SHELL_PATH, response);
  }

  return {
    keep,

    /** The page for any address. */
    page: async (): Promise<Response | undefined> => (await own()).match(SHELL_PATH, { ignoreVary: true }),

    /** A file of this build, or of one that an open page may still be made of. */
    async asset(request: Request): Promise<Response> {
      const kept = await caches.match(request, { ignoreVary: true });
      if (kept) return kept;
      const response = await fetch(request);
      const isOurs = rest.includes(new URL(request.url).pathname);
      if (isOurs && response.ok) await (await own()).put(request, response.clone());
      return response;
    },

    /** Has the page in the language in which it is seen, with the words of it. */
    async greet(words: string | null, lang: string): Promise<void> {
      const cache = await own();
      if (words !== null && !(await cache.match(words, { ignoreVary: true }))) {
        await cache.put(words, await fetched(words));
      }
      const page = await cache.match(SHELL_PATH, { ignoreVary: true });
      if (page && page.headers.get('content-language') !== lang) await keepPage(cache);
    },

    /** Pages go by this build from now on. The one before stays for those that are still open; older ones go. */
    async takeOver(): Promise<void> {
      const before = await box.get('version');
      for (const other of await caches.keys()) {
        if (other.startsWith(SHELLS) && other !== name && other !== SHELLS + before)
          await caches.delete(other);
      }
      await box.set('version', version);
    },
  };
}

async function fetched(path: string, init: RequestInit = {}): Promise<Response> {
  // Behind whatever the page itself loads.
  const response = await fetch(path, { priority: 'low', ...init });
  if (!response.ok || response.redirected) throw new Error(`${path}: ${response.status}`);
  return response;
}
