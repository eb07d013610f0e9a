import { setTimeout as pause } from 'node:timers/promises';
import { exchangeLimits, packLimits } from '../../../config/exchange-limits.ts';
import type { Db, InTx } from '../../db/database.ts';
import { notKeptFromLists, notLimited, ofOpenDomains, type UnlistedDomains } from '../../db/visibility.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import type { Clock } from '../../lib/clock.ts';
import { type AccountId, type IdSource, lowestIdAt, type VideoId } from '../../lib/ids.ts';
import type { Videos } from '../videos/index.ts';
import { type SignedGet, toldIn } from './asking.ts';
import { DAY_MS, type ToldPost, waitingOfTellers, writeTold } from './told-posts.ts';

/** Who made a video that somebody told of, as far as that decides whether it may be shown. */
export interface ToldAuthor {
  readonly id: AccountId;
  readonly discoverable: boolean;
}

/** Why something could not be had. `again`: its server could not be asked just now. */
interface Missed {
  readonly ok: false;
  readonly reason: string;
  readonly again: boolean;
}

/** What became of a look at a post. */
export type Looked = { readonly ok: true; readonly videoId: VideoId } | Missed;

/**
 * Looks for a video at its own server, whoever told of it, and keeps it where it is for everybody. `whyNot` is asked once
 * its author is known, before anything is kept; `isNew`: it is not here yet.
 */
export type LookAtOrigin = (
  uri: string,
  options: {
    readonly signal: AbortSignal;
    readonly whyNot: (author: ToldAuthor, isNew: boolean) => Promise<string | null>;
  },
) => Promise<Looked>;

/** The ids of the newest posts of an account of another server, by its handle, as its outbox has them. */
export type ReadOutbox = (
  handle: string,
  options: { readonly signal: AbortSignal; readonly most: number },
) => Promise<{ readonly ok: true; readonly uris: readonly string[] } | Missed>;

export interface LookingDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly videos: Pick<Videos, 'onShared'>;
  readonly unlistedDomains: UnlistedDomains;
  readonly signedGet: SignedGet;
  readonly lookAtOrigin: LookAtOrigin;
  readonly readOutbox: ReadOutbox;
}

interface WaitingRow {
  readonly id: string;
  readonly source: 'peer' | 'pack' | 'fasp';
  readonly source_id: string;
  readonly kind: 'video' | 'list' | 'outbox';
  readonly uri: string;
  readonly attempts: number;
}

/** What one look has brought. `rest`: why a list could not be read to its end. */
type Brought =
  | Looked
  | { readonly ok: true; readonly posts: readonly ToldPost[]; readonly rest: Missed | null };

/** Why a post is not brought whose pack was stopped meanwhile. */
const STOPPED = 'stopped';

const no = (reason: string, again = false): Missed => ({ ok: false, reason, again });

