import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

/** Work that ends when it is told to. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, end: resolve };
}

test('no more than there are places, the lowest rank first, then the first to come', async () => {
  const turns = createTurns(1);
  const first = held();
  const order: string[] = [];
  const note = (name: string) => async () => {
    order.push(name);
  };
  const all = [
    turns(0, first.work),
    turns(1, note('remote')),
    turns(0, note('local')),
    turns(0, note('local too')),
  ];
  await Promise.resolve();
  expect(order).toEqual([]);
  first.end();
  await Promise.all(all);
  expect(order).toEqual(['local', 'local too', 'remote']);
});

test('who gives up waiting takes no place, and neither does work that fails', async () => {
  const turns = createTurns(1);
  const first = held();
  const running = turns(0, first.work);
  const abort = new AbortController();
  const waiting = turns(0, () => Promise.resolve('never'), abort.signal);
  abort.abort(new Error('given up'));
  await expect(waiting).rejects.toThrow('given up');
  first.end();
  await running;
  await expect(turns(0, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await turns(0, () => Promise.resolve('done'))).toBe('done');
});
