import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { originalKey } from '../../media/keys.ts';
import type { ObjectStorage } from '../../media/storage/storage.ts';
import { type ActiveStore, createSwitchableStorage, type StoreName } from '../../media/storage/switchable.ts';
import { createGate, eventually } from '../helpers/chaos.ts';
import { createStorageRig, keyOf, keysOf, put, read, type StorageRig } from '../helpers/storage-rig.ts';

let rig: StorageRig;

beforeAll(async () => {
  rig = await createStorageRig();
  expect(await rig.process().check()).toEqual({ ok: true });
});

beforeEach(() => rig.empty());

afterAll(() => rig.close());

/** Objects of a few videos by key; some as large as makes reading them take a moment. */
function library(count = 12): Map<string, string> {
  const objects = new Map<string, string>();
  for (let video = 1; video <= count; video += 1) {
    const content = `video ${video} `.repeat(video % 4 === 0 ? 30_000 : 10);
    objects.set(keyOf(`v${video}`, content), content);
    objects.set(originalKey(`v${video}`), `original ${content}`);
  }
  return objects;
}

const storesOf = (files: ObjectStorage, s3: ObjectStorage) =>
  new Map([['files', files] as const, ['s3', s3] as const]);

async function store(objects: ReadonlyMap<string, string>, into: ObjectStorage): Promise<void> {
  for (const [key, content] of objects) await put(into, key, content);
}

async function expectAllIn(name: StoreName, objects: ReadonlyMap<string, string>): Promise<void> {
  const [here, there] = name === 's3' ? [rig.s3, rig.files] : [rig.files, rig.s3];
  expect(await keysOf(here)).toEqual([...objects.keys()].toSorted());
  expect(await keysOf(there)).toEqual([]);
  for (const [key, content] of objects) expect(await read(here, key)).toBe(content);
}

/** Reads everything again and again, whole, in parts and by facts, until it is told to stop. */
function keepReading(storage: ObjectStorage, objects: ReadonlyMap<string, string>) {
  const faults: string[] = [];
  let stopping = false;
  let rounds = 0;
  const path = join(rig.directory, `read-${Math.random()}`);
  const readOne = async (key: string, content: string) => {
    if ((await read(storage, key)) !== content) faults.push(`${key} whole`);
    if ((await read(storage, key, { start: 3, end: 7 })) !== content.slice(3, 8)) faults.push(`${key} range`);
    if ((await storage.stat(key))?.size !== content.length) faults.push(`${key} stat`);
    if (!(await storage.download(key, path))) faults.push(`${key} download`);
  };
  const done = (async () => {
    for (; !stopping; rounds += 1) {
      for (const [key, content] of objects) {
        await readOne(key, content).catch((error) => faults.push(`${key} ${error}`));
      }
      const listed = new Set(await keysOf(storage));
      for (const key of objects.keys()) if (!listed.has(key)) faults.push(`${key} list`);
    }
  })();
  return {
    faults,
    rounds: () => rounds,
    async stop() {
      stopping = true;
      await done;
    },
  };
}

test('everything stays readable while it is moved to object storage and back', async () => {
  const objects = library();
  const server = rig.process();
  await rig.inTx((tx) => tx('storage_state').insert({ active: 'files' }));
  await store(objects, server.objects);
  await expectAllIn('files', objects);
  const reader = keepReading(server.objects, objects);
  const added = new Map<string, string>();
  for (const to of ['s3', 'files'] as const) {
    const seen = reader.rounds();
    const moving = rig.process().move(to);
    for (let at = 0; at < 10; at += 1) {
      const content = `written while moving to ${to}: ${at}`;
      added.set(keyOf('new', content), content);
      await put(server.objects, keyOf('new', content), content);
    }
    expect(await moving).toMatchObject({ ok: true, damaged: [], foreign: 0 });
    await eventually('one round more', async () => reader.rounds() > seen + 1);
    await expectAllIn(to, new Map([...objects, ...added]));
  }
  await reader.stop();
  expect(reader.faults).toEqual([]);
});

