import { expect, test } from 'vitest';
import { ownPath, wantedOf } from './remote-uri.ts';

test.each([
  ['acct:mika@film.example', 'mika@film.example'],
  ['ACCT:@mika@film.example', 'mika@film.example'],
  [' https://film.example/@mika ', 'https://film.example/@mika'],
  ['@mika@film.example', '@mika@film.example'],
])('%s asks for %s', (uri, wanted) => {
  expect(wantedOf(uri)).toBe(wanted);
});

test.each([
  ['https://vireo.example/playlists/12', '/playlists/12'],
  ['https://vireo.example//evil.example/x', '/evil.example/x'],
  ['https://vireo.example/authorize_interaction?uri=x', null],
  ['https://film.example/playlists/12', null],
  ['javascript:alert(1)', null],
  ['acct:a@vireo.example', null],
])('the path of %s is %s', (uri, path) => {
  expect(ownPath(uri, 'https://vireo.example')).toBe(path);
});
