import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadOrCreateSecret } from './secrets.ts';

describe('loadOrCreateSecret', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'vireo-secrets-'));
  });

  afterEach(() => rm(dir, { recursive: true, force: true }));

  test('creates a private file once and returns the same value afterwards', async () => {
    const folder = join(dir, 'secrets');
    const first = await loadOrCreateSecret(folder, 'session', 16);
    expect(first).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(await loadOrCreateSecret(folder, 'session', 16)).toBe(first);
    expect((await stat(join(folder, 'session'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  test('gives every racing caller the same value and leaves no draft behind', async () => {
    const turns = Array.from({ length: 60 }, async (_, turn) => {
      // Each begins a little later, so that every step of one meets every step of another.
      for (let waited = 0; waited < turn; waited++) await setImmediate();
      return loadOrCreateSecret(dir, 'race');
    });
    const values = await Promise.all(turns);
    expect(new Set(values).size).toBe(1);
    expect(await readdir(dir)).toEqual(['race']);
  });

  test('gives different names different values', async () => {
    expect(await loadOrCreateSecret(dir, 'a')).not.toBe(await loadOrCreateSecret(dir, 'b'));
  });

  test('narrows permissions that were too wide', async () => {
    await loadOrCreateSecret(dir, 'wide');
    await chmod(join(dir, 'wide'), 0o644);
    await loadOrCreateSecret(dir, 'wide');
    expect((await stat(join(dir, 'wide'))).mode & 0o777).toBe(0o600);
  });

  test.each(['', 'two words', 'line\nbreak'])('refuses to replace a damaged secret %j', async (content) => {
    await writeFile(join(dir, 'damaged'), content);
    await expect(loadOrCreateSecret(dir, 'damaged')).rejects.toThrow('Restore it from a backup');
  });
});
