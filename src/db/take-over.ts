import type { AccountId, VideoId } from '../lib/ids.ts';
import type { Tx } from './database.ts';
import { accountReferences } from './references.ts';

/** What stays with the account that it was of: who owns it, where it went, and with what it signs. */
const STAYS = new Set(['accounts.owner_id', 'accounts.moved_to_id', 'actor_keys.account_id']);

/** Of a row with two accounts, what they cannot be to each other once they are one. */
const PAIRS = [
  { table: 'follows', columns: ['follower_id', 'target_id'] },
  { table: 'account_blocks', columns: ['account_id', 'target_id'] },
  { table: 'account_mutes', columns: ['account_id', 'target_id'] },
] as const;

/**
 * Makes everything that names one account name another one. Of what both have once only, such as a like of the same video, that of
 * the other one stays. The database itself knows which rows those are, so that no table that comes later is forgotten. Returns how
 * many rows were looked at, by table, and how many of them gave way, and the videos that have
 * less of something for it: their counts are the caller's to set right.
 */
export async function takeOver(
  tx: Tx,
  from: AccountId,
  to: AccountId,
): Promise<{ rows: Record<string, number>; dropped: number; videos: VideoId[] }> {
  for (const { table, columns } of PAIRS) {
    const [one, other] = columns;
    await tx(table)
      .where({ [one]: from, [other]: to })
      .orWhere({ [one]: to, [other]: from })
      .delete();
  }
  const rows: Record<string, number> = {};
  const videos = new Set<VideoId>();
  let dropped = 0;
  for (const { table, column } of await accountReferences(tx)) {
    if (STAYS.has(`${table}.${column}`)) continue;
    const over = await giveOver(tx, { table, column }, { from, to });
    if (over.looked === 0) continue;
    dropped += over.gone.length;
    for (const { video_id } of over.gone) if (video_id) videos.add(video_id);
    rows[table] = (rows[table] ?? 0) + over.looked;
  }
  return { rows, dropped, videos: [...videos] };
}

/** Where something is named. */
export interface Reference {
  readonly table: string;
  readonly column: string;
  /** Which of the rows name such a thing, where others name something else. */
  readonly only?: Readonly<Record<string, string>>;
}

/** A row that gave way. */
interface Gone {
  readonly video_id?: VideoId | null;
}

/** Makes rows that name one thing name another. What that has already gives way. */
export async function giveOver(
  tx: Tx,
  { table, column, only = {} }: Reference,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<{ readonly looked: number; readonly gone: readonly Gone[] }> {
  const found: { place: string }[] = await tx(table)
    .where({ ...only, [column]: from })
    .forUpdate()
    .select(tx.raw('ctid::text as place'));
  const places = found.map(({ place }) => place);
  if (places.length === 0) return { looked: 0, gone: [] };
  const become = (which: readonly string[]) =>
    couldBe(tx, (inner) => at(inner, table, which).update({ [column]: to }));
  const gone: Gone[] = [];
  // Row by row only where one of them cannot go over.
  for (const which of (await become(places)) ? [] : places.map((place) => [place])) {
    if (!(await become(which))) gone.push(...((await at(tx, table, which).delete(['*'])) as Gone[]));
  }
  return { looked: places.length, gone };
}

const at = (tx: Tx, table: string, places: readonly string[]) =>
  tx(table).whereRaw('ctid = any(?::tid[])', [[...places]]);

/** SQLSTATE of a row that is there already, and of one that would be about itself. */
const IN_THE_WAY: ReadonlySet<unknown> = new Set(['23505', '23514']);

/** Whether a change was made; false where there is such a row already. */
async function couldBe(tx: Tx, change: (inner: Tx) => Promise<number>): Promise<boolean> {
  try {
    await tx.transaction((inner) => change(inner));
    return true;
  } catch (error) {
    if (IN_THE_WAY.has((error as { code?: unknown }).code)) return false;
    throw error;
  }
}
