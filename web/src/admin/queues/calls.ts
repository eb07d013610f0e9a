import { request } from '../../api/client.ts';
import type { Job, Queue, Worker } from '../../api/types.ts';

export type { Job, Queue, Worker };

export const queues = () => request<Queue[]>('GET', '/api/v1/admin/queues');
export const workers = () => request<Worker[]>('GET', '/api/v1/admin/workers');

export const setPaused = (queue: string, paused: boolean) =>
  request<object>('POST', `/api/v1/admin/queues/${queue}/${paused ? 'pause' : 'resume'}`);

export type Deed = 'retry' | 'discard';

/** Of one failed job. */
export const actOnJob = (id: string, deed: Deed) =>
  request<{ count: number }>('POST', `/api/v1/admin/jobs/${id}/${deed}`);

/** Of all failed jobs of a queue. */
export const actOnQueue = (queue: string, deed: Deed) =>
  request<{ count: number }>('POST', `/api/v1/admin/queues/${queue}/${deed}`);