/** The job `exchange.look`: asks one server for those of its posts that others told of, one after another. */
export function looking(deps: LookingDeps) {
  const { db, inTx, clock } = deps;
  const ofTellers = waitingOfTellers(deps.unlistedDomains);

  const nextOf = (host: string): Promise<WaitingRow | undefined> =>
    db('told_posts')
      .modify(ofTellers)
      .where('told_posts.host', host)
      .where('told_posts.next_at', '<=', new Date(clock.now()))
      .orderBy([{ column: 'told_posts.rank', order: 'desc' }, 'told_posts.id'])
      .first('told_posts.*');

  /** Why a video of this author does not count on the word of this teller; null where it may. */
  async function whyNot(row: WaitingRow, author: ToldAuthor, isNew: boolean): Promise<string | null> {
    if (!author.discoverable) return 'author-not-discoverable';
    const open = await db('accounts')
      .where({ id: author.id, state: 'active' })
      .modify(ofOpenDomains(deps.unlistedDomains))
      .modify(notLimited)
      .modify(notKeptFromLists)
      .first('id');
    if (!open) return 'author-limited';
    const own = () =>
      db('told_posts')
        .join('videos', 'videos.id', 'told_posts.video_id')
        .where({ source: row.source, source_id: row.source_id, 'told_posts.state': 'accepted' });
    const others = await own()
      .where({ 'videos.account_id': author.id })
      .where('counts_until', '>', new Date(clock.now()))
      .count('* as count')
      .first();
    const perAuthor = row.source === 'pack' ? packLimits.perAuthor : exchangeLimits.perAuthor;
    if (Number(others?.count) >= perAuthor) return 'too-many-of-author';
    if (row.source === 'pack') return whyPackIsFull(row.source_id, own());
    return isNew && !(await takePlace(row, own())) ? 'too-many-today' : null;
  }

  async function whyPackIsFull(id: string, own: ReturnType<Db>): Promise<string | null> {
    const pack = await db('discovery_packs').where({ id }).first('max_videos', 'state');
    if (pack?.state !== 'running') return STOPPED;
    const [taken]: { videos: number; bytes: number }[] = await own.select(
      db.raw('count(distinct videos.id)::int as videos'),
      db.raw(
        `coalesce(sum((select sum(bytes) from video_assets where video_assets.video_id = videos.id)), 0)::float8 as bytes`,
      ),
    );
    if (!taken || taken.videos >= pack.max_videos) return 'pack-full';
    return taken.bytes >= packLimits.maxBytes ? 'pack-too-large' : null;
  }

  /** Counts one more video of today that is brought on the word of a server or service; false when those are too many. */
  async function takePlace({ source, source_id }: WaitingRow, own: ReturnType<Db>): Promise<boolean> {
    if (source === 'fasp') {
      const since = lowestIdAt(clock.now() - DAY_MS);
      const [lately]: { count: number }[] = await own
        .where('told_posts.id', '>=', since)
        .select(db.raw('count(*)::int as count'));
      return (lately?.count ?? 0) < exchangeLimits.videosPerDay;
    }
    const counted = await db('exchange_peers')
      .where({ id: source_id })
      .whereRaw('(day is distinct from current_date or videos_of_day < ?)', [exchangeLimits.videosPerDay])
      .update({
        videos_of_day: db.raw('case when day = current_date then videos_of_day + 1 else 1 end'),
        day: db.raw('current_date'),
      });
    return counted === 1;
  }

  /** The posts of a list of another server, page by page as it links them, on that server alone. */
  async function readList(start: string, signal: AbortSignal): Promise<Brought> {
    const posts: ToldPost[] = [];
    const seen = new Set<string>();
    let next: URL | null = new URL(start);
    for (let page = 0; next !== null && page < packLimits.maxPages && !seen.has(next.href); page += 1) {
      seen.add(next.href);
      const { maxBytes, deadlineMs } = exchangeLimits;
      const answer: Awaited<ReturnType<SignedGet>> = await deps.signedGet({
        ...{ url: next, signal, maxBytes, deadlineMs, accept: 'application/json' },
      });
      const found = answer.ok && answer.status === 200 ? toldIn(answer.body, packLimits.perPage) : null;
      if (!answer.ok || found === null) {
        const missed = whyMissed(answer);
        return posts.length > 0 ? { ok: true, posts, rest: missed } : missed;
      }
      posts.push(...found.map(({ uri, rank }) => ({ uri, rank: Math.max(1, rank - 1) })));
      next = nextPage(answer.headers.link, next);
    }
    return { ok: true, posts, rest: null };
  }

  async function bring(row: WaitingRow, signal: AbortSignal): Promise<Brought> {
    if (row.kind === 'list') return readList(row.uri, signal);
    if (row.kind === 'outbox') {
      const read = await deps.readOutbox(row.uri, { signal, most: packLimits.perOutbox });
      return read.ok ? { ok: true, posts: read.uris.map((uri) => ({ uri, rank: 50 })), rest: null } : read;
    }
    return deps.lookAtOrigin(row.uri, {
      signal,
      whyNot: (author, isNew) => whyNot(row, author, isNew),
    });
  }

  async function store(row: WaitingRow, brought: Brought): Promise<void> {
    const told = (conn: Db) => conn('told_posts').where({ id: row.id, state: 'waiting' });
    const accepted = { state: 'accepted', reason: null, next_at: null };
    if (brought.ok) {
      await inTx(async (tx) => {
        if ('videoId' in brought) {
          await told(tx).update({ ...accepted, video_id: brought.videoId });
          return deps.videos.onShared(tx, { videoId: brought.videoId });
        }
        const { posts, rest } = brought;
        // What was read is looked at meanwhile; with the last try it is all there is.
        await told(tx).update((rest && triedAgain(row, rest)) ?? accepted);
        const teller = { source: row.source, id: row.source_id };
        await writeTold({ ids: deps.ids, now: new Date(clock.now()) }, tx, teller, posts);
      });
      return;
    }
    // Whoever goes on with the pack goes on with this post.
    if (brought.reason === STOPPED) return;
    const over = { state: 'refused', reason: brought.reason.slice(0, 100), attempts: row.attempts + 1 };
    await told(db).update(triedAgain(row, brought) ?? { ...over, next_at: null });
  }

  /** What is noted of what is tried again later; null where it is not. */
  function triedAgain({ attempts }: WaitingRow, { again }: Missed) {
    if (!again || attempts + 1 >= exchangeLimits.maxAttempts) return null;
    const next_at = new Date(clock.now() + exchangeLimits.retryMs * 2 ** attempts);
    return { attempts: attempts + 1, next_at };
  }

  return {
    async run(host: string, { signal }: JobRun): Promise<Finish> {
      for (let looked = 0; looked < exchangeLimits.perTurn; looked += 1) {
        signal.throwIfAborted();
        const row = await nextOf(host);
        if (!row) break;
        if (looked > 0) await pause(exchangeLimits.pauseMs, undefined, { signal });
        const brought = await bring(row, signal);
        signal.throwIfAborted();
        await store(row, brought);
      }
      return async (tx) =>
        (
          await tx('told_posts')
            .modify(ofTellers)
            .where('told_posts.host', host)
            .min('told_posts.next_at as at')
            .first()
        )?.at ?? null;
    },
  };
}

/** Why an answer is no list. */
function whyMissed(answer: Awaited<ReturnType<SignedGet>>): Missed {
  if (!answer.ok) return no(answer.reason, ['timeout', 'connection-failed'].includes(answer.reason));
  if (answer.status === 200) return no('not-a-list');
  return no(`answered-${answer.status}`, answer.status >= 500 || answer.status === 429);
}

/** The next page that a `Link` header names, on the same server; null where there is none. */
function nextPage(link: string | string[] | undefined, from: URL): URL | null {
  const [, href] = /<([^<>]{1,2000})>\s*;\s*rel="next"/.exec(String(link ?? '').slice(0, 8_000)) ?? [];
  const url = href === undefined ? null : URL.parse(href, from);
  return url?.origin === from.origin ? url : null;
}
