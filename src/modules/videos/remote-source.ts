import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hlsLimits, remoteVideoLimits } from '../../../config/media-limits.ts';
import {
  type HlsRefusal,
  isPlaylist,
  type MediaPlaylist,
  type Part,
  type PartKind,
  partKind,
  readPlaylist,
  type SourceVariant,
  variantsByWorth,
} from '../../../media/hls-source.ts';
import type { Join } from '../../../media/join.ts';
import { readHead } from '../../../media/sniff.ts';
import type { Clock } from '../../lib/clock.ts';
import type { FetchReason } from '../../lib/net/fetch-failure.ts';
import type { SafeFetch } from '../../lib/net/safe-fetch.ts';
import { type Failure, fail, ok, type Result } from '../../lib/result.ts';
import type { MediaRefusal } from '../instances/index.ts';

export interface RemoteSourceDeps {
  readonly fetch: Pick<SafeFetch, 'request' | 'download'>;
  readonly clock: Clock;
  /** Puts separate sound and picture into one file. */
  readonly join: Join;
  /** Why nothing may be fetched from one of these hosts, or null. */
  readonly mediaRefusal: (hosts: readonly string[]) => Promise<MediaRefusal | null>;
}

export interface RemoteSourceJob {
  /** A file, or the playlist of one. */
  readonly url: string;
  /** An existing directory of this job alone. */
  readonly toDir: string;
  readonly maxBytes: number;
  readonly maxDurationSeconds: number;
  /** SHA-256 that the file behind `url` must have, in lower-case hex, where its server told one. */
  readonly digest?: string | null;
  readonly signal: AbortSignal;
  /** `total` is what is to come as far as it is known. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
}

export interface RemoteSource {
  /** A local file in `toDir` that is no playlist. */
  readonly path: string;
  /** Fetched bytes of media. */
  readonly bytes: number;
  /** As the other server claims; never to be believed. */
  readonly contentType: string;
  /** SHA-256 of the fetched media in lower-case hex: the same files give the same value. */
  readonly sha256: string;
}

/** `status` is the answer of the other server where it was an error. */
export type SourceFailure = Failure & { readonly status?: number | undefined };
type SourceReason = HlsRefusal | MediaRefusal | 'digest-mismatch' | 'too-large' | 'wrong-part';

/** Failures that no other try will mend: what the file is, and what is not allowed. */
const FINAL: Readonly<Record<string, true>> = {
  ...{ 'blocked-address': true, 'blocked-url': true, 'too-large': true, 'not-found': true },
  ...{ 'not-a-video': true, 'no-video': true },
  ...{ 'domain-suspended': true, 'domain-media-rejected': true },
  ...{ 'not-a-playlist': true, 'playlist-broken': true, 'playlist-too-large': true, 'is-live': true },
  ...{ 'playlist-encrypted': true, 'playlist-unsupported': true, 'playlist-nested': true },
  ...{ 'bad-address': true, 'too-long': true, 'digest-mismatch': true, 'wrong-part': true },
} satisfies Partial<Record<SourceReason | FetchReason | 'not-found' | 'not-a-video' | 'no-video', true>>;

/** Whether a failure says something lasting of the source, so that another try would be in vain. */
export function isFinalSourceFailure({ reason }: Failure): boolean {
  return Object.hasOwn(FINAL, reason);
}

/** One job with the time by which all of its requests must be done. */
interface Fetching extends RemoteSourceDeps {
  readonly job: RemoteSourceJob;
  readonly endsAt: number;
  /** Bytes of media so far, and all that are to come. */
  readonly seen: { bytes: number; total: number | undefined };
}

/**
 * Fetches the file of a remote video. Where the address gives an HLS playlist, the best recording up to a short
 * side of 1080 is fetched part by part, by our own client, into one local file: ffmpeg never sees an address of
 * another server (security.md M1, F1 to F5). What arrives is not looked at beyond the kind of its parts.
 */
