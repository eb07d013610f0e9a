import { claimLimits } from '../../../config/claim-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { visibleTo } from '../../db/visibility.ts';
import { type AccountId, parseId, type VideoId } from '../../lib/ids.ts';
import type { Hashes } from '../hashes/index.ts';
import type { ClaimDeps } from './deps.ts';
import type { Via } from './model.ts';

/** A video that somebody claims, by the address they gave. */
export interface Target {
  readonly videoId: VideoId;
  readonly accountId: AccountId;
  readonly url: string;
}

type Where = Pick<ClaimDeps, 'origin' | 'unlistedDomains'>;

/** The id of a video in an address of this server; null where it names none. */
function localIdOf(url: URL, origin: string): VideoId | null {
  if (url.origin !== origin) return null;
  const [, id = ''] = /^\/(?:@[^/]+|ap\/videos|embed)\/(\d{1,19})\/?$/.exec(url.pathname) ?? [];
  return parseId<'video'>(id);
}

/**
 * The videos that stand at these addresses: pages of this server, or those of other servers of which something is here. Only what everybody
 * can see is found, so that nobody learns of others by asking. `unknown` holds the addresses where there is nothing.
 */
export async function findTargets(
  where: Where,
  tx: Tx,
  urls: readonly string[],
): Promise<{ readonly targets: readonly Target[]; readonly unknown: readonly string[] }> {
  const targets = new Map<VideoId, Target>();
  const unknown: string[] = [];
  for (const url of new Set(urls)) {
    const found = await targetAt(where, tx, url);
    if (found) targets.set(found.videoId, found);
    else unknown.push(url);
  }
  return { targets: [...targets.values()], unknown };
}

async function targetAt({ origin, unlistedDomains }: Where, tx: Tx, text: string): Promise<Target | null> {
  const url = URL.parse(text);
  if (url === null) return null;
  const id = localIdOf(url, origin);
  if (id === null && url.origin === origin) return null;
  const row: { id: VideoId; account_id: AccountId; url: string } | undefined = await tx('videos')
    .modify(visibleTo(null, unlistedDomains))
    .modify((query) => {
      if (id !== null) query.where('videos.id', id);
      else query.where((either) => either.where('videos.uri', url.href).orWhere('videos.url', url.href));
    })
    .first('videos.id', 'videos.account_id', 'videos.url');
  return row ? { videoId: row.id, accountId: row.account_id, url: row.url } : null;
}

/** A video that goes with one that is removed. */
export interface Related extends Target {
  readonly via: Exclude<Via, 'claimed'>;
  readonly viaVideoId: VideoId;
}

interface Step {
  readonly videoId: VideoId;
  readonly ofId: VideoId;
  readonly via: Related['via'];
}

/** What was made from these videos, and what has the same file; and so on from there. None of these themselves. */
export async function relatedTo(
  hashes: Pick<Hashes, 'sameFile'>,
  conn: Db | Tx,
  videoIds: readonly VideoId[],
): Promise<Related[]> {
  const seen = new Set<VideoId>(videoIds);
  const steps: Step[] = [];
  let front = [...videoIds];
  while (front.length > 0 && steps.length < claimLimits.maxCascade) {
    const remixes: { id: VideoId; remix_of_id: VideoId }[] = await conn('videos')
      .whereRaw('remix_of_id = any(?::bigint[])', [front])
      .where({ state: 'published' })
      .orderBy('id')
      .limit(claimLimits.maxCascade)
      .select('id', 'remix_of_id');
    const copies = await hashes.sameFile(conn, front);
    const found: Step[] = [
      ...remixes.map(({ id, remix_of_id: ofId }) => ({ videoId: id, ofId, via: 'remix' as const })),
      ...copies.map(({ videoId, ofId }) => ({ videoId, ofId, via: 'file' as const })),
    ];
    const fresh = found.filter(({ videoId }) => !seen.has(videoId) && seen.add(videoId));
    steps.push(...fresh);
    front = fresh.map(({ videoId }) => videoId);
  }
  return describe(conn, steps.slice(0, claimLimits.maxCascade));
}

/** With whose they are and where. */
export async function describe(conn: Db | Tx, steps: readonly Step[]): Promise<Related[]> {
  if (steps.length === 0) return [];
  const rows: { id: VideoId; account_id: AccountId; url: string }[] = await conn('videos')
    .whereRaw('id = any(?::bigint[])', [steps.map(({ videoId }) => videoId)])
    .select('id', 'account_id', 'url');
  const byId = new Map(rows.map((row) => [row.id, row]));
  return steps.flatMap(({ videoId, ofId, via }) => {
    const row = byId.get(videoId);
    return row ? [{ videoId, accountId: row.account_id, url: row.url, via, viaVideoId: ofId }] : [];
  });
}
