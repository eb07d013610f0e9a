import { describe, expect, test } from 'vitest';
import { interactionUrl, serverHostOf } from './server-host.ts';

describe('the server of whoever shares', () => {
  test.each([
    ['social.example', 'social.example'],
    [' Social.Example ', 'social.example'],
    ['https://social.example/', 'social.example'],
    ['https://social.example/@me/1?x=1#top', 'social.example'],
    ['@me@social.example', 'social.example'],
    ['me@social.example', 'social.example'],
    ['social.example:8443', 'social.example:8443'],
    ['bücher.example', 'xn--bcher-kva.example'],
  ])('%s', (written, host) => expect(serverHostOf(written)).toBe(host));

  test.each([
    '',
    ' ',
    'social',
    'localhost',
    '127.0.0.1',
    '[::1]',
    'social.example/path',
    'social.example?x=1',
    'https://social.example@evil.example@x',
    'https://me:secret@social.example/',
    'javascript:alert(1)',
    'javascript://social.example/%0aalert(1)',
    'a b.example',
    '-a.example',
    'data:text/html,x',
    '//social.example',
    'social.example\\@evil',
  ])('%s is none', (written) => expect(serverHostOf(written)).toBeNull());

  test('the address carries the id of the clip whole', () => {
    const url = new URL(interactionUrl('social.example', 'https://a.example/ap/videos/1?x=1&y=#z'));
    expect([url.origin, url.pathname]).toEqual(['https://social.example', '/authorize_interaction']);
    expect(url.searchParams.get('uri')).toBe('https://a.example/ap/videos/1?x=1&y=#z');
  });
});
