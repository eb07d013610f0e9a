import { randomBytes } from 'node:crypto';
import type { Tx } from '../../src/db/database.ts';
import type { FaspId } from '../../src/lib/ids.ts';
import type { Actor } from '../../src/modules/staff/index.ts';
import type { TestServer } from './server.ts';

/** A provider that nobody can reach, as far as the database knows of it; nobody else is one afterwards. */
export async function providerRow(
  { db, ids }: Pick<TestServer['context'], 'db' | 'ids'>,
  state: 'waiting' | 'accepted',
  { enabled = false }: { readonly enabled?: boolean } = {},
): Promise<{ id: FaspId; host: string }> {
  await db('fasp_providers').delete();
  const id = ids.next<'fasp'>();
  const host = `fasp${id}.test`;
  const far = new Date(Date.now() + 86_400_000);
  await db('fasp_providers').insert({
    ...{ id, state, name: 'Finder', base_url: `https://${host}`, server_id: 'b2ks6vm8p23w', next_at: far },
    public_key: randomBytes(32).toString('base64'),
    ...(state === 'accepted' && { decided_at: new Date() }),
  });
  const isCalling = state === 'accepted';
  await db('fasp_capabilities').insert([
    { provider_id: id, capability: 'data_sharing', version: '0.1', enabled, told: enabled },
    { provider_id: id, capability: 'callback', version: '0.1', enabled: isCalling, told: isCalling },
  ]);
  return { id, host };
}

/** What the staff does about a provider, each with what has to be so before it. */
export function faspTrials({ fasp, ids }: Pick<TestServer['context'], 'fasp' | 'ids'>, boss: Actor) {
  const done = async (made: Promise<{ readonly ok: boolean; readonly reason?: string }>) => {
    const outcome = await made;
    if (!outcome.ok) throw new Error(`It was refused: ${outcome.reason}`);
  };
  const trial = (
    [state, enabled]: readonly ['waiting' | 'accepted', boolean?],
    deed: (tx: Tx, id: FaspId) => Promise<{ readonly ok: boolean }>,
  ) => ({
    before: async (tx: Tx): Promise<FaspId> =>
      (await providerRow({ db: tx, ids }, state, { enabled: enabled ?? false })).id,
    deed: (tx: Tx, id: FaspId) => done(deed(tx, id)),
  });
  const setTrends = (isEnabled: boolean) => (tx: Tx, id: FaspId) =>
    fasp.providers.setCapability(tx, boss, id, { capability: 'data_sharing', isEnabled });
  return {
    'fasp.accept': trial(['waiting'], (tx, id) => fasp.providers.accept(tx, boss, id)),
    'fasp.refuse': trial(['waiting'], (tx, id) => fasp.providers.refuse(tx, boss, id)),
    'fasp.remove': trial(['accepted'], (tx, id) => fasp.providers.remove(tx, boss, id)),
    'fasp.enable': trial(['accepted'], setTrends(true)),
    'fasp.disable': trial(['accepted', true], setTrends(false)),
  };
}
