import type { Finish } from '../src/jobs/registry.ts';
import type { Instances } from '../src/modules/instances/index.ts';
import type { ReadNodeInfo } from './net/nodeinfo.ts';

interface InspectDeps {
  readonly instances: Instances;
  readonly readNodeInfo: ReadNodeInfo;
}

/**
 * The job `instances.inspect`: asks a host what it runs. That it tells nothing is an outcome, kept with a
 * growing pause until it is asked again, and no failure of the job.
 */
export async function inspectInstance(deps: InspectDeps, host: string): Promise<Finish> {
  const { instances } = deps;
  const read = (await instances.isBlocked(host))
    ? ({ ok: false, reason: 'suspended-here' } as const)
    : await deps.readNodeInfo(host);
  return async (tx) => {
    if (read.ok) await instances.recordNodeInfo(tx, host, read.info);
    else await instances.recordNodeInfoFailure(tx, host, read.reason);
    return null;
  };
}
