import { createFederation, type Federation, importSpki, MemoryKvStore } from '@fedify/fedify';
import {
  Application,
  CryptographicKey,
  Endpoints,
  Group,
  Image,
  Person,
  PropertyValue,
  type Recipient,
  Service,
} from '@fedify/vocab';
import { Temporal as Polyfill } from '@js-temporal/polyfill';
import { type AccountId, type FollowId, parseId } from '../src/lib/ids.ts';
import type { Account, Accounts, Picture } from '../src/modules/accounts/index.ts';
import type { Branding, BrandPicture } from '../src/modules/branding/index.ts';
import type { Urls } from '../src/modules/instances/index.ts';
import type { Social } from '../src/modules/social/index.ts';
import type { FedifyLoaders } from './net/fedify-loaders.ts';
import { isObject, type JsonObject } from './translate/read.ts';

export interface FederationDeps {
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly social: Social;
  readonly loaders: FedifyLoaders;
  /** Where a stored object that is for everybody can be fetched. */
  readonly openUrl: (key: string) => string;
  readonly branding: Branding;
  /** Makes the keys of a channel unless it has some. */
  readonly readyChannel: (channel: Account) => Promise<void>;
}

/** The identifier that stands for the server itself; no account id can be it. */
const INSTANCE = 'instance';
const COLLECTION_PAGE = 40;

/**
 * Configures Fedify for what it serves: actors, WebFinger, and the followers and following collections. It never sees an inbox request (our own gate is in front, ADR 0003), never opens a socket of
 * its own, and sends nothing.
 */
export function createFedify(deps: FederationDeps): Federation<null> {
  const federation = createFederation<null>({
    // Only lookups would be remembered there, and Fedify does none for us.
    kv: new MemoryKvStore(),
    origin: deps.urls.origin,
    ...deps.loaders,
  });
  serveActors(federation, deps);
  // Where other servers send people of ours who want to follow or answer what they saw there.
  federation.setWebFingerLinksDispatcher(() => [
    {
      rel: 'http://ostatus.org/schema/1.0/subscribe',
      template: `${deps.urls.origin}/authorize_interaction?uri={uri}`,
    },
  ]);
  serveFollows(federation, deps);
  return federation;
}

function serveActors(federation: Federation<null>, deps: FederationDeps): void {
  federation
    .setActorDispatcher('/ap/users/{identifier}', async (_context, identifier) => {
      const account = await accountOf(deps, identifier, 'suspended');
      return account ? actorOf(deps, account) : null;
    })
    .mapActorAlias('/actor', INSTANCE)
    .mapHandle(async (_context, username) => {
      if (username.toLowerCase() === deps.urls.domain) return INSTANCE;
      const account = await deps.accounts.actorByHandle(username);
      return account?.domain === null && account.state === 'active' ? account.id : null;
    })
    .mapAlias((_context, resource) => {
      const name = /^\/@(\w{1,30})$/.exec(resource.pathname)?.[1];
      return name && resource.origin === deps.urls.origin ? { username: name } : null;
    });
}

/** A local account behind an identifier of ours, where it may be shown, or is in this state. */
async function accountOf(
  deps: FederationDeps,
  identifier: string,
  orState: Account['state'] = 'active',
): Promise<Account | null> {
  if (identifier === INSTANCE) return deps.accounts.byActorUri(deps.urls.instanceActor);
  const id = parseId<'account'>(identifier);
  const account = id === null ? null : await deps.accounts.byId(id);
  const isShown = account?.state === 'active' || account?.state === orState;
  return account?.domain === null && isShown && account.actorType !== 'Application' ? account : null;
}

/** Fedify names the standard's types and brings the polyfill's values, which differ in a few signatures only. */
function instantOf(date: Date): Temporal.Instant {
  return Polyfill.Instant.fromEpochMilliseconds(date.getTime()) as unknown as Temporal.Instant;
}

/** Who a channel belongs to; it is shown with the profile of that person. Null for everybody else. */
function ownerOf(deps: FederationDeps, { ownerId }: Account): Promise<Account | null> | null {
  return ownerId === null ? null : deps.accounts.byId(ownerId);
}

/** Pictures and table of a profile. What a person has not chosen is left out: others have pictures for that, too. */
function shownOf({ openUrl }: FederationDeps, { avatar, header, fields }: Account) {
  const imageOf = ({ key }: Picture) =>
    key === null ? null : new Image({ url: new URL(openUrl(key)), mediaType: 'image/jpeg' });
  const [icon, image] = [imageOf(avatar), imageOf(header)];
  return {
    ...(icon ? { icon } : {}),
    ...(image ? { image } : {}),
    attachments: fields.map(({ name, html }) => new PropertyValue({ name, value: html })),
  };
}

/** Which other accounts are the same person's, and which one took this one's place (FEP-7628). */
async function placesOf(deps: FederationDeps, account: Account) {
  const successor = account.movedToId === null ? null : await deps.accounts.byId(account.movedToId);
  return {
    aliases: account.alsoKnownAs.map((uri) => new URL(uri)),
    ...(successor ? { successor: new URL(successor.actorUri) } : {}),
  };
}

/** What other servers show of this one. */
async function brandOf({ branding, openUrl }: FederationDeps) {
  const brand = await branding.now();
  const imageOf = (picture: BrandPicture | null) => {
    if (picture === null) return null;
    const { key, type: mediaType, width, height, alt } = picture;
    return new Image({
      ...{ url: new URL(openUrl(key)), mediaType, width, height },
      ...(alt !== '' && { name: alt }),
    });
  };
  const [icon, image] = [imageOf(brand.icon ?? brand.logo), imageOf(brand.banner)];
  return { ...(icon ? { icon } : {}), ...(image ? { image } : {}) };
}

