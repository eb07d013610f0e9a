import { beforeEach, expect, test, vi } from 'vitest';
import { readDraft, writeDraft } from './drafts.ts';

let storage: Map<string, string>;
beforeEach(() => {
  storage = new Map();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => storage.set(key, value),
    removeItem: (key: string) => storage.delete(key),
  });
});

test('a draft is there again for whoever wrote it, until it is sent', () => {
  writeDraft('9', 'clip 1', 'Lovely');
  writeDraft('9', 'clip 1', 'Lovely light');
  writeDraft('9', 'clip 2', 'Where is that');
  expect(readDraft('9', 'clip 1')).toBe('Lovely light');
  expect(readDraft('8', 'clip 1')).toBe('');
  writeDraft('9', 'clip 1', '');
  expect(readDraft('9', 'clip 1')).toBe('');
  writeDraft('9', 'clip 2', '');
  expect(storage.size).toBe(0);
});

test('the oldest go where there are too many, and nothing endless is kept', () => {
  for (let n = 0; n < 50; n += 1) writeDraft('9', `clip ${n}`, 'x');
  writeDraft('9', 'clip 60', 'x'.repeat(20_001));
  expect(readDraft('9', 'clip 9')).toBe('');
  expect(readDraft('9', 'clip 10')).toBe('x');
  expect(readDraft('9', 'clip 49')).toBe('x');
  expect(readDraft('9', 'clip 60')).toBe('');
});

test.each(['{', '{"a":1}', 'null', '[1, ["9", "clip 1"], ["9", "clip 1", 2]]'])(
  'a storage with %s is an empty one',
  (text) => {
    storage.set('vireo.drafts', text);
    expect(readDraft('9', 'clip 1')).toBe('');
  },
);
