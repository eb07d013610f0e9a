import type { ChainableCommander, Redis } from 'ioredis';
import { signalLimits } from '../../../config/stream-limits.ts';
import type { Logger } from '../../lib/log.ts';
import { signalsFromText, signalsToText } from './compact.ts';
import type { Signal } from './events.ts';

/** What a follower gets. */
export interface SignalPage {
  readonly signals: readonly Signal[];
  /** Behind the last of them: where the next read goes on. */
  readonly position: string;
  /** Something behind the position that was asked for is gone: these are not all that happened. */
  readonly isGap: boolean;
}

export type SignalLog = ReturnType<typeof createSignalLog>;

/** Before everything. */
const START = '0-0';
type Entry = [id: string, fields: string[]];
/** The field of an entry that says that signals before it are lost. */
const GAP = 'gap';
const isGapEntry = ([, [field]]: Entry): boolean => field === GAP;

/**
 * The log of what happens (a Redis stream), for any number of followers that each keep their own position. It is a copy of what
 * PostgreSQL holds, and of limited length: whoever was away for too long, or finds that Redis was flushed, is told of the gap and starts
 * again from PostgreSQL. A read that shall wait needs a connection of its own, since Redis answers one command after the other.
 */
export function createSignalLog(deps: {
  readonly redis: Redis;
  readonly prefix: string;
  readonly log: Logger;
}) {
  const { redis, log } = deps;
  const key = `${deps.prefix}:signals`;

  function signalsOf(entries: readonly Entry[]): Signal[] {
    return entries.flatMap((entry) => {
      if (isGapEntry(entry)) return [];
      const [id, [, text]] = entry;
      const { signals, unread } = signalsFromText(text ?? '');
      if (unread > 0) log.warn({ id, unread }, 'signals in the log cannot be read; they are passed over');
      return signals;
    });
  }

  async function newestId(): Promise<string> {
    const [newest] = await redis.xrevrange(key, '+', '-', 'COUNT', 1);
    return newest?.[0] ?? START;
  }

  /** Adds signals to what a transaction of Redis does, in their order. */
  function addTo(commands: ChainableCommander, signals: readonly Signal[]): void {
    const { perEntry, maxEntries } = signalLimits;
    for (let from = 0; from < signals.length; from += perEntry) {
      const text = signalsToText(signals.slice(from, from + perEntry));
      commands.xadd(key, 'MAXLEN', '~', maxEntries, '*', 's', text);
    }
  }

  return {
    addTo,

    /** Adds signals, in their order, all or none; `isGap`: others before them are lost, and every follower is told so. Rejects where Redis does not answer; they may be there then. */
    async publish(
      signals: readonly Signal[],
      { isGap = false }: { readonly isGap?: boolean } = {},
    ): Promise<void> {
      if (signals.length === 0 && !isGap) return;
      const commands = redis.multi();
      addTo(commands, signals);
      if (isGap) commands.xadd(key, 'MAXLEN', '~', signalLimits.maxEntries, '*', GAP, '');
      for (const [error] of (await commands.exec()) ?? []) if (error) throw error;
    },

    /** Behind the newest signal. */
    end: newestId,

    /**
     * What comes behind a position; null: all that is kept. With `blockMs` it waits that long for something new. The entry at the
     * position itself must still be there, or something behind it may be gone, too.
     */
    async read(
      position: string | null,
      {
        count = signalLimits.readAtOnce,
        blockMs,
      }: { readonly count?: number; readonly blockMs?: number } = {},
    ): Promise<SignalPage> {
      const after = position ?? START;
      const found: Entry[] = await redis.xrange(key, after, '+', 'COUNT', count + 1);
      const isKept = found[0]?.[0] === after;
      const isCut = position !== null && position !== START && !isKept;
      let entries = isKept ? found.slice(1) : found.slice(0, count);
      // Where Redis lost all, whatever it begins with now is new.
      const from = isCut && entries.length === 0 ? START : after;
      if (entries.length === 0 && blockMs !== undefined && !isCut) {
        const streams = await redis.xread('COUNT', count, 'BLOCK', blockMs, 'STREAMS', key, from);
        entries = streams?.[0]?.[1] ?? [];
      }
      const isGap = isCut || entries.some(isGapEntry);
      return { signals: signalsOf(entries), position: entries.at(-1)?.[0] ?? from, isGap };
    },
  };
}
