import type { Tx } from '../../../db/database.ts';
import type { FaspId } from '../../../lib/ids.ts';
import type { Category } from './what.ts';

/** One provider is told one thing after another. */
export const tellJob = (providerId: FaspId) =>
  ({ name: 'fasp.tell', payload: { providerId }, key: `fasp-tell:${providerId}` }) as const;

/** Remembers what a provider knows, so that it hears of the end of it. */
export async function markShared(
  tx: Tx,
  category: Category,
  rows: readonly { readonly provider_id: FaspId; readonly object_id: string; readonly uri: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  const once = [...new Map(rows.map((row) => [`${row.provider_id} ${row.object_id}`, row])).values()];
  await tx.raw(
    `insert into fasp_shared (provider_id, category, object_id, uri)
     select provider_id, ?, object_id, uri from unnest(?::bigint[], ?::bigint[], ?::text[]) as shared (provider_id, object_id, uri)
     on conflict (provider_id, category, object_id) do update set uri = excluded.uri`,
    [
      category,
      once.map((row) => row.provider_id),
      once.map((row) => row.object_id),
      once.map((row) => row.uri),
    ],
  );
}
