import type { JobRun } from '../../src/jobs/registry.ts';

/** The first try of a job that a test runs by hand: nothing ends it, and nobody else takes it. */
export function jobRun(more: Partial<JobRun> = {}): JobRun {
  return {
    signal: new AbortController().signal,
    attempt: 1,
    lastAttempt: false,
    whenLost: () => undefined,
    ...more,
  };
}
