import { profileLimits } from '../../config/account-limits.ts';
import { linesOfHtml } from '../../src/lib/html/sanitize.ts';
import { parseId } from '../../src/lib/ids.ts';
import { fail, ok } from '../../src/lib/result.ts';
import { isActor } from '../translate/actor.ts';
import { addressing } from '../translate/note.ts';
import type { JsonObject } from '../translate/read.ts';
import { byHandle, readAudience } from './audience.ts';
import { allowed, type Caller, type ClientDeps, type ClientVerb, doneAs, type Outcome } from './caller.ts';
import { readFields, textRefusal } from './fields.ts';
import { ownPostAt } from './targets.ts';

/**
 * Changes what one of the own posts says, or the own profile. What the object leaves out stays as it is (ActivityPub
 * 6.3); the audience of a post cannot be changed, so one that differs is refused.
 */
export const update: ClientVerb = {
  scope: null,
  async run(deps, caller, activity) {
    const { object, objectId } = activity;
    if (!object || objectId === null) {
      return fail('validation-failed', 'object: Send the object with its id and what changes.');
    }
    if (objectId === caller.account.actorUri) return updateProfile(deps, caller, object);
    if (isActor(object)) return fail('not-yours', 'object: You can change your own profile only.');
    const refusal = allowed(caller, 'write:statuses');
    if (refusal) return refusal;
    const found = await ownPostAt(deps, caller, objectId);
    if (!found.ok) return found;
    const { post } = found;
    const read = readFields(object);
    if (!read.ok) return read;
    const audience = await readAudience(deps, caller, activity);
    if (!audience.ok) return audience;
    const row = post.kind === 'video' ? post.video : post.comment;
    if (audience.audience && audience.audience.visibility !== row.visibility) {
      return fail('validation-failed', 'to, cc: The audience of a post stays as it was.');
    }
    const said = post.kind === 'video' ? post.video.caption : post.comment.text;
    const { text = said, contentWarning = row.contentWarning, sensitive, language } = read.fields;
    const unfit = textRefusal(post.kind, text);
    if (unfit) return unfit;
    const { id: accountId } = caller.account;
    // Those whom it was addressed to beside its text go on being told.
    const named =
      post.kind === 'video'
        ? (await deps.videos.mentionedAmong([post.video.id])).get(post.video.id)
        : (await deps.comments.mentionedAmong([post.comment.id])).get(post.comment.id);
    const before = [...(await deps.accounts.byIds(named ?? [])).values()];
    const addressed = audience.audience?.named ?? [];
    const mentions = new Map([...byHandle([...before, ...addressed]), ...(await caller.mentionsIn(text))]);
    const about = {
      ...{ contentWarning, mentions, sensitive: sensitive ?? row.sensitive },
      language: language === undefined ? row.language : language,
    };
    const outcome = await deps.inTx((tx) =>
      post.kind === 'video'
        ? deps.videos.edit(tx, post.video.id, accountId, {
            ...{ ...about, caption: text, altText: post.video.altText },
          })
        : deps.comments.edit(tx, post.comment.id, accountId, { ...about, text }),
    );
    if (!outcome.ok) return outcome;
    const people = [...mentions.values()].map(({ actorUri }) => actorUri);
    const { to, cc } = addressing(row.visibility, deps.urls.followers(accountId), people);
    return ok({
      activity: doneAs(caller, { id: `${row.uri}#create`, type: 'Update', to, cc, object: row.uri }),
    });
  },
};

/** `name` and `summary` of the own actor; what else is in it stays as it is. */
async function updateProfile(deps: ClientDeps, caller: Caller, object: JsonObject): Promise<Outcome> {
  const refusal = allowed(caller, 'write:accounts');
  if (refusal) return refusal;
  const { name, summary } = object;
  const { maxDisplayNameCharacters, maxBioCharacters } = profileLimits;
  const isText = (value: unknown) => value === undefined || value === null || typeof value === 'string';
  if (!isText(name) || !isText(summary)) {
    return fail('validation-failed', 'name, summary: These are texts.');
  }
  const displayName = name === undefined ? undefined : String(name ?? '').trim();
  const bio = summary === undefined ? undefined : linesOfHtml(String(summary ?? ''), 4 * maxBioCharacters);
  if ((displayName ?? '').length > maxDisplayNameCharacters) {
    return fail('validation-failed', `name: At most ${maxDisplayNameCharacters} characters.`);
  }
  if ((bio ?? '').length > maxBioCharacters) {
    return fail('validation-failed', `summary: At most ${maxBioCharacters} characters.`);
  }
  const { id, actorUri } = caller.account;
  const outcome = await deps.inTx((tx) => deps.accounts.editProfile(tx, id, { displayName, bio }));
  if (!outcome.ok) return outcome;
  return ok({ activity: doneAs(caller, { id: actorUri, type: 'Update', object: actorUri }) });
}

/**
 * Deletes one of the own posts, a comment below one of the own videos, or a video that was uploaded and not posted.
 * An account is not deleted this way: that needs its password.
 */
export const del: ClientVerb = {
  scope: 'write:statuses',
  async run(deps, caller, { objectId }) {
    const { account } = caller;
    if (objectId === account.actorUri) {
      return fail(
        'validation-failed',
        'object: Delete your account in its settings; that needs your password.',
      );
    }
    const upload = parseId<'video'>((objectId && deps.urls.uploadIdAt(objectId)) ?? '');
    if (upload !== null) {
      const edit = { videoId: upload, accountId: account.id };
      const video = await deps.videos.ofAuthor(upload, account.id);
      const dropped = await deps.inTx((tx) => deps.videos.dropDraft(tx, edit));
      if (!dropped.ok) return dropped;
      return ok({ activity: deleted(caller, deps.urls.upload(upload)), ...(video && { removed: video }) });
    }
    const found = await deletableAt(deps, caller, objectId);
    if (!found.ok) return found;
    const { post } = found;
    const outcome = await deps.inTx((tx) =>
      post.kind === 'video'
        ? deps.videos.remove(tx, post.video.id, account.id)
        : deps.comments.remove(tx, post.comment.id, account.id),
    );
    if (!outcome.ok) return outcome;
    const activity = deleted(caller, (post.kind === 'video' ? post.video : post.comment).uri);
    return ok(post.kind === 'video' ? { activity, removed: post.video } : { activity });
  },
};

function deleted(caller: Caller, uri: string): JsonObject {
  return doneAs(caller, { id: `${uri}#delete`, type: 'Delete', object: uri });
}

/** As `ownPostAt`; a comment may be deleted by the author of the video, too. */
async function deletableAt(deps: ClientDeps, caller: Caller, uri: string | null) {
  const own = await ownPostAt(deps, caller, uri);
  if (own.ok || own.reason !== 'not-yours' || uri === null) return own;
  const seen = await deps.posts.seen(uri, caller.account);
  const video = seen?.kind === 'comment' ? await deps.videos.internal(seen.comment.videoId) : null;
  return seen && video?.accountId === caller.account.id ? ok({ post: seen }) : own;
}
