import { z } from 'zod';
import { idSchema } from '../../../lib/ids.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import type { Actor } from '../../../modules/staff/index.ts';
import { type DeadJobs, jobStates, queueNames, type SeenJob } from '../../../modules/work/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { linkPages, pageOf } from '../paging.ts';
import { emptyEntity, pageQuery } from '../schemas.ts';

const staff = { audience: 'staff', permission: 'queues' } as const;
const queueParams = z.object({ queue: z.enum(queueNames) });
const jobParams = z.object({ id: idSchema<'job'>() });

const queueEntity = z
  .object({
    name: z.string(),
    waiting: z.number(),
    oldest_seconds: z.number().nullable().describe('How long the job has waited that is due for longest'),
    running: z.number(),
    failed: z.number().describe('Dead letters: jobs that used all their tries'),
    paused_at: z.string().nullable(),
    workers: z.number().describe('Workers that live and serve it'),
  })
  .meta({ id: 'Queue' });

const workerEntity = z
  .object({
    id: z.string(),
    host: z.string(),
    queues: z.array(z.string()),
    version: z.string(),
    started_at: z.string(),
    seen_at: z.string(),
    alive: z.boolean().describe('Whether it said so within two minutes'),
  })
  .meta({ id: 'Worker' });

const jobEntity = z
  .object({
    id: z.string(),
    name: z.string(),
    queue: z.string(),
    state: z.enum(jobStates),
    payload: z.string().describe('As JSON: ids, and addresses of other servers'),
    attempts: z.number(),
    error: z.string().nullable(),
    created_at: z.string(),
    run_at: z.string(),
    died_at: z.string().nullable(),
  })
  .meta({ id: 'Job' });

const countEntity = z.object({ count: z.number() }).meta({ id: 'JobCount' });

const entityOf = (job: SeenJob) => ({
  ...{ id: job.id, name: job.name, queue: job.queue, state: job.state, attempts: job.attempts },
  payload: JSON.stringify(job.payload),
  error: job.lastError,
  created_at: job.createdAt.toISOString(),
  run_at: job.runAt.toISOString(),
  died_at: job.diedAt?.toISOString() ?? null,
});

const listQueues = route({
  ...staff,
  method: 'get',
  path: '/api/v1/admin/queues',
  summary: 'Queues of background work: how much waits and for how long, runs, and failed for good.',
  scope: 'admin:read',
  output: z.array(queueEntity),
  handler: async ({ deps }) =>
    (await deps.work.queues()).map((one) => ({
      ...{ name: one.queue, waiting: one.pending, oldest_seconds: one.oldestSeconds },
      ...{ running: one.running, failed: one.dead, workers: one.workers },
      paused_at: one.pausedAt?.toISOString() ?? null,
    })),
});

const listWorkers = route({
  ...staff,
  method: 'get',
  path: '/api/v1/admin/workers',
  summary: 'Processes that work, and when they last said so.',
  scope: 'admin:read',
  output: z.array(workerEntity),
  handler: async ({ deps }) =>
    (await deps.work.workers()).map(({ startedAt, seenAt, isAlive, queues, ...one }) => ({
      ...one,
      queues: [...queues],
      started_at: startedAt.toISOString(),
      seen_at: seenAt.toISOString(),
      alive: isAlive,
    })),
});

const listJobs = route({
  ...staff,
  method: 'get',
  path: '/api/v1/admin/jobs',
  summary: 'Jobs in one state, newest first.',
  scope: 'admin:read',
  query: pageQuery.extend({
    state: z.enum(jobStates).default('dead'),
    queue: z.enum(queueNames).optional(),
  }),
  output: z.array(jobEntity),
  handler: async ({ deps, query, req, res }) => {
    const { state, queue } = query;
    const jobs = (await deps.work.jobs({ state, queue, page: pageOf(query) })).map(entityOf);
    linkPages(req, res, deps.urls.origin, jobs, query.limit);
    return jobs;
  },
});

const pausing = (verb: 'pause' | 'resume', summary: string) =>
  route({
    ...staff,
    method: 'post',
    path: `/api/v1/admin/queues/:queue/${verb}`,
    summary,
    scope: 'admin:write',
    params: queueParams,
    output: emptyEntity,
    handler: async ({ deps, params, viewer }) => {
      const outcome = await deps.inTx((tx) => deps.work[verb](tx, actorOf(viewer), params.queue));
      if (!outcome.ok) throw refused(outcome);
      return {};
    },
  });

const pauseQueue = pausing('pause', 'Begin no more jobs of a queue; those that run go on.');
const resumeQueue = pausing('resume', 'Begin jobs of a queue again.');

const onDead = (verb: 'retry' | 'discard', one: string, many: string) => {
  const fixed = { ...staff, method: 'post', scope: 'admin:write', output: countEntity } as const;
  return {
    one: route({
      ...fixed,
      path: `/api/v1/admin/jobs/:id/${verb}`,
      summary: one,
      params: jobParams,
      handler: async ({ deps, params, viewer }) =>
        act(deps, verb, actorOf(viewer), { kind: 'one', id: params.id }),
    }),
    many: route({
      ...fixed,
      path: `/api/v1/admin/queues/:queue/${verb}`,
      summary: many,
      params: queueParams,
      handler: async ({ deps, params, viewer }) =>
        act(deps, verb, actorOf(viewer), { kind: 'queue', queue: params.queue }),
    }),
  };
};

async function act(
  { inTx, work }: Pick<HttpDeps, 'inTx' | 'work'>,
  verb: 'retry' | 'discard',
  by: Actor,
  which: DeadJobs,
): Promise<{ count: number }> {
  const outcome = await inTx((tx) => work[verb](tx, by, which));
  if (!outcome.ok) throw refused(outcome);
  return { count: outcome.count };
}

const retry = onDead(
  'retry',
  'Run a job again that failed for good.',
  'Run all of a queue again that failed.',
);
const discard = onDead('discard', 'Forget a job that failed for good.', 'Forget all of a queue that failed.');

/** Background work, for the staff. */
export const queueRoutes = [
  ...[listQueues, listWorkers, listJobs, pauseQueue, resumeQueue],
  ...[retry.one, retry.many, discard.one, discard.many],
];
