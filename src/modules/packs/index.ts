import { packLimits } from '../../../config/limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { emitter } from '../../db/outbox.ts';
import { rememberDeleted } from '../../db/tombstones.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, IdSource, PackId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Urls } from '../instances/index.ts';
import { type Screening, screenNamed } from '../rules/index.ts';
import { type Audit, takingDown } from '../staff/index.ts';
import { packEvents } from './events.ts';
import { packFinding } from './finding.ts';
import {
  type MemberRefusal,
  type Pack,
  type PackFacts,
  type PackRow,
  packFromRow,
  type RemotePack,
} from './model.ts';
import { packQueries, recommendable } from './queries.ts';

export { packEvents } from './events.ts';
export { type MemberRefusal, memberRefusals, type Pack, type PackFacts, type RemotePack } from './model.ts';
export { type PackFile, packCsv, parsePackFile } from './transfer.ts';

export type Packs = ReturnType<typeof createPacks>;

interface PackDeps {
  readonly db: Db;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly urls: Urls;
  readonly audit: Audit;
  readonly screening: Screening;
  readonly unlistedDomains: UnlistedDomains;
}

/** What became of each account that was to be put into a pack. */
export interface Added {
  readonly addedIds: readonly AccountId[];
  readonly refused: readonly { readonly accountId: AccountId; readonly reason: MemberRefusal }[];
}

