import { z } from 'zod';
import { variable } from './variable.ts';

/** How events of watching come to be stored. */
export const eventVariables = {
  WATCH_EVENTS: variable({
    schema: z.enum(['redis', 'database']),
    fallback: 'redis',
    doc: 'Where what people watch is put before its sender hears that it is safe: `redis`: into a stream, from which a worker moves many at once to PostgreSQL; `database`: into PostgreSQL at once, which is several times slower and survives the loss of Redis. See docs/events.md.',
    remedy: 'Use one of: redis, database.',
    group: 'Running',
  }),
  REDIS_APPENDFSYNC: variable({
    schema: z.enum(['everysec', 'always']),
    fallback: 'everysec',
    doc: 'How often the redis-server that runs where `REDIS_URL` is absent has its file written to the disk: `everysec`: a power failure costs the views of the last second; `always`: before each answer. Likes, comments, follows and everything else are safe in PostgreSQL either way.',
    remedy: 'Use one of: everysec, always.',
    group: 'Running',
  }),
};
