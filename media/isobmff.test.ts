import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBoxes, readFragment, readTracks, type Track } from './isobmff.ts';

function box(type: string, ...content: (Uint8Array | number[])[]): Buffer {
  const body = Buffer.concat(content.map((part) => Buffer.from(part)));
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body]);
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

const avcC = box('avcC', [1, 0x64, 0x00, 0x1f, 0xff]);
const avc1 = (children: Buffer) =>
  box('avc1', Buffer.alloc(24), u16(720), u16(1280), Buffer.alloc(50), children);
/** ES_Descriptor > DecoderConfig (AAC) > AudioSpecificConfig of AAC-LC. Lengths in one and in four bytes. */
const esds = box(
  'esds',
  [0, 0, 0, 0, 0x03, 0x80, 0x80, 0x80, 0x16, 0, 2, 0],
  [0x04, 0x11, 0x40, 0x15, ...Buffer.alloc(11), 0x05, 0x02, 0x11, 0x90],
);
const mp4a = box('mp4a', Buffer.alloc(28), esds);

function trak(id: number, timescale: number, entry: Buffer): Buffer {
  return box(
    'trak',
    box('tkhd', Buffer.alloc(12), u32(id), Buffer.alloc(68)),
    box(
      'mdia',
      box('mdhd', Buffer.alloc(12), u32(timescale), u32(0), u32(0)),
      box('minf', box('stbl', box('stsd', u32(0), u32(1), entry))),
    ),
  );
}

const trex = (id: number, duration: number, flags: number) =>
  box('trex', u32(0), u32(id), u32(1), u32(duration), u32(0), u32(flags));
const moov = box(
  'moov',
  trak(1, 15_360, avc1(avcC)),
  trak(2, 48_000, mp4a),
  box('mvex', trex(1, 512, 0x10000), trex(2, 1_024, 0x2000000)),
);

const tracks = readTracks(moov);

function fragment(time: number, ...truns: Buffer[]): Buffer {
  const tfhd = box('tfhd', u32(0x020000), u32(1));
  return box(
    'moof',
    box('mfhd', u32(0), u32(1)),
    box('traf', tfhd, box('tfdt', u32(0), u32(time)), ...truns),
  );
}

describe('readTracks', () => {
  test('reads codecs, sizes, clocks and defaults', () => {
    expect(tracks).toEqual<Track[]>([
      {
        ...{ id: 1, kind: 'video', timescale: 15_360, codec: 'avc1.64001f', width: 720, height: 1280 },
        defaults: { duration: 512, flags: 0x10000 },
      },
      {
        ...{ id: 2, kind: 'audio', timescale: 48_000, codec: 'mp4a.40.2', width: 0, height: 0 },
        defaults: { duration: 1_024, flags: 0x2000000 },
      },
    ]);
  });

  test.each([
    ['another box', box('free', moov)],
    ['no avcC', box('moov', trak(1, 15_360, avc1(box('free'))))],
    ['a short sample entry', box('moov', trak(1, 15_360, box('avc1', Buffer.alloc(20))))],
    ['a codec of another kind', box('moov', trak(1, 15_360, box('vp09', Buffer.alloc(90))))],
    ['a clock that stands still', box('moov', trak(1, 0, avc1(avcC)))],
    ['nothing', Buffer.alloc(0)],
  ])('%s gives no track', (_name, bytes) => {
    expect(readTracks(bytes)).toEqual([]);
  });
});

describe('readFragment', () => {
  test('takes lengths and flags from the track where the fragment tells none', () => {
    const run = box('trun', u32(0), u32(12));
    expect(readFragment(fragment(6_144, run), tracks)).toEqual([
      { trackId: 1, start: 6_144, duration: 12 * 512, sampleCount: 12, startsWithKeyframe: false },
    ]);
  });

  test('the flags of the first sample win, and several runs add up', () => {
    const first = box('trun', u32(0x5), u32(2), u32(0), u32(0x2000000));
    const second = box('trun', u32(0x100), u32(2), u32(100), u32(200));
    expect(readFragment(fragment(0, first, second), tracks)).toEqual([
      { trackId: 1, start: 0, duration: 2 * 512 + 300, sampleCount: 4, startsWithKeyframe: true },
    ]);
  });

  test('an offset between decoding and showing moves the start, also back', () => {
    const run = box('trun', u32(0x01000800), u32(1), u32(-512));
    expect(readFragment(fragment(1_024, run), tracks)[0]?.start).toBe(512);
  });

  test.each([
    ['more samples than bytes', box('trun', u32(0x100), u32(1_000_000), u32(1))],
    ['no samples', box('trun', u32(0), u32(0))],
    ['a run cut short', box('trun', u32(0))],
  ])('%s gives no run', (_name, run) => {
    expect(readFragment(fragment(0, run), tracks)).toEqual([]);
  });

  test('a track that is not known is left out', () => {
    expect(readFragment(fragment(0, box('trun', u32(0), u32(1))), [])).toEqual([]);
  });
});

describe('hostile bytes', () => {
  test.each([
    ['a size smaller than its header', Buffer.concat([u32(4), Buffer.from('free')])],
    ['a size beyond the end', Buffer.concat([u32(1_000), Buffer.from('free')])],
    ['a long size cut off', Buffer.concat([u32(1), Buffer.from('free'), u32(0)])],
    ['a long size beyond everything', Buffer.concat([u32(1), Buffer.from('free'), Buffer.alloc(8, 255)])],
  ])('%s ends the list', (_name, bytes) => {
    expect(readBoxes(bytes)).toEqual([]);
    expect(readBoxes(Buffer.concat([box('free'), bytes])).length).toBe(1);
  });

  test('a box of size 0 reaches to the end', () => {
    const bytes = Buffer.concat([u32(0), Buffer.from('mdat'), Buffer.alloc(20)]);
    expect(readBoxes(bytes)).toEqual([{ type: 'mdat', start: 0, body: 8, end: 28 }]);
  });

  test('boxes lie inside their bytes, in order, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        let end = 0;
        for (const found of readBoxes(bytes)) {
          expect(found.start).toBe(end);
          expect(found.body).toBeLessThanOrEqual(found.end);
          end = found.end;
        }
        expect(end).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });

  // Every byte of real boxes can lie: sizes, counts, flags, descriptor lengths.
  const change = fc.record({ at: fc.nat(), value: fc.constantFrom(0, 1, 2, 7, 8, 127, 128, 255) });

  test('altered headers are read without a fault', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat(), (changes, cut) => {
        const run = box('trun', u32(0xf01), u32(2), u32(0), Buffer.alloc(32, 3));
        for (const original of [moov, fragment(0, run)]) {
          const bytes = Buffer.from(original);
          for (const { at, value } of changes) bytes[at % bytes.length] = value;
          const shortened = bytes.subarray(0, bytes.length - (cut % 40));
          for (const track of readTracks(shortened)) expect(track.timescale).toBeGreaterThan(0);
          for (const found of readFragment(shortened, tracks)) expect(found.sampleCount).toBeGreaterThan(0);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
