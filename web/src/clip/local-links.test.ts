import { expect, test } from 'vitest';
import { localTarget } from './local-links.ts';

const links = {
  tags: [
    { name: 'Morning', url: 'https://vireo.test/tag/Morning' },
    { name: 'früh', url: 'https://vireo.test/tag/fr%C3%BCh' },
  ],
  mentions: [
    { id: '2', username: 'mika', acct: 'mika@film.example', url: 'https://film.example/@mika' },
    { id: '1', username: 'alice', acct: 'alice', url: 'https://vireo.test/@alice' },
  ],
};

test.each([
  ['a hashtag', 'https://film.example/tags/morning', '#morning', '/tags/morning'],
  ['a hashtag in other letters', 'https://film.example/tags/fr%C3%BCh', '#früh', '/tags/fr%C3%BCh'],
  ['a hashtag without its mark', 'https://film.example/tags/Morning', 'Morning', '/tags/Morning'],
  ['somebody elsewhere', 'https://film.example/@mika', '@mika', '/@mika@film.example'],
  ['somebody here', 'https://vireo.test/@alice', '@alice', '/@alice'],
  ['a hashtag that the clip does not have', 'https://film.example/tags/night', '#night', null],
  ['a page that is named like a hashtag', 'https://film.example/morning', 'Morning', null],
  ['any other page', 'https://example.org/', 'example.org', null],
])('%s', (_name, href, text, target) => {
  expect(localTarget(links, { href, text })).toBe(target);
});
