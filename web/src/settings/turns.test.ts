import { expect, test } from 'vitest';
import { turns } from './turns.ts';

test('a call waits for the one before, also where that failed', async () => {
  const inTurn = turns();
  const done: string[] = [];
  let arrive = (): void => undefined;
  const slow = inTurn(async () => {
    await new Promise<void>((resolve) => {
      arrive = resolve;
    });
    done.push('slow');
    throw new Error('lost');
  });
  const quick = inTurn(async () => done.push('quick'));
  await new Promise((resolve) => setTimeout(resolve));
  expect(done).toEqual([]);
  arrive();
  await expect(slow).rejects.toThrow('lost');
  expect(await quick).toBe(2);
  expect(done).toEqual(['slow', 'quick']);
});
