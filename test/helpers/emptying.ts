import type { TestServer } from './server.ts';

type Server = Pick<TestServer, 'context'>;

/*
 * What is removed here takes rows of many tables with it, in an order of its own, while the server does its work: as in the product, whoever
 * PostgreSQL ends for another (a deadlock) goes again.
 */

/** Removes all rows of these tables, in this order. */
export function empty({ context: { inTx } }: Server, ...tables: readonly string[]): Promise<void> {
  return inTx(async (tx) => {
    for (const table of tables) await tx(table).delete();
  });
}

/** Removes everybody of other servers, with all that is theirs. */
export function forgetOthers({ context: { inTx } }: Server): Promise<number> {
  return inTx((tx) => tx('accounts').whereNot({ domain: '' }).delete());
}
