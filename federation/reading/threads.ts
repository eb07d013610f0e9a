import { LRUCache } from 'lru-cache';
import { readingLimits } from '../../config/limits.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { Urls } from '../../src/modules/instances/index.ts';
import { createFetchBudget } from '../inbox/signature/fetch-budget.ts';
import type { KnownPost, Posts, Unusable } from '../posts.ts';
import { idOf, type JsonObject, listOf, uriOf } from '../translate/read.ts';
import type { Keep } from './keep.ts';

export interface ThreadDeps {
  readonly posts: Posts;
  readonly keep: Keep;
  readonly urls: Urls;
  readonly clock: Clock;
}

/** A post that is here now, or why the way up to the root of its thread ended before. */
export type ThreadEnd =
  | { readonly ok: true; readonly post: KnownPost }
  | { readonly ok: false; readonly why: Unusable };

export interface WalkOptions {
  readonly maxDepth: number;
  readonly signal: AbortSignal;
  /** Whether a video at the root may be new here. Otherwise only threads under known videos are completed. */
  readonly mayBringVideo: boolean;
}

export type Threads = ReturnType<typeof createThreads>;

const no = (reason: string, again = false) => ({
  ok: false as const,
  why: { reason, refused: false, again },
});

/** Completes threads of other servers. */
export function createThreads({ posts, keep, urls, clock }: ThreadDeps) {
  const { deadEndMs, deadEndsInMemory } = readingLimits;
  /** Posts that led nowhere, and when that was found: all who answer below them share one try (security.md R5). */
  const deadEnds = new LRUCache<string, number>({ max: deadEndsInMemory });
  /** Per server asked, so that made-up threads cannot lead us to flood anybody. */
  const budget = createFetchBudget(readingLimits, clock);
  /** Per server whose posts start walks. */
  const starts = createFetchBudget(readingLimits, clock);

  function isDeadEnd(uri: string): boolean {
    const since = deadEnds.get(uri);
    return since !== undefined && clock.now() - since < deadEndMs;
  }

  /** The documents from a post upwards, until one that is here, or until the root. */
  async function walkUp(start: string, { maxDepth, signal }: WalkOptions) {
    const chain: JsonObject[] = [];
    const seen = new Set<string>();
    const end = async () => {
      for (let at = start; ; ) {
        const known = await posts.find(at);
        if (known) return { ok: true as const, known };
        if (urls.isOurs(at)) return no('unknown-object');
        if (seen.has(at)) return no('reply-ring');
        if (isDeadEnd(at)) return no('dead-end');
        if (chain.length >= maxDepth) return no('thread-too-deep');
        seen.add(at);
        if (!budget.take(URL.parse(at)?.host ?? '')) return no('too-many-fetches', true);
        const loaded = await posts.load(at, signal);
        if (!loaded.ok) return loaded;
        const id = uriOf(loaded.document.id);
        // The address was that of a page; its post may be here, or have been on the way.
        if (id !== null && id !== at) {
          const same = await posts.find(id);
          if (same) return { ok: true as const, known: same };
          if (seen.has(id)) return no('reply-ring');
          seen.add(id);
        }
        chain.push(loaded.document);
        const parent = idOf(listOf(loaded.document.inReplyTo)[0]);
        if (parent === null) return { ok: true as const, known: null };
        at = parent;
      }
    };
    return { chain, seen, end: await end() };
  }

  /** Stores what was found, from the top down. What is stored already stays, so that this may be repeated. */
  async function keepAll(chain: readonly JsonObject[], known: KnownPost | null): Promise<ThreadEnd> {
    let last = known;
    for (const document of chain.toReversed()) {
      const read = await posts.readServed(document);
      if (!read.ok) return read;
      const kept = await keep(read.post, { isPast: true });
      if (!kept.ok) return no(kept.reason);
      last = kept.post;
    }
    return last ? { ok: true, post: last } : no('unknown-object');
  }

  return {
    /** Whether the posts of this server may start one more walk now. */
    mayStart: (host: string): boolean => starts.take(host),

    /**
     * Brings a post and everything above it here: asks upwards for what each one answers, no further than
     * `maxDepth`, and stores it from the root down (federation-interop.md 2). Rings, deep chains and roots that
     * are no video end the walk, and are remembered for a while.
     */
    async complete(uri: string, options: WalkOptions): Promise<ThreadEnd> {
      const { chain, seen, end } = await walkUp(uri, options);
      const found = end.ok
        ? end.known || options.mayBringVideo
          ? await keepAll(chain, end.known)
          : no('root-not-here')
        : end;
      // Who waits goes less far than is usual, and who is unknown may not bring a video: others may fare better.
      const isFinal = !found.ok && !found.why.again && !['root-not-here'].includes(found.why.reason);
      if (isFinal && options.maxDepth >= readingLimits.maxDepth) {
        for (const one of seen) deadEnds.set(one, clock.now());
      }
      return found;
    },
  };
}
