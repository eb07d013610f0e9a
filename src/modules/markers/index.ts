import type { Db, Tx } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';

export const markedTimelines = ['home', 'notifications'] as const;
export type MarkedTimeline = (typeof markedTimelines)[number];

/** How far somebody has read a timeline, as apps tell each other. */
export interface Marker {
  readonly timeline: MarkedTimeline;
  readonly lastReadId: string;
  /** Counts the changes. */
  readonly version: number;
  readonly updatedAt: Date;
}

export type Markers = ReturnType<typeof createMarkers>;

interface MarkerRow {
  readonly timeline: MarkedTimeline;
  readonly last_read_id: string;
  readonly version: number;
  readonly updated_at: Date;
}

/** Where people left off. */
export function createMarkers({ db }: { readonly db: Db }) {
  return {
    async of(accountId: AccountId, timelines: readonly MarkedTimeline[]): Promise<Marker[]> {
      const rows: MarkerRow[] = await db('markers')
        .where({ account_id: accountId })
        .whereIn('timeline', [...timelines]);
      return rows.map(markerOf);
    },

    /**
     * Notes how far somebody has read. Of two apps that do so at the same moment, one is told that the other was faster,
     * and reads again: nothing is overwritten unseen.
     */
    async set(
      tx: Tx,
      accountId: AccountId,
      timeline: MarkedTimeline,
      lastReadId: string,
    ): Promise<Result<{ marker: Marker }, 'conflict'>> {
      const where = { account_id: accountId, timeline };
      const before: MarkerRow | undefined = await tx('markers').where(where).first();
      const facts = { last_read_id: lastReadId, updated_at: tx.fn.now() };
      const [row]: MarkerRow[] = before
        ? await tx('markers')
            .where({ ...where, version: before.version })
            .update({ ...facts, version: before.version + 1 })
            .returning('*')
        : await tx('markers')
            .insert({ ...where, ...facts, version: 0 })
            .onConflict(['account_id', 'timeline'])
            .ignore()
            .returning('*');
      if (!row) return fail('conflict', 'Another app has changed this in the same moment. Read it again.');
      return ok({ marker: markerOf(row) });
    },
  };
}

function markerOf(row: MarkerRow): Marker {
  return {
    timeline: row.timeline,
    lastReadId: row.last_read_id,
    version: row.version,
    updatedAt: row.updated_at,
  };
}
