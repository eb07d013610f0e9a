import { deliveryLimits } from '../../config/limits.ts';
import type { Db } from '../../src/db/database.ts';
import { createBatches } from '../../src/lib/batches.ts';
import type { Instances } from '../../src/modules/instances/index.ts';
import { type HostState, readHosts, UNKNOWN_HOST } from './circuit.ts';

/** What a pump has to know before it begins. */
export interface HostFacts {
  readonly isBlocked: boolean;
  readonly state: HostState;
  /** What the host runs, for the figures. */
  readonly software: string | null;
}

/** Pumps that begin at the same time ask the database together. */
export function createFactsOf({
  db,
  instances,
}: {
  readonly db: Db;
  readonly instances: Instances;
}): (host: string) => Promise<HostFacts> {
  const run = async (hosts: readonly string[]): Promise<HostFacts[]> => {
    const [standings, states, softwares] = await Promise.all([
      instances.standingsOf(hosts),
      readHosts(db, hosts),
      instances.softwareOf(hosts),
    ]);
    return hosts.map((_, at) => ({
      isBlocked: standings[at]?.suspended === true,
      state: states[at] ?? UNKNOWN_HOST,
      software: softwares[at] ?? null,
    }));
  };
  const ask = createBatches<string, HostFacts>({ run, limits: deliveryLimits.look });
  return async (host) => {
    const facts = await (ask(host) ?? run([host]).then(([one]) => one));
    if (!facts) throw new Error('Nothing was told of a host.');
    return facts;
  };
}

/** What is sent. */
export interface Body {
  readonly uri: string;
  readonly bytes: Buffer;
  readonly digest: string;
}

/** A body goes to many hosts at once: pumps that ask at the same time read it once. */
export function createBodyOf(db: Db): (activityId: string) => Promise<Body | undefined> {
  const run = async (ids: readonly string[]): Promise<(Body | undefined)[]> => {
    const rows: { id: string; uri: string; body: string; digest: string }[] = await db('activities')
      .whereRaw('id = any(?)', [[...new Set(ids)]])
      .select('id', 'uri', 'body', 'digest');
    const found = new Map(
      rows.map(({ id, uri, body, digest }) => [id, { uri, bytes: Buffer.from(body), digest }]),
    );
    return ids.map((id) => found.get(id));
  };
  const ask = createBatches<string, Body | undefined>({ run, limits: deliveryLimits.look });
  return async (id) => ask(id) ?? (await run([id]))[0];
}
