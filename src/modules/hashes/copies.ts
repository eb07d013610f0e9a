import { setImmediate as breathe } from 'node:timers/promises';
import { claimLimits } from '../../../config/claim-limits.ts';
import { hashLimits } from '../../../config/rule-limits.ts';
import { readFingerprint } from '../../../media/fingerprint.ts';
import { comparePictures, type VideoHashes } from '../../../media/phash.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { VideoId } from '../../lib/ids.ts';

/** A published video that shows the same as another one. */
export interface Copy {
  readonly videoId: VideoId;
  readonly ofId: VideoId;
}

interface FileRow {
  readonly id: VideoId;
  readonly original_sha256: string | null;
  readonly source_sha256: string | null;
}

interface PrintRow {
  readonly id: VideoId;
  readonly phash: Buffer;
  readonly phash_mirrored: Buffer | null;
}

const filesOf = ({ original_sha256, source_sha256 }: FileRow): string[] =>
  [original_sha256, source_sha256].filter((file) => file !== null);

const NONE = new Uint32Array();

/** Finds what was posted again, among the videos that are here. */
export function createCopies(db: Db) {
  return {
    /** Those that were made from the very files of these videos, without these themselves and those that are known. */
    async sameFile(conn: Db | Tx, videoIds: readonly VideoId[], except: readonly VideoId[]): Promise<Copy[]> {
      if (videoIds.length === 0) return [];
      const known: FileRow[] = await conn('videos')
        .whereRaw('id = any(?::bigint[])', [[...videoIds]])
        .select('id', 'original_sha256', 'source_sha256');
      const owners = new Map(known.flatMap((row) => filesOf(row).map((file) => [file, row.id])));
      if (owners.size === 0) return [];
      const files = [...owners.keys()];
      const rows: FileRow[] = await conn('videos')
        .where((either) =>
          either.whereRaw('original_sha256 = any(?)', [files]).orWhereRaw('source_sha256 = any(?)', [files]),
        )
        .whereRaw('id <> all(?::bigint[])', [[...videoIds, ...except]])
        .where({ state: 'published' })
        .orderBy('id')
        .limit(claimLimits.maxCascade)
        .select('id', 'original_sha256', 'source_sha256');
      return rows.flatMap((row) => {
        const ofId = filesOf(row).flatMap((file) => owners.get(file) ?? [])[0];
        return ofId === undefined ? [] : [{ videoId: row.id, ofId }];
      });
    },

    /**
     * Those that show what these videos show: encoded again, cut, or in a mirror. Goes through all fingerprints, the newest first, and
     * gives each as it is found, until the signal says that it is enough. In black bars it finds none: those are kept away by the list, which
     * looks at the file itself.
     */
    async *samePictures(videoIds: readonly VideoId[], signal: AbortSignal): AsyncGenerator<Copy> {
      const known: { video_id: VideoId; phash: Buffer | null }[] = await db('video_fingerprints')
        .whereRaw('video_id = any(?::bigint[])', [[...videoIds]])
        .select('video_id', 'phash');
      const references = known.flatMap(({ video_id: ofId, phash }) =>
        phash === null || phash.length === 0 ? [] : [{ ofId, hashes: readFingerprint(phash) }],
      );
      if (references.length === 0) return;
      let before: string | null = null;
      while (!signal.aborted) {
        const rows: PrintRow[] = await db('video_fingerprints')
          .join('videos', 'videos.id', 'video_fingerprints.video_id')
          .where('videos.state', 'published')
          .whereNotNull('video_fingerprints.phash')
          .whereRaw('videos.id <> all(?::bigint[])', [[...videoIds]])
          .modify((query) => before !== null && query.where('video_fingerprints.video_id', '<', before))
          .orderBy('video_fingerprints.video_id', 'desc')
          .limit(claimLimits.comparedAtOnce)
          .select('videos.id', 'video_fingerprints.phash', 'video_fingerprints.phash_mirrored');
        for (const { id, phash, phash_mirrored: mirrored } of rows) {
          const shown: VideoHashes = {
            plain: readFingerprint(phash),
            mirrored: mirrored === null ? NONE : readFingerprint(mirrored),
            ...{ inner: NONE, innerMirrored: NONE },
          };
          const same = references.find(({ hashes }) => comparePictures(shown, hashes, hashLimits.distance));
          if (same) yield { videoId: id, ofId: same.ofId };
          // Others want to be served meanwhile.
          await breathe();
          if (signal.aborted) return;
        }
        const last: { id: VideoId } | undefined = rows.at(-1);
        if (last === undefined || rows.length < claimLimits.comparedAtOnce) return;
        before = last.id;
      }
    },
  };
}