export async function fetchRemoteSource(
  deps: RemoteSourceDeps,
  job: RemoteSourceJob,
): Promise<Result<RemoteSource> | SourceFailure> {
  const endsAt = deps.clock.now() + remoteVideoLimits.downloadDeadlineMs;
  const fetching: Fetching = { ...deps, job, endsAt, seen: { bytes: 0, total: undefined } };
  const path = join(job.toDir, 'source');
  const seemsPlaylist = /\.m3u8$/i.test(URL.parse(job.url)?.pathname ?? '');
  const fetched = await deps.fetch.download({
    url: job.url,
    toPath: path,
    // The name is a hint only: it makes a playlist without end cheap, and is never a reason to take one for a video.
    maxBytes: seemsPlaylist ? hlsLimits.maxPlaylistBytes : job.maxBytes,
    deadlineMs: remoteVideoLimits.downloadDeadlineMs,
    idleMs: remoteVideoLimits.idleMs,
    signal: job.signal,
    ...(job.onProgress && !seemsPlaylist ? { onProgress: job.onProgress } : {}),
  });
  if (!fetched.ok) return fetched;
  const sha256 = await digestOf([path], job.signal);
  if (job.digest && job.digest !== sha256) {
    return fail('digest-mismatch', 'The file is not the one that its server described.');
  }
  if (!isPlaylist(await readHead(path))) {
    return ok({ path, bytes: fetched.bytes, contentType: fetched.contentType, sha256 });
  }
  if (fetched.bytes > hlsLimits.maxPlaylistBytes) return fail('playlist-too-large');
  const text = await readFile(path, 'utf8');
  await rm(path);
  return fetchRecording(fetching, text, fetched.finalUrl.href);
}

async function fetchRecording(
  fetching: Fetching,
  text: string,
  baseUrl: string,
): Promise<Result<RemoteSource> | SourceFailure> {
  const chosen = await chooseRecording(fetching, text, baseUrl);
  if (!chosen.ok) return chosen;
  const { picture, sound } = chosen;
  const { job, seen } = fetching;
  const refusal = await fetching.mediaRefusal(hostsOf([picture, ...(sound ? [sound] : [])]));
  if (refusal !== null) return fail(refusal);
  seen.total =
    picture.bytes === null || sound?.bytes === null ? undefined : picture.bytes + (sound?.bytes ?? 0);
  if ((seen.total ?? 0) > job.maxBytes) return tooLarge(job.maxBytes);

  const picturePath = join(job.toDir, 'picture');
  const gotPicture = await fetchParts(fetching, picture, picturePath);
  if (!gotPicture.ok) return gotPicture;
  const contentType = gotPicture.kind === 'transport-stream' ? 'video/mp2t' : 'video/mp4';
  const path = join(job.toDir, 'source');
  if (!sound) {
    const sha256 = await digestOf([picturePath], job.signal);
    await rename(picturePath, path);
    return ok({ path, bytes: seen.bytes, contentType, sha256 });
  }
  const soundPath = join(job.toDir, 'sound');
  const gotSound = await fetchParts(fetching, sound, soundPath);
  if (!gotSound.ok) return gotSound;
  const sha256 = await digestOf([picturePath, soundPath], job.signal);
  const outputDirectory = join(job.toDir, 'joined');
  await mkdir(outputDirectory);
  const made = await fetching.join({ picturePath, soundPath, outputDirectory, signal: job.signal });
  await Promise.all([rm(picturePath), rm(soundPath)]);
  if (!made.ok) return made;
  await rename(made.path, path);
  return ok({ path, bytes: seen.bytes, contentType: 'video/mp4', sha256 });
}

type Recording = { readonly picture: MediaPlaylist; readonly sound: MediaPlaylist | null };

/** The playlists of the best size that is not too large, as far as that is known before it is fetched. */
async function chooseRecording(
  fetching: Fetching,
  text: string,
  baseUrl: string,
): Promise<Result<Recording> | SourceFailure> {
  const { job } = fetching;
  const read = readPlaylist(text, baseUrl, job);
  if (!read.ok) return read;
  if (read.playlist.kind === 'media') return ok({ picture: read.playlist, sound: null });
  const variants = variantsByWorth(read.playlist, remoteVideoLimits.maxShortSide);
  let outcome: Result<Recording> | SourceFailure = fail('no-video', 'The playlist names no video.');
  for (const variant of variants.slice(0, hlsLimits.maxVariantsTried)) {
    outcome = await recordingOf(fetching, variant);
    if (outcome.ok || outcome.reason !== 'too-large') return outcome;
  }
  return outcome;
}

async function recordingOf(
  fetching: Fetching,
  variant: SourceVariant,
): Promise<Result<Recording> | SourceFailure> {
  const picture = await fetchPlaylist(fetching, variant.url);
  if (!picture.ok) return picture;
  const sound = variant.audioUrl === null ? null : await fetchPlaylist(fetching, variant.audioUrl);
  if (sound && !sound.ok) return sound;
  const known = (picture.playlist.bytes ?? 0) + (sound?.playlist.bytes ?? 0);
  if (known > fetching.job.maxBytes) return tooLarge(fetching.job.maxBytes);
  return ok({ picture: picture.playlist, sound: sound?.playlist ?? null });
}

