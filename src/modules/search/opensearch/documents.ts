import type { Db } from '../../../db/database.ts';
import type { VideoId } from '../../../lib/ids.ts';
import { inOrder, type Placed, wordOf } from './words.ts';

/** What the engine is told of one video: all that it is found by, or that it is found by nothing any more. */
export interface Told {
  readonly id: VideoId;
  readonly version: number;
  readonly document: EngineDocument | null;
}

export interface EngineDocument {
  readonly id: VideoId;
  readonly caption: string;
  readonly aside: string;
  readonly spoken: string;
  readonly author: string;
  readonly local: boolean;
  readonly language: string | null;
  readonly tags: readonly string[];
  readonly has: readonly string[];
  readonly published: number;
  readonly seconds: number | null;
  readonly popularity: number;
}

interface Row {
  readonly id: VideoId;
  readonly version: string | null;
  readonly account: string;
  readonly published: number;
  readonly seconds: number | null;
  readonly popularity: number;
  readonly words: readonly { lexeme: string; positions: number[] | null; weights: string[] | null }[];
}

/**
 * What PostgreSQL has of these videos, but for the marks of words in a row: they are as many as the words, and of no use to the engine. Version
 * and words of one moment: older words never come with a newer version.
 */
async function rowsOf(db: Db, where: string, bindings: Readonly<Record<string, unknown>>): Promise<Row[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select video_id as id, version, account_id as account, (extract(epoch from published_at) * 1000)::float8 as published,
            duration_seconds as seconds, popularity,
            coalesce((select jsonb_agg(jsonb_build_object('lexeme', lexeme, 'positions', positions, 'weights', weights))
                        from unnest(document) where lexeme not like '@w%'), '[]') as words
       from search_documents where ${where}`,
    bindings as Record<string, string>,
  );
  return rows;
}

/** What became of these videos; `version` of those that are gone is that of the change. */
export async function toldOf(
  db: Db,
  changes: readonly { readonly video_id: VideoId; readonly version: string }[],
): Promise<Told[]> {
  const ids = changes.map(({ video_id }) => video_id);
  const rows = new Map(
    (await rowsOf(db, 'video_id = any(:ids::bigint[])', { ids })).map((row) => [row.id, row]),
  );
  return changes.map(({ video_id: id, version }) => {
    const row = rows.get(id);
    if (row) return toldOfRow(row);
    return { id, version: Number(version), document: null };
  });
}

/** The next documents after one, in the order of their ids. */
export async function toldAfter(db: Db, after: VideoId | string, most: number): Promise<Told[]> {
  const rows = await rowsOf(db, 'video_id > :after order by video_id limit :most', { after, most });
  return rows.map(toldOfRow);
}

/** Below the first version that the sequence gives: what was never written since there are versions. */
const BEFORE_VERSIONS = 0;

const toldOfRow = (row: Row): Told => ({
  ...{ id: row.id, version: Number(row.version ?? BEFORE_VERSIONS), document: documentOf(row) },
});

function documentOf({ id, account, published, seconds, popularity, words }: Row): EngineDocument {
  const placed: Record<string, Placed[]> = { A: [], B: [], C: [] };
  for (const { lexeme, positions, weights } of words) {
    for (const [at, place] of (positions ?? []).entries())
      placed[weights?.[at] ?? 'D']?.push([lexeme, place]);
  }
  // What has no place is a mark: what is filtered by.
  const marks = words.flatMap(({ lexeme, positions }) => (positions?.length ? [] : [lexeme]));
  const marked = (start: string) =>
    marks.flatMap((mark) => (mark.startsWith(start) ? [mark.slice(start.length)] : []));
  return {
    id,
    ...{ caption: inOrder(placed.A ?? []), aside: inOrder(placed.B ?? []), spoken: inOrder(placed.C ?? []) },
    ...{ author: account, local: marks.includes('@local'), language: marked('@l:')[0] ?? null },
    ...{ tags: marked('#').map(wordOf), has: marked('@has:') },
    ...{ published: Math.round(published), seconds, popularity },
  };
}
