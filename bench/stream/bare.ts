import { randomBytes } from 'node:crypto';
import type { Db } from '../../src/db/database.ts';
import { accountId, type Sizes, videoId } from './parts.ts';

/** Tables with the columns and indexes of the server's. */
const TABLES = ['watch_seen', 'view_keys', 'view_tallies', 'watch_history'];

/** Rows of one transaction, ready to be sent. */
type Batch = readonly (readonly [sql: string, bindings: readonly unknown[]])[];

/**
 * A loop with nothing but the inserts that events come to in the end, of rows that lie ready, in transactions of the same size: nothing is
 * read, parsed, checked or counted.
 */
export async function createBareLoop(db: Db): Promise<{
  make(events: number, sizes: Sizes): Batch;
  run(batch: Batch): Promise<void>;
}> {
  for (const table of TABLES)
    await db.raw('create table ?? (like ?? including all)', [`bare_${table}`, table]);
  let id = 0;
  const hex = () => randomBytes(16).toString('hex');
  return {
    make(events, { accounts, videos }) {
      const keys = (count: number) => Array.from({ length: count }, hex).sort();
      const pairs = Array.from({ length: Math.round(events / 2) }, () => [
        Math.floor(Math.random() * accounts),
        Math.floor(Math.random() * videos),
      ]).sort(([a = 0, v = 0], [b = 0, w = 0]) => a - b || v - w);
      const each = Array.from({ length: videos }, (_, n) => videoId(n));
      return [
        [
          `insert into bare_watch_seen (key, day) select decode(hex, 'hex'), current_date from unnest(?::text[]) as hex
           on conflict do nothing`,
          [keys(events)],
        ],
        [
          `insert into bare_view_keys (key, day) select decode(hex, 'hex'), current_date from unnest(?::text[]) as hex
           on conflict do nothing`,
          // As many as below: three of four are views, and one of seven was watched to its end.
          [keys(Math.round(events * 0.9))],
        ],
        [
          `insert into bare_view_tallies (video_id, day, views, completions, skips, watched_ms)
           select id, current_date, 1, 1, 1, 1 from unnest(?::bigint[]) as id`,
          [each],
        ],
        [
          `insert into bare_watch_history as kept
             (id, account_id, video_id, first_at, watched_at, watched_ms, times, viewed, completed)
           select distinct on (account_id, video_id) id, account_id, video_id, now(), now(), 1, 1, true, false
             from unnest(?::bigint[], ?::bigint[], ?::bigint[]) as told (id, account_id, video_id)
           on conflict (account_id, video_id) do update set id = excluded.id, times = kept.times + 1`,
          [
            pairs.map(() => String(++id)),
            pairs.map(([account = 0]) => accountId(account)),
            pairs.map(([, video = 0]) => videoId(video)),
          ],
        ],
      ];
    },
    run: (batch) =>
      db.transaction(async (tx) => {
        for (const [sql, bindings] of batch) await tx.raw(sql, bindings as never);
      }),
  };
}
