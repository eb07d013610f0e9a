import { inboxLimits } from '../../config/limits.ts';
import { sha256 } from '../../src/lib/crypto.ts';
import { fail, ok, type Result } from '../../src/lib/result.ts';
import { idOf, isObject, type JsonObject, listOf, sameOrigin, typesOf, uriOf } from '../translate/read.ts';

/** An activity with its loose ends tied: one actor, one id, the object by id and, where embedded, whole. */
export interface Activity {
  readonly id: string;
  readonly type: string;
  readonly actorUri: string;
  readonly objectId: string | null;
  /** The embedded object. It counts only as far as its id is the sender's to speak for. */
  readonly object: JsonObject | null;
  readonly raw: JsonObject;
}

/**
 * Reads an activity as plain JSON. Servers write one value or a list, a string or an object, and some leave
 * the id out (GoToSocial's Delete): then one is made from the sender and the body, so that a repetition is
 * still known as one. The id must be of the actor's own origin (security.md O1).
 */
export function normaliseActivity(
  document: unknown,
  body: Uint8Array,
): Result<{ activity: Activity }, 'not-an-activity' | 'foreign-id'> {
  if (!isObject(document)) return fail('not-an-activity', 'The body is not a JSON object.');
  const [type] = typesOf(document);
  const actorUri = idOf(listOf(document.actor)[0]);
  if (!type || !actorUri) return fail('not-an-activity', 'An activity needs a type and an actor.');
  const id =
    (document.id ?? null) === null ? `${actorUri}#${sha256(body).toString('hex')}` : uriOf(document.id);
  if (!id || id.length > inboxLimits.maxActivityIdCharacters) {
    return fail('not-an-activity', 'The id of the activity is not a web address.');
  }
  if (!sameOrigin(id, actorUri))
    return fail('foreign-id', 'The activity’s id is of another server than its actor.');
  const [object] = listOf(document.object);
  return ok({
    activity: {
      id,
      type,
      actorUri,
      objectId: idOf(object),
      object: isObject(object) ? object : null,
      raw: document,
    },
  });
}
