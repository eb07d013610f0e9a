import { deliveryLimits } from '../../config/limits.ts';
import type { Db } from '../../src/db/database.ts';
import { createBatches } from '../../src/lib/batches.ts';
import type { Instances } from '../../src/modules/instances/index.ts';
import { keysVersion, type SigningPlace } from '../store/keyring.ts';
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
  readonly signing: SigningPlace;
}

interface BodyRow {
  readonly id: string;
  readonly uri: string;
  readonly body: string;
  readonly digest: string;
  readonly position: string;
  readonly made_at: Date | null;
  readonly previous_until: string | null;
}

function bodyOf({ uri, body, digest, position, made_at, previous_until }: BodyRow): Body {
  const until = previous_until === null ? null : BigInt(previous_until);
  const keys = made_at && keysVersion(made_at, until);
  return { uri, bytes: Buffer.from(body), digest, signing: { position: BigInt(position), keys } };
}

/** A body goes to many hosts at once: pumps that ask at the same time read it once. */
export function createBodyOf(db: Db): (activityId: string) => Promise<Body | undefined> {
  const run = async (ids: readonly string[]): Promise<(Body | undefined)[]> => {
    const rows: BodyRow[] = await db('activities')
      .leftJoin('actor_keys', 'actor_keys.account_id', 'activities.account_id')
      .whereRaw('activities.id = any(?)', [[...new Set(ids)]])
      .select(
        'activities.id',
        'uri',
        'body',
        'digest',
        'position',
        'actor_keys.created_at as made_at',
        'previous_until',
      );
    const found = new Map(rows.map((row) => [row.id, bodyOf(row)]));
    return ids.map((id) => found.get(id));
  };
  const ask = createBatches<string, Body | undefined>({ run, limits: deliveryLimits.look });
  return async (id) => ask(id) ?? (await run([id]))[0];
}
