import { describe, expect, test } from 'vitest';
import { averageBandwidth, type FragmentedFile, indexRung, segmentsOf } from './package.ts';
import { masterPlaylist, mediaPlaylist, peakBandwidth } from './playlist.ts';

const file: FragmentedFile = {
  size: 1_000 + 6_000,
  initLength: 1_000,
  durationSeconds: 4.1,
  codecs: 'avc1.64001f,mp4a.40.2',
  width: 720,
  height: 1280,
  chunks: [
    { offset: 1_000, length: 1_500, time: 0, duration: 1, keyframe: true },
    { offset: 2_500, length: 500, time: 1, duration: 1, keyframe: false },
    { offset: 3_000, length: 3_000, time: 2, duration: 2, keyframe: true },
    { offset: 6_000, length: 1_000, time: 4, duration: 0.1, keyframe: true },
  ],
};

describe('segments', () => {
  test('are whole groups of pictures', () => {
    expect(segmentsOf(file)).toEqual([
      { offset: 1_000, length: 2_000, time: 0, duration: 2 },
      { offset: 3_000, length: 3_000, time: 2, duration: 2 },
      { offset: 6_000, length: 1_000, time: 4, duration: 0.1 },
    ]);
  });

  test('a short rest does not count as the peak', () => {
    expect(peakBandwidth(file)).toBe(averageBandwidth(file));
    const heavy = { ...file, size: 4_000 };
    expect(peakBandwidth(heavy)).toBe(12_000);
  });
});

describe('mediaPlaylist', () => {
  test('names byte ranges of one file', () => {
    expect(mediaPlaylist(file, 'abc-720-cmaf.mp4')).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="abc-720-cmaf.mp4",BYTERANGE="1000@0"
#EXTINF:2.000000,
#EXT-X-BYTERANGE:2000@1000
abc-720-cmaf.mp4
#EXTINF:2.000000,
#EXT-X-BYTERANGE:3000@3000
abc-720-cmaf.mp4
#EXTINF:0.100000,
#EXT-X-BYTERANGE:1000@6000
abc-720-cmaf.mp4
#EXT-X-ENDLIST
`);
  });
});

describe('masterPlaylist', () => {
  const variant = (rung: number) => ({ rung, frameRate: 30, file, uri: `${rung}.m3u8` });

  test('describes each size in full', () => {
    expect(masterPlaylist([variant(720)])).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=13659,AVERAGE-BANDWIDTH=13659,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=720x1280,FRAME-RATE=30.000
720.m3u8
`);
  });

  test('what is stored of a size says the same as its file', () => {
    const { width, height, codecs } = file;
    const bandwidths = { averageBandwidth: averageBandwidth(file), peakBandwidth: peakBandwidth(file) };
    const kept = { rung: 720, frameRate: 30, uri: '720.m3u8', width, height, codecs, ...bandwidths };
    expect(masterPlaylist([kept])).toBe(masterPlaylist([variant(720)]));
  });

  test.each([
    [
      [1080, 720, 480, 360],
      [480, 1080, 720, 360],
    ],
    [
      [1080, 720],
      [720, 1080],
    ],
    [
      [720, 360],
      [720, 360],
    ],
    [[240], [240]],
  ])('%j start on the first of %j', (rungs, expected) => {
    const uris = masterPlaylist(rungs.map(variant)).match(/^\d+\.m3u8$/gm);
    expect(uris).toEqual(expected.map((rung) => `${rung}.m3u8`));
  });
});

test('the chunk index keeps ranges and times of every chunk', () => {
  expect(indexRung(720, 'media/1/abc-720-cmaf.mp4', file)).toEqual({
    ...{ rung: 720, key: 'media/1/abc-720-cmaf.mp4', width: 720, height: 1280 },
    ...{ codecs: 'avc1.64001f,mp4a.40.2', bandwidth: 13_659, initLength: 1_000 },
    chunks: [
      [1_000, 1_500, 0, 1],
      [2_500, 500, 1_000, 0],
      [3_000, 3_000, 2_000, 1],
      [6_000, 1_000, 4_000, 1],
    ],
  });
});
