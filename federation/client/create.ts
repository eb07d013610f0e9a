import { videoLimits } from '../../config/limits.ts';
import { parseId, type VideoId } from '../../src/lib/ids.ts';
import { fail, ok, type Result } from '../../src/lib/result.ts';
import type { NewPost, Posted } from '../../src/modules/posts/index.ts';
import { addressing } from '../translate/note.ts';
import { idOf, isObject, type JsonObject, listOf, typesOf } from '../translate/read.ts';
import { type Audience, byHandle, readAudience } from './audience.ts';
import { type Caller, type ClientDeps, type ClientVerb, type Done, doneAs } from './caller.ts';
import { readFields, textRefusal } from './fields.ts';
import { postAt } from './targets.ts';

const MESSAGE_TYPES = new Set(['Note', 'Video']);

/**
 * A post: a Note or a Video with one video that was uploaded before, or a Note that answers a post. It goes the way
 * of `POST /api/v1/statuses`; what it is like where the client does not say, the account prefers, but for its
 * audience, which the client must name.
 */
export const create: ClientVerb = {
  scope: 'write:statuses',
  async run(deps, caller, activity) {
    const { object } = activity;
    const type = object && typesOf(object).find((one) => MESSAGE_TYPES.has(one));
    if (!object || !type) {
      return fail('validation-failed', 'object: A Note or a Video is posted here, and must come whole.');
    }
    const audience = await readAudience(deps, caller, activity);
    if (!audience.ok) return audience;
    if (!audience.audience) {
      return fail('validation-failed', 'to: Say whom the post is for, in `to` and `cc`.');
    }
    const read = await readPost(deps, caller, object, audience.audience);
    if (!read.ok) return read;
    const { post, altText } = read;
    const outcome = await deps.inTx(async (tx) => {
      const manner = { key: caller.idempotencyKey, scheduledAt: null };
      const made = await deps.publishing.create(tx, caller.account, post, manner);
      if (made.ok && 'videoId' in made && altText !== undefined) {
        const edit = { videoId: made.videoId, accountId: caller.account.id };
        await deps.videos.describeMedia(tx, { ...edit, description: altText, posted: true });
      }
      return made;
    });
    if (!outcome.ok) return outcome;
    // Its key was that of a post that waits for its time.
    if ('scheduledId' in outcome) return fail('conflict', 'This Idempotency-Key was used for another post.');
    const uri = uriOf(deps, outcome);
    const { to, cc } = addressing(
      audience.audience.visibility,
      deps.urls.followers(caller.account.id),
      audience.audience.named.map(({ actorUri }) => actorUri),
    );
    const written = { ...withoutHidden(object), id: uri, attributedTo: caller.account.actorUri, to, cc };
    const done: Done = {
      activity: doneAs(caller, { id: `${uri}#create`, type: 'Create', to, cc, object: written }),
    };
    return ok(post.videoId === null ? done : { ...done, posted: post.videoId });
  },
};

function uriOf({ urls }: ClientDeps, posted: Posted): string {
  return 'videoId' in posted ? urls.video(posted.videoId) : urls.comment(posted.commentId);
}

function withoutHidden(object: JsonObject): JsonObject {
  const { bto: _bto, bcc: _bcc, '@context': _context, ...shown } = object;
  return shown;
}

type Read = Result<{ post: NewPost; altText: string | undefined }, string>;

async function readPost(
  deps: ClientDeps,
  caller: Caller,
  object: JsonObject,
  { visibility, named }: Audience,
): Promise<Read> {
  const { account, application } = caller;
  const read = readFields(object);
  if (!read.ok) return read;
  const { text = '', contentWarning = '', ...fields } = read.fields;
  const place = await placeOf(deps, caller, object);
  if (!place.ok) return place;
  const refusal = textRefusal(place.answers ? 'comment' : 'video', text);
  if (refusal) return refusal;
  const usual = await deps.auth.preferencesOf(account.id);
  const post: NewPost = {
    ...{ videoId: place.videoId, answers: place.answers, visibility, text, contentWarning, application },
    sensitive: fields.sensitive ?? usual.sensitive,
    language: fields.language ?? usual.language,
    mentions: new Map([...byHandle(named), ...(await caller.mentionsIn(text))]),
  };
  return ok({ post, altText: place.altText });
}

type Place = Result<Pick<NewPost, 'videoId' | 'answers'> & { readonly altText: string | undefined }, string>;

/** The video of a post, or what an answer answers: a post has exactly one of the two. */
async function placeOf(deps: ClientDeps, caller: Caller, object: JsonObject): Promise<Place> {
  const answered = listOf(object.inReplyTo);
  const files = filesOf(object);
  if (answered.length === 0) return videoIn(deps, files);
  if (typesOf(object).includes('Video') || files.length > 0) {
    return fail('validation-failed', 'attachment: A comment holds no video.');
  }
  if (answered.length > 1) return fail('validation-failed', 'inReplyTo: A comment answers one post.');
  const found = await postAt(deps, caller, idOf(answered[0]));
  if (!found.ok) return found;
  const { post } = found;
  const answers =
    post.kind === 'comment'
      ? { videoId: post.comment.videoId, parentId: post.comment.id }
      : { videoId: post.video.id, parentId: null };
  return ok({ videoId: null, answers, altText: undefined });
}

/** What a Note has attached; a Video may name its file in `url`, too. */
function filesOf(object: JsonObject): readonly unknown[] {
  const own = typesOf(object).includes('Video') ? listOf(object.url) : [];
  return [...listOf(object.attachment), ...own];
}

function videoIn({ urls }: ClientDeps, files: readonly unknown[]): Place {
  const [file] = files;
  const addresses = isObject(file) ? [file.id, file.url, file.href] : [file];
  const ids = addresses
    .flatMap(listOf)
    .flatMap((address) => (typeof address === 'string' ? (urls.uploadIdAt(address) ?? []) : []));
  const id = parseId<'video'>(ids[0] ?? '') satisfies VideoId | null;
  if (files.length !== 1 || id === null) {
    return fail(
      'validation-failed',
      'attachment: A post on this server has one video. Attach what `uploadMedia` gave in Location.',
    );
  }
  const altText = isObject(file) && typeof file.name === 'string' ? file.name.trim() : undefined;
  if ((altText ?? '').length > videoLimits.maxAltTextCharacters) {
    return fail(
      'validation-failed',
      `attachment.name: At most ${videoLimits.maxAltTextCharacters} characters.`,
    );
  }
  return ok({ videoId: id, answers: null, altText });
}
