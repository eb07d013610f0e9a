import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { watchStreamLimits } from '../../../config/stream-limits.ts';
import type { InTx, Tx } from '../../db/database.ts';
import { isFaultOfRow } from '../../db/faults.ts';
import { beforeDeadline } from '../../lib/deadline.ts';
import type { Logger } from '../../lib/log.ts';
import type { Signal, SignalLog } from '../signals/index.ts';
import { entryOf, eventsOf } from './entries.ts';
import type { FreshWatch, TakenEvent } from './model.ts';
import type { Recorded } from './recording.ts';
import type { DurationFor } from './seen.ts';
import { untoldSignals, watchSignal } from './telling.ts';

export interface ConsumerDeps {
  readonly inTx: InTx;
  /** A connection of its own: it waits for what comes. */
  readonly redis: Redis;
  readonly key: string;
  readonly store: (tx: Tx, events: readonly TakenEvent[]) => Promise<Recorded>;
  /** Keeps an entry that cannot be stored now, where an admin sees it. */
  readonly setAside: (tx: Tx, entry: string) => Promise<void>;
  readonly seenBy: (tx: Tx, events: readonly TakenEvent[]) => Promise<DurationFor>;
  readonly signals: Pick<SignalLog, 'addTo'>;
  readonly log: Logger;
}

/** What a step found to do: something, nothing; that another process is at it, or Redis away. */
export type Step = 'stored' | 'idle' | 'elsewhere' | 'away';

/** Before everything. */
const START = '0-0';
const ANSWER_MS = 5_000;

interface Mark {
  readonly epoch: string;
  readonly lastId: string;
}

/** Entries of the stream behind the mark, and those before it that followers have not heard of. */
interface Batch {
  readonly untold: readonly TakenEvent[];
  readonly events: readonly TakenEvent[];
  /** Entries behind the mark that cannot be read. */
  readonly unread: readonly string[];
  /** How many entries behind the mark these are. */
  readonly entries: number;
  /** Where the mark belongs, and up to where the stream was read; null where there is none. */
  readonly lastId: string;
  readonly readTo: string | null;
}

/** What a step did, and what followers are to hear of it. */
interface Done {
  readonly batch: Batch;
  readonly signals: readonly Signal[];
}

/** SQLSTATE of a statement that took too long. */
const TOO_LONG = '57014';

/** Whether it is for what an event says. */
const isRefused = (error: unknown): boolean => error instanceof RangeError || isFaultOfRow(error);

/** Whether less at once may succeed: one of the events is refused, or all of them are too many. */
const isTooMuch = (error: unknown): boolean =>
  isRefused(error) || (error instanceof Error && 'code' in error && error.code === TOO_LONG);

const inOrder = (a: string, b: string): number => {
  const [[ms = 0, seq = 0], [otherMs = 0, otherSeq = 0]] = [
    a.split('-').map(Number),
    b.split('-').map(Number),
  ];
  return ms - otherMs || seq - otherSeq;
};

/** The id that comes next behind an entry. */
function behind(id: string): string {
  const [ms, seq] = id.split('-');
  return `${ms}-${BigInt(seq ?? 0) + 1n}`;
}

/**
 * Moves events from the stream to PostgreSQL. How far it has come is a row that is changed in the transaction that stores them: whoever
 * dies, whenever, has stored all of a batch and moved on, or none of it. One process at a time holds the row, and it must be where it was
 * found. Afterwards followers are told and the stream is cut, both or neither, so that what is left before the mark is what was not told.
 * A stream that lost its memory has another epoch and is read from its beginning: what was stored already is known by the keys of its events.
 * A batch that is refused is halved until the event that it is refused for is alone; that one is set aside, and the others are stored.
 */
