import { afterEach, expect, test, vi } from 'vitest';
import { createPages } from '../state/pages.ts';
import { searchCalls } from './calls.ts';
import { NO_FILTERS } from './filters.ts';
import { say } from './say.ts';

afterEach(() => vi.unstubAllGlobals());

const callsFor = (text: string) =>
  searchCalls({
    ...{ wish: { kind: 'words', text }, filters: NO_FILTERS, resolve: false, isUnfinished: true },
    ...{ signal: new AbortController().signal, onCorrected: () => undefined },
  });

test.each(['sounds', 'packs'] as const)(
  '%s that are found are all there, a page after the other',
  async (what) => {
    const there = Array.from({ length: 45 }, (_, n) => ({ id: String(n) }));
    vi.stubGlobal('fetch', async (path: string) => {
      const { pathname, searchParams } = new URL(path, 'https://here.test');
      expect(pathname).toBe(`/api/v1/search/${what}`);
      expect(searchParams.get('q')).toBe('kelp');
      const [limit, offset] = ['limit', 'offset'].map((name) => Number(searchParams.get(name)));
      return Response.json(there.slice(offset, Number(offset) + Number(limit)));
    });
    const pages = createPages<{ readonly id: string }>(callsFor('kelp')[what]);
    while (pages.phase.value !== 'ended') {
      await pages.loadMore();
      expect(pages.problem.value).toBeNull();
    }
    expect(pages.items.value).toEqual(there);
  },
);

test('sounds and starter packs are told of as well, where there are any', () => {
  const none = { accounts: 0, clips: 1, tags: 0, sounds: 0, packs: 0 };
  expect(say('found', none)).toBe('0 accounts, 1 clip, 0 hashtags');
  expect(say('found', { ...none, sounds: 1, packs: 2 })).toBe(
    '0 accounts, 1 clip, 0 hashtags, 1 sound, 2 starter packs',
  );
});
