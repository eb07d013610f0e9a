import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readProbe } from './probe.ts';

const video = {
  index: 0,
  codec_type: 'video',
  codec_name: 'h264',
  width: 1920,
  height: 1080,
  pix_fmt: 'yuv420p',
  avg_frame_rate: '30/1',
  duration: '10.0',
  nb_read_packets: '300',
};
const audio = {
  index: 1,
  codec_type: 'audio',
  codec_name: 'aac',
  channels: 2,
  duration: '10.1',
  nb_read_packets: '470',
};

function read(streams: readonly object[], format: object = { duration: '10.1' }) {
  return readProbe(JSON.stringify({ streams, format }), 'mov');
}

/** The facts of a file that must be readable. */
function facts(streams: readonly object[], format?: object) {
  const outcome = read(streams, format);
  if (!outcome.ok) throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome.facts;
}

describe('readProbe', () => {
  test('a plain file', () => {
    expect(facts([video, audio])).toMatchObject({
      durationSeconds: 10.1,
      streamCount: 2,
      video: { index: 0, width: 1920, height: 1080, frameRate: 30, frames: 300, hdr: null },
      audio: { index: 1, codec: 'aac', channels: 2 },
    });
  });

  test.each([
    [90, 1080, 1920],
    [-90, 1080, 1920],
    [270, 1080, 1920],
    [180, 1920, 1080],
    [0, 1920, 1080],
  ])('rotation by %d is shown as %d x %d', (rotation, width, height) => {
    const side_data_list = [{ side_data_type: 'x' }, { rotation }];
    expect(facts([{ ...video, side_data_list }]).video).toMatchObject({ width, height });
  });

  test('pixels that are not square are counted as shown, before the picture is turned', () => {
    const wide = { ...video, width: 720, height: 576, sample_aspect_ratio: '16:15' };
    expect(facts([wide]).video).toMatchObject({ width: 768, height: 576 });
    const turned = { ...wide, side_data_list: [{ rotation: 90 }] };
    expect(facts([turned]).video).toMatchObject({ width: 576, height: 768 });
  });

  test('the track with most packets is the film; covers and empty tracks are not', () => {
    const cover = { ...video, index: 3, nb_read_packets: '9999', disposition: { attached_pic: 1 } };
    const shots = { ...video, index: 0, nb_read_packets: '3', width: 4000, height: 3000 };
    expect(facts([shots, { ...video, index: 2 }, cover]).video.index).toBe(2);
  });

  test('sound that cannot be read is left out', () => {
    expect(facts([video, { ...audio, codec_name: 'dts' }]).audio).toBeNull();
    expect(facts([video, { ...audio, channels: 16 }]).audio).toBeNull();
    expect(facts([video, { ...audio, nb_read_packets: '0' }]).audio).toBeNull();
  });

  test.each([
    ['smpte2084', 'pq'],
    ['arib-std-b67', 'hlg'],
    ['bt709', null],
    [undefined, null],
  ])('transfer %s is HDR %s', (color_transfer, hdr) => {
    expect(facts([{ ...video, color_transfer }]).video.hdr).toBe(hdr);
  });

  test('what a recording of a browser does not tell stays open', () => {
    const { duration: _, ...stream } = { ...video, avg_frame_rate: '0/0', r_frame_rate: '1000/1' };
    const found = facts([stream], {});
    expect(found).toMatchObject({ durationSeconds: null, video: { frameRate: null, endSeconds: null } });
  });

  test('a long data track does not make the video long', () => {
    const data = { index: 2, codec_type: 'data', duration: '36000.0' };
    expect(facts([video, audio, data], { duration: '36000.0' }).durationSeconds).toBe(10.1);
  });

  test('a track that starts late ends late', () => {
    const late = { ...audio, start_time: '3.0' };
    expect(facts([{ ...video, start_time: '1.0' }, late], { start_time: '1.0' })).toMatchObject({
      durationSeconds: 12.1,
      video: { endSeconds: 10 },
    });
  });

  test('a start that only ffprobe guessed does not lengthen the video', () => {
    expect(facts([{ ...video, start_time: '30.0' }]).durationSeconds).toBe(10);
  });

  test.each([
    ['no picture', [audio], 'no-video'],
    ['only a cover', [audio, { ...video, disposition: { attached_pic: 1 } }], 'no-video'],
    ['no streams', [], 'no-video'],
    ['no packets', [{ ...video, nb_read_packets: '0' }], 'broken'],
    ['no pixel format', [{ ...video, pix_fmt: 'unknown' }], 'broken'],
    ['no size', [{ ...video, width: 0 }], 'broken'],
    ['a codec we do not read', [{ ...video, codec_name: 'vvc' }], 'unsupported-codec'],
    [
      'a codec ffmpeg does not know',
      [{ ...video, codec_name: undefined, codec_tag_string: 'vvc1' }],
      'unsupported-codec',
    ],
  ])('%s is refused', (_name, streams, reason) => {
    expect(read(streams)).toMatchObject({ ok: false, reason });
  });

  test('a name from the file is cut to plain letters before it is shown', () => {
    const outcome = read([{ ...video, codec_name: '\u001b[31m<script>'.repeat(9) }]);
    expect(outcome.ok || outcome.detail).toContain('"31mscript31mscri"');
  });

  test.each(['', 'null', '[]', '{"streams":{}}', '{"streams":[{"index":"0"}],"format":{}}'])(
    '%j is broken',
    (json) => {
      expect(readProbe(json, 'mov')).toMatchObject({ ok: false, reason: 'broken' });
    },
  );

  test('any JSON is answered', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.constant('N/A'),
      fc.constant(undefined),
    );
    const stream = fc.record({
      index: fc.nat(),
      codec_type: fc.constantFrom('video', 'audio', 'data'),
      codec_name: fc.constantFrom('h264', 'aac', 'x'),
      width: fc.integer(),
      height: fc.integer(),
      pix_fmt: fc.string(),
      avg_frame_rate: value,
      sample_aspect_ratio: value,
      duration: value,
      nb_read_packets: value,
    });
    fc.assert(
      fc.property(fc.array(stream), fc.jsonValue(), (streams, format) => {
        const outcome = readProbe(JSON.stringify({ streams, format }), 'mov');
        if (!outcome.ok) return;
        expect(outcome.facts.video.width).toBeGreaterThan(0);
        expect(outcome.facts.video.height).toBeGreaterThan(0);
      }),
    );
  });
});
