import type { Tx } from '../../db/database.ts';
import type { AccountId, IdSource, SoundId, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type TellDeps, tellSoon } from './telling.ts';

/** Keeps a sound on the account's list, once. Callers have made sure that there is one for it. */
export async function saveSound(
  ids: IdSource,
  tx: Tx,
  accountId: AccountId,
  soundId: SoundId,
): Promise<void> {
  await tx('saved_sounds')
    .insert({ id: ids.next(), account_id: accountId, sound_id: soundId })
    .onConflict(['account_id', 'sound_id'])
    .ignore();
}

/** Takes it out again; not kept, nothing happens. */
export async function unsaveSound(tx: Tx, accountId: AccountId, soundId: SoundId): Promise<void> {
  await tx('saved_sounds').where({ account_id: accountId, sound_id: soundId }).delete();
}

/** The author of a sound gives it a name; empty: it has none. Other servers are told. */
export async function nameSound(
  deps: TellDeps,
  tx: Tx,
  {
    accountId,
    soundId,
    title,
  }: { readonly accountId: AccountId; readonly soundId: SoundId; readonly title: string },
): Promise<Result<object, 'not-found'>> {
  const row: { title: string; original_id: VideoId | null } | undefined = await tx('sounds')
    .where({ id: soundId, author_id: accountId })
    .forUpdate()
    .first('title', 'original_id');
  if (!row) return fail('not-found', 'There is no such sound of yours.');
  if (row.title === title) return ok();
  await tx('sounds').where({ id: soundId }).update({ title });
  // Its video says the same.
  if (row.original_id !== null)
    await tx('videos').where({ id: row.original_id }).update({ sound_title: title });
  await tellSoon(deps, tx, soundId);
  return ok();
}
