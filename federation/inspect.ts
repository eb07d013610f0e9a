import { LRUCache } from 'lru-cache';
import { instanceLimits } from '../config/limits.ts';
import type { InTx } from '../src/db/database.ts';
import type { Instances } from '../src/modules/instances/index.ts';
import type { ReadNodeInfo } from './net/nodeinfo.ts';

export interface InspectDeps {
  readonly instances: Instances;
  readonly inTx: InTx;
  readonly readNodeInfo: ReadNodeInfo;
}

/** Finds out what other servers run. That a host tells nothing is an outcome, too, kept with a growing pause. */
export interface Inspector {
  /** The job `instances.inspect`: asks a host anew. */
  inspect(host: string): Promise<void>;
  /**
   * Asks a host that was not asked yet, before anything is decided that depends on it: PeerTube shows to everybody
   * what it is sent, so it must be known as one before anybody there counts as a follower (peertube.md 1).
   */
  ensure(host: string): Promise<void>;
}

/** Those who ask about one host at the same time share the answer. */
export function createInspector(deps: InspectDeps): Inspector {
  const running = new Map<string, Promise<void>>();
  /** Asked before their job had its turn, which then has nothing left to do. */
  const early = new LRUCache<string, true>({ max: instanceLimits.hostsInMemory });

  function ask(host: string): Promise<void> {
    const asked = running.get(host) ?? inspectHost(deps, host).finally(() => running.delete(host));
    running.set(host, asked);
    return asked;
  }

  return {
    async inspect(host) {
      if (!early.delete(host)) await ask(host);
    },
    async ensure(host) {
      if (await deps.instances.isInspected(host)) return;
      if (!running.has(host)) early.set(host, true);
      await ask(host);
    },
  };
}

async function inspectHost({ instances, inTx, readNodeInfo }: InspectDeps, host: string): Promise<void> {
  const read = (await instances.isBlocked(host))
    ? ({ ok: false, reason: 'suspended-here' } as const)
    : await readNodeInfo(host);
  await inTx(async (tx) => {
    if (read.ok) await instances.recordNodeInfo(tx, host, read.info);
    else await instances.recordNodeInfoFailure(tx, host, read.reason);
  });
}