export function createConsumer(deps: ConsumerDeps) {
  const { inTx, redis, key, log } = deps;
  const limits = watchStreamLimits;
  /** Behind the last entry that was found: what comes next wakes the consumer. */
  let position = START;
  const asked = <T>(answer: Promise<T>) => beforeDeadline(answer, ANSWER_MS, 'Redis did not answer in time.');

  async function epochOf(): Promise<string> {
    const name = `${key}:epoch`;
    const known = await asked(redis.get(name));
    if (known !== null) return known;
    await asked(redis.set(name, randomBytes(8).toString('hex'), 'NX'));
    return (await asked(redis.get(name))) ?? '';
  }

  /** Entries of one step at most: fewer after a batch was refused, and more again with each that is not. */
  let most: number = limits.eventsAtOnce;
  /** Of the last try; and whether there was as much as one transaction takes, so that more may wait. */
  let entriesRead = 0;
  let wasFull = false;

  async function read(after: string): Promise<Batch> {
    const untold: TakenEvent[] = [];
    const events: TakenEvent[] = [];
    const unread: string[] = [];
    let [lastId, entries, from] = [after, 0, '-'];
    let readTo: string | null = null;
    const isFull = () => entries === most || untold.length + events.length >= limits.eventsAtOnce;
    while (!isFull()) {
      const page = await asked(redis.xrange(key, from, '+', 'COUNT', limits.entriesAtOnce));
      for (const [id, [, text = '']] of page) {
        if (isFull()) break;
        const told = eventsOf(text);
        const isBehind = inOrder(id, after) > 0;
        for (const one of told ?? []) (isBehind ? events : untold).push(one);
        if (isBehind) {
          if (told === null) unread.push(text);
          lastId = id;
          entries += 1;
        }
        readTo = id;
      }
      if (page.length < limits.entriesAtOnce) break;
      from = `(${readTo}`;
    }
    entriesRead = entries;
    wasFull = isFull();
    return { untold, events, unread, entries, lastId, readTo };
  }

  let isMade = false;
  async function makeMark(): Promise<void> {
    if (isMade) return;
    const row = { stream: key, epoch: '', last_id: START };
    await inTx((tx) => tx('stream_marks').insert(row).onConflict('stream').ignore());
    isMade = true;
  }

  /** The mark, for as long as this transaction; undefined where another one holds it. */
  async function takeMark(tx: Tx): Promise<Mark | undefined> {
    return tx('stream_marks')
      .where({ stream: key })
      .forUpdate()
      .skipLocked()
      .first('epoch', 'last_id as lastId');
  }

  async function moveMark(tx: Tx, from: Mark, to: Mark, events: number): Promise<void> {
    const moved = await tx('stream_marks')
      .where({ stream: key, epoch: from.epoch, last_id: from.lastId })
      .update({
        ...{ epoch: to.epoch, last_id: to.lastId, moved_at: tx.fn.now() },
        consumed: tx.raw('consumed + ?::bigint', [events]),
      });
    if (moved !== 1) throw new Error('Somebody else moved the mark of the stream.');
  }

  /** Tells followers and cuts the stream. What fails here is done by the next step. */
  async function tell(signals: readonly Signal[], readTo: string): Promise<void> {
    const commands = redis.multi();
    deps.signals.addTo(commands, signals);
    commands.xtrim(key, 'MINID', behind(readTo));
    try {
      for (const [error] of (await asked(commands.exec())) ?? []) if (error) throw error;
    } catch (error) {
      if (!/\b(OOM|EXECABORT)\b/.test(String(error))) throw error;
      // A full Redis takes no signals. What is stored has to go from it all the same, or it stays full.
      log.warn({ signals: signals.length }, 'Redis is full; followers do not hear of what was watched');
      await asked(redis.xtrim(key, 'MINID', behind(readTo)));
    }
  }

  async function setUnreadAside(tx: Tx, unread: readonly string[]): Promise<void> {
    for (const text of unread) {
      // PostgreSQL keeps no such character.
      const isKept = text.length <= limits.setAsideLength && !text.includes('\0');
      const told = isKept ? 'it is set aside' : 'it is passed over';
      log.error(
        { length: text.length },
        `an entry of the stream of what was watched cannot be read; ${told}`,
      );
      if (isKept) await deps.setAside(tx, text);
    }
  }

  /** Stores all of these but those that are refused alone, which are set aside. */
  async function storeHalved(tx: Tx, events: readonly TakenEvent[]): Promise<readonly FreshWatch[]> {
    try {
      return (await tx.transaction((part) => deps.store(part, events))).fresh;
    } catch (error) {
      const isAlone = events.length === 1;
      if (!(isAlone ? isRefused(error) : isTooMuch(error))) throw error;
      if (isAlone) {
        log.error({ err: error }, 'an event of watching is refused by PostgreSQL; it is set aside');
        await deps.setAside(tx, entryOf([events]));
        return [];
      }
      const half = Math.ceil(events.length / 2);
      const fresh = await storeHalved(tx, events.slice(0, half));
      return [...fresh, ...(await storeHalved(tx, events.slice(half)))];
    }
  }

  async function storeSome(tx: Tx, epoch: string): Promise<Done | null> {
    entriesRead = 0;
    const mark = await takeMark(tx);
    if (!mark) return null;
    const batch = await read(mark.epoch === epoch ? mark.lastId : START);
    const { events, untold, lastId } = batch;
    const signals: Signal[] = untold.length === 0 ? [] : untoldSignals(untold, await deps.seenBy(tx, untold));
    if (lastId === mark.lastId) return { batch, signals };
    await setUnreadAside(tx, batch.unread);
    const fresh = batch.entries === 1 ? await storeHalved(tx, events) : (await deps.store(tx, events)).fresh;
    await moveMark(tx, mark, { epoch, lastId }, events.length);
    return { batch, signals: [...signals, ...fresh.map(watchSignal)] };
  }

  /** Halves what is refused, entry by entry; what is left of it comes with the next steps. */
  async function storeNext(epoch: string): Promise<Done | null> {
    for (;;) {
      try {
        const done = await inTx((tx) => storeSome(tx, epoch));
        most = Math.min(2 * most, limits.eventsAtOnce);
        return done;
      } catch (error) {
        if (entriesRead <= 1 || !isTooMuch(error)) throw error;
        most = Math.ceil(entriesRead / 2);
      }
    }
  }

  async function step(): Promise<Step> {
    if (redis.status !== 'ready') return 'away';
    await makeMark();
    const done = await storeNext(await epochOf());
    if (done === null) return 'elsewhere';
    const { lastId, readTo } = done.batch;
    position = lastId;
    if (readTo === null) return 'idle';
    await tell(done.signals, readTo);
    return 'stored';
  }

  return {
    /** Stores what waits, up to one batch. Rejects where Redis or PostgreSQL fails; nothing is lost then. */
    step,

    /** Stores whatever comes, until it is told to stop. */
    async run(signal: AbortSignal): Promise<void> {
      const rest = (ms: number) => pause(ms, undefined, { signal }).catch(() => undefined);
      while (!signal.aborted) {
        try {
          const began = performance.now();
          const found = await step();
          if (found === 'elsewhere') await rest(limits.turnMs);
          if (found === 'away') await rest(limits.awayMs);
          // What a transaction costs beside its events (the rows that it holds, the tallies of each video) is shared by more of them.
          const early = began + limits.apartMs - performance.now();
          if (found === 'stored' && !wasFull && early > 0) await rest(early);
          if (found !== 'idle') continue;
          await redis.xread('BLOCK', limits.blockMs, 'STREAMS', key, position);
          await rest(limits.gatherMs);
        } catch (error) {
          if (signal.aborted) return;
          log.error({ err: error }, 'what was watched could not be stored; it is tried again');
          await rest(limits.retryMs);
        }
      }
    },
  };
}
