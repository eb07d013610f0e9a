import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

test('others wait until the watched clip has enough', async () => {
  const turns = createTurns();
  const { signal } = new AbortController();
  const done: string[] = [];
  await turns.until(4, signal);
  turns.tell(0);
  const next = turns.until(1, signal).then(() => done.push('next'));
  const later = turns.until(4, signal).then(() => done.push('later'));
  expect(turns.allows(1)).toBe(false);
  turns.tell(2);
  await next;
  expect(done).toEqual(['next']);
  turns.tell(Number.POSITIVE_INFINITY);
  await later;
  expect(done).toEqual(['next', 'later']);
});

test('who is not wanted any more waits no longer', async () => {
  const turns = createTurns();
  turns.tell(0);
  const abort = new AbortController();
  const waiting = turns.until(1, abort.signal);
  abort.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  await expect(turns.until(1, abort.signal)).rejects.toThrow('gone');
});
