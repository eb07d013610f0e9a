import type { Db, Tx } from '../../db/database.ts';
import { visibleTo } from '../../db/visibility.ts';
import { textOfHtml } from '../../lib/html/sanitize.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import type { NewSignal } from './outbox.ts';

/** A caption is cut for followers, who take words from it. */
const MAX_CAPTION = 10_000;
const MAX_TAGS = 50;

type Told<K extends NewSignal['kind']> = Extract<NewSignal, { kind: K }>;

/** What is known of these accounts; of those that are not active any more, that they are gone. */
export async function accountSignals(
  db: Db | Tx,
  ids: readonly AccountId[],
): Promise<Told<'account' | 'account-removed'>[]> {
  const rows: AccountRow[] = await db('accounts')
    .leftJoin('feed_settings', 'feed_settings.account_id', 'accounts.id')
    .whereRaw('accounts.id = any(?::bigint[])', [[...ids]])
    .where('accounts.state', 'active')
    .orderBy('accounts.id')
    .select(
      ...['accounts.id as id', 'accounts.domain as domain', 'accounts.created_at as createdAt'],
      ...['feed_settings.languages as languages', 'feed_settings.interests as interests'],
    );
  const there = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = there.get(id);
    if (!row) return { kind: 'account-removed', id };
    const { domain, createdAt, languages, interests } = row;
    return {
      ...{ kind: 'account', id, domain, createdAt: createdAt.getTime() },
      ...{ languages: languages ?? [], interests: interests ?? [] },
    };
  });
}

interface AccountRow {
  readonly id: AccountId;
  readonly domain: string;
  readonly createdAt: Date;
  /** Null: the person has said nothing of feeds. */
  readonly languages: string[] | null;
  readonly interests: string[] | null;
}

interface VideoRow {
  readonly id: VideoId;
  readonly authorId: AccountId;
  readonly domain: string;
  readonly publishedAt: Date | null;
  readonly tags: string[];
  readonly soundId: string | null;
  readonly language: string | null;
  readonly seconds: number | null;
  readonly caption: string;
  readonly captionHtml: string;
  readonly sensitive: boolean;
}

/** What is known of these videos, as far as they are public; of all others, that they are not there. */
export async function videoSignals(
  db: Db | Tx,
  ids: readonly VideoId[],
): Promise<Told<'video' | 'video-removed'>[]> {
  const rows: VideoRow[] = await db('videos')
    .join('accounts as authors', 'authors.id', 'videos.account_id')
    .whereRaw('videos.id = any(?::bigint[])', [[...ids]])
    .where('videos.visibility', 'public')
    .modify(visibleTo(null))
    .select(
      ...['videos.id as id', 'videos.account_id as authorId', 'authors.domain as domain'],
      ...['videos.published_at as publishedAt', 'videos.language as language', 'videos.caption as caption'],
      ...['videos.duration_seconds as seconds', 'videos.caption_html as captionHtml'],
      'videos.sound_id as soundId',
      db.raw('videos.sensitive or videos.staff_sensitive as sensitive'),
      db.raw(`array(select tag from video_tags where video_id = videos.id order by tag limit ?) as tags`, [
        MAX_TAGS,
      ]),
    );
  const there = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = there.get(id);
    return row ? videoSignal(row) : { kind: 'video-removed', id };
  });
}

function videoSignal(row: VideoRow): Told<'video'> {
  const { id, authorId, domain, publishedAt, tags, soundId, language, seconds, sensitive } = row;
  const caption = row.caption === '' ? textOfHtml(row.captionHtml, MAX_CAPTION) : row.caption;
  return {
    ...{ kind: 'video', id, authorId, domain, tags, language, sensitive },
    caption: caption.slice(0, MAX_CAPTION),
    ...{ publishedAt: publishedAt?.getTime() ?? 0, soundId },
    durationMs: seconds === null ? null : Math.max(0, Math.round(seconds * 1_000)),
  };
}
