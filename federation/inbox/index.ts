import { remoteJsonLimits } from '../../config/limits.ts';
import type { Db, Tx } from '../../src/db/database.ts';
import type { Enqueue } from '../../src/jobs/enqueue.ts';
import { type Finish, PermanentJobError } from '../../src/jobs/registry.ts';
import type { Id } from '../../src/lib/ids.ts';
import { parseBoundedJson } from '../../src/lib/net/bounded-json.ts';
import { accept } from './accept.ts';
import { announce } from './announce.ts';
import { block } from './block.ts';
import { create } from './create.ts';
import { del } from './delete.ts';
import { dislike } from './dislike.ts';
import { add, remove } from './featured.ts';
import { flag } from './flag.ts';
import { follow } from './follow.ts';
import { emojiReact, like } from './like.ts';
import { move } from './move.ts';
import { type Activity, normaliseActivity } from './normalise.ts';
import { quoteRequest } from './quote-request.ts';
import { reject } from './reject.ts';
import { undo } from './undo.ts';
import { update } from './update.ts';
import { ignored, type Outcome, type Verb, type VerbContext } from './verb.ts';
import { view } from './view.ts';

/** Activities that have an effect here. Others are accepted and ignored, as the protocol asks. */
export type ActivityName =
  | 'Accept'
  | 'Add'
  | 'Announce'
  | 'Block'
  | 'Create'
  | 'Delete'
  | 'Dislike'
  | 'EmojiReact'
  | 'Flag'
  | 'Follow'
  | 'Like'
  | 'Move'
  | 'QuoteRequest'
  | 'Reject'
  | 'Remove'
  | 'Undo'
  | 'Update'
  | 'View';

const verbs: Readonly<Record<ActivityName, Verb>> = {
  Accept: accept,
  Add: add,
  Announce: announce,
  Block: block,
  Create: create,
  Delete: del,
  Dislike: dislike,
  EmojiReact: emojiReact,
  Flag: flag,
  Follow: follow,
  Like: like,
  Move: move,
  QuoteRequest: quoteRequest,
  Reject: reject,
  Remove: remove,
  Undo: undo,
  Update: update,
  View: view,
};

function verbOf(activity: Activity): Verb | undefined {
  return Object.hasOwn(verbs, activity.type) ? verbs[activity.type as ActivityName] : undefined;
}

/** The job `inbox.process`: gives a stored activity its effect, once, and records what became of it. */
export async function processInboxActivity(
  deps: { db: Db; context: VerbContext },
  inboxId: string,
): Promise<Finish | undefined> {
  const row: { id: string; state: string; body: string } | undefined = await deps
    .db('inbox_activities')
    .where({ id: inboxId })
    .first('id', 'state', 'body');
  if (row?.state !== 'queued') return undefined;
  const bytes = Buffer.from(row.body);
  const parsed = parseBoundedJson(bytes, remoteJsonLimits);
  const normalised = parsed.ok ? normaliseActivity(parsed.value, bytes) : parsed;
  if (!normalised.ok) throw new PermanentJobError(`A stored activity cannot be read: ${normalised.reason}`);
  const { activity } = normalised;
  const handle = verbOf(activity);
  const checked = handle ? await handle(activity, deps.context) : ignored('unsupported-type');
  return async (tx: Tx) => {
    const outcome = checked.state === 'ready' ? await checked.apply(tx) : checked;
    await record(tx, inboxId, outcome);
    return null;
  };
}

/**
 * Looks at an activity once more that was ignored because what it answers was unknown, and now is known. Callers
 * run this in the transaction that ends their search.
 */
export async function processAgain(
  enqueue: Enqueue,
  tx: Tx,
  { actorUri, id }: { readonly actorUri: string; readonly id: string },
): Promise<void> {
  const [row] = await tx('inbox_activities')
    .where({ actor_uri: actorUri, activity_uri: id, state: 'ignored' })
    .update({ state: 'queued', reason: null, processed_at: null })
    .returning<{ id: Id<'inbox'> }[]>('id');
  if (row) await enqueue(tx, { name: 'inbox.process', payload: { inboxId: row.id } });
}

function record(tx: Tx, inboxId: string, outcome: Outcome): Promise<number> {
  return tx('inbox_activities')
    .where({ id: inboxId })
    .update({
      state: outcome.state,
      reason: outcome.state === 'applied' ? null : outcome.reason,
      processed_at: tx.fn.now(),
    });
}

/** What became of an activity, by its id. */
export async function explainActivity(
  db: Db,
  activityUri: string,
): Promise<{ actor: string; type: string; state: string; reason: string | null; receivedAt: Date }[]> {
  return db('inbox_activities')
    .where({ activity_uri: activityUri })
    .orderBy('received_at')
    .select('actor_uri as actor', 'type', 'state', 'reason', 'received_at as receivedAt');
}

/** Forgets activities that are older than any sender would repeat. */
export function sweepInbox(db: Db, olderThan: Date): Promise<number> {
  return db('inbox_activities').where('received_at', '<', olderThan).whereNot({ state: 'queued' }).delete();
}
