import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { newLeaseOwner, ownerIsDead } from './leases.ts';

/** Places of the parts: machine, PID namespace, process, its start, counter. */
const [MACHINE, SPACE, PROCESS, START] = [0, 1, 2, 3];

const ownerWith = (part: number, value: string) => newLeaseOwner().split('/').with(part, value).join('/');

/** The number of a process of this machine that has just ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('every try has an owner of its own', () => {
  const owners = Array.from({ length: 100 }, newLeaseOwner);
  expect(new Set(owners).size).toBe(owners.length);
});

describe('an owner is known to be dead', () => {
  test('when its process is gone from this machine', async () => {
    expect(ownerIsDead(ownerWith(PROCESS, String(await deadPid())))).toBe(true);
  });

  test('when it was an earlier process of our own number', () => {
    expect(ownerIsDead(ownerWith(START, '1'))).toBe(true);
  });
});

describe('an owner may live', () => {
  test('when it is this process', () => {
    expect(ownerIsDead(newLeaseOwner())).toBe(false);
  });

  test('when it is another process of this machine that runs', () => {
    expect(ownerIsDead(ownerWith(PROCESS, String(process.ppid)))).toBe(false);
  });

  test.for([
    ['on another machine', MACHINE, 'elsewhere'],
    ['in another container', SPACE, '1'],
  ] as const)('%s, whatever its number', async ([, part, value]) => {
    const gone = newLeaseOwner()
      .split('/')
      .with(PROCESS, String(await deadPid()))
      .with(START, '1');
    expect(ownerIsDead(gone.join('/'))).toBe(true);
    expect(ownerIsDead(gone.with(part, value).join('/'))).toBe(false);
  });

  test.for(['', 'somebody', 'a/b/c/d/e', '////'])('when it is nobody that we know: "%s"', (owner) => {
    expect(ownerIsDead(owner)).toBe(false);
  });
});
