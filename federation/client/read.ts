import { apiLimits, remoteJsonLimits, videoLimits } from '../../config/limits.ts';
import { parseBoundedJson } from '../../src/lib/net/bounded-json.ts';
import { fail, ok, type Result } from '../../src/lib/result.ts';
import { type Activity, normaliseActivity } from '../inbox/normalise.ts';
import { idOf, isObject, type JsonObject, listOf, typesOf } from '../translate/read.ts';

/** What a client may send: the shape of what other servers may, and as long as any other request to the API. */
const limits = { ...remoteJsonLimits, maxBytes: apiLimits.maxJsonBytes };

type Unreadable = 'too-large' | 'body-invalid' | 'validation-failed' | 'not-yours';

/** Objects that stand for their Create when they come alone (ActivityPub 6.2.1). */
const OBJECT_TYPES = new Set(['Note', 'Video', 'Article', 'Page', 'Image', 'Audio', 'Document', 'Question']);

/** A JSON object from a client, of bounded shape and with no NUL in any text (security.md R1, R2, R7). */
function readClientJson(body: Uint8Array): Result<{ document: JsonObject }, Unreadable> {
  const parsed = parseBoundedJson(body, limits);
  if (!parsed.ok) return fail(parsed.reason === 'too-large' ? 'too-large' : 'body-invalid', parsed.detail);
  if (!isObject(parsed.value)) return fail('body-invalid', 'The body is not a JSON object.');
  if (holdsNul(parsed.value)) {
    return fail('validation-failed', 'A text holds a NUL character. Remove it and try again.');
  }
  return ok({ document: parsed.value });
}

/**
 * Reads what a client sends to the outbox of `actorUri`. Ids are the server's to give, so those in it count for
 * nothing; a bare object is wrapped in its Create, with its audience. Whatever names somebody else as the one who
 * acts, or as the author, is refused (security.md A10).
 */
export function readSubmission(
  body: Uint8Array,
  actorUri: string,
): Result<{ activity: Activity }, Unreadable> {
  const read = readClientJson(body);
  if (!read.ok) return read;
  const { document } = read;
  const [type] = typesOf(document);
  if (type === undefined || listOf(document.type).length !== 1) {
    return fail('validation-failed', 'type: An activity has exactly one type.');
  }
  const given = OBJECT_TYPES.has(type) ? wrapped(document) : document;
  const foreign = listOf(given.actor).some((actor) => idOf(actor) !== actorUri);
  if (foreign) return fail('not-yours', 'actor: Only the owner of this outbox acts here.');
  const objects = listOf(given.object);
  const [object] = objects;
  const known = typeof object === 'string' ? idOf(object) !== null : isObject(object);
  if (objects.length !== 1 || !known) {
    return fail('validation-failed', 'object: An activity has exactly one object, or its address.');
  }
  const authors = isObject(object) ? listOf(object.attributedTo) : [];
  if (authors.some((author) => idOf(author) !== actorUri)) {
    return fail('not-yours', 'attributedTo: You can post as yourself only.');
  }
  const normalised = normaliseActivity({ ...given, actor: actorUri, id: null }, body);
  return normalised.ok ? normalised : fail('validation-failed', normalised.detail);
}

/**
 * The text in place of a video from the shell that comes with its file: `summary`, or else `name`. Of anything else
 * in it the post decides, which is still to come.
 */
export function describedIn(json: string): Result<{ description: string | undefined }, Unreadable> {
  const read = readClientJson(Buffer.from(json));
  if (!read.ok) return read;
  const { summary, name } = read.document;
  const given = summary ?? name ?? undefined;
  const isFit =
    given === undefined || (typeof given === 'string' && given.length <= videoLimits.maxAltTextCharacters);
  return isFit
    ? ok({ description: given?.trim() })
    : fail(
        'validation-failed',
        `object: Its summary or name is a text of at most ${videoLimits.maxAltTextCharacters} characters.`,
      );
}

function wrapped(object: JsonObject): JsonObject {
  const { to, cc, bto, bcc } = object;
  return { type: 'Create', object, to, cc, bto, bcc };
}

function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\u0000');
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsNul);
}
