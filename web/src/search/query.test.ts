import { expect, test } from 'vitest';
import { pageHere, readWish } from './query.ts';

test.each([
  ['', null],
  ['  ', null],
  ['@', null],
  ['#', null],
  [
    'https://film.example/@mika',
    { kind: 'address', text: 'https://film.example/@mika', host: 'film.example' },
  ],
  ['https://', { kind: 'words', text: 'https://' }],
  ['@mika@film.example', { kind: 'handle', text: '@mika@film.example', host: 'film.example' }],
  ['mika@127.0.0.1:3000', { kind: 'handle', text: 'mika@127.0.0.1:3000', host: '127.0.0.1:3000' }],
  ['from:@mika@film.example', { kind: 'words', text: 'from:@mika@film.example' }],
  ['@mika', { kind: 'name', text: '@mika' }],
  ['#snow', { kind: 'hashtag', text: '#snow' }],
  ['#snow birds', { kind: 'words', text: '#snow birds' }],
  [' first snow ', { kind: 'words', text: 'first snow' }],
])('%j is read as %j', (input, wish) => {
  expect(readWish(input)).toEqual(wish);
});

test.each([
  ['https://here.example/sounds/12', '/sounds/12'],
  ['https://here.example/tags/caf%C3%A9/', '/tags/caf%C3%A9/'],
  ['https://here.example/playlists/12?from=link', '/playlists/12'],
  ['https://here.example/packs/12', '/packs/12'],
  // The server finds these, as those of others.
  ['https://here.example/@nora', null],
  ['https://here.example/@nora/12', null],
  ['https://here.example/settings/account', null],
  ['https://here.example/sounds', null],
  ['https://elsewhere.example/sounds/12', null],
  ['https://here.example.evil.example/sounds/12', null],
  ['http://here.example/sounds/12', null],
  ['birds', null],
  ['', null],
])('%j is a page here: %j', (input, path) => {
  expect(pageHere(readWish(input), 'https://here.example')).toBe(path);
});
