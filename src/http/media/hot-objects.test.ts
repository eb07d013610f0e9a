import { Readable } from 'node:stream';
import { beforeEach, describe, expect, test } from 'vitest';
import { servingLimits } from '../../../config/media-limits.ts';
import type { ObjectStorage } from '../../../media/storage/storage.ts';
import { createHotObjects } from './hot-objects.ts';

const { blockBytes, overheadBytes } = servingLimits;
const size = 2 * blockBytes + 10;
const bytes = Buffer.from(Uint8Array.from({ length: size }, (_, at) => (at >> 12) % 251));

let now = 0;
let objects: Map<string, Buffer>;
let opened: string[];
let asked: number;
/** Reads wait for this. */
let gate: Promise<void>;

const storage: Pick<ObjectStorage, 'stat' | 'open'> = {
  async stat(key) {
    asked += 1;
    const found = objects.get(key);
    await gate;
    return found ? { size: found.length, modifiedAt: 0 } : null;
  },
  async open(key, range) {
    opened.push(`${key} ${range?.start}-${range?.end}`);
    const found = objects.get(key);
    await gate;
    if (!found) return null;
    const part = found.subarray(range?.start, (range?.end ?? found.length) + 1);
    return { stream: Readable.from([part.subarray(0, 7), part.subarray(7)]), size, contentType: 'video/mp4' };
  },
};

const create = (maxBytes = 100 * blockBytes) =>
  createHotObjects({ storage: storage as ObjectStorage, clock: { now: () => now }, maxBytes });

beforeEach(() => {
  objects = new Map([['a', bytes]]);
  opened = [];
  asked = 0;
  gate = Promise.resolve();
});

describe('blocks', () => {
  test('are read once, whoever asks meanwhile, and only the part that is asked for', async () => {
    const hot = create();
    const answers = await Promise.all(Array.from({ length: 20 }, () => hot.block('a', size, 1)));
    for (const block of answers)
      expect(bytes.subarray(blockBytes, 2 * blockBytes).equals(block as Buffer)).toBe(true);
    expect(opened).toEqual([`a ${blockBytes}-${2 * blockBytes - 1}`]);
    expect(hot.block('a', size, 1)).toBeInstanceOf(Buffer);
    expect(await hot.block('a', size, 2)).toHaveLength(10);
  });

  test('of more than may be held push out the ones that were not used', async () => {
    const hot = create(2 * (blockBytes + overheadBytes));
    for (const at of [0, 1]) await hot.block('a', size, at);
    hot.block('a', size, 0);
    await hot.block('a', size, 2);
    expect(hot.heldBytes()).toBeLessThanOrEqual(2 * (blockBytes + overheadBytes));
    expect(hot.block('a', size, 0)).toBeInstanceOf(Buffer);
    expect(hot.block('a', size, 1)).toBeInstanceOf(Promise);
  });

  test('are not read where enough is being read', async () => {
    const hot = create();
    const { promise, resolve: open } = Promise.withResolvers<void>();
    gate = promise;
    const first = Array.from({ length: servingLimits.readsInFlight }, (_, at) =>
      hot.block(`x${at}`, size, 0),
    );
    expect(hot.block('a', size, 0)).toBe('busy');
    // Those that wait for the same one are no further reads.
    expect(hot.block('x0', size, 0)).toBe(first[0]);
    open();
    expect(await Promise.all(first)).toEqual(first.map(() => null));
    expect(await hot.block('a', size, 0)).toHaveLength(blockBytes);
  });

  test.each([
    ['shorter', size + 5],
    ['longer', size - 5],
  ])('of an object that is %s than its size are not kept', async (_, said) => {
    const hot = create();
    objects.set('a', Buffer.concat([bytes, Buffer.alloc(said > size ? 0 : 1)]));
    const wrong: ObjectStorage['open'] = async () => ({
      stream: Readable.from([bytes]),
      size,
      contentType: '',
    });
    const lying = createHotObjects({
      storage: { ...storage, open: wrong } as ObjectStorage,
      clock: { now: () => now },
      maxBytes: 100 * blockBytes,
    });
    await expect(said > size ? hot.block('a', said, 2) : lying.block('a', said, 2)).rejects.toThrow(
      /ended|more bytes/,
    );
    expect([hot.heldBytes(), lying.heldBytes()]).toEqual([0, 0]);
  });

  test('are not kept where no memory was given', async () => {
    const hot = create(0);
    expect(hot.block('a', size, 0)).toBe('busy');
    expect([await hot.sizeOf('a'), await hot.sizeOf('a'), asked]).toEqual([size, size, 2]);
  });
});

describe('sizes', () => {
  test('are asked for once, and anew after a while', async () => {
    const hot = create();
    expect(await Promise.all([hot.sizeOf('a'), hot.sizeOf('a')])).toEqual([size, size]);
    expect([hot.sizeOf('a'), asked]).toEqual([size, 1]);
    objects.delete('a');
    now += servingLimits.sizeKeptMs;
    expect([await hot.sizeOf('a'), asked]).toEqual([null, 2]);
  });

  test('that an object is absent is not remembered', async () => {
    const hot = create();
    expect(await hot.sizeOf('b')).toBeNull();
    objects.set('b', bytes);
    expect(await hot.sizeOf('b')).toBe(size);
  });

  test('an object that is removed is forgotten, also while it is being asked for', async () => {
    const hot = create();
    await hot.sizeOf('a');
    await hot.block('a', size, 0);
    objects.delete('a');
    hot.forget(['a']);
    expect([hot.heldBytes(), await hot.sizeOf('a')]).toEqual([0, null]);

    objects.set('a', bytes);
    const { promise, resolve: open } = Promise.withResolvers<void>();
    gate = promise;
    const early = hot.sizeOf('a');
    objects.delete('a');
    hot.forget(['a']);
    open();
    expect(await early).toBe(size);
    expect(await hot.sizeOf('a')).toBeNull();
  });
});