type LocalActor = Person | Service | Group | Application;

async function actorOf(deps: FederationDeps, account: Account): Promise<LocalActor | null> {
  const owner = await ownerOf(deps, account);
  if (owner) await deps.readyChannel(account);
  const keys = await deps.accounts.keysOf(account.id);
  if (!keys) return null;
  const id = new URL(account.actorUri);
  const common = {
    id,
    name: account.displayName,
    inbox: new URL(account.inboxUri),
    endpoints: new Endpoints({ sharedInbox: new URL(deps.urls.sharedInbox) }),
    url: new URL(account.url),
    published: instantOf(account.createdAt),
    publicKey: new CryptographicKey({
      id: new URL(keys.keyUri),
      owner: id,
      publicKey: await importSpki(keys.publicKeyPem),
    }),
  };
  if (account.actorType === 'Application') {
    return new Application({
      ...common,
      ...(await brandOf(deps)),
      preferredUsername: deps.urls.domain,
      manuallyApprovesFollowers: true,
    });
  }
  const shared = {
    ...common,
    preferredUsername: account.username,
    outbox: new URL(deps.urls.outbox(account.id)),
    followers: new URL(deps.urls.followers(account.id)),
    following: new URL(deps.urls.following(account.id)),
  };
  // As Mastodon: the document says so for as long as that can be taken back, and nothing else of the person. Its key goes on to count.
  if (account.state === 'suspended') {
    const Kind = owner ? Group : account.actorType === 'Service' ? Service : Person;
    return new Kind({ ...shared, name: account.username, suspended: true });
  }
  if (owner) {
    const { discoverable, indexable } = owner;
    const said = { name: owner.displayName, summary: owner.bioHtml, discoverable, indexable };
    const profile = { ...said, ...shownOf(deps, owner) };
    return new Group({ ...shared, ...profile, attribution: new URL(owner.actorUri) });
  }
  const Kind = account.actorType === 'Service' ? Service : Person;
  return new Kind({
    ...shared,
    ...shownOf(deps, account),
    ...(await placesOf(deps, account)),
    summary: account.bioHtml,
    featured: new URL(deps.urls.featured(account.id)),
    manuallyApprovesFollowers: account.locked,
    discoverable: account.discoverable,
    indexable: account.indexable,
  });
}

/**
 * The document of a local actor, as it is served, for activities that embed it; null where it has no keys. A
 * channel names its owner in a list, which PeerTube demands and JSON-LD does not keep (peertube.md 2).
 */
export function createActorDocument(deps: FederationDeps) {
  return async (account: Account): Promise<JsonObject | null> => {
    const actor = await actorOf(deps, account);
    if (!actor) return null;
    const document = await actor.toJsonLd({
      format: 'compact',
      contextLoader: deps.loaders.contextLoaderFactory({}),
    });
    if (!isObject(document)) return null;
    const owner = await ownerOf(deps, account);
    if (owner) return { ...document, attributedTo: [{ type: 'Person', id: owner.actorUri }] };
    return account.actorType === 'Application' ? document : withClientEndpoints(deps, account, document);
  };
}

/** Where the clients of a person go (ActivityPub 4.1). Fedify does not know all of the names. */
function withClientEndpoints({ urls }: FederationDeps, { id }: Account, document: JsonObject): JsonObject {
  const endpoints = isObject(document.endpoints) ? document.endpoints : {};
  return {
    ...document,
    liked: urls.liked(id),
    endpoints: { ...endpoints, ...urls.clientEndpoints },
  };
}

function serveFollows(federation: Federation<null>, deps: FederationDeps): void {
  const { social } = deps;
  const personOf = (identifier: string) => (identifier === INSTANCE ? null : accountOf(deps, identifier));
  /** None where there is no such account: only then does Fedify ask for the page, and answers 404. */
  const firstCursor = async (_context: unknown, identifier: string) =>
    (await personOf(identifier)) ? '' : null;
  const pageOf = async (
    list: (
      id: AccountId,
      before: FollowId | null,
      limit: number,
    ) => Promise<{ followId: FollowId; actorUri: string }[]>,
    identifier: string,
    cursor: string | null,
  ) => {
    const account = await personOf(identifier);
    if (!account) return null;
    if (account.hideCollections) return { uris: [], nextCursor: null };
    const before = cursor === null || cursor === '' ? null : parseId<'follow'>(cursor);
    const rows = await list(account.id, before, COLLECTION_PAGE);
    const last = rows.length === COLLECTION_PAGE ? rows.at(-1) : undefined;
    return { uris: rows.map((row) => new URL(row.actorUri)), nextCursor: last?.followId ?? null };
  };
  const counted = (of: 'followers' | 'following') => async (_context: unknown, identifier: string) =>
    (await personOf(identifier))?.counts[of] ?? null;
  federation
    .setFollowersDispatcher('/ap/users/{identifier}/followers', async (_context, identifier, cursor) => {
      const page = await pageOf(social.followersPage, identifier, cursor);
      const items: Recipient[] | undefined = page?.uris.map((id) => ({ id, inboxId: null }));
      return page && items ? { items, nextCursor: page.nextCursor } : null;
    })
    .setFirstCursor(firstCursor)
    .setCounter(counted('followers'));
  federation
    .setFollowingDispatcher('/ap/users/{identifier}/following', async (_context, identifier, cursor) => {
      const page = await pageOf(social.followingPage, identifier, cursor);
      return page ? { items: page.uris, nextCursor: page.nextCursor } : null;
    })
    .setFirstCursor(firstCursor)
    .setCounter(counted('following'));
}
