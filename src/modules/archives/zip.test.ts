import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unzip } from '../../../test/helpers/zip.ts';
import { type ArchiveEntry, writeZip } from './zip.ts';

let dir: string;
let path: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vireo-zip-'));
  path = join(dir, 'archive.zip');
});

afterEach(() => rm(dir, { recursive: true, force: true }));

const modifiedAt = new Date('2026-03-01T12:00:00Z');
const { signal } = new AbortController();

function entry(name: string, content: () => Iterable<Buffer>, size: number | null = null): ArchiveEntry {
  return { path: name, modifiedAt, size, open: async () => Readable.from(content()) };
}

async function* all(entries: readonly ArchiveEntry[]) {
  yield* entries;
}

describe('a zip', () => {
  test('holds every entry as it was given, and says what it is itself', async () => {
    const movie = Buffer.alloc(300_000, 7);
    let seen = 0;
    const written = await writeZip(
      path,
      all([
        entry('notes/one.txt', () => [Buffer.from('Grüße, '), Buffer.from('welcome')]),
        entry('media/1/movie.mp4', () => [movie.subarray(0, 1_000), movie.subarray(1_000)], movie.length),
        entry('empty.txt', () => []),
      ]),
      { signal, onBytes: (bytes) => (seen += bytes) },
    );
    const bytes = await readFile(path);
    const files = await unzip(bytes);
    expect([...files.keys()]).toEqual(['notes/one.txt', 'media/1/movie.mp4', 'empty.txt']);
    expect(files.get('notes/one.txt')?.toString()).toBe('Grüße, welcome');
    expect(files.get('media/1/movie.mp4')?.equals(movie)).toBe(true);
    expect(written.size).toBe(bytes.length);
    expect(written.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(seen).toBe(movie.length + Buffer.byteLength('Grüße, welcome'));
  });

  test('opens one entry after the other', async () => {
    let open = 0;
    let most = 0;
    const counted = (name: string): ArchiveEntry => ({
      ...entry(name, () => []),
      async open() {
        open += 1;
        most = Math.max(most, open);
        const source = Readable.from([Buffer.alloc(100_000)]);
        return source.once('close', () => {
          open -= 1;
        });
      },
    });
    await writeZip(path, all(['a', 'b', 'c', 'd'].map(counted)), { signal });
    expect(most).toBeLessThanOrEqual(2);
  });

  test.for([
    ['breaks off', new Error('the disk is gone')],
    ['has another size than was said', null],
  ] as const)('of which an entry %s is none, and whoever waits hears of it', async ([, error]) => {
    function* content() {
      yield Buffer.alloc(10);
      if (error) throw error;
    }
    const broken = writeZip(
      path,
      all([entry('a.mp4', content, 20), entry('b.txt', () => [Buffer.from('b')])]),
      {
        signal,
      },
    );
    await expect(broken).rejects.toThrow(error?.message ?? 'unexpected number of bytes');
  });

  test('ends where it is ended, also while an entry gives nothing', async () => {
    const stopping = new AbortController();
    const source = new Readable({ read: () => undefined });
    const silent: ArchiveEntry = { ...entry('a', () => []), open: async () => source };
    const writing = writeZip(path, all([silent]), { signal: stopping.signal });
    setImmediate(() => stopping.abort(new Error('enough')));
    await expect(writing).rejects.toThrow('enough');
    expect(source.destroyed).toBe(true);
  });

  test('holds no more in memory than a few pieces, however large its entries are', async () => {
    const chunk = Buffer.alloc(1024 * 1024);
    const pieces = 96;
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const content = () => Array.from({ length: pieces }, () => chunk);
    const size = pieces * chunk.length;
    await writeZip(path, all([entry('a.mp4', content, size)]), {
      signal,
      onBytes: () => {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      },
    });
    expect((await stat(path)).size).toBeGreaterThan(size);
    expect(most).toBeLessThan(size / 4);
  });
});
