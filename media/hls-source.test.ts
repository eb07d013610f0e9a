import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hlsLimits } from '../config/media-limits.ts';
import { isPlaylist, partKind, readPlaylist, variantsByWorth } from './hls-source.ts';

const BASE = 'https://tube.test/hls/v/master.m3u8';
const caps = { maxDurationSeconds: 60 };
const read = (...lines: string[]) => readPlaylist(['#EXTM3U', ...lines].join('\n'), BASE, caps);
const ended = (...lines: string[]) => read(...lines, '#EXT-X-ENDLIST');
const reasonOf = (outcome: ReturnType<typeof readPlaylist>) => (outcome.ok ? 'read' : outcome.reason);

function media(...lines: string[]) {
  const outcome = ended(...lines);
  if (!outcome.ok || outcome.playlist.kind !== 'media') throw new Error(reasonOf(outcome));
  return outcome.playlist;
}

describe('a media playlist', () => {
  test('as PeerTube writes it, one file with byte ranges, is one request', () => {
    const file = 'https://tube.test/hls/v/720-fragmented.mp4';
    expect(
      media(
        ...['#EXT-X-VERSION:7', '#EXT-X-TARGETDURATION:4', '#EXT-X-PLAYLIST-TYPE:VOD'],
        '#EXT-X-MAP:URI="720-fragmented.mp4",BYTERANGE="1386@0"',
        ...['#EXTINF:4.000000,', '#EXT-X-BYTERANGE:100000@1386', '720-fragmented.mp4'],
        ...['#EXTINF:2.5,title', '#EXT-X-BYTERANGE:50000', '720-fragmented.mp4'],
      ),
    ).toEqual({
      ...{ kind: 'media', hasMap: true, durationSeconds: 6.5, bytes: 151_386 },
      parts: [{ url: file, range: { start: 0, length: 151_386 } }],
    });
  });

  test('with a gap between ranges keeps them apart, in order', () => {
    const { parts, bytes } = media(
      ...['#EXTINF:1,', '#EXT-X-BYTERANGE:10@20', 'a.mp4', '#EXTINF:1,', '#EXT-X-BYTERANGE:5@0', 'a.mp4'],
      ...['#EXTINF:1,', '#EXT-X-BYTERANGE:5@5', 'b.mp4'],
    );
    expect(parts.map(({ range }) => range)).toEqual([
      ...[
        { start: 20, length: 10 },
        { start: 0, length: 5 },
        { start: 5, length: 5 },
      ],
    ]);
    expect(bytes).toBe(20);
  });

  test('of whole files resolves their addresses, and knows no size', () => {
    const { parts, bytes } = media('#EXTINF:1,', '../a.ts?x=1#frag', '#EXTINF:1,', '/b.ts');
    expect(parts).toEqual([
      { url: 'https://tube.test/hls/a.ts?x=1', range: null },
      { url: 'https://tube.test/b.ts', range: null },
    ]);
    expect(bytes).toBeNull();
  });

  test.each<[string, string, string[]]>([
    ['a live broadcast', 'is-live', ['#EXTINF:1,', 'a.ts']],
    ['an encrypted one', 'playlist-encrypted', ['#EXT-X-KEY:METHOD=AES-128,URI="k"', '#EXTINF:1,', 'a.ts']],
    ['a key of no method', 'playlist-encrypted', ['#EXT-X-KEY:URI="k"', '#EXTINF:1,', 'a.ts']],
    ['one that is too long', 'too-long', Array.from({ length: 7 }, () => ['#EXTINF:10,', 'a.ts']).flat()],
    ['a length beyond all', 'too-long', ['#EXTINF:999999999,', 'a.ts']],
    ['a length that is none', 'playlist-broken', ['#EXTINF:-5,', 'a.ts']],
    ['a length in other digits', 'playlist-broken', ['#EXTINF:1e9,', 'a.ts']],
    ['a part without a length', 'playlist-broken', ['a.ts']],
    ['a range without a start', 'playlist-broken', ['#EXTINF:1,', '#EXT-X-BYTERANGE:5', 'a.ts']],
    ['an empty range', 'playlist-broken', ['#EXTINF:1,', '#EXT-X-BYTERANGE:0@0', 'a.ts']],
    ['a range beyond all', 'playlist-broken', ['#EXTINF:1,', '#EXT-X-BYTERANGE:9999999999999@0', 'a.ts']],
    ['a change of format', 'playlist-unsupported', ['#EXT-X-MAP:URI="a"', '#EXT-X-MAP:URI="b"']],
    ['a break', 'playlist-unsupported', ['#EXTINF:1,', 'a.ts', '#EXT-X-DISCONTINUITY']],
    ['a local file', 'bad-address', ['#EXTINF:1,', 'file:///etc/passwd']],
    ['data', 'bad-address', ['#EXTINF:1,', 'data:video/mp4;base64,AAAA']],
    ['a password', 'bad-address', ['#EXTINF:1,', 'https://u:p@tube.test/a.ts']],
    ['a header in a local file', 'bad-address', ['#EXT-X-MAP:URI="file:///etc/passwd"']],
    ['a header nowhere', 'bad-address', ['#EXT-X-MAP:BYTERANGE="1@0"']],
    ['nothing', 'playlist-broken', ['#EXT-X-ENDLIST']],
  ])('with %s is refused: %s', (_name, reason, lines) => {
    const outcome = reason === 'is-live' ? read(...lines) : ended(...lines);
    expect(reasonOf(outcome)).toBe(reason);
  });

  test('a key that says there is none is no key', () => {
    expect(media('#EXT-X-KEY:METHOD=NONE', '#EXTINF:1,', 'a.ts').parts).toHaveLength(1);
  });

  test('is bounded in segments, lines, characters of a line, and bytes', () => {
    const segments = Array.from({ length: hlsLimits.maxSegments + 1 }, () => ['#EXTINF:0,', 'a.ts']).flat();
    expect(reasonOf(ended(...segments))).toBe('playlist-too-large');
    expect(reasonOf(ended(...segments.slice(2)))).toBe('read');
    expect(reasonOf(ended('\n'.repeat(hlsLimits.maxLines)))).toBe('playlist-too-large');
    expect(reasonOf(ended(`#${'x'.repeat(hlsLimits.maxLineCharacters)}`))).toBe('playlist-too-large');
    expect(reasonOf(ended('x'.repeat(hlsLimits.maxPlaylistBytes)))).toBe('playlist-too-large');
  });
});