describe('a move that is cut off', () => {
  const broken = ['download', 'putFile', 'open', 'stat', 'remove'] as const;

  test.each(broken)('at any %s loses nothing, and is carried out when it is repeated', async (method) => {
    const objects = library(4);
    await rig.inTx((tx) => tx('storage_state').insert({ active: 'files' }));
    await store(objects, rig.files);
    for (let calls = 0; calls < 6; calls += 3) {
      let left = calls;
      const failing = (store: ObjectStorage): ObjectStorage => ({
        ...store,
        [method]: (...args: never[]) => {
          if (left === 0) return Promise.reject(new Error('cut off'));
          left -= 1;
          return (store[method] as (...all: never[]) => unknown)(...args);
        },
      });
      const cutOff = rig.process({ files: failing(rig.files), s3: failing(rig.s3) });
      await expect(cutOff.move('s3')).rejects.toThrow('cut off');
      for (const [key, content] of objects) expect(await read(rig.process().objects, key)).toBe(content);
    }
    expect(await rig.process().move('s3')).toMatchObject({ ok: true });
    await expectAllIn('s3', objects);
    const sent = rig.server.requests.length;
    expect(await rig.process().move('s3')).toMatchObject({ ok: true, objects: 0 });
    expect(rig.server.requests.slice(sent).filter((line) => line.startsWith('PUT'))).toEqual([]);
  });
});

test('a copy that reads differently is not believed', async () => {
  await rig.inTx((tx) => tx('storage_state').insert({ active: 'files' }));
  const key = keyOf('v1', 'content');
  await put(rig.files, key, 'content');
  const lying: ObjectStorage = {
    ...rig.s3,
    putFile: (at, _path, options) => rig.s3.putBytes(at, Buffer.from('contenT'), options),
  };
  await expect(rig.process({ s3: lying }).move('s3')).rejects.toThrow('reads differently');
  expect(await read(rig.files, key)).toBe('content');
  // The bad copy does not stay where it would be read first.
  expect(await keysOf(rig.s3)).toEqual([]);
  expect(await rig.process().move('s3')).toMatchObject({ ok: true, objects: 1 });
  expect(await read(rig.s3, key)).toBe('content');
});

test('what is removed while it is copied does not come back', async () => {
  await rig.inTx((tx) => tx('storage_state').insert({ active: 'files' }));
  const key = keyOf('v1', 'content');
  await put(rig.files, key, 'content');
  const gate = createGate();
  const slow: ObjectStorage = {
    ...rig.s3,
    async putFile(at, path, options) {
      await gate.pass();
      return rig.s3.putFile(at, path, options);
    },
  };
  const moving = rig.process({ s3: slow }).move('s3');
  await gate.reached;
  await rig.process().objects.remove([key]);
  gate.open();
  expect(await moving).toMatchObject({ ok: true, objects: 0 });
  expect(await keysOf(rig.s3)).toEqual([]);
  expect(await keysOf(rig.files)).toEqual([]);
});

test('a put that began before the switch ends in the new store', async () => {
  let active: StoreName = 'files';
  const gate = createGate();
  const files: ObjectStorage = {
    ...rig.files,
    async putFile(key, path, options) {
      await gate.pass();
      return rig.files.putFile(key, path, options);
    },
  };
  const both = createSwitchableStorage({
    stores: storesOf(files, rig.s3),
    active: { known: () => active, current: async () => active },
  });
  const path = join(rig.directory, 'upload');
  await writeFile(path, 'an upload');
  const putting = both.putFile(originalKey('v1'), path, { contentType: 'application/octet-stream' });
  await gate.reached;
  active = 's3';
  gate.open();
  await putting;
  expect(await read(rig.s3, originalKey('v1'))).toBe('an upload');
});

test('an object that is moved between two looks is found', async () => {
  const key = keyOf('v1', 'content');
  await put(rig.files, key, 'content');
  const s3: ObjectStorage = {
    ...rig.s3,
    async open(at, range) {
      const found = await rig.s3.open(at, range);
      await put(rig.s3, key, 'content');
      await rig.files.remove([key]);
      return found;
    },
  };
  const active: ActiveStore = { known: () => 's3', current: async () => 's3' };
  expect(await read(createSwitchableStorage({ stores: storesOf(rig.files, s3), active }), key)).toBe(
    'content',
  );
});

