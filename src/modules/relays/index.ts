import { relayLimits } from '../../../config/limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { emitter } from '../../db/outbox.ts';
import type { AuditId, IdSource, RelayId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Urls } from '../instances/index.ts';
import { type Actor, type Audit, type Deed, permitted } from '../staff/index.ts';
import { relayEvents } from './events.ts';

export { relayEvents } from './events.ts';

/** `mastodon`: asked by a Follow of the public collection. `litepub`: by a Follow of the relay's actor. */
export type RelayKind = 'mastodon' | 'litepub';
export type RelayState = 'pending' | 'accepted' | 'rejected';

/** A server that passes on what others publish, and was asked by the staff to do so for this one. */
export interface Relay {
  readonly id: RelayId;
  readonly kind: RelayKind;
  readonly inboxUri: string;
  /** Of a relay of kind `mastodon` unknown until it has answered. */
  readonly actorUri: string | null;
  readonly followUri: string;
  readonly state: RelayState;
  readonly createdAt: Date;
  /** Since when what it tells is passed over; null: it is listened to. */
  readonly pausedAt: Date | null;
  /** Kept on its word: when last, how many, and how many of them today. */
  readonly lastVideoAt: Date | null;
  readonly videos: number;
  readonly videosToday: number;
}

interface RelayRow {
  readonly id: RelayId;
  readonly kind: RelayKind;
  readonly inbox_uri: string;
  readonly actor_uri: string | null;
  readonly follow_uri: string;
  readonly state: RelayState;
  readonly created_at: Date;
  readonly paused_at: Date | null;
  readonly last_video_at: Date | null;
  readonly videos: string;
  readonly videos_today: number;
}

/** With what counts of today only. */
const COLUMNS = `*, case when day = current_date then videos_of_day else 0 end as videos_today`;

/** Whether a relay is passed over, and since when if not from now on. */
interface Pausing {
  readonly isPaused: boolean;
  readonly since?: string | null;
}

export type Relays = ReturnType<typeof createRelays>;

