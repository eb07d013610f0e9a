import { searchLimits } from '../../../../config/search-limits.ts';
import type { Db, InTx, Tx } from '../../../db/database.ts';
import { textOfHtml } from '../../../lib/html/sanitize.ts';
import type { VideoId } from '../../../lib/ids.ts';
import { spaced } from '../words.ts';
import { marksOf, primaryLanguage } from './marks.ts';

/** What captions say, by the keys of their objects, which never change; null where they cannot be read now. */
export type CaptionText = (keys: readonly string[]) => Promise<string | null>;

/** Any number, the same for every process: two who take in changes at once could write what is older over what is newer. */
const LOCK = 7_461_361;
const MOST_TEXT = 20_000;

interface Row {
  readonly id: VideoId;
  readonly accountId: string;
  readonly local: boolean;
  readonly caption: string;
  readonly captionHtml: string;
  readonly warning: string;
  readonly altText: string;
  readonly language: string | null;
  readonly seconds: number | null;
  readonly publishedAt: Date;
  readonly popularity: number;
  readonly tags: readonly string[];
  readonly captions: string;
  readonly spoken: string | null;
  readonly spokenFrom: string | null;
}

/** Those of these videos that search may show to anybody, with all that they are found by. */
async function eligible(db: Db | Tx, ids: readonly VideoId[]): Promise<Row[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select videos.id, videos.account_id as "accountId", videos.local, caption, caption_html as "captionHtml",
            content_warning as warning, alt_text as "altText", language, videos.duration_seconds as seconds,
            coalesce(videos.published_at, videos.created_at) as "publishedAt",
            coalesce(search_popularity(likes, comments, shares), 0) as popularity,
            array(select tag from video_tags where video_id = videos.id) as tags,
            coalesce((select string_agg(key, ' ' order by key) from video_assets
                       where video_id = videos.id and role = 'captions'), '') as captions,
            spoken, spoken_from as "spokenFrom"
       from videos
       join accounts on accounts.id = videos.account_id and accounts.indexable and accounts.state = 'active'
       left join video_stats on video_stats.video_id = videos.id
       left join search_documents on search_documents.video_id = videos.id
      where videos.id = any(?::bigint[]) and videos.state = 'published' and videos.visibility = 'public'`,
    [[...ids]],
  );
  return rows;
}

interface Change {
  readonly id: string;
  readonly video_id: VideoId;
}

/** The oldest changes and the newest: while everything is read anew, what is posted meanwhile does not wait for all the rest. */
async function changesOf(db: Db): Promise<Change[]> {
  const ends = (['asc', 'desc'] as const).map(
    (order): Promise<Change[]> =>
      db('search_changes')
        .orderBy('id', order)
        .limit(searchLimits.indexedAtOnce / 2)
        .select('id', 'video_id'),
  );
  const changes = (await Promise.all(ends)).flat();
  return [...new Map(changes.map((change) => [change.id, change])).values()];
}

/**
 * Takes in some of the changes and forgets them, in one transaction: a process that dies has done all of it or nothing. The number of
 * changes; 0 also where another process is at it.
 */
export async function followChanges(deps: {
  readonly db: Db;
  readonly inTx: InTx;
  readonly captionText: CaptionText;
}): Promise<number> {
  const { db, inTx, captionText } = deps;
  const waiting = await changesOf(db);
  const left: string[] = await db('search_forgotten')
    .orderBy('id')
    .limit(searchLimits.forgottenAtOnce)
    .pluck('id');
  if (waiting.length === 0 && left.length === 0) return 0;
  const ids = [...new Set(waiting.map(({ video_id }) => video_id))];
  // Files are read before anything is locked. Captions that change meanwhile leave a change of their own.
  const said = new Map<string, string>();
  for (const { captions, spokenFrom } of await eligible(db, ids)) {
    if (captions === '' || captions === spokenFrom) continue;
    const text = await captionText(captions.split(' '));
    if (text !== null) said.set(captions, text);
  }
  return inTx(async (tx) => {
    const { rows } = await tx.raw<{ rows: { free: boolean }[] }>(
      'select pg_try_advisory_xact_lock(?) as free',
      [LOCK],
    );
    if (rows[0]?.free !== true) return 0;
    const done = await tx('search_changes')
      .whereRaw('id = any(?::bigint[])', [waiting.map(({ id }) => id)])
      .delete();
    const shown = await eligible(tx, ids);
    const isShown = new Set(shown.map(({ id }) => id));
    const gone = ids.filter((id) => !isShown.has(id));
    if (gone.length > 0)
      await tx('search_documents').whereRaw('video_id = any(?::bigint[])', [gone]).delete();
    if (shown.length > 0) await writeDocuments(tx, shown, said);
    await countTerms(tx, ids);
    return done + left.length;
  });
}

async function writeDocuments(
  tx: Tx,
  rows: readonly Row[],
  said: ReadonlyMap<string, string>,
): Promise<void> {
  const documents = rows.map((row) => {
    const isRead = row.captions !== '' && row.captions === row.spokenFrom;
    const spoken = row.captions === '' ? '' : isRead ? row.spoken : said.get(row.captions);
    return {
      ...{ video_id: row.id, account_id: row.accountId, published_at: row.publishedAt.toISOString() },
      ...{ duration_seconds: row.seconds, popularity: row.popularity },
      language: primaryLanguage(row.language) ?? '',
      caption: spaced(captionOf(row)),
      aside: spaced(row.altText.slice(0, MOST_TEXT)),
      spoken: spaced((spoken ?? '').slice(0, searchLimits.maxSpoken)),
      spoken_from: spoken === undefined ? '' : row.captions,
      marks: marksOf({
        ...{ accountId: row.accountId, local: row.local, language: row.language, tags: row.tags },
        ...{ publishedAt: row.publishedAt.getTime(), popularity: row.popularity, seconds: row.seconds },
        ...{ hasCaptions: row.captions !== '', hasAlt: row.altText !== '' },
      }),
    };
  });
  await tx.raw(
    `insert into search_documents (video_id, account_id, published_at, duration_seconds, popularity, spoken, spoken_from, document)
     select video_id, account_id, published_at, duration_seconds, popularity, spoken, spoken_from,
            search_document(language, caption, aside, spoken, marks)
       from jsonb_to_recordset(?::jsonb) as given (video_id bigint, account_id bigint, published_at timestamptz,
            duration_seconds real, popularity smallint, spoken text, spoken_from text, language text, caption text, aside text, marks text[])
     on conflict (video_id) do update set account_id = excluded.account_id, published_at = excluded.published_at,
       duration_seconds = excluded.duration_seconds, popularity = excluded.popularity, spoken = excluded.spoken,
       spoken_from = excluded.spoken_from, document = excluded.document`,
    [JSON.stringify(documents)],
  );
}

/** Videos of other servers have their words as HTML alone. */
const captionOf = ({ caption, captionHtml, warning }: Row): string =>
  `${warning} ${caption === '' ? textOfHtml(captionHtml, MOST_TEXT) : caption}`.slice(0, MOST_TEXT);

/**
 * Adds the words, hashtags and languages of documents that were not counted yet to those that are known, takes off those of documents that
 * are not there any more, or not so, and forgets what nothing has. One order for all.
 */
async function countTerms(tx: Tx, ids: readonly VideoId[]): Promise<void> {
  const { rows } = await tx.raw<{ rows: { kind: string; term: string; uses: number }[] }>(
    `with gone as (
       delete from search_forgotten where id in (select id from search_forgotten order by id limit :most) returning document
     ), changes as (
       select kind, term, 1 as change from search_documents, search_terms_of(document)
        where video_id = any(:ids::bigint[]) and not counted
       union all select kind, term, -1 from gone, search_terms_of(document)
     )
     insert into search_terms (kind, term, uses)
     select kind, term, sum(change) from changes group by kind, term having sum(change) <> 0 order by kind, term
     on conflict (kind, term) do update set uses = search_terms.uses + excluded.uses
     returning kind, term, uses`,
    { ids: [...ids], most: searchLimits.forgottenAtOnce },
  );
  const unused = rows.filter(({ uses }) => uses <= 0);
  if (unused.length > 0) {
    await tx.raw(
      `delete from search_terms using unnest(:kinds::text[], :terms::text[]) as unused (kind, term)
        where search_terms.kind = unused.kind and search_terms.term = unused.term`,
      { kinds: unused.map(({ kind }) => kind), terms: unused.map(({ term }) => term) },
    );
  }
  await tx('search_documents')
    .whereRaw('video_id = any(?::bigint[]) and not counted', [[...ids]])
    .update({ counted: true });
}

/** What is found stays found meanwhile; slips are set right, and beginnings finished, from what has been read anew. */
export async function restartIndex(inTx: InTx): Promise<void> {
  await inTx(async (tx) => {
    await tx.raw('set local statement_timeout = 0');
    await tx.raw('select pg_advisory_xact_lock(?)', [LOCK]);
    await tx('search_documents')
      .where({ counted: true })
      .orWhereNot({ spoken_from: '' })
      .update({ counted: false, spoken_from: '' });
    // After that: whoever deleted a document meanwhile has left its words here.
    await tx('search_forgotten').delete();
    await tx('search_terms').delete();
    await tx('search_changes').delete();
    await tx.raw(
      `insert into search_changes (video_id) select id from (
         select id from videos where state = 'published' and visibility = 'public'
         union select video_id from search_documents) as wanted order by id`,
    );
  });
}
