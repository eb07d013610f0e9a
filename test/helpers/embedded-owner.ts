/**
 * A process of its own that owns an embedded stack, for tests that kill it.
 * Arguments: data folder, system folder. Prints one line of JSON, stops on SIGTERM, and ignores
 * the SIGINT of a terminal.
 */
import { startEmbedded } from '../../src/embedded/index.ts';
import { createLogger } from '../../src/lib/log.ts';

const [dataDir = '', systemDir = ''] = process.argv.slice(2);

const outcome = await startEmbedded({
  dataDir,
  systemDir,
  postgres: true,
  redis: true,
  redisServerPath: 'redis-server',
  log: createLogger('silent'),
  lockWaitMs: 0,
});
if (outcome.ok) {
  const alive = setInterval(() => undefined, 60_000);
  process.on('SIGINT', () => undefined);
  process.once('SIGTERM', async () => {
    await outcome.stack.stop();
    clearInterval(alive);
  });
}
// Last, for whoever reads the line may send a signal at once.
process.stdout.write(`${JSON.stringify(outcome.ok ? { ok: true, ...outcome.stack } : outcome)}\n`);
