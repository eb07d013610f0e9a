import type { Tx } from '../../db/database.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import { added, addToBlock, type Block, isEnough, released } from './blocks.ts';
import { dateOf } from './model.ts';
import {
  addEncoded,
  addReleased,
  countersOf,
  decodeReleased,
  type PartKind,
  PLACE_COUNT,
  PLACES,
  partKinds,
  type Released,
} from './parts.ts';

/** Parts of one tally. */
export interface DayParts {
  readonly id: VideoId;
  readonly accountId: AccountId;
  readonly at: number;
  readonly bytes: Buffer;
}

/** A day’s parts of a video, all tallies together. */
interface VideoDay {
  readonly id: VideoId;
  readonly accountId: AccountId;
  readonly day: string;
  readonly counters: Uint32Array;
}

/**
 * Adds parts to the blocks in which they wait until they are of enough people, and those blocks to the day on which they became so.
 * For the one process whose turn it is to fold.
 */
export async function foldParts(tx: Tx, parts: readonly DayParts[]): Promise<void> {
  if (parts.length === 0) return;
  const blocks = await readBlocks(tx, [...new Set(parts.map(({ id }) => id))]);
  const touched = new Set<string>();
  const done: Done[] = [];
  for (const { id, accountId, day, counters } of daysOf(parts)) {
    for (const kind of partKinds) {
      const key = `${id} ${kind}`;
      const block = addToBlock(kind, blocks.get(key)?.block ?? null, {
        ...{ day, counters: countersOf(kind, counters) },
        ...peopleOf(kind, counters),
      });
      touched.add(key);
      blocks.set(key, { id, kind, block });
      if (!isEnough(block)) continue;
      done.push({ id, accountId, day, kind, released: released(block) });
      blocks.delete(key);
    }
  }
  await writeBlocks(
    tx,
    [...blocks].flatMap(([key, one]) => (touched.has(key) ? [one] : [])),
    [...touched].filter((key) => !blocks.has(key)),
  );
  await addToDays(tx, 'analytics_videos', done, ({ id }) => id);
  await addToDays(tx, 'analytics_accounts', done, ({ accountId }) => accountId);
}

const peopleOf = (kind: PartKind, counters: Uint32Array) => {
  const [newcomers, others] =
    kind === 'sources'
      ? ([PLACES.viewerNewcomers, PLACES.viewerOthers] as const)
      : ([PLACES.curveNewcomers, PLACES.curveOthers] as const);
  return { newcomers: counters[newcomers] ?? 0, others: counters[others] ?? 0 };
};

/** The oldest day first. */
function daysOf(parts: readonly DayParts[]): VideoDay[] {
  const days = new Map<string, VideoDay>();
  for (const { id, accountId, at, bytes } of parts) {
    const day = dateOf(at);
    const key = `${day} ${id}`;
    const one = days.get(key) ?? { id, accountId, day, counters: new Uint32Array(PLACE_COUNT) };
    addEncoded(one.counters, bytes);
    days.set(key, one);
  }
  return [...days.values()].sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
}

interface KnownBlock {
  readonly id: VideoId;
  readonly kind: PartKind;
  readonly block: Block;
}

async function readBlocks(tx: Tx, ids: readonly VideoId[]): Promise<Map<string, KnownBlock>> {
  const rows: {
    video_id: VideoId;
    kind: PartKind;
    day: string;
    newcomers: number;
    others: number;
    earlier: number;
    counts: Buffer;
  }[] = await tx('analytics_pending')
    .whereRaw('video_id = any(?)', [[...ids]])
    .select('video_id', 'kind', tx.raw('day::text as day'), 'newcomers', 'others', 'earlier', 'counts');
  return new Map(
    rows.map(({ video_id: id, kind, day, newcomers, others, earlier, counts }) => {
      const { counters } = decodeReleased(kind, counts);
      return [`${id} ${kind}`, { id, kind, block: { day, newcomers, others, earlier, counters } }];
    }),
  );
}

