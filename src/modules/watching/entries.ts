import { parseId } from '../../lib/ids.ts';
import { parsedJson } from '../../lib/json.ts';
import { type TakenEvent, watchKinds, watchSources } from './model.ts';

/**
 * The form of events in the stream: JSON, what all events of an entry share once, and each event as a list of its values. They were checked
 * before they came here; what is read back is checked again, since another release may have written it. By hand and not by a schema:
 * there are tens of thousands a second of them, and schemas of lists take several times as long.
 */

/** The entry of these reports, each the events of one request. */
export function entryOf(reports: readonly (readonly TakenEvent[])[]): string {
  return JSON.stringify(reports.map(reportOf));
}

const kindPlaces = new Map(watchKinds.map((kind, place) => [kind, place]));
const sourcePlaces = new Map(watchSources.map((source, place) => [source, place]));

function reportOf(events: readonly TakenEvent[]): unknown[] {
  const [first] = events;
  const told = events.map(({ key, viewKey, videoId, kind, watchedMs, at, source, mask }) => [
    key,
    viewKey,
    videoId,
    kindPlaces.get(kind),
    watchedMs,
    at,
    sourcePlaces.get(source),
    mask,
  ]);
  return [first?.receivedAt ?? 0, first?.accountId ?? null, first?.network ?? null, told];
}

/** The events of an entry; null where it cannot be read. */
export function eventsOf(text: string): TakenEvent[] | null {
  const reports = parsedJson(text);
  if (!Array.isArray(reports)) return null;
  const events: TakenEvent[] = [];
  for (const report of reports) if (!readReport(report, events)) return null;
  return events;
}

type Shared = Pick<TakenEvent, 'receivedAt' | 'accountId' | 'network'>;

const KEY = /^[0-9a-f]{32}$/;
const MASK = /^[0-9a-f]{16}$/;
const MAX_NETWORK = 64;

const isText = (told: unknown, form: RegExp): told is string => typeof told === 'string' && form.test(told);
const isAmount = (told: unknown): told is number => typeof told === 'number' && told >= 0;
const isWhole = (told: unknown): told is number => isAmount(told) && Number.isSafeInteger(told);

/** Adds the events of a report; false where it cannot be read. */
function readReport(report: unknown, events: TakenEvent[]): boolean {
  if (!Array.isArray(report) || report.length !== 4) return false;
  const [receivedAt, account, network, told] = report as unknown[];
  if (!isWhole(receivedAt) || !Array.isArray(told)) return false;
  const accountId = account === null ? null : idOf<'account'>(account);
  if (accountId === undefined) return false;
  if (network !== null && (typeof network !== 'string' || network.length > MAX_NETWORK)) return false;
  const shared = { receivedAt, accountId, network };
  return told.every((one) => {
    const event = eventOf(one, shared);
    if (event !== null) events.push(event);
    return event !== null;
  });
}

function idOf<Kind extends string>(told: unknown) {
  return typeof told === 'string' ? (parseId<Kind>(told) ?? undefined) : undefined;
}

function eventOf(told: unknown, { receivedAt, accountId, network }: Shared): TakenEvent | null {
  if (!Array.isArray(told) || told.length !== 8) return null;
  const [key, viewKey, video, kindPlace, watchedMs, at, sourcePlace, mask] = told as unknown[];
  if (!isText(key, KEY) || !isText(viewKey, KEY) || !isWhole(at)) return null;
  if (watchedMs !== null && !isAmount(watchedMs)) return null;
  if (mask !== null && !isText(mask, MASK)) return null;
  const videoId = idOf<'video'>(video);
  const kind = watchKinds[isWhole(kindPlace) ? kindPlace : -1];
  const source = watchSources[isWhole(sourcePlace) ? sourcePlace : -1];
  if (videoId === undefined || kind === undefined || source === undefined) return null;
  return { key, viewKey, accountId, videoId, kind, watchedMs, at, receivedAt, source, network, mask };
}
