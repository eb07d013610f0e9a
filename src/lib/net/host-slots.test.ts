import { describe, expect, test } from 'vitest';
import { createHostSlots } from './host-slots.ts';

const never = new AbortController().signal;

/** Takes a slot and notes it once it is granted. */
function taker(slots: ReturnType<typeof createHostSlots>) {
  const granted: string[] = [];
  const take = (host: string, signal = never) => {
    const taken = slots.take(host, signal);
    taken.then(
      () => granted.push(host),
      () => granted.push(`${host} gave up`),
    );
    return taken;
  };
  return { granted, take };
}

/** Lets everything that is ready run. */
const settle = () => new Promise((done) => setImmediate(done));

describe('host slots', () => {
  test('bound one host without touching another', async () => {
    const { granted, take } = taker(createHostSlots({ perHost: 1, total: 10 }));
    const release = await take('a');
    const second = take('a');
    await take('b');
    await settle();
    expect(granted).toEqual(['a', 'b']);
    release();
    await second;
    expect(granted).toEqual(['a', 'b', 'a']);
  });

  test('bound all hosts together, and serve who waits in order', async () => {
    const { granted, take } = taker(createHostSlots({ perHost: 1, total: 2 }));
    const releaseA = await take('a');
    const releaseB = await take('b');
    const waiting = [take('c'), take('d')];
    await settle();
    expect(granted).toEqual(['a', 'b']);
    releaseB();
    await settle();
    expect(granted).toEqual(['a', 'b', 'c']);
    releaseA();
    await Promise.all(waiting);
    expect(granted).toEqual(['a', 'b', 'c', 'd']);
  });

  test('forget who gives up, wherever they wait', async () => {
    const { granted, take } = taker(createHostSlots({ perHost: 1, total: 1 }));
    const release = await take('a');
    const controller = new AbortController();
    const forHost = take('a', controller.signal);
    const forTotal = take('b', controller.signal);
    controller.abort(new Error('too late'));
    await expect(forHost).rejects.toThrow('too late');
    await expect(forTotal).rejects.toThrow('too late');
    await expect(take('b', controller.signal)).rejects.toThrow('too late');
    release();
    (await take('b'))();
    (await take('a'))();
    expect(granted.filter((line) => !line.endsWith('gave up'))).toEqual(['a', 'b', 'a']);
  });
});