describe('a master playlist', () => {
  const stream = (attributes: string, uri: string) => [`#EXT-X-STREAM-INF:${attributes}`, uri];

  function ordered(...lines: string[]) {
    const outcome = read(...lines);
    if (!outcome.ok || outcome.playlist.kind !== 'master') throw new Error(reasonOf(outcome));
    return variantsByWorth(outcome.playlist, 1_080);
  }

  test('offers the largest size up to 1080 first, whichever way it is turned, and never sound alone', () => {
    const order = ordered(
      ...stream('BANDWIDTH=9,RESOLUTION=2160x3840', '2160.m3u8'),
      ...stream('BANDWIDTH=2,RESOLUTION=720x1280,CODECS="avc1.64001f,mp4a.40.2"', '720.m3u8'),
      ...stream('BANDWIDTH=3,RESOLUTION=1920x1080', '1080.m3u8'),
      ...stream('BANDWIDTH=1,CODECS="mp4a.40.2"', '0.m3u8'),
      ...stream('BANDWIDTH=8,RESOLUTION=1440x2560', '1440.m3u8'),
    );
    expect(order.map(({ url }) => url.slice(BASE.lastIndexOf('/') + 1))).toEqual([
      ...['1080.m3u8', '720.m3u8', '1440.m3u8', '2160.m3u8'],
    ]);
  });

  test('tells where the sound lies: the default one of the group', () => {
    const [variant, plain] = ordered(
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="x",URI="other.m3u8"',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="y",DEFAULT=YES,URI="audio.m3u8"',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="b",NAME="z",DEFAULT=YES',
      ...stream('BANDWIDTH=2,RESOLUTION=2x2,AUDIO="a"', 'v.m3u8'),
      ...stream('BANDWIDTH=1,RESOLUTION=2x2,AUDIO="b"', 'w.m3u8'),
    );
    expect(variant?.audioUrl).toBe('https://tube.test/hls/v/audio.m3u8');
    expect(plain?.audioUrl).toBeNull();
  });

  test.each<[string, string, string[]]>([
    ['a local file', 'bad-address', stream('BANDWIDTH=1', 'file:///etc/passwd')],
    ['sound in a local file', 'bad-address', ['#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",URI="file:///x"']],
    ['a key', 'playlist-encrypted', ['#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI="k"']],
    [
      'more sizes than there can be',
      'playlist-too-large',
      Array(200).fill(stream('BANDWIDTH=1', 'v')).flat(),
    ],
  ])('with %s is refused: %s', (_name, reason, lines) => {
    expect(reasonOf(read(...lines, ...stream('BANDWIDTH=1', 'v.m3u8')))).toBe(reason);
  });

  test('without any file is refused', () => {
    expect(reasonOf(read('#EXT-X-STREAM-INF:BANDWIDTH=1'))).toBe('playlist-broken');
  });
});

