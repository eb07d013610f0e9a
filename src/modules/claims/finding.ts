import { claimLimits } from '../../../config/claim-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { visibleTo } from '../../db/visibility.ts';
import { type AccountId, parseId, type VideoId } from '../../lib/ids.ts';
import type { Hashes } from '../hashes/index.ts';
import type { ClaimDeps } from './deps.ts';
import type { ClaimVideoRow, SoundPolicy, Via } from './model.ts';

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

interface Known {
  /** Videos from which it is to be looked on. */
  readonly front: readonly VideoId[];
  /** Those that are known already, with these. */
  readonly seen: ReadonlySet<VideoId>;
  /** Those of them that have nothing of the claimed work but the sound. */
  readonly heardOnly: ReadonlySet<VideoId>;
  readonly sounds: SoundPolicy;
}

/**
 * The next of what was made from these videos, and of what has the same file. What was made with the sound of one has nothing else of it, and so has what
 * was made from that: all of it comes as `sound`, where it is asked for.
 */
async function stepFrom(
  hashes: Pick<Hashes, 'sameFile'>,
  conn: Db | Tx,
  { front, seen, heardOnly, sounds }: Known,
): Promise<Step[]> {
  const known = [...seen];
  const remixes: { id: VideoId; remix_of_id: VideoId }[] = await conn('videos')
    .whereRaw('remix_of_id = any(?::bigint[])', [[...front]])
    // The sound is all that such a one has of the claimed work.
    .whereRaw('(carries_sound is distinct from false or remix_of_id <> all(?::bigint[]))', [[...heardOnly]])
    .whereRaw('id <> all(?::bigint[])', [known])
    .where({ state: 'published' })
    .orderBy('id')
    .limit(claimLimits.maxCascade)
    .select('id', 'remix_of_id');
  const heard = sounds === 'keep' ? [] : await madeWithSoundOf(conn, front, known);
  const copies = await hashes.sameFile(conn, front, known);
  const found = new Map<VideoId, Step>();
  for (const step of [
    ...remixes.map(({ id, remix_of_id: ofId }) => ({ videoId: id, ofId, via: 'remix' as const })),
    ...copies.map(({ videoId, ofId }) => ({ videoId, ofId, via: 'file' as const })),
    ...heard,
  ]) {
    if (found.has(step.videoId)) continue;
    found.set(step.videoId, heardOnly.has(step.ofId) ? { ...step, via: 'sound' } : step);
  }
  return [...found.values()].slice(0, claimLimits.maxCascade);
}

/** What goes with these videos, and with that, and so on; as much as is looked for at once. None of these themselves. */
export async function relatedTo(
  hashes: Pick<Hashes, 'sameFile'>,
  conn: Db | Tx,
  videoIds: readonly VideoId[],
  sounds: SoundPolicy,
): Promise<Related[]> {
  const seen = new Set<VideoId>(videoIds);
  const steps: Step[] = [];
  const heardOnly = new Set<VideoId>();
  let front: readonly VideoId[] = videoIds;
  while (front.length > 0 && steps.length < claimLimits.maxCascade) {
    const fresh = await stepFrom(hashes, conn, { front, seen, heardOnly, sounds });
    for (const { videoId, via } of fresh) {
      seen.add(videoId);
      if (via === 'sound') heardOnly.add(videoId);
    }
    steps.push(...fresh);
    front = fresh.map(({ videoId }) => videoId);
  }
  return describe(conn, steps.slice(0, claimLimits.maxCascade));
}

/** The next of what goes with those videos of a claim that are gone, and is not among all of them yet. */
export async function furtherFrom(
  hashes: Pick<Hashes, 'sameFile'>,
  conn: Db | Tx,
  { all, gone }: Readonly<Record<'all' | 'gone', readonly ClaimVideoRow[]>>,
  sounds: SoundPolicy,
): Promise<Related[]> {
  const heardOnly = gone.filter(({ via }) => via === 'sound');
  return describe(
    conn,
    await stepFrom(hashes, conn, {
      front: gone.map(({ video_id }) => video_id),
      seen: new Set(all.map(({ video_id }) => video_id)),
      heardOnly: new Set(heardOnly.map(({ video_id }) => video_id)),
      sounds,
    }),
  );
}

/** What was made with the sound of these videos, each the original of it. */
async function madeWithSoundOf(
  conn: Db | Tx,
  ids: readonly VideoId[],
  known: readonly VideoId[],
): Promise<Step[]> {
  const rows: { id: VideoId; sound_of_id: VideoId }[] = await conn('videos')
    .whereRaw('sound_of_id = any(?::bigint[])', [[...ids]])
    .whereRaw('id <> all(?::bigint[])', [[...known]])
    .where({ state: 'published' })
    .orderBy('id')
    .limit(claimLimits.maxCascade)
    .select('id', 'sound_of_id');
  return rows.map(({ id, sound_of_id: ofId }) => ({ videoId: id, ofId, via: 'sound' as const }));
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
