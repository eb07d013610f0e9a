import { expect, test } from 'vitest';
import type { WatchEvent } from '../api/endpoints.ts';
import { readKept, writeKept } from './kept-events.ts';

const now = Date.parse('2026-05-05T12:00:00Z');
const event = (id: string, at = '2026-05-05T11:00:00Z'): WatchEvent => ({
  ...{ id, video_id: '7', type: 'view', watched_seconds: 3, at, source: 'for_you' },
});

test('what could not be told is there on the next visit of the same person', () => {
  const kept = writeKept('1', [event('a'), event('b')]);
  expect(readKept(kept, '1', now).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(readKept(kept, '2', now)).toEqual([]);
  expect(readKept(kept, null, now)).toEqual([]);
  expect(readKept(writeKept(null, [event('c')]), null, now)).toHaveLength(1);
});

test('nothing is kept of nothing, of yesterday, or of too much', () => {
  expect(writeKept('1', [])).toBeNull();
  expect(readKept(writeKept('1', [event('a', '2026-05-04T11:00:00Z')]), '1', now)).toEqual([]);
  const many = Array.from({ length: 600 }, (_, n) => event(String(n)));
  expect(readKept(writeKept('1', many), '1', now)).toHaveLength(500);
});

test.each([null, '', '{', '[]', 'null', '{"account":"1"}', '{"account":"1","events":[null,{"id":4}]}'])(
  '%j holds no events',
  (text) => expect(readKept(text, '1', now)).toEqual([]),
);
