import type {
  ClaimedRemix,
  RemixKind,
  RemixLayout,
  RemixPolicy,
  RemoteVideo,
} from '../../src/modules/videos/index.ts';
import { remixKinds, remixLayouts } from '../../src/modules/videos/index.ts';
import {
  AS_PUBLIC,
  audienceOf,
  idOf,
  isObject,
  type JsonObject,
  listOf,
  sameOrigin,
  typesOf,
  uriOf,
} from './read.ts';

/**
 * Duets and stitches on the wire (ADR 0067): quote posts (FEP-044f), which others show as such, and terms of our own that say
 * more. Never `inReplyTo`: Loops refuses a Note with that and a video (loops.md 4.5).
 */
export const REMIX_CONTEXT = {
  quote: { '@id': 'https://w3id.org/fep/044f#quote', '@type': '@id' },
  quoteAuthorization: { '@id': 'https://w3id.org/fep/044f#quoteAuthorization', '@type': '@id' },
  quoteUri: { '@id': 'http://fedibird.com/ns#quoteUri', '@type': '@id' },
  quoteUrl: { '@id': 'as:quoteUrl', '@type': '@id' },
  _misskey_quote: { '@id': 'https://misskey-hub.net/ns#_misskey_quote', '@type': '@id' },
  vireo: 'urn:vireo:ns#',
  canDuet: { '@id': 'vireo:canDuet', '@type': '@id' },
  canStitch: { '@id': 'vireo:canStitch', '@type': '@id' },
  remixOf: { '@id': 'vireo:remixOf', '@type': '@id' },
  remixKind: 'vireo:remixKind',
  remixLayout: 'vireo:remixLayout',
  carriesSound: 'vireo:carriesSound',
} as const;

/** What a video of ours was made from, as it is told. */
export interface ToldRemix {
  readonly kind: RemixKind;
  readonly layout: RemixLayout | null;
  /** Whether the sound of the original is in it; null: nothing is said. */
  readonly carriesSound: boolean | null;
  readonly uri: string;
  readonly stampUri: string | null;
}

/** The properties by which a Note says what it was made from. */
export function remixProperties({ kind, layout, carriesSound, uri, stampUri }: ToldRemix): JsonObject {
  return {
    ...{ quote: uri, quoteUri: uri, quoteUrl: uri, _misskey_quote: uri },
    ...(stampUri === null ? {} : { quoteAuthorization: stampUri }),
    ...{ remixOf: uri, remixKind: kind },
    ...(layout === null ? {} : { remixLayout: layout }),
    ...(carriesSound === null ? {} : { carriesSound }),
  };
}

const oneOf = <T extends string>(values: readonly T[], value: unknown): T | null =>
  values.find((one) => one === value) ?? null;

/** A term of ours, by its short name or with its prefix, for servers that keep no context. */
export const ours = (object: JsonObject, term: string): unknown => object[term] ?? object[`vireo:${term}`];

/**
 * What a post says that it was made from; null where it says nothing that holds together. A plain quote is no remix:
 * nothing tells that it has pictures of what it quotes.
 */
export function readRemix(post: JsonObject): ClaimedRemix | null {
  const kind = oneOf(remixKinds, ours(post, 'remixKind'));
  const uri = idOf(listOf(ours(post, 'remixOf'))[0]);
  const quote = idOf(listOf(post.quote)[0]);
  if (kind === null || uri === null || uri === uriOf(post.id)) return null;
  // Consent is for what is quoted: for another video it says nothing.
  if (quote !== null && quote !== uri) return null;
  const layout = kind === 'duet' ? oneOf(remixLayouts, ours(post, 'remixLayout')) : null;
  const told = ours(post, 'carriesSound');
  const carriesSound = kind === 'stitch' || (typeof told === 'boolean' ? told : null);
  return { kind, layout, carriesSound, uri, stampUri: idOf(listOf(post.quoteAuthorization)[0]) };
}

/** Whom a part of a policy lets do something, with the names that its parts had before. */
export function approvalOf(policy: unknown): RemixPolicy | null {
  if (!isObject(policy)) return null;
  const { automaticApproval, manualApproval, always, approvalRequired } = policy;
  const [automatic, manual] = [
    [automaticApproval, always],
    [manualApproval, approvalRequired],
  ].map((lists) => lists.filter((list) => list != null));
  if (audienceOf(...(automatic ?? [])).has(AS_PUBLIC)) return 'open';
  return audienceOf(...(manual ?? [])).size > 0 ? 'ask' : 'closed';
}

/**
 * What a post says of duets and stitches of it: by our own terms, or where it has none of them, as of quotes. Who lets
 * everybody quote without asking also answers and takes back (FEP-044f); an empty policy lets nobody.
 */
export function readRemixPolicy({ interactionPolicy }: JsonObject): NonNullable<RemoteVideo['remixes']> {
  if (!isObject(interactionPolicy)) return { policy: null, duet: false, stitch: false, ask: false };
  const quote = approvalOf(interactionPolicy.canQuote);
  const [duet = null, stitch = null] = ['canDuet', 'canStitch'].map(
    (term) => approvalOf(ours(interactionPolicy, term)) ?? quote,
  );
  const said = [duet, stitch].filter((one) => one !== null);
  const widest = (['open', 'ask', 'closed'] as const).find((one) => said.includes(one)) ?? null;
  const isAllowed = (one: RemixPolicy | null) => one === 'open' || one === 'ask';
  // Asking where nobody would have to costs time; not asking where one has to costs the remix.
  return { policy: widest, duet: isAllowed(duet), stitch: isAllowed(stitch), ask: said.includes('ask') };
}

/** A stamp as its server serves it: who allows which post to show which. */
export interface Stamp {
  readonly uri: string;
  readonly authorUri: string;
  readonly remixUri: string;
  readonly originalUri: string;
}

const STAMP_TYPES = ['QuoteAuthorization', 'https://w3id.org/fep/044f#QuoteAuthorization'];

/** Reads a stamp (FEP-044f); null for what is none, or what its origin cannot vouch for. */
export function readStamp(document: JsonObject): Stamp | null {
  const uri = uriOf(document.id);
  const authorUri = idOf(listOf(document.attributedTo)[0]);
  const remixUri = idOf(listOf(document.interactingObject)[0]);
  const originalUri = idOf(listOf(document.interactionTarget)[0]);
  if (!typesOf(document).some((type) => STAMP_TYPES.includes(type))) return null;
  if (uri === null || authorUri === null || remixUri === null || originalUri === null) return null;
  // Only the server of the author may say what the author allows (FEP-fe34).
  if (!sameOrigin(uri, authorUri)) return null;
  return { uri, authorUri, remixUri, originalUri };
}

/** The line by which people on other servers read what a video was made from, and by which we know it again. */
export const QUOTE_LINE = /<p class="quote-inline">(?:(?!<\/p>)[\s\S]){0,2000}<\/p>\s*$/;
