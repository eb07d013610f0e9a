import { z } from 'zod';
import { parseId } from '../../../lib/ids.ts';
import { type Marker, markedTimelines } from '../../../modules/markers/index.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { manyOf } from '../inputs.ts';

const markerEntity = z
  .object({ last_read_id: z.string(), version: z.number(), updated_at: z.string() })
  .meta({ id: 'Marker' });

const output = z.object({ home: markerEntity.optional(), notifications: markerEntity.optional() });

function markerEntities(markers: readonly Marker[]): z.input<typeof output> {
  return Object.fromEntries(
    markers.map(({ timeline, lastReadId, version, updatedAt }) => [
      timeline,
      { last_read_id: lastReadId, version, updated_at: updatedAt.toISOString() },
    ]),
  );
}

export const getMarkers = route({
  method: 'get',
  path: '/api/v1/markers',
  summary: 'How far you have read some timelines, as your apps told.',
  audience: 'signed-in',
  scope: 'read:statuses',
  query: z.object({ timeline: manyOf(z.enum(markedTimelines), 10).default([]) }),
  output,
  handler: async ({ deps, query, viewer }) =>
    markerEntities(await deps.markers.of(viewer.account.id, query.timeline)),
});

const read = z.object({
  last_read_id: z.string().refine((id) => parseId(id) !== null, 'This is not an id.'),
});

export const setMarkers = route({
  method: 'post',
  path: '/api/v1/markers',
  whileFrozen: true,
  summary: 'Note how far you have read some timelines. 409 where another app does so in the same moment.',
  audience: 'signed-in',
  scope: 'write:statuses',
  body: z.object({ home: read.optional(), notifications: read.optional() }),
  output,
  handler: async ({ deps, body, viewer }) =>
    deps.inTx(async (tx) => {
      const markers: Marker[] = [];
      for (const timeline of markedTimelines) {
        const lastReadId = body[timeline]?.last_read_id;
        if (lastReadId === undefined) continue;
        const outcome = await deps.markers.set(tx, viewer.account.id, timeline, lastReadId);
        // Thrown, so that of two timelines either both are noted or none is.
        if (!outcome.ok) throw refused(outcome);
        markers.push(outcome.marker);
      }
      return markerEntities(markers);
    }),
});
