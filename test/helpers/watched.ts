import type { Context } from '../../src/context.ts';

/** Stores all that waits in the stream of what was watched, as a worker does. */
export async function storeWatched({ watching, redis }: Pick<Context, 'watching' | 'redis'>): Promise<void> {
  const consumer = watching.consumer(redis);
  while ((await consumer.step()) === 'stored');
}