async function writeBlocks(tx: Tx, blocks: readonly KnownBlock[], gone: readonly string[]): Promise<void> {
  if (gone.length > 0) {
    const pairs = gone.map((key) => key.split(' '));
    await tx.raw(
      `delete from analytics_pending using unnest(cast(? as bigint[]), cast(? as text[])) as told (id, kind)
        where analytics_pending.video_id = told.id and analytics_pending.kind = told.kind`,
      [pairs.map(([id]) => id) as string[], pairs.map(([, kind]) => kind) as string[]],
    );
  }
  if (blocks.length === 0) return;
  await tx.raw(
    `insert into analytics_pending (video_id, kind, day, newcomers, others, earlier, counts)
     select * from unnest(cast(? as bigint[]), cast(? as text[]), cast(? as date[]), cast(? as int[]),
                          cast(? as int[]), cast(? as int[]), cast(? as bytea[]))
     on conflict (video_id, kind) do update set
       day = excluded.day, newcomers = excluded.newcomers, others = excluded.others,
       earlier = excluded.earlier, counts = excluded.counts`,
    [
      blocks.map(({ id }) => id),
      blocks.map(({ kind }) => kind),
      blocks.map(({ block }) => block.day),
      blocks.map(({ block }) => block.newcomers),
      blocks.map(({ block }) => block.others),
      blocks.map(({ block }) => block.earlier),
      blocks.map(({ kind, block }) => added(kind, null, { people: 0, counters: block.counters })),
    ],
  );
}

/** A block that may be shown, and the day it belongs to from now on. */
interface Done {
  readonly id: VideoId;
  readonly accountId: AccountId;
  readonly day: string;
  readonly kind: PartKind;
  readonly released: Released;
}

/** Adds blocks to rows of days, which are there: the tallies that made the blocks full were added to them just now. */
async function addToDays(
  tx: Tx,
  table: 'analytics_videos' | 'analytics_accounts',
  done: readonly Done[],
  idOf: (one: Done) => string,
): Promise<void> {
  const column = table === 'analytics_videos' ? 'video_id' : 'account_id';
  for (const kind of partKinds) {
    const sums = new Map<string, { id: string; day: string; sum: Released }>();
    for (const one of done.filter((each) => each.kind === kind)) {
      const key = `${idOf(one)} ${one.day}`;
      const before = sums.get(key)?.sum;
      const sum = before ? addReleased(before, one.released) : one.released;
      sums.set(key, { id: idOf(one), day: one.day, sum });
    }
    if (sums.size === 0) continue;
    const all = [...sums.values()];
    const told = [all.map(({ id }) => id), all.map(({ day }) => new Date(`${day}T00:00:00Z`))];
    const { rows } = await tx.raw<{ rows: { id: string; day: string; bytes: Buffer | null }[] }>(
      `select told.id, (kept.at at time zone 'utc')::date::text as day, kept.${kind} as bytes
         from unnest(cast(? as bigint[]), cast(? as timestamptz[])) as told (id, at)
         join ${table} as kept on kept.${column} = told.id and kept.grain = 'day' and kept.at = told.at`,
      told,
    );
    const stored = new Map(rows.map(({ id, day, bytes }) => [`${id} ${day}`, bytes]));
    await tx.raw(
      `update ${table} as kept set ${kind} = told.bytes
         from unnest(cast(? as bigint[]), cast(? as timestamptz[]), cast(? as bytea[])) as told (id, at, bytes)
        where kept.${column} = told.id and kept.grain = 'day' and kept.at = told.at`,
      [
        ...told,
        all.map(({ id, day, sum }) => {
          const bytes = stored.get(`${id} ${day}`) ?? null;
          return added(kind, bytes && decodeReleased(kind, bytes), sum);
        }),
      ],
    );
  }
}
