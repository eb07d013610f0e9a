import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { watchStreamLimits } from '../../../config/stream-limits.ts';
import type { InTx, Tx } from '../../db/database.ts';
import { beforeDeadline } from '../../lib/deadline.ts';
import type { Logger } from '../../lib/log.ts';
import type { Signal, SignalLog } from '../signals/index.ts';
import { eventsOf } from './entries.ts';
import { type FreshWatch, measured, type TakenEvent } from './model.ts';
import type { Recorded } from './recording.ts';

export interface ConsumerDeps {
  readonly inTx: InTx;
  /** A connection of its own: it waits for what comes. */
  readonly redis: Redis;
  readonly key: string;
  readonly store: (tx: Tx, events: readonly TakenEvent[]) => Promise<Recorded>;
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
  readonly lastId: string;
}

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
 */
export function createConsumer(deps: ConsumerDeps) {
  const { inTx, redis, key, log } = deps;
  const limits = watchStreamLimits;
  /** Behind the last entry that was found: what comes next wakes the consumer. */
  let position = START;
  const asked = <T>(answer: Promise<T>) => beforeDeadline(answer, ANSWER_MS, 'Redis did not answer in time.');

  async function epochOf(): Promise<string> {
    const name = `${key}:epoch`;
    await asked(redis.set(name, randomBytes(8).toString('hex'), 'NX'));
    return (await asked(redis.get(name))) ?? '';
  }

  async function read(after: string): Promise<Batch> {
    const untold: TakenEvent[] = [];
    const events: TakenEvent[] = [];
    let lastId = after;
    let from = '-';
    while (events.length < limits.eventsAtOnce) {
      const entries = await asked(redis.xrange(key, from, '+', 'COUNT', limits.entriesAtOnce));
      for (const [id, [, text]] of entries) {
        const told = eventsOf(text ?? '');
        if (told === null) log.error({ id }, 'an entry of the stream cannot be read; it is passed over');
        const isBehind = inOrder(id, after) > 0;
        for (const one of told ?? []) (isBehind ? events : untold).push(one);
        if (isBehind) lastId = id;
      }
      const newest = entries.at(-1)?.[0];
      if (newest === undefined || entries.length < limits.entriesAtOnce) break;
      from = `(${newest}`;
    }
    return { untold, events, lastId };
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
  async function tell(signals: readonly Signal[], lastId: string): Promise<void> {
    const commands = redis.multi();
    deps.signals.addTo(commands, signals);
    commands.xtrim(key, 'MINID', behind(lastId));
    for (const [error] of (await asked(commands.exec())) ?? []) if (error) throw error;
  }

  async function step(): Promise<Step> {
    if (redis.status !== 'ready') return 'away';
    await makeMark();
    const epoch = await epochOf();
    const done = await inTx(async (tx) => {
      const mark = await takeMark(tx);
      if (!mark) return null;
      const batch = await read(mark.epoch === epoch ? mark.lastId : START);
      if (batch.lastId === mark.lastId) return { batch, fresh: [] };
      const { fresh } = await deps.store(tx, batch.events);
      await moveMark(tx, mark, { epoch, lastId: batch.lastId }, batch.events.length);
      return { batch, fresh };
    });
    if (done === null) return 'elsewhere';
    const { untold, events, lastId } = done.batch;
    position = lastId;
    if (untold.length === 0 && events.length === 0 && done.fresh.length === 0) return 'idle';
    await tell([...untold.map(untoldSignal), ...done.fresh.map(watchSignal)], lastId);
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
          const found = await step();
          if (found === 'elsewhere') await rest(limits.turnMs);
          if (found === 'away') await rest(limits.awayMs);
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

function watchSignal(one: FreshWatch): Signal {
  return {
    ...{ kind: 'watch', at: one.at, actorId: one.accountId, videoId: one.videoId, watchedMs: one.watchedMs },
    ...{ isView: one.isView, isComplete: one.isComplete, source: one.source, network: one.network },
  };
}

/**
 * Of an event that was stored by a process that died before it could tell: nobody knows any more whether it was the first of its hour, or
 * whether its person wants to be known.
 */
function untoldSignal(event: TakenEvent): Signal {
  const { watchedMs, isView, isComplete } = measured(event, null);
  const { at, videoId, source, network } = event;
  return { kind: 'watch', at, actorId: null, videoId, watchedMs, isView, isComplete, source, network };
}
