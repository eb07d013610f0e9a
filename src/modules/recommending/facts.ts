import type { Db } from '../../db/database.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import type { SignalOf } from '../signals/index.ts';

const MAX_TAGS = 50;
const MAX_CAPTION = 10_000;

interface VideoRow {
  readonly id: VideoId;
  readonly authorId: AccountId;
  readonly domain: string;
  readonly publishedAt: Date;
  readonly tags: readonly string[];
  readonly language: string | null;
  readonly seconds: number | null;
  readonly caption: string;
  readonly captionHtml: string;
  readonly sensitive: boolean;
}

/** What is known of these videos, as far as everybody may see them. */
export async function videoSignals(db: Db, ids: readonly VideoId[]): Promise<SignalOf<'video'>[]> {
  const rows: VideoRow[] = await db('videos')
    .join('accounts', 'accounts.id', 'videos.account_id')
    .whereRaw('videos.id = any(?)', [[...ids]])
    .where({ 'videos.state': 'published', 'videos.visibility': 'public', 'accounts.state': 'active' })
    .whereNotNull('published_at')
    .orderBy('videos.id')
    .select(
      ...['videos.id as id', 'videos.account_id as authorId', 'accounts.domain as domain'],
      ...['published_at as publishedAt', 'language', 'duration_seconds as seconds', 'caption'],
      ...['caption_html as captionHtml', 'sensitive'],
      db.raw('array(select tag from video_tags where video_id = videos.id order by tag limit ?) as tags', [
        MAX_TAGS,
      ]),
    );
  return rows.map(
    ({ id, authorId, domain, publishedAt, tags, language, seconds, caption, captionHtml, sensitive }) => ({
      ...{
        kind: 'video',
        at: publishedAt.getTime(),
        id,
        authorId,
        domain,
        publishedAt: publishedAt.getTime(),
      },
      ...{
        tags: [...tags],
        soundId: null,
        language,
        durationMs: seconds === null ? null : seconds * 1_000,
        sensitive,
      },
      // Only its words count: what is between them need not be read with care.
      caption: (caption || captionHtml.replace(/<[^>]*>/g, ' ')).slice(0, MAX_CAPTION),
    }),
  );
}

interface AccountRow {
  readonly id: AccountId;
  readonly domain: string;
  readonly createdAt: Date;
  readonly languages: readonly string[] | null;
  readonly interests: readonly string[] | null;
}

/** What is known of these accounts. */
export async function accountSignals(db: Db, ids: readonly AccountId[]): Promise<SignalOf<'account'>[]> {
  const rows: AccountRow[] = await db('accounts')
    .leftJoin('feed_settings', 'feed_settings.account_id', 'accounts.id')
    .whereRaw('accounts.id = any(?)', [[...ids]])
    .where('accounts.state', 'active')
    .orderBy('accounts.id')
    .select('accounts.id as id', 'domain', 'created_at as createdAt', 'languages', 'interests');
  return rows.map(({ id, domain, createdAt, languages, interests }) => ({
    ...{ kind: 'account', at: createdAt.getTime(), id, domain, createdAt: createdAt.getTime() },
    ...{ languages: [...(languages ?? [])], interests: [...(interests ?? [])] },
  }));
}