/** A store that nobody looks through before the gate is open. */
const heldBefore = (store: ObjectStorage, gate: ReturnType<typeof createGate>): ObjectStorage => ({
  ...store,
  async *list(prefix) {
    await gate.pass();
    yield* store.list(prefix);
  },
});

test('what a process writes that has not heard of the switch is moved as well', async () => {
  await rig.inTx((tx) => tx('storage_state').insert({ active: 'files' }));
  const server = rig.process({ activeMaxAgeMs: 60_000 });
  await server.check();
  const gate = createGate();
  const from = performance.now();
  const moving = rig.process({ files: heldBefore(rig.files, gate), activeMaxAgeMs: 200 }).move('s3');
  await gate.reached;
  // It began to look only when everybody has heard who hears in time.
  expect(performance.now() - from).toBeGreaterThan(390);
  expect((await rig.db('storage_state').first())?.active).toBe('s3');
  await put(server.objects, 'media/late.txt', 'x');
  expect(await read(rig.files, 'media/late.txt')).toBe('x');
  gate.open();
  expect(await moving).toMatchObject({ ok: true, objects: 1 });
  expect(await keysOf(rig.files)).toEqual([]);
});

test('one moves at a time, and nothing can be moved to what is not configured', async () => {
  const gate = createGate();
  const first = rig.process({ s3: heldBefore(rig.s3, gate) }).move('files');
  await gate.reached;
  expect(await rig.process().move('s3')).toMatchObject({ ok: false, reason: 'busy' });
  gate.open();
  expect(await first).toMatchObject({ ok: true });
  expect(await rig.process({ s3: null }).move('files')).toMatchObject({ ok: false, reason: 'no-s3' });
});

test('without a choice, object storage is active where it is configured; a choice must stay configured', async () => {
  await put(rig.process().objects, 'media/a.txt', 'x');
  expect(await keysOf(rig.s3)).toEqual(['media/a.txt']);
  expect(await rig.process({ s3: null }).check()).toEqual({ ok: true });
  await rig.process().move('s3');
  expect(await rig.process({ s3: null }).check()).toMatchObject({ ok: false, reason: 'storage-unusable' });
  await rig.process().move('files');
  expect(await rig.process({ s3: null }).check()).toEqual({ ok: true });
});

test('the choice is asked for once in a while, however much is read', async () => {
  let asked = 0;
  rig.db.on('query', ({ sql }: { sql: string }) => {
    if (sql.includes('storage_state')) asked += 1;
  });
  const { objects } = rig.process({ activeMaxAgeMs: 60_000 });
  await put(objects, 'media/a.txt', 'x');
  await Promise.all(Array.from({ length: 50 }, () => objects.stat('media/a.txt')));
  expect(asked).toBe(1);
});

test('objects that are damaged already are moved and named; keep leaves a copy', async () => {
  await rig.inTx((tx) => tx('storage_state').insert({ active: 'files' }));
  const key = keyOf('v1', 'content');
  await put(rig.files, key, 'contenT');
  expect(await rig.process().move('s3', { keep: true })).toMatchObject({ ok: true, damaged: [key] });
  expect(await keysOf(rig.files)).toEqual([key]);
  expect(await keysOf(rig.s3)).toEqual([key]);
});

test('addresses and uploads past the server are those of the active store', async () => {
  const { objects } = rig.process();
  await put(objects, 'media/a.txt', 'x');
  expect(await objects.presignedUrl?.('media/a.txt')).toMatch(/^http:\/\/127\.0\.0\.1/);
  expect(await objects.multipart?.begin('media/b.txt')).toEqual(expect.any(String));
  await rig.process().move('files');
  await objects.remove([]);
  await eventually('the server knows', async () => (await objects.presignedUrl?.('media/a.txt')) === null);
  expect(await objects.multipart?.begin('media/b.txt')).toBeNull();
});
