import { fetchRange } from './range-fetch.ts';
import { line } from './throughput.ts';
import type { Turns } from './turns.ts';

/** The first bytes of a file, in memory. */
export interface Head {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly total: number | null;
}

/** A file whose first bytes are wanted. */
export interface HeadWish {
  readonly url: string;
  /** How many bytes. */
  readonly to: number;
}

/** The first bytes of the clips that come after the next one. */
export interface Heads {
  /** Loads these and forgets all others, one at a time, while the watched clip has enough. */
  want(wishes: readonly HeadWish[]): void;
  /** Gives away what was loaded of a file, or is just being loaded. Undefined where nobody asked for it in time. */
  take(url: string): Promise<Head | null> | undefined;
  dispose(): void;
}

/** Seconds that the watched clip must have before bytes of later clips are loaded (web.md 3.4). */
const NEEDS_AHEAD_S = 4;

interface Loading {
  readonly abort: AbortController;
  readonly head: Promise<Head | null>;
  /** Whether its request was sent. */
  begun: boolean;
}

export function createHeads(turns: Turns): Heads {
  const loading = new Map<string, Loading>();
  /** One after the other. */
  let last: Promise<unknown> = Promise.resolve();

  function load({ url, to }: HeadWish): void {
    const abort = new AbortController();
    const { signal } = abort;
    const before = last;
    const head = before.then(async (): Promise<Head | null> => {
      try {
        await turns.until(NEEDS_AHEAD_S, signal);
        entry.begun = true;
        const bytes = new Uint8Array(to);
        let length = 0;
        const { total, ms } = await fetchRange(
          { url, from: 0, to },
          {
            ...{ signal, priority: 'low' },
            onPiece(piece) {
              bytes.set(piece, length);
              length += piece.length;
            },
          },
        );
        line.note(length, ms);
        return { bytes: bytes.subarray(0, length), total };
      } catch {
        // Whoever takes it loads it anew, and hears what is wrong.
        return null;
      }
    });
    const entry: Loading = { abort, head, begun: false };
    last = head;
    loading.set(url, entry);
  }

  function want(wishes: readonly HeadWish[]): void {
    for (const [url, { abort }] of loading) {
      if (wishes.some((wish) => wish.url === url)) continue;
      abort.abort();
      loading.delete(url);
    }
    for (const wish of wishes) if (!loading.has(wish.url)) load(wish);
  }

  return {
    want,
    take(url) {
      const entry = loading.get(url);
      loading.delete(url);
      // One that still waits for its turn would come too late.
      if (!entry?.begun) entry?.abort.abort();
      return entry?.begun ? entry.head : undefined;
    },
    dispose: () => want([]),
  };
}