/** Starter packs. Whoever is in one is told, and can leave it for good; who does not want to be found is in none (ADR 0072). */
export function createPacks(deps: PackDeps) {
  const { ids, urls, clock } = deps;
  const emit = emitter(packEvents, ids);

  const ownPack = async (tx: Tx, ownerId: AccountId, id: PackId): Promise<boolean> =>
    (await tx('packs').where({ id, account_id: ownerId, fetched_at: null }).forUpdate().first('id')) !==
    undefined;

  const touch = (tx: Tx, id: PackId) =>
    tx('packs')
      .where({ id })
      .update({ updated_at: new Date(clock.now()) });

  return {
    ...packQueries(deps),
    ...packFinding(deps),

    async create(
      tx: Tx,
      ownerId: AccountId,
      facts: PackFacts,
    ): Promise<Result<{ pack: Pack }, 'too-many-packs' | 'rule'>> {
      // One at a time, so that no two see the last free place.
      await tx('users').where({ account_id: ownerId }).forUpdate().first('account_id');
      const row = await tx('packs').where({ account_id: ownerId }).count('* as count').first();
      if (Number(row?.count) >= packLimits.maxPacks) {
        return fail('too-many-packs', `At most ${packLimits.maxPacks} starter packs can be kept.`);
      }
      const allowed = await screenNamed(deps.screening, tx, ownerId, facts);
      if (!allowed.ok) return allowed;
      const id = ids.next<'pack'>();
      const now = new Date(clock.now());
      const [made] = await tx('packs')
        .insert({
          ...{ id, account_id: ownerId, uri: urls.pack(id), url: urls.packPage(id) },
          ...{ ...facts, created_at: now, updated_at: now },
        })
        .returning<PackRow[]>('*');
      if (!made) throw new Error('A starter pack was made and is not there.');
      return ok({ pack: packFromRow(made) });
    },

    async edit(
      tx: Tx,
      ownerId: AccountId,
      id: PackId,
      facts: PackFacts,
    ): Promise<Result<object, 'not-found' | 'rule'>> {
      if (!(await ownPack(tx, ownerId, id))) return fail('not-found');
      const allowed = await screenNamed(deps.screening, tx, ownerId, facts);
      if (!allowed.ok) return allowed;
      await tx('packs')
        .where({ id })
        .update({ ...facts, updated_at: new Date(clock.now()) });
      return ok();
    },

    /** Leaves a tombstone, so that other servers that read it hear that it is gone. */
    async remove(tx: Tx, ownerId: AccountId, id: PackId): Promise<boolean> {
      const [gone] = await tx('packs')
        .where({ id, account_id: ownerId, fetched_at: null })
        .delete()
        .returning<{ uri: string }[]>('uri');
      const owner = gone && (await tx('accounts').where({ id: ownerId }).first('actor_uri'));
      if (gone && owner) await rememberDeleted(tx, gone.uri, owner.actor_uri);
      return gone !== undefined;
    },

    /** Puts into a pack whom it may show, as far as there is room, and says of everybody else why not. */
    async add(
      tx: Tx,
      ownerId: AccountId,
      id: PackId,
      accountIds: readonly AccountId[],
    ): Promise<Result<Added, 'not-found'>> {
      if (!(await ownPack(tx, ownerId, id))) return fail('not-found');
      const wanted = [...new Set(accountIds)];
      const verdicts = await verdictsOn(deps, tx, ownerId, id, wanted);
      const there = await tx('pack_members')
        .where({ pack_id: id, left_at: null })
        .count('* as count')
        .first();
      let room = packLimits.maxMembers - Number(there?.count);
      const refused: { accountId: AccountId; reason: MemberRefusal }[] = [];
      const addedIds = wanted.filter((accountId) => {
        const reason = verdicts.get(accountId) ?? (room > 0 ? null : ('full' as const));
        if (reason === null) room -= 1;
        else refused.push({ accountId, reason });
        return reason === null;
      });
      if (addedIds.length > 0) {
        await tx('pack_members').insert(
          addedIds.map((account_id) => ({ id: ids.next(), pack_id: id, account_id })),
        );
        await touch(tx, id);
        await emit(tx, 'pack.members-added', { packId: id, ownerId, accountIds: addedIds });
      }
      return ok({ addedIds, refused });
    },

    /** Takes accounts out. False where the pack is not there, or not the owner's. */
    async take(tx: Tx, ownerId: AccountId, id: PackId, accountIds: readonly AccountId[]): Promise<boolean> {
      if (!(await ownPack(tx, ownerId, id))) return false;
      // Who left stays known, so that nobody is put in again against their will.
      await tx('pack_members')
        .where({ pack_id: id, left_at: null })
        .whereIn('account_id', [...accountIds])
        .delete();
      await touch(tx, id);
      return true;
    },

    /** Somebody wants to be in a pack no more, for good. False where they were not. */
    async leave(tx: Tx, accountId: AccountId, id: PackId): Promise<boolean> {
      const left = { left_at: new Date(clock.now()) };
      return (
        (await tx('pack_members')
          .where({ pack_id: id, account_id: accountId, left_at: null })
          .update(left)) === 1
      );
    },

    /** Keeps what another server says of a pack of its own; who left it here stays out of it here. */
    async keepRemote(tx: Tx, remote: RemotePack): Promise<PackId> {
      const { memberIds, ownerId, title, description, uri, url } = remote;
      const now = new Date(clock.now());
      const facts = { account_id: ownerId, title, description, url, updated_at: now, fetched_at: now };
      const [row] = await tx('packs')
        .insert({ id: ids.next(), uri, created_at: now, ...facts })
        .onConflict('uri')
        .merge(facts)
        .returning<{ id: PackId }[]>('id');
      if (!row) throw new Error('A starter pack was kept and is not there.');
      const known: AccountId[] = await tx('pack_members').where({ pack_id: row.id }).pluck('account_id');
      await tx('pack_members')
        .where({ pack_id: row.id, left_at: null })
        .whereNotIn('account_id', [...memberIds])
        .delete();
      const fresh = [...new Set(memberIds)].filter((one) => !known.includes(one));
      if (fresh.length > 0) {
        await tx('pack_members').insert(
          fresh.map((account_id) => ({ id: ids.next(), pack_id: row.id, account_id })),
        );
        await emit(tx, 'pack.members-added', { packId: row.id, ownerId, accountIds: fresh });
      }
      return row.id;
    },

    /** Forgets one of another server that is gone there; what the staff took down stays known as that. False where it is not here. */
    async forgetRemote(tx: Tx, uri: string): Promise<boolean> {
      const gone = tx('packs').where({ uri, taken_down_at: null }).whereNotNull('fetched_at');
      return (await gone.delete()) === 1;
    },

    ...takingDown<PackId>('pack', deps),
  };
}

/** Why each of these may not be put into a pack of this owner; those that may are left out. */
async function verdictsOn(
  { unlistedDomains }: PackDeps,
  tx: Tx,
  ownerId: AccountId,
  packId: PackId,
  accountIds: readonly AccountId[],
): Promise<Map<AccountId, MemberRefusal>> {
  const open = new Set<AccountId>(
    await tx('accounts')
      .whereRaw('accounts.id = any(?)', [[...accountIds]])
      .modify(recommendable(ownerId, unlistedDomains))
      .pluck('accounts.id'),
  );
  const rows: { account_id: AccountId; left_at: Date | null }[] = await tx('pack_members')
    .where({ pack_id: packId })
    .whereRaw('account_id = any(?)', [[...accountIds]])
    .select('account_id', 'left_at');
  const known = new Map(
    rows.map((row) => [row.account_id, row.left_at === null ? 'already-in' : 'left'] as const),
  );
  return new Map(
    accountIds.flatMap((id): [AccountId, MemberRefusal][] => {
      const reason = known.get(id) ?? (open.has(id) ? null : 'not-discoverable');
      return reason === null ? [] : [[id, reason]];
    }),
  );
}