/** Which relays this server listens to. What they tell is only ever a hint to ask the origin. */
export function createRelays(base: { db: Db; ids: IdSource; urls: Urls; audit: Audit }) {
  const { db, ids, urls, audit } = base;
  const emit = emitter(relayEvents, ids);
  const one = async (where: Record<string, string>): Promise<Relay | null> => {
    const row: RelayRow | undefined = await db('relays').where(where).first(db.raw(COLUMNS));
    return row ? fromRow(row) : null;
  };
  const factsOf = (relay: Relay) => ({
    relayId: relay.id,
    kind: relay.kind,
    inboxUri: relay.inboxUri,
    actorUri: relay.actorUri,
    followUri: relay.followUri,
  });
  return {
    /** Asks a relay for its posts. One that turned this server away before is asked anew. */
    async add(
      tx: Tx,
      by: Actor,
      input: { readonly kind: RelayKind; readonly inboxUri: string; readonly actorUri: string | null },
    ): Promise<
      Result<{ relay: Relay; auditId: AuditId }, 'permission-missing' | 'too-many-relays' | 'known'>
    > {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const { kind, inboxUri, actorUri } = input;
      await tx('relays').where({ inbox_uri: inboxUri, state: 'rejected' }).delete();
      const count = await tx('relays').count('* as count').first();
      if (Number(count?.count) >= relayLimits.maxRelays) {
        return fail('too-many-relays', `At most ${relayLimits.maxRelays} relays can be listened to.`);
      }
      const id = ids.next<'relay'>();
      const [row] = await tx('relays')
        .insert({
          ...{ id, kind, state: 'pending' },
          ...{ inbox_uri: inboxUri, actor_uri: actorUri, follow_uri: urls.follow(id) },
        })
        .onConflict()
        .ignore()
        .returning<RelayRow[]>(tx.raw(COLUMNS));
      if (!row) return fail('known', 'This relay was added before.');
      const relay = fromRow(row);
      const target = { kind: 'relay', id: inboxUri } as const;
      const auditId = await audit.record(tx, by, { action: 'relay.add', target });
      await emit(tx, 'relay.added', factsOf(relay));
      return ok({ relay, auditId });
    },

    /** Stops listening to a relay, named by its inbox or its actor. */
    async remove(
      tx: Tx,
      by: Actor,
      address: string,
      why: Pick<Deed, 'reason' | 'undoes'> = {},
    ): Promise<Result<{ auditId: AuditId }, 'permission-missing' | 'not-found'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const [row] = await tx('relays')
        .where({ inbox_uri: address })
        .orWhere({ actor_uri: address })
        .delete()
        .returning<RelayRow[]>(tx.raw(COLUMNS));
      if (!row) return fail('not-found', `There is no relay ${address}.`);
      await emit(tx, 'relay.removed', factsOf(fromRow(row)));
      const target = { kind: 'relay', id: row.inbox_uri } as const;
      return ok({ auditId: await audit.record(tx, by, { action: 'relay.remove', target, ...why }) });
    },

    /** Passes over what a relay tells, or listens to it again. The relay hears of neither. */
    async pause(
      tx: Tx,
      by: Actor,
      address: string,
      { isPaused, since, ...why }: Pick<Deed, 'reason' | 'undoes'> & Pausing,
    ): Promise<Result<{ auditId: AuditId }, 'permission-missing' | 'not-found' | 'conflict'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const row = await tx('relays')
        .where({ inbox_uri: address })
        .orWhere({ actor_uri: address })
        .forUpdate()
        .first('id', 'inbox_uri', 'paused_at', tx.raw(`to_json(paused_at) #>> '{}' as since`));
      if (!row) return fail('not-found', `There is no relay ${address}.`);
      if ((row.paused_at !== null) === isPaused) {
        return fail('conflict', isPaused ? 'It is paused already.' : 'It is not paused.');
      }
      await tx('relays')
        .where({ id: row.id })
        .update({ paused_at: isPaused ? (since ?? tx.fn.now()) : null });
      const target = { kind: 'relay', id: row.inbox_uri } as const;
      const action = isPaused ? 'relay.pause' : 'relay.resume';
      // By which it is as it was, to the microsecond, once that is taken back.
      const detail = { since: row.since };
      return ok({ auditId: await audit.record(tx, by, { action, target, detail, ...why }) });
    },

    /** One by its number. */
    async byId(id: RelayId): Promise<Relay | null> {
      return one({ id });
    },

    async list(): Promise<Relay[]> {
      const rows: RelayRow[] = await db('relays').orderBy('id').select(db.raw(COLUMNS));
      return rows.map(fromRow);
    },

    byFollowUri: (uri: string) => one({ follow_uri: uri }),
    byActorUri: (uri: string) => one({ actor_uri: uri }),

    /** The relay of this actor, if it has let this server in and is listened to. */
    async accepted(actorUri: string): Promise<Relay | null> {
      const relay = await one({ actor_uri: actorUri, state: 'accepted' });
      return relay?.pausedAt === null ? relay : null;
    },

    /** A relay has answered. An answer that is the same as before changes nothing, and is one, too. */
    async answered(
      tx: Tx,
      input: { readonly id: RelayId; readonly actorUri: string; readonly state: 'accepted' | 'rejected' },
    ): Promise<boolean> {
      const { id, actorUri, state } = input;
      return (await tx('relays').where({ id }).update({ state, actor_uri: actorUri })) === 1;
    },

    /** Counts one more video of today that is kept on the word of a relay; false when those are too many. */
    async countVideo(tx: Tx, id: RelayId): Promise<boolean> {
      const today = tx.raw('current_date');
      const counted = await tx('relays')
        .where({ id })
        .whereRaw('(day is distinct from current_date or videos_of_day < ?)', [relayLimits.videosPerDay])
        .update({
          videos_of_day: tx.raw('case when day = current_date then videos_of_day + 1 else 1 end'),
          day: today,
          videos: tx.raw('videos + 1'),
          last_video_at: tx.fn.now(),
        });
      return counted === 1;
    },
  };
}

function fromRow(row: RelayRow): Relay {
  return {
    id: row.id,
    kind: row.kind,
    inboxUri: row.inbox_uri,
    actorUri: row.actor_uri,
    followUri: row.follow_uri,
    state: row.state,
    createdAt: row.created_at,
    pausedAt: row.paused_at,
    lastVideoAt: row.last_video_at,
    videos: Number(row.videos),
    videosToday: row.videos_today,
  };
}