describe('any text', () => {
  const line = fc.oneof(
    fc.constantFrom('#EXTM3U', '#EXT-X-ENDLIST', '#EXTINF:1,', '#EXT-X-MAP:URI="i"', '#EXT-X-BYTERANGE:5@0'),
    fc.constantFrom(
      '#EXT-X-STREAM-INF:RESOLUTION=1x1,AUDIO="a"',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a"',
      'a.ts',
    ),
    fc.constantFrom('#EXT-X-KEY:METHOD=NONE', '#EXT-X-BYTERANGE:5', '#', ':', 'file:///x', '//[', 'data:,'),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.webUrl(),
  );
  const text = fc
    .tuple(fc.constantFrom('#EXTM3U', '\ufeff#EXTM3U', ''), fc.array(line), fc.constantFrom('\n', '\r\n'))
    .map(([head, lines, end]) => [head, ...lines].join(end));

  test('is answered, and names only web addresses and ranges that exist', () => {
    fc.assert(
      fc.property(text, (value) => {
        const outcome = readPlaylist(value, BASE, caps);
        if (!outcome.ok) return;
        const { playlist } = outcome;
        const urls =
          playlist.kind === 'media'
            ? playlist.parts.map(({ url }) => url)
            : playlist.variants.map(({ url }) => url);
        expect(urls.length).toBeGreaterThan(0);
        for (const url of urls) expect(new URL(url).protocol).toMatch(/^https?:$/);
        if (playlist.kind === 'master') return;
        expect(playlist.durationSeconds).toBeLessThanOrEqual(caps.maxDurationSeconds);
        for (const { range } of playlist.parts) {
          expect(range === null || (range.length > 0 && range.start >= 0)).toBe(true);
        }
      }),
    );
  });

  test('a playlist is told by its first line', () => {
    const says = (head: string) => isPlaylist(Buffer.from(head));
    expect([says('#EXTM3U'), says('#EXTM3U\r\n'), says('\ufeff#EXTM3U\n')]).toEqual([true, true, true]);
    expect([says('#EXTM3UX'), says(' #EXTM3U'), says(''), says('\0\0\0\x18ftyp')]).toEqual([
      ...[false, false, false, false],
    ]);
  });

  test('a part is a box of fragmented MP4 or packets of a transport stream', () => {
    const packets = Buffer.alloc(564);
    for (const at of [0, 188, 376]) packets[at] = 0x47;
    expect(partKind(packets)).toBe('transport-stream');
    expect(partKind(packets.subarray(0, 188))).toBe('transport-stream');
    expect(partKind(Buffer.from('\0\0\0\x18ftypiso5'))).toBe('init');
    expect(partKind(Buffer.from('\0\0\0\x18moof'))).toBe('fragment');
    for (const no of ['#EXTM3U\nx', 'G', '<html>', '', '{"a":"moof"}'])
      expect(partKind(Buffer.from(no))).toBeNull();
  });
});
