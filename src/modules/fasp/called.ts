import type { Db } from '../../db/database.ts';
import type { FaspCallbackId, FaspId } from '../../lib/ids.ts';

/** A call that a provider was asked to make, or made. */
export interface Callback {
  readonly id: FaspCallbackId;
  /** Null: it called without being asked. */
  readonly askedAt: Date | null;
  /** Why it could not be asked. */
  readonly failure: string | null;
  /** Null: it has not called yet. */
  readonly calledAt: Date | null;
  readonly ip: string | null;
  /** What it sent, as JSON, cut. */
  readonly body: string | null;
}

/** All that is kept, by provider, the newest first. */
export async function callbacksByProvider(db: Db): Promise<Map<FaspId, Callback[]>> {
  const rows: (Callback & { readonly provider: FaspId })[] = await db('fasp_callbacks')
    .orderBy('id', 'desc')
    .select(
      ...['provider_id as provider', 'id', 'asked_at as askedAt', 'failure', 'called_at as calledAt'],
      ...['ip', 'body'],
    );
  return Map.groupBy(rows, ({ provider }) => provider);
}
