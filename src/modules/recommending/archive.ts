import { servingLimits } from '../../../config/serving-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { deleteInBatches } from '../../db/sweep.ts';
import { createBatches } from '../../lib/batches.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, Id, VideoId } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import type { RankedItem } from '../ranking/index.ts';
import { type PackedFeed, unpackedItems } from './packing.ts';

export type SlateId = Id<'slate'>;

/** What was chosen for somebody at once, best first, and why. */
export interface Slate {
  readonly id: SlateId;
  /** Null: for all who are not signed in. */
  readonly accountId: AccountId | null;
  readonly weightsVersion: string;
  readonly madeAt: Date;
  readonly items: readonly RankedItem[];
}

/** The same before anybody asked for its reasons. */
export interface NewSlate extends Omit<Slate, 'items' | 'weightsVersion'> {
  readonly feed: PackedFeed;
}

interface Row {
  readonly id: SlateId;
  readonly account_id: AccountId | null;
  readonly weights_version: string;
  readonly made_at: Date;
  readonly video_ids: readonly string[];
  readonly items: Buffer;
}

/**
 * One statement for slates that are made at once. The rows of their people stay until it is done: an account that is being deleted waits,
 * and takes them along; of one that is gone nothing is kept.
 */
const INSERT = `
with here as materialized (
  select account_id from users where account_id = any(:accounts::bigint[]) order by account_id for key share)
insert into feed_slates (id, account_id, weights_version, video_ids, items, made_at)
select id, account_id, version, videos::bigint[], items, made_at
  from unnest(:ids::bigint[], :accounts::bigint[], :versions::text[], :videos::text[], :items::bytea[], :moments::timestamptz[])
    as made (id, account_id, version, videos, items, made_at)
 where account_id is null or account_id in (select account_id from here)`;

/** The same for what was tried out on one of them; a page that is told late finds nobody, and notes nothing. */
const EXPLORED = `
with here as materialized (select account_id from users where account_id = :account::bigint for key share)
insert into explored_slots (account_id, video_id, slate_id, propensity, weights_version, served_at)
select here.account_id, tried.video_id, tried.slate_id, tried.propensity, tried.version, :moment::timestamptz
  from here, unnest(:videos::bigint[], :slates::bigint[], :propensities::float8[], :versions::text[])
    as tried (video_id, slate_id, propensity, version)
 where exists (select from videos where videos.id = tried.video_id)
on conflict do nothing`;

/** A slot in which something was tried out. */
interface Explored {
  readonly accountId: AccountId;
  readonly videoId: VideoId;
  readonly slateId: SlateId;
  readonly propensity: number;
  readonly weightsVersion: string;
}

function slateOf(row: Row): Slate {
  return {
    ...{ id: row.id, accountId: row.account_id, weightsVersion: row.weights_version, madeAt: row.made_at },
    items: unpackedItems(row.items),
  };
}

/**
 * What was chosen for whom and why, for a day, in PostgreSQL: it is gone with the account, whatever else is lost. Slates that are made at
 * once are stored together.
 */
export function createArchive(deps: { readonly db: Db; readonly clock: Clock; readonly log: Logger }) {
  const { db, clock, log } = deps;
  const add = createBatches<Row, null>({
    limits: servingLimits.archive,
    bytesOf: ({ items }) => items.length,
    run: async (rows) => {
      await db.raw(INSERT, {
        ids: rows.map(({ id }) => id),
        accounts: rows.map(({ account_id }) => account_id),
        versions: rows.map(({ weights_version }) => weights_version),
        videos: rows.map(({ video_ids }) => `{${video_ids.join(',')}}`),
        items: rows.map(({ items }) => items),
        moments: rows.map(({ made_at }) => made_at),
      } as never);
      return rows.map(() => null);
    },
  });
  const since = () => new Date(clock.now() - servingLimits.keptMs);
  /** Slates that this viewer may look into. */
  const own = (accountId: AccountId | null) =>
    db<Row>('feed_slates').where({ account_id: accountId }).where('made_at', '>', since());

  return {
    /** Keeps a slate. Never rejects: a feed is worth more than its reasons. */
    async keep({ id, accountId, madeAt, feed }: NewSlate): Promise<void> {
      const stored = add({
        ...{ id, account_id: accountId, weights_version: feed.weightsVersion, made_at: madeAt },
        // Bytes from another thread are no buffers, which alone PostgreSQL's client sends as bytes.
        ...{
          video_ids: feed.videoIds,
          items: Buffer.from(feed.items.buffer, feed.items.byteOffset, feed.items.byteLength),
        },
      });
      if (!stored) log.warn({ id }, 'too many slates wait to be kept; the reasons of one are lost');
      await stored?.catch((error) => log.warn({ err: error, id }, 'a slate could not be kept'));
    },

    /** A slate as it was when it was made; null where it is not there, too old, or somebody else's. */
    async byId(accountId: AccountId | null, id: SlateId): Promise<Slate | null> {
      const row = await own(accountId).where({ id }).first();
      return row ? slateOf(row) : null;
    },

    /** The last slate for this viewer in which a video was. */
    async lastWith(accountId: AccountId | null, videoId: VideoId): Promise<Slate | null> {
      const row = await own(accountId)
        .whereRaw('? = any (video_ids)', [videoId])
        .orderBy('id', 'desc')
        .first();
      return row ? slateOf(row) : null;
    },

    /** Notes what was tried out on one person, as it is shown. Never rejects. */
    async noteExplored(slots: readonly Explored[]): Promise<void> {
      const [first] = slots;
      if (!first) return;
      await db
        .raw(EXPLORED, {
          ...{ account: first.accountId, moment: new Date(clock.now()) },
          videos: slots.map(({ videoId }) => videoId),
          slates: slots.map(({ slateId }) => slateId),
          propensities: slots.map(({ propensity }) => propensity),
          versions: slots.map(({ weightsVersion }) => weightsVersion),
        } as never)
        .catch((error) => log.warn({ err: error }, 'what was tried out could not be noted'));
    },

    /** Forgets what is too old; a few thousand rows at once. */
    async sweep(signal: AbortSignal): Promise<number> {
      let total = 0;
      const before = (ms: number) => new Date(clock.now() - ms);
      for (const [table, column, moment] of [
        ['feed_slates', 'made_at', before(servingLimits.keptMs)],
        ['explored_slots', 'served_at', before(servingLimits.exploredMs)],
      ] as const) {
        total += await deleteInBatches(db, table, { condition: `${column} < ?`, bindings: [moment] }, signal);
      }
      return total;
    },

    /** Forgets all that was chosen for somebody. */
    async forget(tx: Tx, accountId: AccountId): Promise<void> {
      await tx('feed_slates').where({ account_id: accountId }).delete();
      await tx('explored_slots').where({ account_id: accountId }).delete();
    },
  };
}
