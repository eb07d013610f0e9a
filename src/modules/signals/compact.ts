import { z } from 'zod';
import { parsedJson } from '../../lib/json.ts';
import { type Signal, type SignalOf, signalSchema, signalSources } from './events.ts';

/**
 * The form of signals in the log: JSON, a `watch` as a list of its values, since nine of ten are one. Whatever reads it parses it with
 * `signalSchema`, or for a `watch` with the same bounds.
 */

const VIEW = 1;
const COMPLETE = 2;

const watchTuple = z.tuple([
  z.number().int().nonnegative(),
  z.string().min(1).max(64).nullable(),
  z.string().min(1).max(64),
  z.number().nonnegative(),
  z
    .number()
    .int()
    .min(0)
    .max(VIEW | COMPLETE),
  z
    .number()
    .int()
    .min(0)
    .max(signalSources.length - 1),
  z.string().max(64).nullable(),
]);

const compacted = (one: SignalOf<'watch'>): z.input<typeof watchTuple> => [
  one.at,
  one.actorId,
  one.videoId,
  one.watchedMs,
  (one.isView ? VIEW : 0) | (one.isComplete ? COMPLETE : 0),
  signalSources.indexOf(one.source),
  one.network,
];

/** The text of one entry. */
export function signalsToText(signals: readonly Signal[]): string {
  return JSON.stringify(signals.map((one) => (one.kind === 'watch' ? compacted(one) : one)));
}

/** What an entry says. What cannot be read (of a later release, or damaged) is left out; `unread` says how many. */
export function signalsFromText(text: string): { readonly signals: Signal[]; readonly unread: number } {
  const told = parsedJson(text);
  if (!Array.isArray(told)) return { signals: [], unread: 1 };
  const signals = told.flatMap((one) => (Array.isArray(one) ? watchOf(one) : otherOf(one)));
  return { signals, unread: told.length - signals.length };
}

function watchOf(told: unknown[]): SignalOf<'watch'>[] {
  const read = watchTuple.safeParse(told);
  if (!read.success) return [];
  const [at, actorId, videoId, watchedMs, flags, place, network] = read.data;
  const [isView, isComplete] = [(flags & VIEW) !== 0, (flags & COMPLETE) !== 0];
  const source = signalSources[place] ?? 'other';
  return [{ kind: 'watch', at, actorId, videoId, watchedMs, isView, isComplete, source, network }];
}

function otherOf(told: unknown): Signal[] {
  const read = signalSchema.safeParse(told);
  return read.success ? [read.data] : [];
}
