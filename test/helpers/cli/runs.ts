import type { CliRun } from './run.ts';
import { claims } from './runs-claims.ts';
import { machine } from './runs-machine.ts';
import { people } from './runs-people.ts';
import { posts } from './runs-posts.ts';
import { servers } from './runs-servers.ts';

/** Every command of `vireo`. One that is missing here fails cli-total.test.ts. */
export const runs: Readonly<Record<string, CliRun>> = {
  ...people,
  ...posts,
  ...claims,
  ...servers,
  ...machine,
};
