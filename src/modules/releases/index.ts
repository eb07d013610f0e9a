import { z } from 'zod';
import { releaseLimits } from '../../../config/release-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import { migrationNames } from '../../db/migrate.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { SafeFetch } from '../../lib/net/safe-fetch.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Feed, type News, newsFor, readFeed } from './feed.ts';

export type { News } from './feed.ts';

interface ReleasesDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly clock: Clock;
  readonly log: Logger;
  readonly request: SafeFetch['request'];
  /** The version that runs. */
  readonly version: string;
  /** Null: nobody is asked. */
  readonly feed: { readonly url: string; readonly key: string } | null;
  /** Tells the staff of a release that mends a hole; in the transaction that writes it down. */
  readonly tell: (tx: Tx, news: News) => Promise<void>;
}

export type Releases = ReturnType<typeof createReleases>;

export interface ReleaseStatus {
  readonly running: string;
  readonly isWatched: boolean;
  /** When the feed was last read; null: never yet. */
  readonly checkedAt: Date | null;
  /** A newer version; null: there is none, as far as is known. */
  readonly news: News | null;
  /** Why the feed could not be read the last time. */
  readonly lastError: string | null;
}

const KEY = 'releases';
const storedSchema = z.object({
  triedAt: z.number(),
  checkedAt: z.number().nullable(),
  lastError: z.string().nullable(),
  madeAt: z.string().nullable(),
  releases: z.array(
    z.object({ version: z.string(), publishedAt: z.string(), security: z.boolean(), url: z.string() }),
  ),
  /** The version of which the staff was told. */
  told: z.string().nullable(),
});
type Stored = z.infer<typeof storedSchema>;

const NOTHING: Stored = {
  ...{ triedAt: 0, checkedAt: null, lastError: null, madeAt: null, releases: [], told: null },
};

/** Whether there are newer versions, from a signed feed that an admin names. */
export function createReleases({ db, inTx, clock, log, request, version, feed, tell }: ReleasesDeps) {
  async function stored(conn: Db | Tx): Promise<Stored> {
    const row = await conn('instance_settings').where({ key: KEY }).first('value');
    return row ? storedSchema.parse(row.value) : NOTHING;
  }

  async function store(tx: Tx, state: Stored): Promise<void> {
    const value = JSON.stringify(state);
    await tx('instance_settings').insert({ key: KEY, value }).onConflict('key').merge({ value });
  }

  const newsOf = ({ madeAt, releases }: Stored) =>
    madeAt === null ? null : newsFor(version, { madeAt, releases });

  async function fetchFeed(url: string, key: string): Promise<Result<{ feed: Feed }>> {
    const answer = await request({
      ...{ method: 'GET', url, accept: 'application/json', maxBytes: releaseLimits.maxFeedBytes },
    });
    if (!answer.ok) return fail(answer.reason, answer.detail);
    if (answer.status !== 200) return fail('bad-response', `The feed answered with status ${answer.status}.`);
    return readFeed(answer.body, key);
  }

  const releases = {
    async status(): Promise<ReleaseStatus> {
      const state = await stored(db);
      const isWatched = feed !== null;
      return {
        ...{ running: version, isWatched },
        checkedAt: state.checkedAt === null ? null : new Date(state.checkedAt),
        news: isWatched ? newsOf(state) : null,
        lastError: isWatched ? state.lastError : null,
      };
    },

    /** The schema of the database, as this process meets it. */
    async schema(): Promise<{ newest: string | null; isFromNewer: boolean }> {
      const [done, known] = await Promise.all([
        db('migrations').orderBy('name').pluck('name') as Promise<string[]>,
        migrationNames(),
      ]);
      const ours = new Set(known);
      return { newest: done.at(-1) ?? null, isFromNewer: done.some((name) => !ours.has(name)) };
    },

    /** Asks the feed now. What was known stays where it cannot be read, or is older than what was read before. */
    async check(): Promise<Result> {
      if (feed === null) return fail('no-feed', 'No feed of releases is configured: set RELEASE_FEED_URL.');
      const outcome = await fetchFeed(feed.url, feed.key);
      return inTx(async (tx): Promise<Result> => {
        const before = await stored(tx);
        const now = clock.now();
        const isOld = outcome.ok && before.madeAt !== null && outcome.feed.madeAt < before.madeAt;
        if (!outcome.ok || isOld) {
          const lastError = outcome.ok
            ? 'The feed of releases is older than the one that was read before.'
            : (outcome.detail ?? outcome.reason);
          await store(tx, { ...before, triedAt: now, lastError });
          return fail('not-read', lastError);
        }
        const { madeAt, releases: known } = outcome.feed;
        const state: Stored = {
          ...before,
          triedAt: now,
          checkedAt: now,
          lastError: null,
          madeAt,
          releases: known,
        };
        const news = newsOf(state);
        const isUrgent = news?.isSecurity === true && state.told !== news.version;
        if (isUrgent) await tell(tx, news);
        await store(tx, { ...state, told: isUrgent ? news.version : state.told });
        return ok();
      });
    },

    /** The same where it is time. For a worker, now and then. */
    async checkDue(): Promise<void> {
      if (feed === null) return;
      const { triedAt, lastError } = await stored(db);
      const { everyMs, retryMs } = releaseLimits;
      if (clock.now() - triedAt < (lastError === null ? everyMs : retryMs)) return;
      const outcome = await releases.check();
      if (!outcome.ok) log.warn({ detail: outcome.detail }, 'the feed of releases cannot be read');
    },
  };
  return releases;
}
