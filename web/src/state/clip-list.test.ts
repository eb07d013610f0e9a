import { signal } from '@preact/signals';
import { afterEach, expect, test, vi } from 'vitest';
import {
  type ClipRef,
  enterClipList,
  enteredClipList,
  forgetClipList,
  neighboursOf,
  removeFromClipList,
  watchInClipList,
} from './clip-list.ts';

const refs = (...ids: string[]): ClipRef[] => ids.map((id) => ({ id, path: `/@alice/${id}` }));

function listOf(...ids: string[]) {
  const items = signal<readonly ClipRef[]>(refs(...ids));
  return {
    key: 'tag birds',
    items,
    loadMore: vi.fn(async () => undefined),
    remove: (id: string) => {
      items.value = items.value.filter((item) => item.id !== id);
    },
  };
}

afterEach(forgetClipList);

test('a clip has neighbours in the list that it was opened from, and in no other', () => {
  expect(neighboursOf('2')).toEqual({});
  enterClipList(listOf('1', '2', '3'), '2');
  expect(neighboursOf('1')).toEqual({ next: refs('2')[0] });
  expect(neighboursOf('2')).toEqual({ previous: refs('1')[0], next: refs('3')[0] });
  expect(neighboursOf('3')).toEqual({ previous: refs('2')[0] });
  expect(neighboursOf('9')).toEqual({});
});

test('the list grows before its end is reached', () => {
  const list = listOf('1', '2', '3', '4', '5', '6', '7');
  enterClipList(list, '1');
  watchInClipList('1');
  expect(list.loadMore).not.toHaveBeenCalled();
  watchInClipList('4');
  expect(list.loadMore).toHaveBeenCalledOnce();
  watchInClipList('9');
  expect(list.loadMore).toHaveBeenCalledOnce();
});

test('coming back finds the list with the clip that was watched last, without deleted ones', () => {
  const list = listOf('1', '2', '3');
  enterClipList(list, '1');
  watchInClipList('3');
  expect(enteredClipList('tag birds')).toEqual({ list, lastId: '3' });
  expect(enteredClipList('tag snow')).toBeNull();
  removeFromClipList('2');
  expect(list.items.value).toEqual(refs('1', '3'));
});
