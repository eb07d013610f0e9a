import { z } from 'zod';
import { idSchema } from '../../lib/ids.ts';
import { parsedJson } from '../../lib/json.ts';
import { type TakenEvent, watchKinds, watchSources } from './model.ts';

/**
 * The form of events in the stream: JSON, what all events of an entry share once, and each event as a list of its values. They were checked
 * before they came here; what is read back is checked again, since another release may have written it.
 */
const reportSchema = z.tuple([
  z.number().int().nonnegative(),
  idSchema<'account'>().nullable(),
  z.string().max(64).nullable(),
  z.array(
    z.tuple([
      z.string().regex(/^[0-9a-f]{32}$/),
      z.string().regex(/^[0-9a-f]{32}$/),
      idSchema<'video'>(),
      z
        .number()
        .int()
        .min(0)
        .max(watchKinds.length - 1),
      z.number().nonnegative().nullable(),
      z.number().int().nonnegative(),
      z
        .number()
        .int()
        .min(0)
        .max(watchSources.length - 1),
      z
        .string()
        .regex(/^[0-9a-f]{16}$/)
        .nullable(),
    ]),
  ),
]);
const entrySchema = z.array(reportSchema);

/** The entry of these reports, each the events of one request. */
export function entryOf(reports: readonly (readonly TakenEvent[])[]): string {
  return JSON.stringify(reports.map(reportOf) satisfies z.input<typeof entrySchema>);
}

function reportOf(events: readonly TakenEvent[]): z.input<typeof reportSchema> {
  const [first] = events;
  return [
    first?.receivedAt ?? 0,
    first?.accountId ?? null,
    first?.network ?? null,
    events.map((one) => [
      ...([one.key, one.viewKey, one.videoId, watchKinds.indexOf(one.kind)] as const),
      ...([one.watchedMs, one.at, watchSources.indexOf(one.source), one.mask] as const),
    ]),
  ];
}

/** The events of an entry; null where it cannot be read. */
export function eventsOf(text: string): TakenEvent[] | null {
  const read = entrySchema.safeParse(parsedJson(text));
  if (!read.success) return null;
  return read.data.flatMap(([receivedAt, accountId, network, events]) =>
    events.map(([key, viewKey, videoId, kind, watchedMs, at, source, mask]) => ({
      ...{ key, viewKey, accountId, videoId, watchedMs, at, receivedAt, network, mask },
      kind: watchKinds[kind] ?? 'watch',
      source: watchSources[source] ?? 'other',
    })),
  );
}
