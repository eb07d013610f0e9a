import { LRUCache } from 'lru-cache';
import { servingLimits } from '../../../config/media-limits.ts';
import type { ObjectStorage } from '../../../media/storage/storage.ts';
import type { Clock } from '../../lib/clock.ts';

const { blockBytes } = servingLimits;

export type HotObjects = ReturnType<typeof createHotObjects>;

/**
 * What is asked for often, in memory: objects in blocks of `blockBytes`, the least recently used of which make
 * room. Requests that miss the same block share one read. An object is served from here only while its size is
 * known, which is asked for anew after `sizeKeptMs`: so what is gone is not served on, whoever removed it. That an
 * object is absent is never remembered.
 */
export function createHotObjects(deps: {
  readonly storage: ObjectStorage;
  readonly clock: Clock;
  /** `0` keeps nothing. */
  readonly maxBytes: number;
}) {
  const { storage, clock, maxBytes } = deps;
  const blocks =
    maxBytes < blockBytes + servingLimits.overheadBytes
      ? null
      : new LRUCache<string, Buffer>({
          maxSize: maxBytes,
          sizeCalculation: (block) => block.length + servingLimits.overheadBytes,
        });
  const sizes = new LRUCache<string, { size: number; until: number }>({ max: servingLimits.sizesInMemory });
  const asking = new Map<string, Promise<number | null>>();
  const reading = new Map<string, Promise<Buffer | null>>();

  async function askSize(key: string): Promise<number | null> {
    const found = await storage.stat(key);
    return found?.size ?? null;
  }

  async function read(key: string, size: number, at: number): Promise<Buffer | null> {
    const start = at * blockBytes;
    const length = Math.min(blockBytes, size - start);
    const opened = await storage.open(key, { start, end: start + length - 1 });
    if (!opened) return null;
    // Not of the pool that small buffers share: what is kept must not keep others.
    const block = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    for await (const chunk of opened.stream) {
      const bytes: Buffer = chunk;
      if (filled + bytes.length > length) throw new Error(`${key} gave more bytes than were asked for`);
      filled += bytes.copy(block, filled);
    }
    if (filled !== length) throw new Error(`${key} ended at ${start + filled} of ${size} bytes`);
    return block;
  }

  return {
    /** The size of an object in bytes, or null where there is none. */
    sizeOf(key: string): number | Promise<number | null> {
      const known = sizes.get(key);
      if (known && known.until > clock.now()) return known.size;
      const running = asking.get(key);
      if (running) return running;
      const asked = askSize(key)
        .then((size) => {
          // Not where it was removed meanwhile: then nobody is asking any more.
          if (asking.get(key) !== asked) return size;
          if (size === null) sizes.delete(key);
          else if (blocks) sizes.set(key, { size, until: clock.now() + servingLimits.sizeKeptMs });
          return size;
        })
        .finally(() => {
          if (asking.get(key) === asked) asking.delete(key);
        });
      asking.set(key, asked);
      return asked;
    },

    /**
     * The block at a position of an object, or null where the object is gone. `busy` says that it is not in memory,
     * and that enough is being read already: the caller is to turn to storage.
     */
    block(key: string, size: number, at: number): Buffer | Promise<Buffer | null> | 'busy' {
      if (!blocks) return 'busy';
      const id = `${key}#${at}`;
      const known = blocks.get(id) ?? reading.get(id);
      if (known) return known;
      if (reading.size >= servingLimits.readsInFlight) return 'busy';
      const running = read(key, size, at)
        .then((block) => {
          if (block) blocks.set(id, block);
          return block;
        })
        .finally(() => reading.delete(id));
      reading.set(id, running);
      return running;
    },

    /** Drops objects that were removed. */
    forget(keys: readonly string[]): void {
      for (const key of keys) {
        const known = sizes.get(key);
        sizes.delete(key);
        asking.delete(key);
        for (let at = 0; known && at * blockBytes < known.size; at += 1) blocks?.delete(`${key}#${at}`);
      }
    },

    /** Bytes that are held. */
    heldBytes: (): number => blocks?.calculatedSize ?? 0,
  };
}
