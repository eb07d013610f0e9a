/** Queues a worker can serve; each has its own BullMQ queue so that none starves another. */
export const queueNames = [
  'inbox',
  'deliver',
  'push',
  'mail',
  'media',
  'replicate',
  'transcribe',
  'classify',
  'default',
] as const;
export type QueueName = (typeof queueNames)[number];
