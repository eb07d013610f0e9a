import type { Db, Tx } from './database.ts';
import { deleteInBatches } from './sweep.ts';

/**
 * Remembers that an activity was taken back before it came, so that it does nothing should it still come.
 * Keyed with the actor, for anybody may write any id into an Undo.
 */
export async function rememberUndone(tx: Tx, actorUri: string, activityUri: string): Promise<void> {
  await tx('undone_activities')
    .insert({ actor_uri: actorUri, activity_uri: activityUri })
    .onConflict(['actor_uri', 'activity_uri'])
    .ignore();
}

/** Whether the actor took this activity back before it came. */
export async function isUndone(tx: Tx, actorUri: string, activityUri: string): Promise<boolean> {
  const row = await tx('undone_activities')
    .where({ actor_uri: actorUri, activity_uri: activityUri })
    .first('actor_uri');
  return row !== undefined;
}

/** Forgets what was taken back so long ago that its activity will not come any more. */
export function sweepUndone(db: Db, olderThan: Date, signal: AbortSignal): Promise<number> {
  return deleteInBatches(
    db,
    'undone_activities',
    { condition: 'created_at < ?', bindings: [olderThan] },
    signal,
  );
}
