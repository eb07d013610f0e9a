import type { Knex } from 'knex';
import { portionLimits } from '../../../config/account-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import { isClosing } from '../../db/server-closing.ts';
import { isLocked } from '../../db/server-lock.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Auth } from '../auth/index.ts';
import { type Audit, operator } from '../staff/index.ts';
import { inPortions } from './portions.ts';

export interface ClosingDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly enqueue: Enqueue;
  readonly auth: Pick<Auth, 'deleteSome'>;
  readonly audit: Audit;
}

/** How far the closing of the server has come. */
export interface ClosingState {
  readonly since: Date;
  /** People who still have an account. */
  readonly accounts: number;
  /** Accounts and posts that ended, of which nothing was put into the queue for other servers yet. */
  readonly untold: number;
  /** Accounts that ended, of which something is left to be cleared away. */
  readonly uncleared: number;
  /** Activities on their way to other servers, whatever they tell. */
  readonly deliveries: number;
  /** Those that were given up. */
  readonly dead: number;
}

/** What closing would do. */
export interface ClosingPreview {
  readonly accounts: number;
  readonly servers: number;
}

const TARGET = { kind: 'setting', id: 'server-closing' } as const;

/**
 * Ends the whole server: each account by the same departure as one that is deleted, so that every server that knows it is told.
 * That it closes lies in the database, and what is left is all that counts, so it goes on wherever it was broken off.
 */
export function createClosing({ db, inTx, enqueue, auth, audit }: ClosingDeps) {
  return {
    /** What it would do: whoever has an account, and servers that follow somebody here or were told of something. */
    async preview(): Promise<ClosingPreview> {
      const { rows } = await db.raw<{ rows: { servers: string }[] }>(
        `select count(distinct host) as servers from (
           select far.host from follows
             join accounts far on far.id = follows.follower_id
             join accounts near on near.id = follows.target_id
            where follows.state = 'accepted' and far.state = 'active' and far.domain <> '' and near.domain = ''
           union select host from deliveries) as known`,
      );
      return { accounts: await countOf(db('users')), servers: Number(rows[0]?.servers) };
    },

    /** Begins, or goes on where it was broken off. Only who has the command line of the server may: nobody can take it back. */
    async begin(
      tx: Tx,
      { reason }: { readonly reason: string },
    ): Promise<Result<{ isNew: boolean }, 'conflict'>> {
      if (await isLocked(tx)) {
        return fail(
          'conflict',
          'The server is locked, so no worker works: run vireo maintenance lock off first.',
        );
      }
      const begun = await tx('server_closing').insert({}).onConflict('one').ignore().returning('one');
      const isNew = begun.length > 0;
      if (isNew) {
        const detail = { accounts: await countOf(tx('users')) };
        await audit.record(tx, operator, {
          action: 'maintenance.self-destruct',
          target: TARGET,
          reason,
          detail,
        });
      }
      await enqueue(tx, { name: 'accounts.end-all', payload: {}, key: 'accounts.end-all' });
      return ok({ isNew });
    },

    /** Null: the server does not close. */
    async status(): Promise<ClosingState | null> {
      const row = await db('server_closing').first('since');
      if (!row) return null;
      const [accounts, untold, uncleared, deliveries, dead] = await Promise.all([
        countOf(db('users')),
        countOf(db('events').whereIn('name', ['account.deleted', 'video.deleted', 'comment.deleted'])),
        countOf(db('jobs').where({ name: 'accounts.clear', state: 'pending' })),
        countOf(db('deliveries').where({ state: 'queued' })),
        countOf(db('deliveries').where({ state: 'dead' })),
      ]);
      return { since: row.since, accounts, untold, uncleared, deliveries, dead };
    },

    /** For the job: ends some accounts after others. Who is left is the mark of progress. */
    endAll: (run: JobRun): Promise<Finish | undefined> =>
      inPortions(inTx, run, async (tx) => {
        // Not without the word of whoever runs the server, wherever the job came from.
        return (await isClosing(tx)) && (await auth.deleteSome(tx, portionLimits.accounts)) > 0;
      }),
  };
}

async function countOf(query: Knex.QueryBuilder): Promise<number> {
  const row = await query.count('* as count').first();
  return Number(row?.count);
}
