import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, inject, test, vi } from 'vitest';
import * as child from '../../src/embedded/child.ts';
import { startEmbedded } from '../../src/embedded/index.ts';
import { createLogger } from '../../src/lib/log.ts';

vi.mock('../../src/embedded/child.ts', { spy: true });

test('both parts try another port when theirs was taken in the last moment', async () => {
  const root = await mkdtemp(join(inject('databaseDir'), 'vireo-embedded-port-'));
  await chmod(root, 0o711);
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const taken = (squatter.address() as { port: number }).port;
  const { freePort } = await vi.importActual<typeof child>('../../src/embedded/child.ts');
  const answers = [taken, await freePort(), taken, await freePort()];
  vi.mocked(child.freePort).mockImplementation(async () => answers.shift() ?? freePort());
  try {
    const outcome = await startEmbedded({
      ...{ dataDir: join(root, 'data'), systemDir: join(root, 'system'), redisServerPath: 'redis-server' },
      ...{ postgres: true, redis: true, log: createLogger('silent'), unsafeFast: true },
    });
    expect(outcome).toMatchObject({ ok: true });
    expect(answers).toEqual([]);
    if (outcome.ok) await outcome.stack.stop();
  } finally {
    squatter.close();
    await rm(root, { recursive: true, force: true });
  }
});
