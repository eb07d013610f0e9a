import { profileLimits } from '../../config/account-limits.ts';
import { sanitizeRemoteHtml, textOfHtml } from '../../src/lib/html/sanitize.ts';
import { fail, ok, type Result } from '../../src/lib/result.ts';
import type { ActorType, ProfileField, RemoteActor } from '../../src/modules/accounts/index.ts';
import { idOf, isObject, type JsonObject, listOf, sameOrigin, textOf, typesOf, uriOf } from './read.ts';

const ACTOR_TYPES = new Set<string>(['Person', 'Service', 'Application', 'Group', 'Organization']);
/** Other names of one account that are remembered. */
const MAX_ALIASES = 20;
const USERNAME = /^[\p{L}\p{N}_.:-]{1,100}$/u;

/** Whether an object says that it is an actor. */
export function isActor(object: JsonObject): boolean {
  return typesOf(object).some((type) => ACTOR_TYPES.has(type));
}

/**
 * An actor document to what we keep of it. Only id, type, inbox and preferredUsername are demanded; every
 * address it names for itself must be of its own origin (FEP-fe34 rule 5), or is dropped.
 */
export function readActor(document: JsonObject): Result<{ actor: RemoteActor }, 'not-an-actor'> {
  const actorUri = uriOf(document.id);
  const actorType = typesOf(document).find((type) => ACTOR_TYPES.has(type)) as ActorType | undefined;
  const username = textOf(document.preferredUsername, 101);
  const own = (value: unknown): string | null => {
    const uri = uriOf(value);
    return uri && actorUri && sameOrigin(uri, actorUri) ? uri : null;
  };
  // In the one spelling whose host can be told without a parser: deliveries are queued by host.
  const ownInbox = (value: unknown): string | null => {
    const uri = own(value);
    return uri === null ? null : new URL(uri).href;
  };
  const inboxUri = ownInbox(document.inbox);
  if (!actorUri || !actorType)
    return fail('not-an-actor', 'The document has no id or is not of an actor type.');
  if (!inboxUri) return fail('not-an-actor', 'The actor has no inbox on its own server.');
  if (!username || !USERNAME.test(username)) {
    return fail('not-an-actor', 'The actor has no usable preferredUsername.');
  }
  const endpoints = isObject(document.endpoints) ? document.endpoints : {};
  const name = textOf(document.name, 200)?.trim();
  return ok({
    actor: {
      actorUri,
      actorType,
      username,
      domain: new URL(actorUri).host,
      displayName: name || username,
      bioHtml: sanitizeRemoteHtml(textOf(document.summary, 20_000) ?? '', 20_000),
      fields: fieldsOf(document.attachment),
      avatarUrl: pictureOf(document.icon),
      headerUrl: pictureOf(document.image),
      url: own(document.url) ?? actorUri,
      inboxUri,
      sharedInboxUri: ownInbox(endpoints.sharedInbox),
      followersUri: own(idOf(document.followers)),
      outboxUri: own(idOf(document.outbox)),
      featuredUri: own(idOf(document.featured)),
      alsoKnownAs: listOf(document.alsoKnownAs)
        .slice(0, MAX_ALIASES)
        .flatMap((alias) => idOf(alias) ?? []),
      locked: document.manuallyApprovesFollowers === true,
      discoverable: document.discoverable === true,
      indexable: document.indexable === true,
    },
  });
}

/** The lines of a profile's table, as Mastodon sends them (PropertyValue of schema.org). */
function fieldsOf(attachment: unknown): ProfileField[] {
  const { maxRemoteFields, maxFieldCharacters, maxRemoteFieldCharacters: max } = profileLimits;
  return listOf(attachment)
    .filter(isObject)
    .filter((item) => typesOf(item).some((type) => /(?:^|[:#/])PropertyValue$/.test(type)))
    .slice(0, maxRemoteFields)
    .flatMap(({ name, value }) => {
      const shown = textOfHtml(textOf(name, maxFieldCharacters) ?? '', maxFieldCharacters);
      const html = sanitizeRemoteHtml(textOf(value, max) ?? '', max);
      return shown === '' ? [] : [{ name: shown, value: '', html, verifiedAt: null }];
    });
}

/** Where the first picture of several is; it may be on another host than the actor. */
function pictureOf(value: unknown): string | null {
  for (const picture of listOf(value)) {
    const urls = isObject(picture)
      ? listOf(picture.url).map((url) => (isObject(url) ? url.href : url))
      : [picture];
    for (const url of urls) if (uriOf(url) !== null) return uriOf(url);
  }
  return null;
}
