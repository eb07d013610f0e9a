import { remoteJsonLimits } from '../../config/limits.ts';
import type { Db, Tx } from '../../src/db/database.ts';
import { deleteInBatches } from '../../src/db/sweep.ts';
import type { Enqueue } from '../../src/jobs/enqueue.ts';
import { PermanentJobError } from '../../src/jobs/registry.ts';
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
import { drainKey } from './store.ts';
import { undo } from './undo.ts';
import { update } from './update.ts';
import { type Checked, ignored, type Outcome, refused, type Verb, type VerbContext } from './verb.ts';
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

/**
 * Checks a stored activity, for `carryOutAll`. Throws where it may be tried again, and a `PermanentJobError`
 * where that cannot help.
 */
export async function checkInboxActivity(context: VerbContext, body: string): Promise<Checked> {
  const bytes = Buffer.from(body);
  const parsed = parseBoundedJson(bytes, remoteJsonLimits);
  const normalised = parsed.ok ? normaliseActivity(parsed.value, bytes) : parsed;
  if (!normalised.ok) throw new PermanentJobError(`A stored activity cannot be read: ${normalised.reason}`);
  const { activity } = normalised;
  const isBlocked = await context.instances.isBlocked(new URL(activity.actorUri).host);
  const handle = verbOf(activity);
  // Refused, too, is what came before its server was suspended and was not carried out yet (security.md S15).
  if (isBlocked) return refused('domain-suspended');
  return handle ? handle(activity, context) : ignored('unsupported-type');
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
    .update({ state: 'queued', reason: null, processed_at: null, next_at: tx.fn.now() })
    .returning<{ host: string }[]>('host');
  if (row) await enqueue(tx, { name: 'inbox.drain', payload: { host: row.host }, key: drainKey(row.host) });
}

/**
 * Writes down what became of activities, each outcome at the place of its id. Throws, and so undoes their effects,
 * where another worker has done that meanwhile: one that was given the host because this one seemed dead.
 */
export async function recordOutcomes(
  tx: Tx,
  ids: readonly string[],
  outcomes: readonly Outcome[],
): Promise<void> {
  const { rowCount } = await tx.raw<{ rowCount: number }>(
    `update inbox_activities set state = became.state, reason = nullif(became.reason, ''), processed_at = now()
       from unnest(?::bigint[], ?::text[], ?::text[]) as became (id, state, reason)
      where inbox_activities.id = became.id and inbox_activities.state = 'queued'`,
    [
      [...ids],
      outcomes.map(({ state }) => state),
      outcomes.map((outcome) => (outcome.state === 'applied' ? '' : outcome.reason)),
    ],
  );
  if (rowCount !== ids.length) throw new Error('Another worker was faster.');
}

/** What became of a received activity, as an admin sees it. */
export interface Explanation {
  readonly actor: string;
  readonly type: string;
  readonly state: string;
  readonly reason: string | null;
  readonly receivedAt: Date;
  /** Failed tries, and why the last of them failed. */
  readonly attempts: number;
  readonly lastError: string | null;
}

/** What became of an activity, by its id. */
export async function explainActivity(db: Db, activityUri: string): Promise<Explanation[]> {
  return db('inbox_activities')
    .where({ activity_uri: activityUri })
    .orderBy('received_at')
    .select('actor_uri as actor', 'type', 'state', 'reason', 'attempts')
    .select('received_at as receivedAt', 'last_error as lastError');
}

/** Forgets activities that are older than any sender would repeat. */
export function sweepInbox(db: Db, olderThan: Date, signal: AbortSignal): Promise<number> {
  const old = { condition: `received_at < ? and state <> 'queued'`, bindings: [olderThan] };
  return deleteInBatches(db, 'inbox_activities', old, signal);
}
