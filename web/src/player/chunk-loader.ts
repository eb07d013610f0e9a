import type { AppendedHead } from '../start/begun-clip.ts';
import { isBuffered, spansOf } from './buffer-plan.ts';
import { type ClipIndex, type FileIndex, fileName, type Group } from './chunk-index.ts';
import type { ClipBuffer } from './clip-buffer.ts';
import { type ClipSize, mimeOf } from './clip-sizes.ts';
import type { Heads } from './heads.ts';
import { type ByteRange, fetchRange } from './range-fetch.ts';
import { line } from './throughput.ts';

/** Puts pieces of a clip into a buffer, from whichever size, and knows what is there. */
export interface ChunkLoader {
  /** The groups of the clip; undefined before its index is known. */
  readonly groups: readonly Group[] | undefined;
  /** How many bytes were loaded from the start of the smallest size before that. */
  readonly headBytes: number;
  /** Whether these are all there are. */
  readonly hasAll: boolean;
  /** The groups in the buffer, with their bytes. */
  readonly held: ReadonlyMap<number, number>;
  /** The size appended last. */
  readonly rung: number | null;
  /** Loads on from the start of the smallest size up to a byte. */
  loadHead(to: number, how: HowToLoad): Promise<void>;
  learn(index: ClipIndex): void;
  /** What a group of a size takes. */
  bytesOf(group: number, rung: number): number;
  loadGroup(group: number, rung: number, how: HowToLoad): Promise<void>;
  drop(groups: readonly number[]): Promise<void>;
  /** Takes what the browser has dropped by itself for gone. */
  look(): void;
}

export interface HowToLoad {
  readonly signal: AbortSignal;
  readonly priority: 'high' | 'low';
}

interface LoaderDeps {
  readonly opened: Promise<ClipBuffer>;
  /** From small to large, at least one. */
  readonly sizes: readonly ClipSize[];
  readonly heads: Heads;
  /** What was appended, or will soon be, of the start of the smallest size. */
  readonly begun: Promise<AppendedHead> | undefined;
  readonly onAppended: () => void;
}

/** Where the bytes appended so far end inside a group; of which group is not known before there is an index. */
interface Partial {
  group: number | null;
  readonly rung: number;
  byte: number;
}

/** More than the set-up bytes of any file of ours. */
const MOST_INIT_BYTES = 16_384;

