import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { AccountId, VideoId } from '../../src/lib/ids.ts';
import { createVideoFactory, type VideoFacts } from './factories.ts';
import { clientOf, createPeople, type Person } from './people.ts';
import type { TestServer } from './server.ts';
import { storeWatched } from './watched.ts';

interface Told {
  readonly kind?: 'view' | 'watch' | 'complete' | 'skip';
  readonly ms?: number;
  readonly source?: 'tag' | 'for_you';
  readonly mask?: string | null;
}

/** So many people who are not signed in. */
export const strangers = (count: number, first = 0) =>
  Array.from({ length: count }, (_, n) => ({ visitor: `198.51.${first + n}.0` }));

/** People who make videos, watch them, and ask how they do. */
export function createAnalyticsRig(server: TestServer) {
  const client = clientOf(server.origin);
  const people = createPeople(server);
  const videos = createVideoFactory(server.context);
  let names = 0;
  const somebody = () => people.signedIn(`somebody_${++names}`);

  async function look(path: string, as: Person) {
    await storeWatched(server.context);
    await server.context.analytics.fold();
    const answer = await client.get(`/api/v1/studio/${path}`, { as });
    expect(answer.status, answer.text).toBe(200);
    return answer.body;
  }

  return {
    client,
    people,
    videos,
    somebody,
    /** An author with a video of ten seconds. */
    async authored(facts: VideoFacts = {}) {
      const author = await somebody();
      const id = await videos.video(author.account, facts);
      await server.context.db('videos').where({ id }).update({ duration_seconds: 10 });
      return { author, id };
    },
    /** As requests that were let in. */
    async watch(
      videoId: VideoId,
      by: readonly ({ visitor: string } | AccountId)[],
      { kind = 'watch', ms: watchedMs = 5_000, source = 'for_you', mask = null }: Told = {},
    ): Promise<void> {
      await Promise.all(
        by.map((who) =>
          server.context.watching.report({
            watcher: typeof who === 'string' ? { accountId: who } : { accountId: null, ...who },
            network: typeof who === 'string' ? null : who.visitor,
            events: [{ id: randomUUID(), videoId, kind, watchedMs, at: null, source, mask }],
          }),
        ),
      );
      await storeWatched(server.context);
    },
    /** What the author is told once all is added up. */
    look,
    ofVideo: (id: VideoId, as: Person, query = '') => look(`videos/${id}/analytics${query}`, as),
    ofChannel: (as: Person, query = '') => look(`analytics${query}`, as),
  };
}
