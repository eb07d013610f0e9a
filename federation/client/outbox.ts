import { fail } from '../../src/lib/result.ts';
import { allowed, type Caller, type ClientDeps, type ClientVerb, type Outcome } from './caller.ts';
import { del, update } from './change.ts';
import { create } from './create.ts';
import { add, announce, block, follow, like, remove } from './react.ts';
import { readSubmission } from './read.ts';
import { undo } from './undo.ts';

/** Activities that clients may send. */
type ClientActivity =
  | ('Add' | 'Announce' | 'Block' | 'Create' | 'Delete')
  | ('Follow' | 'Like' | 'Remove' | 'Undo' | 'Update');

const verbs: Readonly<Record<ClientActivity, ClientVerb>> = {
  Add: add,
  Announce: announce,
  Block: block,
  Create: create,
  Delete: del,
  Follow: follow,
  Like: like,
  Remove: remove,
  Undo: undo,
  Update: update,
};

/**
 * Carries out what a client sends to the outbox of its person (ActivityPub 6), by the commands that the API calls.
 * A refusal changes nothing; its reason is one of those that the HTTP side has a status for.
 */
export async function submit(deps: ClientDeps, caller: Caller, body: Uint8Array): Promise<Outcome> {
  const read = readSubmission(body, caller.account.actorUri);
  if (!read.ok) return read;
  const { activity } = read;
  const verb = Object.hasOwn(verbs, activity.type) ? verbs[activity.type as ClientActivity] : undefined;
  if (!verb) {
    return fail('validation-failed', `type: ${activity.type} is none of ${Object.keys(verbs).join(', ')}.`);
  }
  const refusal = verb.scope === null ? undefined : allowed(caller, verb.scope);
  return refusal ?? verb.run(deps, caller, activity);
}
