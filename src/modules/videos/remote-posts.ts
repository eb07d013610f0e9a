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
import type { Verdict } from '../rules/index.ts';
import { takeToldRights } from '../sounds/index.ts';
import type { VideoCommandDeps } from './commands.ts';
import type { RemoteVideo } from './model.ts';
import { screenedColumns, screenRemoteVideo } from './screened.ts';

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
): Promise<Result<{ videoId: VideoId }, 'known' | 'deleted' | 'rule'>[]> {
  const deleted = await deletedAmong(
    tx,
    arriving.map(({ author, video: { uri, attributedTo, editedAt } }) => ({
      ...{ uri, editedAt, actorUris: [author.actorUri, ...attributedTo] },
    })),
  );
  const ids = arriving.map(({ video: { publishedAt }, arrival }) =>
    arrival?.isPast ? deps.ids.at<'video'>(publishedAt.getTime()) : deps.ids.next<'video'>(),
  );
  const listed = await listedAmong(tx, arriving);
  const refused = new Set<VideoId>();
  const wanted: ScreenedVideo[] = [];
  for (const [at, one] of arriving.entries()) {
    const id = ids[at];
    if (id === undefined || deleted[at]) continue;
    if (listed.has(one.video.sourceDigest ?? '')) {
      refused.add(id);
      continue;
    }
    const screened = await screenRemoteVideo(deps, tx, one.author, one.video, 'post');
    if (screened.ok) wanted.push({ ...one, id, verdict: screened.verdict });
    else refused.add(id);
  }
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
    isNew.filter(({ verdict }) => !verdict.hold).map(({ id }) => ({ videoId: id })),
  );
  for (const { id, author, verdict } of isNew) {
    await deps.screening.settle(tx, verdict, { kind: 'video', id, accountId: author.id });
  }
  return ids.map((videoId, at) => {
    if (deleted[at]) return fail('deleted', 'Its server deleted this video before it arrived.');
    if (refused.has(videoId)) return fail('rule', 'A rule of this server does not allow this video.');
    return added.has(videoId) ? ok({ videoId }) : fail('known', 'This video is known already.');
  });
}

/** Digests of files, as their servers tell them, that must not be posted again. */
async function listedAmong(tx: Tx, arriving: readonly NewRemoteVideo[]): Promise<Set<string>> {
  const told = arriving.flatMap(({ video: { sourceDigest } }) => sourceDigest ?? []);
  return told.length === 0
    ? new Set()
    : new Set(await tx('listed_media').whereIn('sha256', told).pluck('sha256'));
}

/** A video that may be stored, and what the rules say of it. */
interface ScreenedVideo extends NewRemoteVideo {
  readonly id: VideoId;
  readonly verdict: Verdict;
}

/** Inserts those that are not known yet, and returns their ids. */
async function insertRemoteVideos(tx: Tx, wanted: readonly ScreenedVideo[]): Promise<Set<VideoId>> {
  const originals = await originalsOf(tx, wanted);
  const rows = wanted.map(({ id, author, video, arrival, verdict }) => ({
    id,
    ...remixColumns(author, video, originals),
    sound_of_uri: video.sound?.ofUri ?? null,
    account_id: author.id,
    local: false,
    uri: video.uri,
    url: video.url,
    state: verdict.hold ? 'held' : 'published',
    hold: verdict.hold,
    ...saidColumns(video),
    sensitive: video.sensitive || verdict.sensitive,
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

interface Original {
  readonly id: VideoId;
  readonly uri: string;
  readonly account_id: AccountId;
}

/** Those of the originals of remixes that are here, by their ActivityPub ids. */
async function originalsOf(
  tx: Tx,
  wanted: readonly NewRemoteVideo[],
): Promise<ReadonlyMap<string, Original>> {
  const uris = wanted.flatMap(({ video }) => video.remix?.uri ?? []);
  if (uris.length === 0) return new Map();
  const rows: Original[] = await tx('videos').whereIn('uri', uris).select('id', 'uri', 'account_id');
  return new Map(rows.map((row) => [row.uri, row]));
}

/** What a remote video says that it was made from. Nobody has to be asked about one's own. */
function remixColumns(
  author: Account,
  { remix = null }: RemoteVideo,
  originals: ReadonlyMap<string, Original>,
) {
  const original = remix === null ? undefined : originals.get(remix.uri);
  const isOwn = original?.account_id === author.id;
  return {
    remix_kind: remix?.kind ?? null,
    remix_layout: remix?.layout ?? null,
    carries_sound: remix?.carriesSound ?? null,
    remix_of_uri: remix?.uri ?? null,
    remix_of_id: original?.id ?? null,
    remix_stamp_uri: remix?.stampUri ?? null,
    remix_consent: remix === null ? null : isOwn ? 'given' : 'asked',
  };
}

/**
 * Applies what another server says anew of a video that is known. An edit counts only when it is newer than
 * what is kept, so that edits may come in any order; its media is not fetched again. Its server may also
 * narrow or widen who sees it.
 */
export async function updateRemoteVideo(
  deps: Pick<VideoCommandDeps, 'ids' | 'screening'>,
  tx: Tx,
  videoId: VideoId,
  video: RemoteVideo,
  mentions: readonly AccountId[],
): Promise<Result<object, 'not-newer' | 'rule'>> {
  const known = await tx('videos')
    .where({ id: videoId, local: false })
    .whereRaw(`coalesce(edited_at, published_at, '-infinity') < ?`, [video.editedAt])
    .forUpdate()
    .first('id', 'account_id', 'sound_title');
  if (!known) return fail('not-newer', 'What is known is as new, or newer.');
  const author: { id: AccountId; domain: string } = await tx('accounts')
    .where({ id: known.account_id })
    .first('id', 'domain');
  const screened = await screenRemoteVideo(deps, tx, author, video, 'edit');
  if (!screened.ok) return screened;
  const { verdict } = screened;
  await keepVersion(tx, deps.ids, { videoId });
  await tx('videos')
    .where({ id: videoId })
    .update({ ...saidColumns(video), ...screenedColumns(verdict) });
  const { title = '' } = video.sound ?? {};
  if (title !== known.sound_title) await tx('sounds').where({ original_id: videoId }).update({ title });
  await takeToldRights(tx, videoId);
  await deps.screening.settle(tx, verdict, { kind: 'video', id: videoId, accountId: author.id });
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
    // What nobody allowed is not allowed.
    allows_duet: video.remixes?.duet ?? false,
    allows_stitch: video.remixes?.stitch ?? false,
    remix_asks: video.remixes?.ask ?? false,
    remix_policy: video.remixes?.policy ?? null,
    allows_sound: video.sound?.allowed ?? null,
    sound_title: video.sound?.title ?? '',
    sound_rights: video.sound?.rights ?? null,
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
