/** Which bytes of which file. */
export interface ByteRange {
  readonly url: string;
  readonly from: number;
  /** The first byte that is not wanted. */
  readonly to: number;
}

interface FetchOptions {
  readonly signal: AbortSignal;
  readonly priority: 'high' | 'low';
  /** Called with every piece as it arrives, one after the other. */
  readonly onPiece: (piece: Uint8Array<ArrayBuffer>) => Promise<void> | void;
}

/** A range that was answered: how many bytes came, how long that took, and how long the file is, where that was told. */
interface Fetched {
  readonly bytes: number;
  readonly ms: number;
  readonly total: number | null;
}

/** An answer that is not the bytes that were asked for. */
export class RefusedRange extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`The server answered ${status} to a range.`);
    this.status = status;
  }
}

/**
 * Asks for a range and gives on its bytes while they come. Throws `RefusedRange`, what `fetch` throws, and what
 * `onPiece` throws. A server that knows no ranges is heard from the beginning of a file only, and no further than asked.
 */
export async function fetchRange({ url, from, to }: ByteRange, options: FetchOptions): Promise<Fetched> {
  const { signal, priority, onPiece } = options;
  const startedAt = performance.now();
  const response = await fetch(url, { headers: { range: `bytes=${from}-${to - 1}` }, signal, priority });
  const whole = response.status === 200 && from === 0;
  if ((response.status !== 206 && !whole) || !response.body) throw new RefusedRange(response.status);
  const reader = response.body.getReader();
  let bytes = 0;
  // What is done with a piece is not the time of the line.
  let workedMs = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const piece = value.subarray(0, to - from - bytes);
    bytes += piece.length;
    const workedFrom = performance.now();
    await onPiece(piece);
    workedMs += performance.now() - workedFrom;
    if (bytes === to - from) {
      if (whole) await reader.cancel();
      break;
    }
  }
  const ms = performance.now() - startedAt - workedMs;
  const length = whole
    ? response.headers.get('content-length')
    : response.headers.get('content-range')?.split('/')[1];
  const total = Number(length ?? Number.NaN);
  return { bytes, ms, total: Number.isFinite(total) ? total : null };
}
