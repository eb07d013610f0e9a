import { type Failure, fail } from '../result.ts';

/** Why an outgoing request gave no answer. `aborted`: the caller's own signal or our shutdown ended it. */
export type FetchReason =
  | 'blocked-address'
  | 'blocked-url'
  | 'timeout'
  | 'too-large'
  | 'too-many-redirects'
  | 'connection-failed'
  | 'bad-response'
  | 'aborted';

export type FetchFailure = Failure<FetchReason>;

/** Carries a reason through undici and streams, which know only exceptions; never leaves this folder. */
export class FetchStop extends Error {
  readonly reason: FetchReason;

  constructor(reason: FetchReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

const TIMEOUTS = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

const GARBLED = new Set(['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']);
const CLOSING = new Set(['UND_ERR_CLOSED', 'UND_ERR_DESTROYED']);

/** Trouble on this machine that a retry against another server would only hide. */
const LOCAL = new Set(['UND_ERR_INVALID_ARG', 'ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE']);

/**
 * Turns what a request threw into a reason. `answered` tells whether response headers had arrived: after
 * them a broken connection is a bad response, before them a failed connection. Rethrows bugs and local trouble.
 */
export function toFetchFailure(error: unknown, signal: AbortSignal, answered: boolean): FetchFailure {
  const stop = signal.aborted ? signal.reason : error;
  if (stop instanceof FetchStop) return fail(stop.reason, stop.message);
  const isGarbled = textOf(error, 'name') === 'HTTPParserError' || GARBLED.has(textOf(error, 'code'));
  if (isGarbled) return fail('bad-response', 'The other server sent something that is not HTTP.');
  // Network, TLS and zlib errors all have a code; an error without one is a bug.
  const code = textOf(error, 'code');
  if (code === '' || LOCAL.has(code) || textOf(error, 'syscall') === 'open') throw error;
  if (CLOSING.has(code)) return fail('aborted', 'This server is shutting down.');
  if (TIMEOUTS.has(code)) return fail('timeout', 'The other server was too slow.');
  if (answered) return fail('bad-response', 'The other server broke off its answer.');
  return fail('connection-failed', 'The other server could not be reached.');
}

function textOf(error: unknown, name: 'code' | 'name' | 'syscall'): string {
  const value = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' ? value : '';
}
