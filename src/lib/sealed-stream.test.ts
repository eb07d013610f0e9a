import { describe, expect, test } from 'vitest';
import { CannotOpenError, createSealer, randomSalt } from './sealed-stream.ts';

const sealer = createSealer('correct horse battery', randomSalt());

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function whole(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

const sealed = (plain: Buffer) => whole(sealer.seal('a/file', pieces(plain, 10_000)));

const CHUNK = 64 * 1024;

describe('a sealed stream', () => {
  test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17])(
    'of %i bytes is opened in whatever pieces it comes',
    async (size) => {
      const plain = Buffer.alloc(size, 'abcdefg');
      const closed = await sealed(plain);
      expect(closed.includes('abcdefgabcdefg')).toBe(false);
      for (const piece of [1_000, 65_000, 1_000_000])
        expect((await whole(sealer.open('a/file', pieces(closed, piece)))).equals(plain)).toBe(true);
    },
  );

  const plain = Buffer.alloc(2 * CHUNK + 100, 'x');
  const chunkAt = (n: number) => 43 + n * (CHUNK + 16);

  test.each<[string, (closed: Buffer) => Buffer]>([
    ['one bit changed', (closed) => Object.assign(Buffer.from(closed), { 70: (closed[70] ?? 0) ^ 1 })],
    ['its end cut off within a chunk', (closed) => closed.subarray(0, -1)],
    ['its last chunk left out', (closed) => closed.subarray(0, chunkAt(2))],
    [
      'two chunks in the place of each other',
      (closed) =>
        Buffer.concat([
          closed.subarray(0, chunkAt(0)),
          closed.subarray(chunkAt(1), chunkAt(2)),
          closed.subarray(chunkAt(0), chunkAt(1)),
          closed.subarray(chunkAt(2)),
        ]),
    ],
    ['more behind its end', (closed) => Buffer.concat([closed, Buffer.alloc(CHUNK)])],
    ['nothing but a header', (closed) => closed.subarray(0, 43)],
    ['no header', () => Buffer.from('hello')],
    ['a header that asks for gigabytes', (closed) => Object.assign(Buffer.from(closed), { 8: 30 })],
  ])('with %s is refused', async (_, change) => {
    const changed = change(await sealed(plain));
    await expect(whole(sealer.open('a/file', pieces(changed, 50_000)))).rejects.toThrow(CannotOpenError);
  });

  test('is refused under another name, and with another passphrase', async () => {
    const closed = await sealed(plain);
    await expect(whole(sealer.open('b/file', pieces(closed, 50_000)))).rejects.toThrow('another passphrase');
    const other = createSealer('incorrect horse', randomSalt());
    await expect(whole(other.open('a/file', pieces(closed, 50_000)))).rejects.toThrow('another passphrase');
  });

  test('is opened by whoever knows the passphrase alone', async () => {
    const elsewhere = createSealer('correct horse battery', randomSalt());
    expect((await whole(elsewhere.open('a/file', pieces(await sealed(plain), 9)))).equals(plain)).toBe(true);
    expect(elsewhere.key('x').equals(sealer.key('x'))).toBe(false);
  });
});
