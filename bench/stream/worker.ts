import { Redis } from 'ioredis';
import { openWatching } from './parts.ts';

/** The consumer, as a worker of the server runs it, until it is killed. */
const [databaseUrl = '', redisUrl = '', node = '1'] = process.argv.slice(2);
const { watching } = openWatching(databaseUrl, redisUrl, Number(node));
process.once('disconnect', () => process.exit());
await watching
  .consumer(new Redis(redisUrl, { maxRetriesPerRequest: null }))
  .run(new AbortController().signal);
