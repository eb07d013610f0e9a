import { Largest } from '../models/largest.ts';
import { scanWasm } from './scan.gen.ts';
import type { VectorHits, VectorIndex } from './vector-index.ts';

/** Numbers of a vector: scan.wat is made for as many. */
const DIM = 64;
const PAGE = 65_536;
const QUERY = 16;
/** Where what is found goes: slot and product of 4,096. */
const OUT = 256;
const OUT_END = OUT + 4_096 * 8;
const LARGEST_INT8 = 127;
const LARGEST_INT16 = 32_767;
const LEAST_INT32 = -(2 ** 31);

type Scan = (...args: readonly number[]) => number;

/**
 * A scan over int8 vectors by SIMD instructions of WebAssembly: a million in some 5 ms, 64 bytes for each, in place. No tree or graph: filters cost
 * nothing, what is deleted is gone at once, nothing is ever built again (docs/adr/0028). Memory grows by doubling, up to what
 * `maxItems` need.
 */
export function createWasmIndex({ maxItems, range }: { maxItems: number; range: number }): VectorIndex {
  const bitmapBytes = Math.ceil(maxItems / 64) * 8;
  const live = OUT_END;
  const allowedAt = live + bitmapBytes;
  const vectors = Math.ceil((allowedAt + bitmapBytes) / DIM) * DIM;
  const pagesFor = (items: number) => Math.ceil((vectors + items * DIM) / PAGE);
  const most = pagesFor(maxItems + 8);
  const memory = new WebAssembly.Memory({ initial: Math.min(most, pagesFor(1_024)), maximum: most });
  const scan = instantiate(memory);
  let bytes = new Uint8Array(memory.buffer);
  let end = 0;
  let size = 0;
  let scale = LARGEST_INT8 / range;

  const room = (slot: number): void => {
    const wanted = vectors + (slot + 8) * DIM;
    if (wanted <= bytes.length) return;
    const pages = bytes.length / PAGE;
    memory.grow(Math.min(most, Math.max(Math.ceil(wanted / PAGE), pages * 2)) - pages);
    bytes = new Uint8Array(memory.buffer);
  };
  const isLive = (slot: number) => ((bytes[live + (slot >> 3)] ?? 0) & (1 << (slot & 7))) !== 0;

  return {
    get size() {
      return size;
    },
    get bytes() {
      return bytes.length;
    },
    set(slot, vector) {
      if (slot < 0 || slot >= maxItems) return false;
      room(slot);
      const at = vectors + slot * DIM;
      for (let k = 0; k < DIM; k += 1) {
        const value = Math.round((vector[k] ?? 0) * scale);
        // A byte holds the low eight bits: of negative numbers their two's complement.
        bytes[at + k] = Math.max(-LARGEST_INT8, Math.min(LARGEST_INT8, value));
      }
      if (!isLive(slot)) {
        bytes[live + (slot >> 3)] = (bytes[live + (slot >> 3)] ?? 0) | (1 << (slot & 7));
        size += 1;
      }
      end = Math.max(end, slot + 1);
      return true;
    },
    delete(slot) {
      if (slot < 0 || slot >= end || !isLive(slot)) return;
      bytes[live + (slot >> 3)] = (bytes[live + (slot >> 3)] ?? 0) & ~(1 << (slot & 7));
      bytes.fill(0, vectors + slot * DIM, vectors + (slot + 1) * DIM);
      size -= 1;
    },
    clear(next) {
      bytes.fill(0, live, allowedAt);
      bytes.fill(0, vectors);
      scale = LARGEST_INT8 / next;
      size = 0;
      end = 0;
    },
    search(query, count, allowed) {
      let largest = 0;
      for (const one of query) largest = Math.max(largest, Math.abs(one));
      if (largest === 0 || count <= 0 || size === 0) return NOTHING;
      const queryScale = LARGEST_INT16 / largest;
      const numbers = new Int16Array(memory.buffer, QUERY, DIM);
      for (let k = 0; k < DIM; k += 1) numbers[k] = Math.round((query[k] ?? 0) * queryScale);
      if (allowed) writeAllowed(bytes, allowedAt, allowed, Math.ceil(end / 8));
      const best = new Largest(count);
      const stop = Math.ceil(end / 8) * 8;
      const words = new Int32Array(memory.buffer);
      for (let slot = 0; slot < stop; ) {
        const floor = Math.max(LEAST_INT32, best.floor);
        const filter = allowed ? allowedAt : live;
        slot = scan(slot, stop, live, filter, QUERY, vectors, floor, OUT, OUT_END);
        const written = words[0] ?? OUT;
        for (let at = OUT / 4; at < written / 4; at += 2) best.offer(words[at] ?? 0, words[at + 1] ?? 0);
      }
      const hits = best.take();
      return {
        slots: Int32Array.from(hits, ({ name }) => name),
        scores: Float32Array.from(hits, (hit) => hit.score / scale / queryScale),
      };
    },
  };
}

const NOTHING: VectorHits = { slots: new Int32Array(0), scores: new Float32Array(0) };

function writeAllowed(bytes: Uint8Array, at: number, allowed: Uint8Array, length: number): void {
  bytes.set(allowed.subarray(0, length), at);
  if (allowed.length < length) bytes.fill(0, at + allowed.length, at + length);
}

function instantiate(memory: WebAssembly.Memory): Scan {
  const module = new WebAssembly.Module(Buffer.from(scanWasm, 'base64'));
  const { scan } = new WebAssembly.Instance(module, { vectors: { memory } }).exports;
  if (typeof scan !== 'function') throw new Error('scan.gen.ts has no scan.');
  return (...args) => Number(scan(...args));
}
