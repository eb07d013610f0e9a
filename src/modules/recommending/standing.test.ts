import type { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import type { AccountId } from '../../lib/ids.ts';
import { createStandings } from './standing.ts';

const [one, other] = ['1', '2'] as [AccountId, AccountId];

test('what this process was told of is out of date, also while Redis is away or does not answer', async () => {
  const silent = () => new Promise<never>(() => undefined);
  const commands: Record<string, () => unknown> = {
    hset: () => commands,
    hdel: () => commands,
    pexpire: () => commands,
    exec: silent,
  };
  const ways = [{ status: 'end' }, { status: 'ready', hmget: silent, del: silent, multi: () => commands }];
  for (const redis of ways as unknown as Redis[]) {
    const standings = createStandings({ redis, prefix: 'p', clock: { now: () => 0 } });
    await standings.bust(one);
    const before = await standings.of(one);
    expect(before).toEqual({ mark: expect.any(Number), slate: null });
    await standings.bust(one);
    expect((await standings.of(one))?.mark).not.toBe(before?.mark);
    expect(await standings.of(other)).toBe(null);
    await standings.forget(one);
    expect(await standings.of(one)).toBe(null);
  }
});

test('where a feed may take longer, so may Redis', async () => {
  const late = () => new Promise((resolve) => setTimeout(() => resolve(['7', null]), 100));
  const redis = { status: 'ready', hmget: late } as unknown as Redis;
  const standings = createStandings({ redis, prefix: 'p', clock: { now: () => 0 }, budgetMs: 60_000 });
  expect(await standings.of(one)).toEqual({ mark: 7, slate: null });
});
