import { describe, expect, test } from 'vitest';
import { answererOf } from './addresses.ts';

const ORIGIN = 'https://video.example';
const usual = { method: 'GET', mode: 'no-cors', destination: '', hasRange: false };
const of = (path: string, asked: Partial<typeof usual> = {}) =>
  answererOf({ ...usual, ...asked, url: new URL(path, ORIGIN).href }, ORIGIN);
const visit = (path: string) => of(path, { mode: 'navigate', destination: 'document' });

describe('a visit', () => {
  test.each([
    ...[
      '/api/docs',
      '/api/v1/instance',
      '/oauth/authorize?client_id=1',
      '/auth/forgot',
      '/embed/1',
      '/about/algorithm',
    ],
    ...[
      '/.well-known/webfinger',
      '/users/alice',
      '/users/alice/inbox',
      '/media/1/2-720.mp4',
      '/proxy/1',
      '/health',
    ],
    ...['/app/shell', '/manifest.webmanifest', '/sw.js', '/uploads', '/searching', '/settingsx'],
  ])('of %s is left to the network', (path) => {
    expect(visit(path)).toBe(null);
  });

  test('in a frame is none', () => {
    expect(of('/search', { mode: 'navigate', destination: 'iframe' })).toBe(null);
  });
});

test.each([
  ['/assets/app-1a2b.js', { destination: 'script' }, 'asset'],
  ['/assets/app-1a2b.css', { destination: 'style' }, 'asset'],
  ['/favicon.svg', { destination: 'image' }, 'asset'],
  ['/assets/app-1a2b.js', {}, null],
  ['/media/1/2-poster.webp', { destination: 'image' }, 'picture'],
  ['/pictures/1/avatar', { destination: 'image' }, 'picture'],
  ['/media/1/2-720.mp4', { destination: 'video' }, null],
  ['/media/1/2-720-cmaf.mp4', { hasRange: true }, null],
  ['/media/1/2-poster.webp', { destination: 'image', hasRange: true }, null],
  ['/media/1/captions.vtt', { destination: 'track' }, null],
  ['/api/v1/feed_statuses', {}, null],
  ['/api/v1/statuses/1/favourite', { method: 'POST' }, null],
  ['/proxy/1', { destination: 'image' }, null],
  ['https://elsewhere.example/media/1.webp', { destination: 'image' }, null],
  ['/upload/shared', { method: 'POST', mode: 'navigate', destination: 'document' }, 'share'],
  ['/login', { method: 'POST', mode: 'navigate', destination: 'document' }, null],
] as const)('%s with %o is for: %s', (path, asked, answerer) => {
  expect(of(path, asked)).toBe(answerer);
});
