import { once } from 'node:events';
import type { Request, Response } from 'express';
import { streamLimits } from '../../config/limits.ts';
import { ApiError } from './errors.ts';

interface Limits {
  readonly perCaller: number;
  readonly lifetimeMs: number;
  readonly heartbeatMs: number;
}

interface EventStream {
  /** Whose streams are counted together. */
  readonly caller: string;
  /** The name of each event. */
  readonly event: string;
  /** Begins what is told; may refuse, as nothing has been sent yet. It ends at the latest when `signal` is aborted. */
  readonly begin: (signal: AbortSignal) => Promise<AsyncIterable<unknown>>;
  /** Asked before each event but the first, and at each heartbeat: sessions end while streams are open. */
  readonly isAllowed: () => Promise<boolean>;
}

export type EventStreams = ReturnType<typeof createEventStreams>;

/**
 * Answers by Server-Sent Events (HTML, section 9.2). A stream ends with what it tells of, with its client, with the
 * right to see it, after its life time, and when the server stops; clients come back by themselves where there is more.
 * Streams are counted by this process alone.
 */
export function createEventStreams(limits: Limits = streamLimits) {
  const open = new Map<string, number>();
  const ends = new Set<() => void>();

  async function send(req: Request, res: Response, stream: EventStream, end: AbortController): Promise<void> {
    const { signal } = end;
    const events = await stream.begin(signal);
    if (signal.aborted) return;
    res.status(200).set('Content-Type', 'text/event-stream; charset=utf-8');
    res.set('Cache-Control', 'private, no-store, no-transform').set('X-Accel-Buffering', 'no');
    req.socket.setNoDelay(true);
    res.flushHeaders();
    const mayGoOn = async () => {
      // Whoever cannot be asked about the session is asked again when the client comes back.
      if (!(await stream.isAllowed().catch(() => false))) end.abort();
      return !signal.aborted;
    };
    const heartbeat = setInterval(async () => {
      if (await mayGoOn()) res.write(': still here\n\n');
    }, limits.heartbeatMs);
    try {
      let isFirst = true;
      for await (const data of events) {
        if (signal.aborted || (!isFirst && !(await mayGoOn()))) break;
        isFirst = false;
        const taken = res.write(`event: ${stream.event}\ndata: ${JSON.stringify(data)}\n\n`);
        if (!taken) await once(res, 'drain', { signal });
      }
    } finally {
      clearInterval(heartbeat);
    }
  }

  return {
    async serve(req: Request, res: Response, stream: EventStream): Promise<void> {
      const { caller } = stream;
      const others = open.get(caller) ?? 0;
      if (others >= limits.perCaller) {
        throw new ApiError('too-many-streams', `At most ${limits.perCaller} streams can be open at once.`);
      }
      open.set(caller, others + 1);
      const controller = new AbortController();
      const end = () => controller.abort();
      const timer = setTimeout(end, limits.lifetimeMs);
      ends.add(end);
      res.once('close', end);
      try {
        await send(req, res, stream, controller);
        res.end();
      } catch (error) {
        if (!controller.signal.aborted) throw error;
        res.end();
      } finally {
        end();
        clearTimeout(timer);
        ends.delete(end);
        const left = (open.get(caller) ?? 1) - 1;
        if (left > 0) open.set(caller, left);
        else open.delete(caller);
      }
    },

    /** Streams that are open now, of everybody. */
    count: (): number => ends.size,

    /** Ends all of them: an open stream would hold up a server that wants to stop. */
    endAll(): void {
      for (const end of ends) end();
    },
  };
}
