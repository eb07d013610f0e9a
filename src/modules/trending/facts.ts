import type { Db } from '../../db/database.ts';
import type { Signal } from '../signals/index.ts';

/** Accounts as signals, as of when this server got to know them. */
export async function accountFacts(db: Db, ids: readonly string[]): Promise<Signal[]> {
  if (ids.length === 0) return [];
  const rows: { id: string; domain: string; created_at: Date }[] = await db('accounts')
    .whereRaw('id = any(?::bigint[])', [[...ids]])
    .select('id', 'domain', 'created_at');
  return rows.map(({ id, domain, created_at }) => ({
    ...({ kind: 'account', at: created_at.getTime(), id, domain, createdAt: created_at.getTime() } as const),
    ...{ languages: [], interests: [] },
  }));
}

interface VideoRow {
  readonly id: string;
  readonly account_id: string;
  readonly domain: string;
  readonly published_at: Date;
  readonly created_at: Date;
  readonly language: string | null;
  readonly sensitive: boolean;
  readonly duration_seconds: number | null;
  readonly tags: string[];
}

/** Public videos as signals; the others are left out. */
export async function videoFacts(db: Db, ids: readonly string[]): Promise<Signal[]> {
  if (ids.length === 0) return [];
  const rows: VideoRow[] = await db('videos')
    .join('accounts', 'accounts.id', 'videos.account_id')
    .whereRaw('videos.id = any(?::bigint[])', [[...ids]])
    .where({ 'videos.state': 'published', 'videos.visibility': 'public' })
    .select(
      ...['videos.id', 'videos.account_id', 'accounts.domain', 'videos.published_at', 'videos.created_at'],
      ...['videos.language', 'videos.sensitive', 'videos.duration_seconds'],
      db.raw(
        `array(select tag from video_tags where video_tags.video_id = videos.id order by tag limit 50) as tags`,
      ),
    );
  return rows.map((row) => ({
    ...({ kind: 'video', at: row.created_at.getTime(), id: row.id, authorId: row.account_id } as const),
    ...{ domain: row.domain, tags: row.tags, soundId: null, language: row.language, caption: '' },
    publishedAt: row.published_at.getTime(),
    durationMs: row.duration_seconds === null ? null : row.duration_seconds * 1_000,
    sensitive: row.sensitive,
  }));
}
