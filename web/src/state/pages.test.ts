import { expect, test } from 'vitest';
import type { ApiAnswer, ApiFailure } from '../api/client.ts';
import { createPages, mapPage } from './pages.ts';

interface Item {
  readonly id: string;
}
const failure: ApiFailure = { ok: false, status: 503, reason: 'busy', sentence: 'Busy.', fields: {} };
const answer = (ids: string[], next: string | null): ApiAnswer<readonly Item[]> => ({
  ok: true,
  value: ids.map((id) => ({ id })),
  next,
});

function pagesOf(...answers: (ApiAnswer<readonly Item[]> | ApiFailure)[]) {
  const asked: (string | null)[] = [];
  const pages = createPages<Item>(async (next) => {
    asked.push(next);
    return answers.shift() ?? failure;
  });
  const ids = () => pages.items.value.map(({ id }) => id);
  return { pages, asked, ids };
}

test('pages follow each other by what the one before said, and end where it says nothing', async () => {
  const { pages, asked, ids } = pagesOf(answer(['3', '2'], '/list?max_id=2'), answer(['1'], null));
  expect(pages.phase.value).toBe('new');
  await pages.loadMore();
  expect(pages.phase.value).toBe('ready');
  await pages.loadMore();
  await pages.loadMore();
  expect(asked).toEqual([null, '/list?max_id=2']);
  expect(ids()).toEqual(['3', '2', '1']);
  expect(pages.phase.value).toBe('ended');
});

test('what comes twice, on one page or on two, is there once', async () => {
  const { pages, ids } = pagesOf(answer(['3', '2'], 'more'), answer(['2', '1', '1'], null));
  await pages.loadMore();
  await pages.loadMore();
  expect(ids()).toEqual(['3', '2', '1']);
});

test('a page with nothing to show is not the end', async () => {
  const { pages } = pagesOf(answer([], 'more'));
  await pages.loadMore();
  expect(pages.phase.value).toBe('ready');
});

test('a failure keeps what is there, and the same page can be asked for again', async () => {
  const { pages, asked, ids } = pagesOf(answer(['2'], 'more'), failure, answer(['1'], null));
  await pages.loadMore();
  await pages.loadMore();
  expect([pages.phase.value, pages.problem.value, ids()]).toEqual(['failed', failure, ['2']]);
  await pages.loadMore();
  expect(asked).toEqual([null, 'more', 'more']);
  expect([pages.phase.value, pages.problem.value, ids()]).toEqual(['ended', null, ['2', '1']]);
});

test('two calls at once are one', async () => {
  const { pages, asked } = pagesOf(answer(['1'], null));
  await Promise.all([pages.loadMore(), pages.loadMore()]);
  expect(asked).toEqual([null]);
});

test('what is taken away can be put back where it was', async () => {
  const { pages, ids } = pagesOf(answer(['3', '2', '1'], null));
  await pages.loadMore();
  pages.remove('2');
  expect(ids()).toEqual(['3', '1']);
  pages.restore({ id: '2' }, 1);
  expect(ids()).toEqual(['3', '2', '1']);
  pages.clear();
  expect([ids(), pages.phase.value]).toEqual([[], 'ended']);
});

test('items that are made of another answer keep its next page, or name their own', async () => {
  const list = Promise.resolve(answer(['1'], 'more'));
  expect(await mapPage(list, (items) => items.map(({ id }) => ({ id: `${id}!` })))).toEqual(
    answer(['1!'], 'more'),
  );
  const other = Promise.resolve({ ok: true, value: { entries: ['1'], cursor: 'c' } } as const);
  expect(
    await mapPage(
      other,
      ({ entries }) => entries.map((id) => ({ id })),
      ({ cursor }) => cursor,
    ),
  ).toEqual(answer(['1'], 'c'));
  expect(await mapPage(Promise.resolve(failure), () => [])).toBe(failure);
});
