import { describe, expect, test } from 'vitest';
import { captionLimits } from '../../../config/media-limits.ts';
import { readTranscript } from './transcript.ts';

const read = (text: string, durationSeconds: number | null = 10) =>
  readTranscript(Buffer.from(text), durationSeconds);

const segment = (text: string, start: unknown = 0, end: unknown = 1) => ({ id: 1, start, end, text });
const json = (segments: unknown, more: object = {}) => JSON.stringify({ task: 'x', ...more, segments });

const cue = (text: string, start = 0, end = 1_000) => ({ start, end, settings: '', lines: [text] });

describe('what a transcription service sends', () => {
  test.each([
    ['WebVTT', 'WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n'],
    ['SubRip', '1\n00:00:00,000 --> 00:00:01,000\nHi\n'],
    ['JSON', json([segment(' Hi ')])],
    ['JSON with a language that is none', json([segment('Hi')], { language: '../../x' })],
  ])('is read where it is %s', (_name, text) => {
    expect(read(text)).toEqual({ ok: true, language: null, cues: [cue('Hi')] });
  });

  test.each([
    ['english', 'en'],
    ['German', 'de'],
    ['pt', 'pt'],
    ['yue', 'yue'],
    ['bengali', 'bn'],
    ['iw', 'he'],
    ['und', null],
    ['elvish', null],
    ['', null],
    [null, null],
  ])('says that it heard %s', (language, code) => {
    expect(read(json([segment('Hi')], { language }))).toMatchObject({ ok: true, language: code });
  });

  test('is text where it is JSON, whatever it looks like', () => {
    const text = '<script>x</script> <b>a\n\n00:00.000 --> 00:09.000\n&lt;';
    const lines = '&lt;script&gt;x&lt;/script&gt; &lt;b&gt;a 00:00.000 --&gt; 00:09.000 &amp;lt;';
    expect(read(json([segment(text)]))).toMatchObject({ ok: true, cues: [cue(lines)] });
  });

  test('ends with the video, and leaves out what makes no sense', () => {
    const segments = [
      segment('b', 2, 99),
      segment('a', 0.5, 1.25),
      segment('never', 3, 3),
      segment(' ', 4, 5),
    ];
    const cues = [cue('a', 500, 1_250), cue('b', 2_000, 10_000)];
    expect(read(json(segments))).toMatchObject({ ok: true, cues });
  });

  test.each([
    ['no segment', json([])],
    ['WebVTT without a cue', 'WEBVTT\n\n'],
  ])('may be nothing: %s', (_name, text) => {
    expect(read(text)).toEqual({ ok: true, language: null, cues: [] });
  });

  test.each([
    ['a page', '<!DOCTYPE html>'],
    ['JSON without segments', '{"text":"Hi"}'],
    ['half of it', json([segment('Hi')]).slice(0, -1)],
    ['times that are none', json([segment('Hi', '0', '1')])],
    ['times before the start', json([segment('Hi', -1, 1)])],
    ['times after all', json([segment('Hi', 0, 1e12)])],
    ['more segments than a video has', json(Array(captionLimits.maxCues + 1).fill(segment('Hi')))],
    ['a novel in one segment', json([segment('x'.repeat(captionLimits.maxCueCharacters + 1))])],
    ['a deep one', `{"segments":${'['.repeat(100_000)}`],
    ['nothing', ''],
  ])('is refused where it is %s', (_name, text) => {
    expect(read(text)).toMatchObject({ ok: false });
  });
});
