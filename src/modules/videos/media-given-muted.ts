import type { Db } from '../../db/database.ts';
import type { AssetRole } from './model.ts';

/** What of a video has another in its place. A copy, and what other servers got before, is withheld. */
export const HEARD: readonly AssetRole[] = ['mp4', 'hls-master', 'hls-media', 'dash', 'chunks', 'cmaf'];

/** Whether something is heard in any of its sizes: the codec of a sound stands behind that of the picture. */
export const IS_HEARD = `exists (select from video_assets heard where heard.video_id = videos.id and heard.role = 'cmaf'
                             and heard.codecs like '%,%')`;

interface GivenRow {
  readonly key: string;
  readonly heard_key: string | null;
}

/**
 * What is given in place of the objects below the prefix of a video where its sound is muted, by their keys; what is given as it is
 * stands for itself. Nothing else is given there.
 */
export async function givenMuted(conn: Db, ownerId: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await conn.raw<{ rows: GivenRow[] }>(
    `select key, heard_key from video_assets where heard_key is not null and split_part(heard_key, '/', 2) = :ownerId
     union select key, heard_key from video_assets where role = 'muted' and split_part(key, '/', 2) = :ownerId
     union select key, null from video_assets
            where split_part(key, '/', 2) = :ownerId
              and (role = 'preview' or (role = any(:roles) and exists (
                    select from videos where videos.id = video_assets.video_id and not ${IS_HEARD}
                       and exists (select from video_assets size where size.video_id = videos.id and size.role = 'cmaf'))))`,
    { ownerId, roles: [...HEARD] },
  );
  return new Map(
    rows.flatMap(({ key, heard_key }) => [
      [key, key] as const,
      ...(heard_key === null ? [] : [[heard_key, key] as const]),
    ]),
  );
}