/** A playlist below the first; it must name the parts themselves. */
async function fetchPlaylist(
  fetching: Fetching,
  url: string,
): Promise<Result<{ playlist: MediaPlaylist }> | SourceFailure> {
  const { job } = fetching;
  const refusal = await fetching.mediaRefusal([new URL(url).host]);
  if (refusal !== null) return fail(refusal);
  const answer = await fetching.fetch.request({
    method: 'GET',
    url,
    accept: 'application/vnd.apple.mpegurl, application/x-mpegurl',
    maxBytes: hlsLimits.maxPlaylistBytes,
    deadlineMs: Math.max(1, Math.min(hlsLimits.playlistDeadlineMs, timeLeft(fetching))),
    signal: job.signal,
  });
  if (!answer.ok) return answer;
  if (answer.status !== 200) {
    const detail = `The other server answered with status ${answer.status}.`;
    return { ...fail('bad-response', detail), status: answer.status };
  }
  const read = readPlaylist(answer.body.toString('utf8'), answer.finalUrl.href, job);
  if (!read.ok) return read;
  if (read.playlist.kind === 'master') {
    return fail('playlist-nested', 'The playlist leads to a playlist of playlists.');
  }
  return ok({ playlist: read.playlist });
}

/** Fetches the parts in order and writes them one after the other into a new file. */
async function fetchParts(
  fetching: Fetching,
  playlist: MediaPlaylist,
  toPath: string,
): Promise<Result<{ kind: PartKind }> | SourceFailure> {
  let kind: PartKind | null = null;
  for (const part of playlist.parts) {
    const partPath = `${toPath}.part`;
    const got = await fetchPart(fetching, part, partPath);
    if (!got.ok) return got;
    const found = partKind(await readHead(partPath));
    if (found === null || !follows(kind, found, playlist.hasMap)) {
      return fail('wrong-part', 'The playlist names something that is no part of a video.');
    }
    await pipeline(createReadStream(partPath), createWriteStream(toPath, { flags: 'a', mode: 0o600 }), {
      signal: fetching.job.signal,
    });
    await rm(partPath);
    kind = found;
  }
  return kind === null ? fail('playlist-broken') : ok({ kind });
}

/** A file starts with its header where it has one, and then stays of its kind. */
function follows(before: PartKind | null, kind: PartKind, hasMap: boolean): boolean {
  if (before === null) return hasMap ? kind === 'init' : kind !== 'fragment';
  return (before === 'transport-stream') === (kind === 'transport-stream');
}

async function fetchPart(
  fetching: Fetching,
  part: Part,
  toPath: string,
): Promise<Result<object> | SourceFailure> {
  const { job, seen } = fetching;
  const left = job.maxBytes - seen.bytes;
  if (left <= 0) return tooLarge(job.maxBytes);
  const deadlineMs = timeLeft(fetching);
  if (deadlineMs <= 0) return fail('timeout', 'The other server did not finish in time.');
  const got = await fetching.fetch.download({
    url: part.url,
    toPath,
    maxBytes: left,
    deadlineMs,
    idleMs: remoteVideoLimits.idleMs,
    ...(part.range ? { range: part.range } : {}),
    signal: job.signal,
    onProgress: (bytes) => job.onProgress?.(seen.bytes + bytes, seen.total),
  });
  if (!got.ok) return got;
  seen.bytes += got.bytes;
  return ok();
}

function timeLeft({ clock, endsAt }: Fetching): number {
  return endsAt - clock.now();
}

function hostsOf(playlists: readonly MediaPlaylist[]): string[] {
  return [...new Set(playlists.flatMap(({ parts }) => parts.map(({ url }) => new URL(url).host)))];
}

function tooLarge(maxBytes: number): Failure<'too-large'> {
  return fail('too-large', `The video is larger than ${maxBytes} bytes.`);
}

async function digestOf(paths: readonly string[], signal: AbortSignal): Promise<string> {
  const hash: Hash = createHash('sha256');
  for (const path of paths) {
    for await (const chunk of createReadStream(path)) {
      signal.throwIfAborted();
      hash.update(chunk);
    }
  }
  return hash.digest('hex');
}
