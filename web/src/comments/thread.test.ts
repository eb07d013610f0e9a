import { describe, expect, test } from 'vitest';
import { fakeAccount, fakeStatus } from '../../../test/helpers/fake-entities.ts';
import type { Account, Comment, Status } from '../api/types.ts';
import { commentOf, coverOf, eachOnce, pathTo, toldAgain, topPlace, withLike } from './thread.ts';

const author = fakeAccount('1', 'alice');
const bob = fakeAccount('2', 'bob');
const clip = { id: '100', authorId: author.id };
const status = (id: string, by: Account, changes: Partial<Status> = {}): Status =>
  fakeStatus(id, by, {} as never, { media_attachments: [], video: null, ...changes });
const said = (id: string, changes: Partial<Comment> = {}, by = bob): Comment => ({
  ...commentOf(status(id, by, { in_reply_to_id: '100' }), clip),
  ...changes,
});

test('a comment that a stream tells of stands below its clip, and nothing of it is ours yet', () => {
  const { favourited, filtered, ...told } = status('7', author, { in_reply_to_id: '100' });
  const comment = commentOf(told as Status, clip);
  expect(comment).toMatchObject({ video_id: '100', by_author: true, hidden: false, pinned: false });
  expect(comment).toMatchObject({ favourited: false, filtered: [] });
  expect(said('8').by_author).toBe(false);
});

test('an edit that is told leaves alone what is ours, and what the author of the clip did', () => {
  const known = said('7', { favourited: true, pinned: true, liked_by_author: true, replies_count: 3 });
  const told = status('7', bob, { content: '<p>New</p>', edited_at: '2026-01-01T00:00:00Z' });
  expect(toldAgain(known, told)).toEqual({
    ...known,
    ...{ content: '<p>New</p>', edited_at: told.edited_at, mentions: told.mentions, tags: told.tags },
    ...{ spoiler_text: told.spoiler_text, sensitive: told.sensitive, language: told.language },
    favourites_count: told.favourites_count,
  });
});

test('what comes twice is there once, where it stood first', () => {
  const first = said('7', { content: 'put in by hand' });
  expect(eachOnce([first, said('8'), said('7')]).map(({ content }) => content)).toEqual([
    first.content,
    said('8').content,
  ]);
});

test('new ones go below the one that is pinned, and above all others', () => {
  expect(topPlace([])).toBe(0);
  expect(topPlace([said('7')])).toBe(0);
  expect(topPlace([said('7', { pinned: true })])).toBe(1);
  expect(topPlace([said('7', { pinned: true }), said('8')])).toBe(1);
});

describe('likes', () => {
  test('count once, and never below zero', () => {
    const liked = withLike(said('7', { favourites_count: 2 }), true, false);
    expect(liked).toMatchObject({ favourited: true, favourites_count: 3, liked_by_author: false });
    expect(withLike(liked, true, false)).toBe(liked);
    expect(withLike(liked, false, false).favourites_count).toBe(2);
    expect(
      withLike(said('7', { favourited: true, favourites_count: 0 }), false, false).favourites_count,
    ).toBe(0);
  });
  test('of the author of the clip are marked, and of others leave the mark', () => {
    expect(withLike(said('7'), true, true).liked_by_author).toBe(true);
    expect(
      withLike(said('7', { favourited: true, liked_by_author: true }), false, true).liked_by_author,
    ).toBe(false);
    expect(withLike(said('7', { liked_by_author: true }), true, false).liked_by_author).toBe(true);
  });
});

describe('the path to a comment', () => {
  const at = (id: string, parent: string) => status(id, bob, { in_reply_to_id: parent });
  const [a, b, c] = [at('1', '100'), at('2', '1'), at('3', '2')];
  test('is what it answers, outermost first', () => {
    expect(pathTo(c, [status('100', author), a, b], '100').map(({ id }) => id)).toEqual(['1', '2']);
    expect(pathTo(a, [status('100', author)], '100')).toEqual([]);
  });
  test('ends where something is out of sight, and in a circle', () => {
    expect(pathTo(c, [b], '100').map(({ id }) => id)).toEqual(['2']);
    const circle = [at('1', '2'), at('2', '1')];
    expect(pathTo(at('3', '2'), circle, '100').length).toBeLessThanOrEqual(2);
  });
});

test('a warning covers a comment, and a filter of the viewer before it', () => {
  expect(coverOf(said('7', { spoiler_text: '' }))).toBeNull();
  expect(coverOf(said('7', { spoiler_text: 'Spiders' }))).toEqual({ kind: 'warning', text: 'Spiders' });
  const filter = { id: '1', title: 'Work', context: [], expires_at: null, filter_action: 'warn' };
  const filtered = [
    { filter, keyword_matches: ['work'], status_matches: null },
  ] as unknown as Comment['filtered'];
  expect(coverOf(said('7', { spoiler_text: 'Spiders', filtered }))).toEqual({ kind: 'filter', text: 'Work' });
});
