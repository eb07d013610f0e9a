import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Ffmpeg } from '../../../media/ffmpeg.ts';
import { readFingerprint } from '../../../media/fingerprint.ts';
import { quarantineKey } from '../../../media/keys.ts';
import { comparePictures, hashVideo } from '../../../media/phash.ts';
import { type ByteRange, contentTypeOf, type ObjectStorage } from '../../../media/storage/storage.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { AccountId, IdSource, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Audit } from '../staff/index.ts';
import { createCopies } from './copies.ts';
import { type ListedSounds, listCommands } from './list.ts';
import type { ListedId, ListedRow, Match, MatchId } from './model.ts';

export {
  type Listed,
  type ListedId,
  type ListedSoundAction,
  listedSoundActions,
  type Match,
  type MatchId,
} from './model.ts';

export type Hashes = ReturnType<typeof createHashes>;

/** A video that is on the list. */
export interface Found {
  readonly listedId: ListedId;
  readonly by: 'file' | 'picture';
  readonly sha256: string;
}

/** What the jobs that make videos ask before anybody sees one. */
export type HashGate = Pick<
  Hashes,
  'sha256Of' | 'byFile' | 'byPicture' | 'looksAtPictures' | 'quarantine' | 'noteMatch'
>;

/** Lists of files, pictures and sounds that must not be posted again. */
export function createHashes(deps: {
  readonly db: Db;
  readonly ids: IdSource;
  readonly audit: Audit;
  readonly ffmpeg: Ffmpeg;
  readonly storage: ObjectStorage;
  /** Finds what is listed by its sound. */
  readonly sounds: ListedSounds;
}) {
  const { db, ids, audit, ffmpeg, storage } = deps;

  return {
    ...listCommands({ db, ids, audit, sounds: deps.sounds }),
    ...createCopies(db),

    async sha256Of(path: string, signal?: AbortSignal): Promise<string> {
      const hash = createHash('sha256');
      await pipeline(createReadStream(path), hash, { signal });
      return hash.digest('hex');
    },

    /** Whether exactly this file is listed. */
    async byFile(sha256: string): Promise<Found | null> {
      const row = await db('listed_media').where({ sha256 }).first('id');
      return row ? { listedId: row.id, by: 'file', sha256 } : null;
    },

    /** Whether pictures are listed at all; where none are, a video need not wait for its look. */
    async looksAtPictures(): Promise<boolean> {
      return (await db('listed_media').whereNotNull('phash').first('id')) !== undefined;
    },

    /**
     * Whether a finished MP4 of ours shows what is listed: encoded again, cut, in a mirror or in black bars, as a part
     * of it or as the whole of which it is a part.
     */
    async byPicture(job: {
      readonly mp4Path: string;
      readonly scratchDirectory: string;
      readonly sha256: string;
      readonly signal: AbortSignal;
    }): Promise<Found | null> {
      const listed: ListedRow[] = await db('listed_media').whereNotNull('phash').orderBy('id');
      if (listed.length === 0) return null;
      const { sha256, ...hashing } = job;
      const made = await hashVideo(ffmpeg, hashing);
      job.signal.throwIfAborted();
      // What cannot be looked at is not waved through.
      if (!made.ok) throw new Error(`The pictures of a video cannot be compared: ${made.reason}.`);
      for (const { id, phash, distance } of listed) {
        if (phash && comparePictures(made.hashes, readFingerprint(phash), distance)) {
          return { listedId: id, by: 'picture', sha256 };
        }
        // A list may be long, and others want to be served meanwhile.
        await breathe();
      }
      return null;
    },

    /** Keeps the file of a match where nobody is served from; returns its key. */
    async quarantine(videoId: VideoId, path: string): Promise<string> {
      const key = quarantineKey(videoId);
      await storage.putFile(key, path, { contentType: contentTypeOf(key) });
      return key;
    },

    async noteMatch(
      tx: Tx,
      match: {
        readonly found: Found;
        readonly videoId: VideoId;
        readonly accountId: AccountId;
        readonly key: string;
      },
    ): Promise<void> {
      const { found, videoId, accountId, key } = match;
      const id: MatchId = ids.next<'listed-match'>();
      await tx('listed_media_matches').insert({
        ...{ id, listed_id: found.listedId, video_id: videoId, account_id: accountId },
        ...{ found_by: found.by, sha256: found.sha256, evidence_key: key },
      });
      await audit.record(
        tx,
        { kind: 'server', name: 'hash-list' },
        {
          action: 'hash.match',
          target: { kind: 'video', id: videoId },
          detail: { listedId: found.listedId, by: found.by },
        },
      );
    },

    /** The file of a match, as it lies there; null where it is not kept any more. */
    async evidenceOf({ evidenceKey: key }: Match) {
      const object = key === null ? null : await storage.stat(key);
      if (key === null || object === null) return null;
      const open = (range: ByteRange) => storage.open(key, range);
      return { size: object.size, open };
    },

    /** Brings the evidence of a match to a file of this machine; that somebody did, and why, is on record first. */
    async takeEvidence(match: Match, path: string): Promise<Result<object, 'not-found'>> {
      const isThere = match.evidenceKey !== null && (await storage.download(match.evidenceKey, path));
      return isThere ? ok() : fail('not-found', 'The file of this match is not kept any more.');
    },
  };
}
