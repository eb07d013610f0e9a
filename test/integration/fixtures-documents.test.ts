import { createHash, createPublicKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { remoteJsonLimits, signatureLimits, webFingerLimits } from '../../config/limits.ts';
import { normaliseActivity } from '../../federation/inbox/normalise.ts';
import { createVerifyRequest } from '../../federation/inbox/signature/verify.ts';
import { createWebFinger } from '../../federation/net/webfinger.ts';
import { createAddressPolicy } from '../../src/lib/net/ip-policy.ts';
import { post, type Rig, startRig } from '../helpers/activities.ts';
import { activityRows, postRows } from '../helpers/fixture-rows.ts';
import { peertubePostRows, peertubeRows } from '../helpers/fixture-rows-peertube.ts';
import { createReplay, type Document, FIXTURES, fixturesIn, readFixture } from '../helpers/fixtures.ts';
import { createTestFetch, EVIL, HONEST } from '../helpers/remote-http.ts';

/** Actors, signatures, handles and collections of real servers; and that no document is without a verdict. */
let rig: Rig;
let replay: ReturnType<typeof createReplay>;

const isThere = existsSync(FIXTURES);
beforeAll(async () => {
  if (!isThere) return;
  rig = await startRig();
  replay = createReplay(rig);
});
afterAll(() => rig?.close());

/** An actor by what is kept of it, or the reason why it is none. */
const ACTORS: Readonly<Record<string, unknown>> = {
  'ap/akkoma-actor-no-name.json': { username: 'mewmew', displayName: 'mewmew' },
  // The account stands; its key is another matter, see below.
  'ap/attack-actor-foreign-key-id.json': { username: 'evil' },
  'ap/guppe-actor-group.json': { username: 'Bernie2020', actorType: 'Group' },
  'ap/loops-instance-actor.json': { username: 'loops.example.com', actorType: 'Application' },
  'ap/mastodon-actor-application.json': { actorType: 'Application' },
  'ap/mastodon-actor-person.json': {
    ...{
      username: 'mastodon',
      displayName: 'Mastodon',
      actorType: 'Person',
      discoverable: expect.any(Boolean),
    },
    featuredUri: expect.stringMatching(/collections\/featured$/),
  },
  'ap/mastodon-actor-service.json': { username: 'fediverse', actorType: 'Service' },
  'ap/mastodon-docs-actor-profile-fields.json': 'not-found',
  'ap/mastodon-docs-featured-actor.json': 'not-found',
  'ap/misskey-actor.json': { username: 'aimu' },
  'ap/mitra-actor-did-assertionmethod.json': { username: 'hongminhee', actorType: 'Person' },
  'ap/peertube-actor-channel-group.json': { username: 'thelinuxexperiment_channel', actorType: 'Group' },
  'ap/pleroma-actor.json': { username: 'lanodan', sharedInboxUri: expect.stringMatching(/\/inbox$/) },
  'peertube/actor-account-person.json': { username: 'alice', actorType: 'Person' },
  'peertube/actor-channel-group.json': { username: 'alice_clips', actorType: 'Group' },
  'peertube/actor-instance-application.json': { username: 'peertube', actorType: 'Application' },
};

/** Documents that are neither an activity, nor a post, nor an actor: each is nothing to us, whatever asks. */
const OTHERS = [
  'ap/collection-unordered-embedded-page.json',
  'ap/gotosocial-hidden-followers.json',
  'ap/lemmy-tombstone.json',
  'ap/mastodon-featured-collection.json',
  ...['account-playlists', 'account-playlists-page1', 'collection-account-followers'],
  ...['collection-account-followers-page1', 'collection-account-following', 'collection-account-outbox'],
  ...['collection-account-outbox-page1', 'collection-channel-followers', 'collection-channel-outbox'],
  ...['collection-channel-outbox-page1', 'collection-instance-following-page1'],
  ...['collection-instance-outbox-page1', 'playlist-element', 'playlist-page1', 'video-chapters'],
  ...['video-comments', 'video-comments-page1', 'video-dislikes', 'video-likes', 'video-likes-page1'],
  ...['video-shares', 'video-shares-page1'],
].map((name) => (name.startsWith('ap/') ? name : `peertube/${name}.json`));

const HANDLES = {
  'ap/mastodon-webfinger.json': ['@nick@HOST', 'found'],
  'ap/attack-webfinger-spoof.json': ['@oopsie@HOST', 'refused'],
  'ap/attack-webfinger-imposter.json': ['@oopsie@HOST', 'refused'],
  'peertube/webfinger-account.json': ['@alice@HOST', 'found'],
  'peertube/webfinger-channel.json': ['@alice_clips@HOST', 'found'],
  'peertube/webfinger-instance.json': ['@peertube@HOST', 'found'],
} as const;

const SIGNATURES = [
  'ap/mastodon-http-signature-bad.json',
  'ap/mastodon-http-signature-headers.json',
  'ap/mastodon-http-signature-public-key.json',
];

/** Checked by tests of their own in this file, or no document of a server at all. */
const SPECIAL = [
  'ap/attack-spoofed-object.json',
  'ap/c2s-create-note.json',
  'peertube/http-request-headers-example.json',
  'peertube/nodeinfo-2.0.json',
  'peertube/nodeinfo-wellknown.json',
  'peertube/index.json',
  'peertube/acceptance-matrix.json',
  'peertube/video-create-activity.json',
];

const hostOf = (raw: Document): string => new URL(raw.id.replace('{{DOMAIN}}', 'domain.example')).host;

/** A document that is served by A, all templates filled. */
function adapted(file: string): Document {
  const raw = JSON.parse(readFixture(file));
  const filled = JSON.stringify(replay.adapt(file, hostOf(raw), {}));
  return JSON.parse(filled.replaceAll('https://{{DOMAIN}}', rig.a.origin).replaceAll('{{DOMAIN}}', 'domain'));
}

describe.skipIf(!isThere)('documents of real servers (needs SHARED_DIR/fixtures)', () => {
  test('each of them has a verdict', () => {
    const judged = new Set([
      ...Object.keys({ ...activityRows, ...postRows }).map((name) => `ap/${name}`),
      ...Object.keys({ ...peertubeRows, ...peertubePostRows }).map((name) => `peertube/${name}`),
      ...[...Object.keys(ACTORS), ...OTHERS, ...Object.keys(HANDLES), ...SIGNATURES, ...SPECIAL],
    ]);
    const there = ['ap', 'peertube'].flatMap((folder) =>
      fixturesIn(folder).map((name) => `${folder}/${name}`),
    );
    expect(there.filter((name) => !judged.has(name))).toEqual([]);
    expect([...judged].filter((name) => !there.includes(name))).toEqual([]);
  });

  test.for(Object.entries(ACTORS))('%s', async ([file, expected]) => {
    await replay.begin();
    const document = adapted(file);
    replay.serve(document);
    const found = await rig.server.context.federation.lookup.actor(document.id);
    if (typeof expected === 'string') expect(found).toMatchObject({ ok: false, reason: expected });
    else
      expect(found).toMatchObject({ ok: true, account: { actorUri: document.id, ...(expected as object) } });
  });

  test('a key that is listed under the name of another server’s is none', async () => {
    await replay.begin();
    const [document, mallory] = [adapted('ap/attack-actor-foreign-key-id.json'), rig.mallory];
    const publicKeyPem = mallory.publicKey.export({ type: 'spki', format: 'pem' });
    replay.serve({ ...document, publicKey: { ...document.publicKey, publicKeyPem } });
    const like = { id: `${document.id}/likes/1`, type: 'Like', actor: document.id, object: document.id };
    for (const keyId of [document.publicKey.id, `${document.id}#main-key`]) {
      expect((await post(rig.server, mallory, like, { keyId })).status).toBe(401);
    }
  });

  test.for(OTHERS)('%s is neither an actor nor a post', async (file) => {
    await replay.begin();
    const document = adapted(file);
    replay.serve(document);
    const actor = await rig.server.context.federation.lookup.actor(document.id);
    expect(actor).toMatchObject({ ok: false, reason: expect.stringMatching(/^(not-found|unreachable)$/) });
    expect(await replay.announce(document.id)).toMatch(/^(ignored|refused): /);
    expect(await rig.server.context.db('videos').where({ local: false })).toEqual([]);
  });

  test('a post that is served from where its id does not lead is refused', async () => {
    await replay.begin();
    const document = adapted('ap/attack-spoofed-object.json');
    const path = '/media/upload.json';
    rig.a.page(path, { ...document, id: document.id.replace(rig.a.origin, rig.e.origin) });
    expect(await replay.announce(rig.a.url(path))).toMatch(/^(ignored|refused): /);
    expect(await rig.server.context.db('videos').where({ local: false })).toEqual([]);
  });

  test('an activity of a client, without actor and id, is none of a server', () => {
    const bytes = Buffer.from(readFixture('ap/c2s-create-note.json'));
    expect(normaliseActivity(JSON.parse(bytes.toString()), bytes)).toMatchObject({
      reason: 'not-an-activity',
    });
  });

  test('nodeinfo is no document of ours to act on', async () => {
    for (const file of ['peertube/nodeinfo-2.0.json', 'peertube/nodeinfo-wellknown.json']) {
      const bytes = Buffer.from(readFixture(file));
      expect(normaliseActivity(JSON.parse(bytes.toString()), bytes)).toMatchObject({ ok: false });
    }
  });

  test.for(Object.entries(HANDLES))('%s', async ([file, [handle, verdict]]) => {
    const text = readFixture(file)
      .replaceAll(/\{\{nickname\}\}/g, 'nick')
      .replaceAll(/\{\{(sub)?domain\}\}|peertube\.example/g, rig.a.host)
      .replaceAll('https://', 'http://');
    const asked = handle.replace('HOST', rig.a.host);
    const resource = encodeURIComponent(`acct:${asked.slice(1)}`);
    rig.a.page(`/.well-known/webfinger?resource=${resource}`, { subject: '', ...JSON.parse(text) });
    const policy = createAddressPolicy({ allowedPrivate: [HONEST, EVIL] });
    const limits = { limits: webFingerLimits, jsonLimits: remoteJsonLimits };
    const resolve = createWebFinger({ fetch: createTestFetch(), policy, ...limits, ownHost: 'ours.example' });
    const found = await resolve(asked);
    if (verdict === 'found') expect(found).toMatchObject({ ok: true, handle: asked.slice(1) });
    else expect(found).toMatchObject({ ok: false });
  });
});

describe.skipIf(!isThere)('a signature of Mastodon', () => {
  const key = () => {
    const { publicKey } = JSON.parse(readFixture('ap/mastodon-http-signature-public-key.json'));
    return createPublicKey(typeof publicKey === 'string' ? publicKey : publicKey.publicKeyPem);
  };
  const at = Date.parse('Mon, 22 Oct 2018 13:34:22 GMT');

  async function verify(file: string, now: number): Promise<unknown> {
    const { headers, body } = JSON.parse(readFixture(file));
    const escaped = (char: string) => `\\u00${char.charCodeAt(0).toString(16)}`;
    const bytes = Buffer.from(JSON.stringify(body).replace(/[<>&]/g, escaped));
    const keyId = 'http://localhost:3000/users/ronan2#main-key';
    const check = createVerifyRequest({
      origin: 'http://localhost',
      clock: { now: () => now },
      limits: signatureLimits,
    });
    const rawHeaders = Object.entries(headers as Record<string, string>).flat();
    const request = { method: 'POST', path: '/accounts/ronan/inbox', rawHeaders, body: bytes };
    const found = {
      ok: true as const,
      key: key(),
      keyId,
      actorId: 'http://localhost:3000/users/ronan2',
      isFresh: true,
    };
    const outcome = await check(request, async () => found);
    return outcome.ok ? 'good' : outcome.status;
  }

  test('holds when it was made, and not years later', async () => {
    expect(await verify('ap/mastodon-http-signature-headers.json', at)).toBe('good');
    expect(await verify('ap/mastodon-http-signature-headers.json', Date.now())).toBe(401);
  });

  test('that was changed does not hold', async () => {
    expect(await verify('ap/mastodon-http-signature-bad.json', at)).toBe(401);
  });

  test('of PeerTube has the shape that we read', () => {
    const { headers, path } = JSON.parse(readFixture('peertube/http-request-headers-example.json'));
    expect(headers.signature).toContain('headers="(request-target) host date digest"');
    expect(path).toMatch(/inbox$/);
    expect(headers.digest).toMatch(/^SHA-256=/);
    expect(createHash('sha256').digest('base64')).toHaveLength(headers.digest.length - 'SHA-256='.length);
  });
});
