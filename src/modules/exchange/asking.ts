import { z } from 'zod';
import { exchangeLimits } from '../../../config/exchange-limits.ts';
import { remoteJsonLimits } from '../../../config/limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ExchangePeerId, IdSource } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import { parseBoundedJson } from '../../lib/net/bounded-json.ts';
import type { AddressPolicy } from '../../lib/net/ip-policy.ts';
import { isPlainAddress } from '../../lib/net/plain-address.ts';
import { retryAfterMs } from '../../lib/net/retry-after.ts';
import type { FetchRequest, SafeFetch } from '../../lib/net/safe-fetch.ts';
import { type ToldPost, tellAgain, writeTold } from './told-posts.ts';

/** Asks another server, signed as this server’s own actor, unless it is suspended. */
export type SignedGet = (
  request: Pick<FetchRequest, 'headers' | 'accept' | 'maxBytes' | 'deadlineMs' | 'signal'> & {
    readonly url: URL;
  },
) => ReturnType<SafeFetch['request']>;

export interface AskingDeps {
  readonly db: Db;
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly log: Logger;
  readonly policy: AddressPolicy;
  readonly exchange: { readonly everyMs: number };
  readonly signedGet: SignedGet;
}

interface PeerRow {
  readonly id: ExchangePeerId;
  readonly host: string;
  readonly etag: string | null;
  readonly listed_at: Date | null;
  readonly failures: number;
}

type Answer =
  | { readonly kind: 'list'; readonly posts: readonly ToldPost[]; readonly etag: string | null }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly why: string; readonly pauseMs: number };

/** Of a status of the Mastodon API, what is believed: that its post is worth a look at its own server. */
const told = z.object({
  uri: z.string().refine(isPlainAddress),
  media_attachments: z.array(z.object({ type: z.string() })).catch([]),
});

/** The address at which a server answers. */
export function addressOf(policy: AddressPolicy, host: string, path: string): URL {
  const url = new URL(`https://${host}${path}`);
  if (policy.isAllowedPrivateHost(url.hostname)) url.protocol = 'http:';
  return url;
}

/** The posts of a list of statuses that have a video, best first, ranked by their place. */
export function toldIn(body: Buffer, most: number): readonly ToldPost[] | null {
  const json = parseBoundedJson(body, { ...remoteJsonLimits, maxBytes: exchangeLimits.maxBytes });
  if (!json.ok || !Array.isArray(json.value)) return null;
  const posts = json.value.slice(0, most).flatMap((one) => {
    const post = told.safeParse(one);
    if (!post.success) return [];
    const { uri, media_attachments: media } = post.data;
    return media.some(({ type }) => type === 'video' || type === 'gifv') ? [uri] : [];
  });
  return posts.map((uri, place) => ({ uri, rank: Math.ceil(100 * (1 - place / posts.length)) }));
}

/** The job `exchange.ask`: asks one server what trends there. What it tells is a hint of whom to ask, and no score. */
export function asking(deps: AskingDeps) {
  const { db, clock } = deps;

  async function ask({ host, etag, failures }: PeerRow, signal: AbortSignal): Promise<Answer> {
    const url = addressOf(deps.policy, host, '/api/v1/trends/statuses');
    url.search = new URLSearchParams({ limit: String(exchangeLimits.maxItems), own: 'true' }).toString();
    const { firstRetryMs, longestRetryMs, maxBytes, deadlineMs } = exchangeLimits;
    const usual = Math.min(firstRetryMs * 2 ** failures, longestRetryMs);
    const answer = await deps.signedGet({
      ...{ url, signal, maxBytes, deadlineMs, accept: 'application/json' },
      ...(etag !== null && { headers: { 'if-none-match': etag } }),
    });
    if (!answer.ok) return { kind: 'failed', why: answer.detail ?? answer.reason, pauseMs: usual };
    if (answer.status === 304) return { kind: 'unchanged' };
    if (answer.status !== 200) {
      const asked = retryAfterMs(answer.headers['retry-after'], clock.now()) ?? 0;
      const why =
        answer.status === 401 || answer.status === 403
          ? 'It does not tell this server what trends there.'
          : `It answered ${answer.status}.`;
      return { kind: 'failed', why, pauseMs: Math.min(Math.max(usual, asked), longestRetryMs) };
    }
    const posts = toldIn(answer.body, exchangeLimits.maxItems);
    if (posts === null) return { kind: 'failed', why: 'Its answer is no list of posts.', pauseMs: usual };
    return { kind: 'list', posts, etag: answer.headers.etag ?? null };
  }

  async function store(tx: Tx, { id }: PeerRow, answer: Answer): Promise<void> {
    // Paused, removed or asked by another while it was asked: then that counts.
    const row: PeerRow | undefined = await tx('exchange_peers')
      .where({ id, paused_at: null })
      .forUpdate()
      .first('id', 'host', 'etag', 'listed_at', 'failures');
    if (!row) return;
    const now = new Date(clock.now());
    const peer = tx('exchange_peers').where({ id });
    if (answer.kind === 'failed') {
      await peer.update({
        ...{ failure: answer.why.slice(0, 300), failures: row.failures + 1 },
        ...{ fetched_at: now, next_at: new Date(now.getTime() + answer.pauseMs) },
      });
      return;
    }
    const teller = { source: 'peer', id } as const;
    const next_at = new Date(now.getTime() + deps.exchange.everyMs);
    await peer.update({
      ...{ failure: null, failures: 0, fetched_at: now, succeeded_at: now, next_at, listed_at: now },
      ...(answer.kind === 'list' && { etag: answer.etag }),
    });
    if (answer.kind === 'unchanged') {
      if (row.listed_at !== null) await tellAgain(tx, teller, row.listed_at, now);
      return;
    }
    const hosts = await writeTold({ ids: deps.ids, now }, tx, teller, answer.posts);
    await deps.enqueue(tx, hosts.map(lookJob));
  }

  return {
    async run(id: ExchangePeerId, { signal }: JobRun): Promise<Finish | undefined> {
      const row: PeerRow | undefined = await db('exchange_peers')
        .where({ id, paused_at: null })
        .first('id', 'host', 'etag', 'listed_at', 'failures');
      if (!row) return;
      const answer = await ask(row, signal);
      signal.throwIfAborted();
      deps.log.debug({ host: row.host, kind: answer.kind }, 'a server was asked what trends there');
      return async (tx) => {
        await store(tx, row, answer);
        return null;
      };
    },
  };
}

/** Posts of one server are looked at one after another, so that it is never asked for two at once. */
export const lookJob = (host: string) =>
  ({ name: 'exchange.look', payload: { host }, key: `told:${host}` }) as const;
