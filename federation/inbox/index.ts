import { remoteJsonLimits } from '../../config/limits.ts';
import type { Db, Tx } from '../../src/db/database.ts';
import { type Finish, PermanentJobError } from '../../src/jobs/registry.ts';
import type { Metrics } from '../../src/lib/metrics.ts';
import { parseBoundedJson } from '../../src/lib/net/bounded-json.ts';
import type { Instances } from '../../src/modules/instances/index.ts';
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

/** The job `inbox.process`: gives a stored activity its effect, once, and records what became of it. */
export async function processInboxActivity(
  deps: { db: Db; context: VerbContext; instances: Pick<Instances, 'isBlocked'>; metrics: Metrics },
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
  const checked = await checkedBy(deps, activity);
  return async (tx: Tx) => {
    const outcome = checked.state === 'ready' ? await checked.apply(tx) : checked;
    await record(tx, inboxId, outcome);
    deps.metrics.inbox(outcome.state, outcome.state === 'applied' ? null : outcome.reason);
    return null;
  };
}

/** Refuses what came before its server was suspended, and was not carried out yet (security.md S15). */
async function checkedBy(
  deps: { context: VerbContext; instances: Pick<Instances, 'isBlocked'> },
  activity: Activity,
): Promise<Checked> {
  if (await deps.instances.isBlocked(new URL(activity.actorUri).host)) return refused('domain-suspended');
  const handle = verbOf(activity);
  return handle ? handle(activity, deps.context) : ignored('unsupported-type');
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
