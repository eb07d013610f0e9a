import type { Tx } from '../../src/db/database.ts';
import type { PackId, PlaylistId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { Actor } from '../../src/modules/staff/index.ts';
import type { TestServer } from './server.ts';

type Collected = PackId | PlaylistId;
type SetTakenDown<Id> = (
  tx: Tx,
  by: Actor,
  input: { readonly id: Id; readonly takenDown: boolean; readonly reason: string },
) => Promise<{ readonly ok: boolean }>;

/** What the staff does about starter packs and playlists of somebody, each with what has to be so before it. */
export function collectedTrials(
  { packs, playlists }: Pick<TestServer['context'], 'packs' | 'playlists'>,
  boss: Actor,
  { id: ownerId }: Pick<Account, 'id'>,
) {
  const pack = async (tx: Tx): Promise<PackId> => {
    await tx('packs').where({ account_id: ownerId }).delete();
    const made = await packs.create(tx, ownerId, { title: 'Birds', description: '' });
    if (!made.ok) throw new Error(made.reason);
    return made.pack.id;
  };
  const playlist = async (tx: Tx): Promise<PlaylistId> => {
    await tx('playlists').where({ account_id: ownerId }).delete();
    const facts = { title: 'Birds', description: '', visibility: 'public', coverVideoId: null } as const;
    const made = await playlists.create(tx, ownerId, facts);
    if (!made.ok) throw new Error(made.reason);
    return made.id;
  };
  const trialsOf = <Id extends Collected>(make: (tx: Tx) => Promise<Id>, set: SetTakenDown<Id>) => {
    const turn = async (tx: Tx, id: Id, takenDown: boolean): Promise<Id> => {
      const { ok } = await set(tx, boss, { id, takenDown, reason: 'An insult, or none.' });
      if (!ok) throw new Error('It was refused.');
      return id;
    };
    return {
      takeDown: { before: make, deed: (tx: Tx, id: Id) => turn(tx, id, true) },
      restore: {
        before: async (tx: Tx) => turn(tx, await make(tx), true),
        deed: (tx: Tx, id: Id) => turn(tx, id, false),
      },
    };
  };
  const ofPacks = trialsOf(pack, packs.setTakenDown);
  const ofPlaylists = trialsOf(playlist, playlists.setTakenDown);
  return {
    ...{ 'pack.take-down': ofPacks.takeDown, 'pack.restore': ofPacks.restore },
    ...{ 'playlist.take-down': ofPlaylists.takeDown, 'playlist.restore': ofPlaylists.restore },
  };
}
