import { operatorLimits } from '../../../config/account-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Account, Accounts, SealedKeys } from '../accounts/index.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';

export interface KeyChangeDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly audit: Audit;
  readonly accounts: Accounts;
  readonly makeKeys: () => Promise<SealedKeys>;
}

export interface KeyChangeOptions {
  readonly reason: string;
  readonly dryRun: boolean;
}

type Outcome = Result<{ actors: number }, 'permission-missing' | 'not-found'>;

/** When the change of all keys began that was not ended. */
const BEGUN = 'actor-keys-change-begun';

/** Gives actors of this server other keys, and has the others told of them (ADR 0059). */
export function createKeyChanges(deps: KeyChangeDeps) {
  const { db, inTx, accounts, audit, makeKeys } = deps;

  /** What signs for an account: the person, and the channel once it is known to anybody. */
  async function actorsOf(account: Account): Promise<AccountId[]> {
    const channel = await accounts.channelOf(account.id);
    const ids = [account.id, ...(channel ? [channel.id] : [])];
    const keys = await Promise.all(ids.map((id) => accounts.keysOf(id)));
    return ids.filter((_, at) => keys[at] !== null);
  }

  /** Keys are made before the transaction begins: that takes a tenth of a second each. */
  async function replace(ids: readonly AccountId[], note: (tx: Tx) => Promise<unknown>): Promise<number> {
    const made = await Promise.all(ids.map(async (id) => ({ id, keys: await makeKeys() })));
    return inTx(async (tx) => {
      let count = 0;
      for (const { id, keys } of made) if (await accounts.replaceKeys(tx, id, keys)) count += 1;
      await note(tx);
      return count;
    });
  }

  /** Since when: one that was broken off goes on, and leaves alone what it had done. */
  async function begin(by: Actor, reason: string): Promise<Date> {
    return inTx(async (tx) => {
      // By the clock that dates the keys.
      const [row] = await tx('instance_settings')
        .insert({ key: BEGUN, value: tx.raw('to_jsonb(now())') })
        .onConflict('key')
        .ignore()
        .returning('key');
      if (row) await audit.record(tx, by, { ...DEED, target: { kind: 'setting', id: 'actor-keys' }, reason });
      const { value: since } = await tx('instance_settings').where({ key: BEGUN }).first('value');
      return new Date(since);
    });
  }

  return {
    /** Those of one account of this server. */
    async ofAccount(by: Actor, account: Account, { reason, dryRun }: KeyChangeOptions): Promise<Outcome> {
      const allowed = permitted(by, 'settings');
      if (!allowed.ok) return allowed;
      const ids = await actorsOf(account);
      if (account.domain !== null || account.state === 'deleted' || ids.length === 0)
        return fail('not-found', `${account.acct} has no keys here.`);
      if (dryRun) return ok({ actors: ids.length });
      const target = { kind: 'account', id: account.id } as const;
      const actors = await replace(ids, (tx) => audit.record(tx, by, { ...DEED, target, reason }));
      return ok({ actors });
    },

    /** Those of everybody here and of the server itself, some at a time. One that is broken off goes on when it is asked for again. */
    async ofAll(
      by: Actor,
      { reason, dryRun }: KeyChangeOptions,
      tell: (actors: number) => void,
    ): Promise<Outcome> {
      const allowed = permitted(by, 'settings');
      if (!allowed.ok) return allowed;
      if (dryRun) return ok({ actors: await accounts.countWithKeys() });
      const since = await begin(by, reason);
      let actors = 0;
      for (;;) {
        const ids = await accounts.withKeysBefore(since, operatorLimits.keysAtOnce);
        if (ids.length === 0) break;
        actors += await replace(ids, async () => undefined);
        tell(actors);
      }
      await db('instance_settings').where({ key: BEGUN }).delete();
      return ok({ actors });
    },
  };
}

const DEED = { action: 'actor.rotate-keys' } as const;
