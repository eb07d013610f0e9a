import type { InTx } from '../../db/database.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Account, type Accounts, moveTarget, type RemoteLookup } from '../accounts/index.ts';
import type { Archives } from '../archives/index.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';

export interface PeopleDeps {
  readonly inTx: InTx;
  readonly audit: Audit;
  readonly accounts: Accounts;
  readonly archives: Pick<Archives, 'writeTo'>;
  readonly lookup: Pick<RemoteLookup, 'account' | 'actor'>;
}

type Refusal = 'permission-missing' | 'not-found';
type MoveRefusal = Exclude<Awaited<ReturnType<typeof moveTarget>>, { ok: true }>['reason'] | 'moved-before';

/** What people can do for themselves, done for one who cannot. */
export function createForPeople({ inTx, audit, accounts, archives, lookup }: PeopleDeps) {
  /** Of this server, and not gone. */
  function here(by: Actor, account: Account): Result<object, Refusal> {
    const allowed = permitted(by, 'accounts');
    if (!allowed.ok) return allowed;
    const isHere = account.domain === null && account.actorType !== 'Application';
    if (isHere && account.state !== 'deleted' && account.ownerId === null) return ok();
    return fail('not-found', `${account.acct} is nobody of this server, or is gone.`);
  }

  return {
    /** Writes what the page of exports makes to a file of this machine. The log says so before anything is written. */
    async writeArchive(
      by: Actor,
      account: Account,
      { path, reason, tell }: { path: string; reason: string; tell: (stage: string) => void },
    ): Promise<Result<{ size: number; sha256: string }, Refusal>> {
      const allowed = here(by, account);
      if (!allowed.ok) return allowed;
      const target = { kind: 'account', id: account.id } as const;
      await inTx((tx) => audit.record(tx, by, { action: 'user.export', target, reason }));
      return ok(await archives.writeTo(account, path, tell));
    },

    /** Has an account go on as another one, which must say what it must say to its owner, too. */
    async moveTo(
      by: Actor,
      account: Account,
      { named, reason }: { named: string; reason: string },
      inTx: InTx,
    ): Promise<Result<{ to: Account }, Refusal | MoveRefusal>> {
      const allowed = here(by, account);
      if (!allowed.ok) return allowed;
      const found = await moveTarget(lookup, account, named);
      if (!found.ok) return found;
      return inTx(async (tx) => {
        const moved = await accounts.move(tx, account, found.to);
        if (!moved.ok) return moved;
        const target = { kind: 'account', id: account.id } as const;
        const detail = { toId: found.to.id };
        await audit.record(tx, by, { action: 'user.move-to', target, reason, detail });
        return found;
      });
    },
  };
}
