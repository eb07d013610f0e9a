import { videoLimits } from '../../../config/limits.ts';
import type { Tx } from '../../db/database.ts';
import { addMentions, replaceMentions } from '../../db/mentions.ts';
import { replaceTags, tagsOfText } from '../../db/tags.ts';
import { deletedAmong } from '../../db/tombstones.ts';
import { keepVersion } from '../../db/versions.ts';
import { textOfHtml } from '../../lib/html/sanitize.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Account } from '../accounts/index.ts';
import type { VideoCommandDeps } from './commands.ts';
import type { RemoteVideo } from './model.ts';

/** How a video of another server came here. */
export interface Arrival {
  /** It was looked up, not sent: lists show it among those of its own time, and not as news. */
  readonly isPast?: boolean;
  /** Nobody here asked for its author: a relay told of it. */
  readonly isDiscovery?: boolean;
}

/** A video of another server, to be stored. */
export interface NewRemoteVideo {
  readonly author: Account;
  readonly video: RemoteVideo;
  readonly mentions?: readonly AccountId[];
  readonly arrival?: Arrival;
}

/**
 * Stores what posts of other servers say, and tells what became of each. Known posts stay as they are (a Create
 * changes nothing twice), and one that was deleted before its Create arrived stays deleted.
 */
export async function receiveRemoteVideos(
  deps: VideoCommandDeps,
  tx: Tx,
  arriving: readonly NewRemoteVideo[],
): Promise<Result<{ videoId: VideoId }, 'known' | 'deleted'>[]> {
  const deleted = await deletedAmong(
    tx,
    arriving.map(({ author, video: { uri, attributedTo, editedAt } }) => ({
      ...{ uri, editedAt, actorUris: [author.actorUri, ...attributedTo] },
    })),
  );
  const ids = arriving.map(({ video: { publishedAt }, arrival }) =>
    arrival?.isPast ? deps.ids.at<'video'>(publishedAt.getTime()) : deps.ids.next<'video'>(),
  );
  const wanted = arriving.flatMap((one, at) => {
    const id = ids[at];
    return id === undefined || deleted[at] ? [] : [{ ...one, id }];
  });
  const added = await insertRemoteVideos(tx, wanted);
  const isNew = wanted.filter(({ id }) => added.has(id));
  await addMentions(
    tx,
    isNew.map(({ id, mentions = [] }) => ({ post: { videoId: id }, accountIds: mentions })),
  );
  await replaceTags(
    tx,
    isNew.map(({ id, video }) => ({
      videoId: id,
      tags: tagsOfText(textOfHtml(video.captionHtml, videoLimits.maxSearchedCharacters)),
    })),
    { isNew: true },
  );
  await deps.emit(
    tx,
    'video.discovered',
    isNew.map(({ id }) => ({ videoId: id })),
  );
  return ids.map((videoId, at) => {
    if (deleted[at]) return fail('deleted', 'Its server deleted this video before it arrived.');
    return added.has(videoId) ? ok({ videoId }) : fail('known', 'This video is known already.');
  });
}

/** Inserts those that are not known yet, and returns their ids. */
async function insertRemoteVideos(
  tx: Tx,
  wanted: readonly (NewRemoteVideo & { readonly id: VideoId })[],
): Promise<Set<VideoId>> {
  const rows = wanted.map(({ id, author, video, arrival }) => ({
    id,
    account_id: author.id,
    local: false,
    uri: video.uri,
    url: video.url,
    state: 'published',
    ...saidColumns(video),
    duration_seconds: video.durationSeconds,
    width: video.width,
    height: video.height,
    blurhash: video.blurhash,
    media_state: 'waiting',
    source_url: video.sourceUrl,
    source_digest: video.sourceDigest ?? null,
    source_poster_url: video.sourcePosterUrl,
    published_at: video.publishedAt,
    attributed_to: video.attributedTo,
    discovery: arrival?.isDiscovery ?? false,
  }));
  const [first] = rows;
  if (!first) return new Set();
  const columns = Object.keys(first).join(', ');
  // One parameter for all, where a thousand of them would cost more than the insert itself.
  const { rows: added } = await tx.raw<{ rows: { id: VideoId }[] }>(
    `insert into videos (${columns})
     select ${columns} from jsonb_populate_recordset(null::videos, ?)
     on conflict (uri) do nothing
     returning id`,
    // PostgreSQL refuses JSON with half a surrogate pair, which as a text becomes the replacement character.
    [JSON.stringify(rows, (_key, value) => (typeof value === 'string' ? value.toWellFormed() : value))],
  );
  return new Set(added.map(({ id }) => id));
}

/**
 * Applies what another server says anew of a video that is known. An edit counts only when it is newer than
 * what is kept, so that edits may come in any order; its media is not fetched again. Its server may also
 * narrow or widen who sees it.
 */
export async function updateRemoteVideo(
  deps: Pick<VideoCommandDeps, 'ids'>,
  tx: Tx,
  videoId: VideoId,
  video: RemoteVideo,
  mentions: readonly AccountId[],
): Promise<Result<object, 'not-newer'>> {
  const known = await tx('videos')
    .where({ id: videoId, local: false })
    .whereRaw(`coalesce(edited_at, published_at, '-infinity') < ?`, [video.editedAt])
    .forUpdate()
    .first('id');
  if (!known) return fail('not-newer', 'What is known is as new, or newer.');
  await keepVersion(tx, deps.ids, { videoId });
  await tx('videos').where({ id: videoId }).update(saidColumns(video));
  await replaceMentions(tx, { videoId }, mentions);
  await replaceTags(tx, [
    { videoId, tags: tagsOfText(textOfHtml(video.captionHtml, videoLimits.maxSearchedCharacters)) },
  ]);
  return ok();
}

/** What its author may say anew of a remote video. */
function saidColumns(video: RemoteVideo) {
  return {
    visibility: video.visibility,
    caption_html: video.captionHtml,
    content_warning: video.contentWarning,
    sensitive: video.sensitive,
    alt_text: video.altText,
    language: video.language,
    comments_open: video.commentsOpen,
    allows_download: video.allowsDownload ?? true,
    // No server says so yet, and what nobody allowed is not allowed.
    ...{ allows_duet: false, allows_stitch: false },
    edited_at: video.editedAt,
  };
}

/**
 * Its server does not find a remote video (`missing`), or has it after all. Returns since when it is missing;
 * one 404 may be an accident, so that callers drop what stays missing.
 */
export async function noteMissingVideo(tx: Tx, videoId: VideoId, missing: boolean): Promise<Date | null> {
  const [row] = await tx('videos')
    .where({ id: videoId, local: false })
    .update({ missing_since: missing ? tx.raw('coalesce(missing_since, now())') : null })
    .returning<{ missing_since: Date | null }[]>('missing_since');
  return row?.missing_since ?? null;
}
