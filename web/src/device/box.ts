import type { Translation } from '../i18n/say.ts';
import type { Wish } from '../state/outbox.ts';

/** What lies in the box. */
export interface Kept {
  /** Version of the worker that pages go by. */
  version: string;
  /** A video that another app shared, until somebody is there to send it. */
  shared: { readonly file: File; readonly text: string; readonly at: number };
  /** Wishes that wait for a connection, for when the page is closed by then. */
  wishes: readonly Wish[];
  /** Those of them that were sent while it was closed. */
  sent: readonly Wish[];
  /** How notifications are told. */
  words: { readonly language: string; readonly translation: Translation };
  /** Id of the account whose all this is; empty for somebody who is not signed in. */
  owner: string;
  /** What the server calls itself. */
  server: string;
}

const DATABASE = 'vireo';
const STORE = 'kept';

/**
 * A small box (IndexedDB) that the page and its worker both reach, also while the other one is not there. Where the browser lets
 * nothing be kept, it is always empty.
 */
export const box = {
  get: async <K extends keyof Kept>(key: K): Promise<Kept[K] | undefined> =>
    (await run('readonly', (store) => store.get(key))) as Kept[K] | undefined,
  /** Says whether it is kept. */
  set: async <K extends keyof Kept>(key: K, value: Kept[K]): Promise<boolean> =>
    (await run('readwrite', (store) => store.put(value, key))) !== undefined,
  remove: async (...keys: readonly (keyof Kept)[]): Promise<void> => {
    for (const key of keys) await run('readwrite', (store) => store.delete(key));
  },
};

let opened: Promise<IDBDatabase> | undefined;

/** What a request answers; undefined where it failed. */
async function run<T>(
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T | undefined> {
  try {
    opened ??= open();
    const transaction = (await opened).transaction(STORE, mode);
    return await settled(ask(transaction.objectStore(STORE)));
  } catch {
    // Storage may be full, forbidden, or cleared under our hands.
    opened = undefined;
    return undefined;
  }
}

function open(): Promise<IDBDatabase> {
  const asked = indexedDB.open(DATABASE, 1);
  asked.addEventListener('upgradeneeded', () => asked.result.createObjectStore(STORE));
  return settled(asked);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}
