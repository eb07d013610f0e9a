import type { Db } from '../src/db/database.ts';
import type { Instances } from '../src/modules/instances/index.ts';
import type { ReadNodeInfo } from './net/nodeinfo.ts';
import { type TraceDeps, type TraceStep, traceFetch } from './trace.ts';

interface ProbeDeps extends TraceDeps {
  readonly db: Db;
  readonly instances: Instances;
  readonly readNodeInfo: ReadNodeInfo;
}

/** One step of a probe: of a fetch, or what is remembered of the traffic with the server. */
export interface ProbeStep extends Omit<TraceStep, 'step'> {
  readonly step: TraceStep['step'] | 'nodeinfo' | 'traffic';
}

/**
 * Whether a server answers this one as a peer: what it runs, and whether an actor of it can be had and be believed, signed as
 * deliveries are. Whether it can reach this server shows in what was heard of it last, which is told, too.
 */
export async function probeServer(
  deps: ProbeDeps,
  host: string,
): Promise<{ ok: boolean; steps: ProbeStep[] }> {
  const name = host.trim().toLowerCase();
  const startedAt = deps.clock.now();
  const steps: ProbeStep[] = [];
  const tell = (step: ProbeStep['step'], what: string) =>
    steps.push({ step, what, ms: deps.clock.now() - startedAt });
  if (await deps.instances.isBlocked(name)) {
    tell('policy', 'suspended');
    tell('verdict', 'Refused: this server does not talk to that one. Nothing was sent.');
    return { ok: false, steps };
  }
  const info = await deps.readNodeInfo(name);
  tell(
    'nodeinfo',
    info.ok ? `${info.info.software} ${info.info.version}` : `none: ${info.detail ?? info.reason}`,
  );
  const row = await deps.db('instances').where({ host: name }).first();
  const heard = row?.last_inbound_at?.toISOString() ?? 'never';
  const reached = row?.last_outbound_ok_at?.toISOString() ?? 'never';
  tell('traffic', `last heard from and believed: ${heard}; last delivery taken: ${reached}`);
  const actor =
    (info.ok ? info.info.actorUri : null) ??
    (
      await deps
        .db('accounts')
        .where({ host: name, state: 'active' })
        .orderBy('id', 'desc')
        .first('actor_uri')
    )?.actor_uri;
  if (!actor) {
    tell('verdict', 'No actor of this server is known, so none could be asked for.');
    return { ok: info.ok, steps };
  }
  const traced = await traceFetch(deps, actor);
  const before = deps.clock.now() - startedAt;
  steps.push(...traced.steps.map((step) => ({ ...step, ms: step.ms + before })));
  return { ok: info.ok && traced.ok, steps };
}
