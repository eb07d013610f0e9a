import type { Outgoing } from './outgoing.ts';
import { AS_PUBLIC, type JsonObject } from './read.ts';

const CONTEXT = 'https://www.w3.org/ns/activitystreams';

/** The plain activities that only name what they are about. Their ids are stable over retries. */

/** A like, told to the author of the post alone, as Mastodon does. */
export function likeOf(like: {
  uri: string;
  actorUri: string;
  objectUri: string;
  authorUri: string;
}): Outgoing {
  return {
    '@context': CONTEXT,
    id: like.uri,
    type: 'Like',
    actor: like.actorUri,
    object: like.objectUri,
    to: [like.authorUri],
  };
}

/** A share, to everybody and to the sharer’s followers, or to these alone; only ever the id of the post. */
export function announceOf(share: {
  uri: string;
  actorUri: string;
  followers: string;
  objectUri: string;
  authorUri: string;
  published: string;
  /** False for a video that not everybody may see: its author can share it, to followers (security.md P3). */
  isOpen: boolean;
}): Outgoing {
  return {
    '@context': CONTEXT,
    id: share.uri,
    type: 'Announce',
    actor: share.actorUri,
    object: share.objectUri,
    published: share.published,
    to: [share.isOpen ? AS_PUBLIC : share.followers],
    cc: share.isOpen ? [share.followers, share.authorUri] : [],
  };
}

/** Tells a server that one of its accounts is blocked, so that it stops sending. */
export function blockOf(block: { uri: string; actorUri: string; targetUri: string }): Outgoing {
  return {
    '@context': CONTEXT,
    id: block.uri,
    type: 'Block',
    actor: block.actorUri,
    object: block.targetUri,
    to: [block.targetUri],
  };
}

/** Takes an earlier activity back, which is embedded for servers that kept no ids. */
export function undoOf(activity: JsonObject): Outgoing {
  const { '@context': _context, ...inner } = activity;
  return {
    '@context': CONTEXT,
    id: `${activity.id}#undo`,
    type: 'Undo',
    actor: activity.actor,
    to: activity.to,
    ...(activity.cc ? { cc: activity.cc } : {}),
    object: inner,
  };
}

/** A report, in the name of the server: who reported is nobody’s business elsewhere. */
export function flagOf(report: {
  uri: string;
  instanceActor: string;
  targetUri: string;
  postUris: readonly string[];
  comment: string;
}): Outgoing {
  return {
    '@context': CONTEXT,
    id: report.uri,
    type: 'Flag',
    actor: report.instanceActor,
    content: report.comment,
    object: [report.targetUri, ...report.postUris],
    to: [report.targetUri],
  };
}

/** A changed profile; `serial` makes each change an activity of its own. */
export function updateActorOf(actor: JsonObject, followers: string, serial: string): Outgoing {
  const { '@context': context, ...object } = actor;
  return {
    '@context': context ?? CONTEXT,
    id: `${actor.id}#update/${serial}`,
    type: 'Update',
    actor: actor.id,
    to: [AS_PUBLIC],
    cc: [followers],
    object,
  };
}

/** An account of this server goes on as another one. */
export function moveOf(actorUri: string, targetUri: string, followers: string, serial: string): Outgoing {
  return {
    '@context': CONTEXT,
    id: `${actorUri}#move/${serial}`,
    type: 'Move',
    actor: actorUri,
    object: actorUri,
    target: targetUri,
    to: [followers],
  };
}

/** An account of this server is gone, with all that it posted. */
export function deleteActorOf(actorUri: string): Outgoing {
  return {
    '@context': CONTEXT,
    id: `${actorUri}#delete`,
    type: 'Delete',
    actor: actorUri,
    to: [AS_PUBLIC],
    object: actorUri,
  };
}

/** `Add` or `Remove` of a pinned post. */
export function pinOf(pin: {
  type: 'Add' | 'Remove';
  actorUri: string;
  featured: string;
  objectUri: string;
  serial: string;
}): Outgoing {
  return {
    '@context': CONTEXT,
    id: `${pin.actorUri}#${pin.type.toLowerCase()}/${pin.serial}`,
    type: pin.type,
    actor: pin.actorUri,
    object: pin.objectUri,
    target: pin.featured,
    to: [AS_PUBLIC],
  };
}

/** The answer to a request to quote a video (FEP-044f); `result` is the stamp that others may check. */
export function quoteAnswerOf(answer: {
  type: 'Accept' | 'Reject';
  actorUri: string;
  requesterUri: string;
  request: JsonObject;
  serial: string;
  result?: string;
}): Outgoing {
  return {
    '@context': [CONTEXT, { QuoteRequest: 'https://w3id.org/fep/044f#QuoteRequest' }],
    id: `${answer.actorUri}#${answer.type.toLowerCase()}/${answer.serial}`,
    type: answer.type,
    actor: answer.actorUri,
    to: [answer.requesterUri],
    object: answer.request,
    ...(answer.result ? { result: answer.result } : {}),
  };
}

/** The id of our request to quote something with this post, and back. */
export const quoteRequestUri = {
  of: (remixUri: string) => `${remixUri}#quote-request`,
  remixOf: (uri: string) => (uri.endsWith('#quote-request') ? uri.slice(0, -'#quote-request'.length) : null),
};

/** Asks the author of an original whether a post of ours may show it. The post is embedded, so that its kind is known. */
export function quoteRequestOf(request: { note: JsonObject; original: string; askedUri: string }): Outgoing {
  const { '@context': context, ...instrument } = request.note;
  return {
    '@context': [...[context].flat(), { QuoteRequest: 'https://w3id.org/fep/044f#QuoteRequest' }],
    id: quoteRequestUri.of(String(request.note.id)),
    type: 'QuoteRequest',
    actor: request.note.attributedTo,
    to: [request.askedUri],
    object: request.original,
    instrument,
  };
}

/** A stamp counts no more. */
export function stampDeleteOf(stampUri: string, actorUri: string): Outgoing {
  return {
    '@context': [CONTEXT, { QuoteAuthorization: 'https://w3id.org/fep/044f#QuoteAuthorization' }],
    id: `${stampUri}#delete`,
    type: 'Delete',
    actor: actorUri,
    to: [AS_PUBLIC],
    object: stampUri,
  };
}
