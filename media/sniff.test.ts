import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { browserVideoType, sniffImage, sniffVideo } from './sniff.ts';

const latin = (text: string) => Buffer.from(text, 'latin1');
const box = (type: string, brand = 'isom') => latin(`\0\0\0\x18${type}${brand}\0\0\0\0`);

function transportStream(first: number, step: number): Buffer {
  const bytes = Buffer.alloc(1_000);
  for (let at = first; at < bytes.length; at += step) bytes[at] = 0x47;
  return bytes;
}

describe('sniffVideo', () => {
  test.each([
    ['MP4', box('ftyp'), 'mov'],
    ['MOV without brand', box('moov'), 'mov'],
    ['MOV with free space first', box('wide'), 'mov'],
    ['WebM', Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 1]), 'matroska'],
    ['AVI', latin('RIFF\0\0\0\0AVI LIST'), 'avi'],
    ['GIF', latin('GIF89a'), 'gif'],
    ['Ogg', latin('OggS\0'), 'ogg'],
    ['FLV', latin('FLV\x01\x05'), 'flv'],
    ['MPEG-TS', transportStream(0, 188), 'mpegts'],
    ['M2TS', transportStream(4, 192), 'mpegts'],
  ])('%s', (_name, head, demuxer) => {
    expect(sniffVideo(head)).toEqual({ ok: true, demuxer });
  });

  // security.md M1, M3
  test.each([
    ['nothing', Buffer.alloc(0), 'not-a-video'],
    ['HLS', latin('#EXTM3U\n'), 'not-a-video'],
    ['ffconcat', latin('ffconcat version 1.0\n'), 'not-a-video'],
    ['DASH', latin('<?xml version="1.0"?><MPD>'), 'not-a-video'],
    ['SDP', latin('v=0\r\no=- 0 0 IN IP4 127.0.0.1'), 'not-a-video'],
    ['SVG', latin('<svg xmlns="http://www.w3.org/2000/svg">'), 'not-a-video'],
    ['HTML', latin('<!doctype html>'), 'not-a-video'],
    ['ZIP', latin('PK\x03\x04'), 'not-a-video'],
    ['one sync byte', transportStream(0, 1_000), 'not-a-video'],
    ['JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'not-a-video'],
    ['HEIC', box('ftyp', 'heic'), 'not-a-video'],
    ['AVIF', box('ftyp', 'avif'), 'not-a-video'],
    ['MP3 with tags', latin('ID3\x04'), 'no-video'],
    ['MP3', Buffer.from([0xff, 0xfb, 0x90]), 'no-video'],
    ['WAV', latin('RIFF\0\0\0\0WAVE'), 'no-video'],
    ['FLAC', latin('fLaC'), 'no-video'],
  ])('M1, M3: %s is refused', (_name, head, reason) => {
    expect(sniffVideo(head)).toMatchObject({ ok: false, reason });
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (head) => {
        expect(typeof sniffVideo(head).ok).toBe('boolean');
      }),
    );
  });
});

describe('sniffImage', () => {
  test.each([
    [Buffer.from([0xff, 0xd8, 0xff, 0xdb]), 'jpeg_pipe'],
    [latin('\x89PNG\r\n\x1a\n'), 'png_pipe'],
    [latin('RIFF\0\0\0\0WEBPVP8 '), 'webp_pipe'],
    [latin('GIF89a'), null],
    [latin('<svg'), null],
    [latin('RIFF\0\0\0\0AVI '), null],
    [Buffer.alloc(0), null],
  ])('%j', (head, demuxer) => {
    expect(sniffImage(head)).toBe(demuxer);
  });
});

describe('browserVideoType', () => {
  const ebml = (...rest: (number | string)[]) =>
    Buffer.concat([
      Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x86, 0x81, 1]),
      ...rest.map((part) => (typeof part === 'string' ? latin(part) : Buffer.from([part]))),
    ]);

  test.each([
    ['MP4', box('ftyp'), 'video/mp4'],
    ['QuickTime', box('ftyp', 'qt  '), null],
    ['MOV without brand', box('moov'), null],
    ['a picture in the boxes of MP4', box('ftyp', 'avif'), null],
    ['WebM', ebml(0x42, 0x82, 0x84, 'webm', 0x42, 0x87), 'video/webm'],
    ['WebM with a long length', ebml(0x42, 0x82, 1, 0, 0, 0, 0, 0, 0, 4, 'webm'), 'video/webm'],
    ['Matroska', ebml(0x42, 0x82, 0x88, 'matroska'), null],
    ['Matroska that speaks of WebM', ebml(0x42, 0x82, 0x88, 'matroska', 'webm'), null],
    ['WebM without header', ebml('webm'), null],
    ['MPEG-TS', transportStream(0, 188), null],
    ['HLS', latin('#EXTM3U\n'), null],
    ['HTML', latin('<!doctype html>'), null],
    ['nothing', Buffer.alloc(0), null],
  ])('%s', (_name, head, type) => {
    expect(browserVideoType(head)).toBe(type);
  });
});
