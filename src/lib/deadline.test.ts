import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { afterReading } from './deadline.ts';

const busyFor = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

test('an answer that arrived while the process was busy is read before the time is over; without one it is over', async () => {
  const { port1, port2 } = new MessageChannel();
  const first = await new Promise((resolve) => {
    port2.once('message', resolve);
    afterReading(5, () => resolve('late'));
    port1.postMessage('an answer');
    busyFor(20);
  });
  expect(first).toBe('an answer');
  expect(await new Promise((resolve) => afterReading(1, () => resolve('late')))).toBe('late');
  port1.close();
});

test('what is taken back is never called', async () => {
  let calls = 0;
  const takeBack = afterReading(0, () => {
    calls += 1;
  });
  takeBack();
  await new Promise((resolve) => afterReading(5, () => resolve(null)));
  expect(calls).toBe(0);
});
