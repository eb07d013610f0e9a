import type { RemoteVideoMode } from '../../../config/env.ts';
import { mediaLimits, proxyLimits } from '../../../config/media-limits.ts';
import { browserVideoType } from '../../../media/sniff.ts';
import type { Db } from '../../db/database.ts';
import type { VideoId } from '../../lib/ids.ts';
import type { SafeFetch } from '../../lib/net/safe-fetch.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { MediaRefusal } from '../instances/index.ts';
import type { Video, VideoRow } from './model.ts';
import type { SourceFailure } from './remote-source.ts';

/**
 * Videos of other servers whose bytes are passed on (mode `proxy`): which they are, and which they can be. A video is
 * one of them once its file was looked at (`media_reason` is `proxied`), for as long as nothing else was decided.
 */

export interface ProxyDeps {
  readonly db: Db;
  /** What happens to the videos that these servers, each in turn, posted. */
  readonly mediaModesOf: (hosts: readonly string[]) => Promise<RemoteVideoMode[]>;
  /** Why nothing may be fetched from one host of these groups, each in turn, or null. */
  readonly mediaRefusals: (groups: readonly (readonly string[])[]) => Promise<(MediaRefusal | null)[]>;
}

type Candidate = Pick<Video, 'id' | 'uri' | 'sourceUrl' | 'soundMuted' | 'media'>;

/**
 * Those of these videos whose bytes are passed on now: by what was decided about who posted them and who holds their
 * files. Asks the database twice whatever their number, and not at all where none was ever passed on.
 */
export async function proxiedAmong(deps: ProxyDeps, videos: readonly Candidate[]): Promise<Set<VideoId>> {
  const asked = videos.flatMap(({ id, uri, sourceUrl, soundMuted, media }) =>
    // What is passed on is heard.
    !soundMuted && media.state === 'none' && media.reason === 'proxied' && sourceUrl !== null
      ? [{ id, hosts: [new URL(uri).host, new URL(sourceUrl).host] }]
      : [],
  );
  if (asked.length === 0) return new Set();
  const [modes, refusals] = await Promise.all([
    deps.mediaModesOf(asked.map(({ hosts: [poster = ''] }) => poster)),
    deps.mediaRefusals(asked.map(({ hosts }) => hosts)),
  ]);
  const may = asked.filter((_, at) => modes[at] === 'proxy' && refusals[at] === null);
  return new Set(may.map(({ id }) => id));
}

/**
 * The address of the file of a video whose bytes are passed on now, or null where they are not. Says nothing on who
 * may see the video.
 */
export async function proxiedSource(deps: ProxyDeps, id: string): Promise<string | null> {
  const row: VideoRow | undefined = await deps
    .db('videos')
    .where({ id, local: false, state: 'published' })
    .first('id', 'uri', 'source_url', 'staff_muted', 'media_state', 'media_reason');
  if (!row) return null;
  const proxied = await proxiedAmong(deps, [proxyCandidate(row)]);
  return proxied.has(row.id) ? row.source_url : null;
}

/** What `proxiedAmong` needs of a row. */
export function proxyCandidate(
  row: Pick<VideoRow, 'id' | 'uri' | 'source_url' | 'staff_muted' | 'media_state' | 'media_reason'>,
): Candidate {
  const media = { state: row.media_state, reason: row.media_reason, stage: null, percent: 0, detail: null };
  return { id: row.id, uri: row.uri, sourceUrl: row.source_url, soundMuted: row.staff_muted, media };
}

/**
 * Whether the bytes of a file can be passed on: it is one that browsers play as it is, not larger than may be fetched,
 * and its server gives parts of it. Playlists are not, as what they name would have to be passed on as well. Reads
 * its first bytes. Fails where its server does.
 */
export async function isProxiable(
  deps: { readonly readRange: SafeFetch['readRange']; readonly maxBytes: number },
  url: string,
  signal: AbortSignal,
): Promise<Result<{ readonly proxiable: boolean }> | SourceFailure> {
  const { deadlineMs, idleMs } = proxyLimits;
  const range = { start: 0, length: mediaLimits.sniffBytes };
  const head = await deps.readRange({ url, range, deadlineMs, idleMs, signal });
  // The whole file, where a part was asked for.
  if (!head.ok && head.reason === 'bad-response' && head.status === 200) return ok({ proxiable: false });
  if (!head.ok) return head;
  return ok({ proxiable: browserVideoType(head.body) !== null && head.total <= deps.maxBytes });
}
