import { expect, test } from 'vitest';
import { createLogger } from '../../lib/log.ts';
import { createRoom } from './room.ts';

const log = createLogger('silent');

/** A room of one place of 1,000 bytes, at a clock that moves on with every question. */
function roomOf(first: number) {
  let [used, now] = [first, 0];
  const clock = {
    now: () => {
      now += 10_000;
      return now;
    },
  };
  const disk = { name: 'disk', use: async () => ({ usedBytes: used, totalBytes: 1_000 }) };
  const room = createRoom({ places: [disk], clock, log });
  const at = async (next: number) => {
    used = next;
    return (await room.state()).level;
  };
  return { room, at };
}

test('copies stop at 85 percent, everything at 94, and both go on well below', async () => {
  const { at } = roomOf(0);
  const levels: string[] = [];
  for (const used of [0, 849, 850, 820, 801, 800, 849, 860, 939, 940, 920, 901, 900, 810, 799]) {
    levels.push(`${used} ${await at(used)}`);
  }
  expect(levels).toEqual([
    ...['0 open', '849 open', '850 no-copies', '820 no-copies', '801 no-copies', '800 open', '849 open'],
    ...['860 no-copies', '939 no-copies', '940 full', '920 full', '901 full', '900 no-copies'],
    ...['810 no-copies', '799 open'],
  ]);
});

test('what would fill it above 95 percent is refused before it comes, with a sentence', async () => {
  const { room, at } = roomOf(0);
  await at(900);
  expect(await room.check(50)).toEqual({ ok: true });
  expect(await room.check(51)).toMatchObject({ ok: false, reason: 'disk-full', detail: /no room/ });
  expect(await room.takesCopies()).toBe(false);
});

test('the fullest place decides, and one that cannot tell stops nothing', async () => {
  const use = (usedBytes: number) => async () => ({ usedBytes, totalBytes: 1_000 });
  const broken = { name: 'broken', use: () => Promise.reject(new Error('No such file.')) };
  const places = [{ name: 'data', use: use(100) }, broken, { name: 'media', use: use(950) }];
  const room = createRoom({ places, clock: { now: () => 0 }, log });
  expect(await room.state()).toMatchObject({ level: 'full', places: [{ name: 'data' }, { name: 'media' }] });
  const blind = createRoom({ places: [broken], clock: { now: () => 0 }, log });
  expect(await blind.check(1e12)).toEqual({ ok: true });
});