/** All of it rejects with what went wrong; what was appended until then stays, and the next call goes on from there. */
export function createChunkLoader({ opened, sizes, heads, begun, onAppended }: LoaderDeps): ChunkLoader {
  const held = new Map<number, number>();
  const inits = new Map<number, Uint8Array<ArrayBuffer>>();
  let files: readonly FileIndex[] | undefined;
  let buffer: ClipBuffer | undefined;
  let partial: Partial | null = { group: null, rung: 0, byte: 0 };
  /** The size whose set-up bytes were appended last, and the type of what is appended. */
  let rung: number | null = 0;
  let codecs = sizes[0]?.codecs;
  let begin = new Uint8Array(0);
  let total: number | null = null;

  async function append(bytes: Uint8Array<ArrayBuffer>, to: Partial): Promise<void> {
    buffer ??= await opened;
    await buffer.append(bytes);
    note(bytes, to);
  }

  /** Knows that bytes were appended. */
  function note(bytes: Uint8Array<ArrayBuffer>, to: Partial): void {
    if (to.rung === 0 && to.byte === begin.length && begin.length < MOST_INIT_BYTES) {
      const kept = new Uint8Array(begin.length + bytes.length);
      kept.set(begin);
      kept.set(bytes, begin.length);
      begin = kept;
    }
    to.byte += bytes.length;
    onAppended();
  }

  /** Begins with what was loaded before somebody wanted to see the clip. */
  async function takeHead({ url }: ClipSize, at: Partial): Promise<void> {
    if (begun) {
      const { bytes, ms, ...head } = await begun;
      total = head.total;
      line.note(bytes.length, ms);
      note(bytes, at);
      return;
    }
    // At once: those that nobody takes are forgotten.
    const head = await heads.take(url);
    if (!head) return;
    total = head.total;
    await append(head.bytes, at);
  }

  /** Has the decoder set up for a size. */
  async function setUp(wanted: number, how: HowToLoad): Promise<void> {
    const [size, file] = [sizes[wanted], files?.[wanted]];
    if (rung === wanted || !size || !file) return;
    buffer ??= await opened;
    const init = inits.get(wanted) ?? (await fetchInit({ url: size.url, from: 0, to: file.initLength }, how));
    inits.set(wanted, init);
    if (size.codecs !== codecs) await buffer.changeType(mimeOf(size));
    codecs = size.codecs;
    await buffer.append(init);
    rung = wanted;
  }

  return {
    get groups() {
      return files?.[0]?.groups;
    },
    get headBytes() {
      return partial?.group === null ? partial.byte : 0;
    },
    get hasAll() {
      return partial?.group === null && total !== null && partial.byte >= total;
    },
    held,
    get rung() {
      return rung;
    },
    async loadHead(to, how) {
      const [size] = sizes;
      if (!size || partial?.group !== null) return;
      const at = partial;
      if (at.byte === 0) await takeHead(size, at);
      const end = Math.min(to, total ?? to);
      if (at.byte >= end) return;
      const range = { url: size.url, from: at.byte, to: end };
      const fetched = await fetchRange(range, { ...how, onPiece: (piece) => append(piece, at) });
      line.note(fetched.bytes, fetched.ms);
      total = fetched.total ?? total;
    },
    learn(index) {
      const found = sizes.map(({ url }) => index.files.get(fileName(url)));
      if (found.some((file) => !file)) throw new Error('The index lacks a size.');
      files = found.flatMap((file) => file ?? []);
      const [smallest] = files;
      if (!smallest || partial?.group !== null) return;
      const { byte } = partial;
      if (begin.length >= smallest.initLength) inits.set(0, begin.slice(0, smallest.initLength));
      smallest.groups.forEach(({ from, to }, group) => {
        if (to <= byte) held.set(group, to - from);
      });
      const open = smallest.groups.findIndex(({ to }) => to > byte);
      partial = open === -1 ? null : { group: open, rung: 0, byte };
      if (byte === 0) rung = null;
    },
    bytesOf(group, of) {
      const bytes = files?.[of]?.groups[group];
      return bytes ? bytes.to - bytes.from : 0;
    },
    async loadGroup(group, wanted, how) {
      let at = partial;
      // What was begun is ended in its own size, where nothing else came in between.
      if (at?.group !== group || at.byte === 0) {
        const from = files?.[wanted]?.groups[group]?.from ?? 0;
        if (at) {
          await (await opened).reset();
          rung = null;
        }
        at = { group, rung: wanted, byte: from };
        partial = null;
      }
      const own = at;
      const bytes = files?.[own.rung]?.groups[group];
      const size = sizes[own.rung];
      if (!bytes || !size) throw new Error('There is no such group.');
      const ready = setUp(own.rung, how);
      ready.catch(() => undefined);
      const range = { url: size.url, from: own.byte, to: bytes.to };
      const { ms } = await fetchRange(range, {
        ...how,
        async onPiece(piece) {
          await ready;
          partial = own;
          await append(piece, own);
        },
      });
      line.note(own.byte - range.from, ms);
      if (own.byte < bytes.to) throw new TypeError('The answer was cut off.');
      partial = null;
      held.set(group, bytes.to - bytes.from);
    },
    async drop(dropped) {
      const groups = files?.[0]?.groups ?? [];
      for (const at of dropped) {
        held.delete(at);
        const group = groups[at];
        if (group) await (await opened).remove(group.start, group.end);
      }
    },
    look() {
      if (!buffer) return;
      const spans = spansOf(buffer.buffered);
      for (const at of held.keys()) {
        const group = files?.[0]?.groups[at];
        if (group && !isBuffered(spans, group)) held.delete(at);
      }
    },
  };
}

async function fetchInit(range: ByteRange, how: HowToLoad): Promise<Uint8Array<ArrayBuffer>> {
  const init = new Uint8Array(range.to);
  let length = 0;
  await fetchRange(range, {
    ...how,
    onPiece(piece) {
      init.set(piece, length);
      length += piece.length;
    },
  });
  if (length < range.to) throw new TypeError('The answer was cut off.');
  return init;
}
