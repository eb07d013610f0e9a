import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inboxLimits, signatureLimits } from '../../config/limits.ts';
import {
  createOf,
  followOf,
  noteOf,
  outcomeOf,
  post,
  quiet,
  type Rig,
  startRig,
  withoutEffect,
} from '../helpers/activities.ts';
import { multikeyOf } from '../helpers/multikey.ts';
import { type ProofChanges, withProof } from '../helpers/object-proof.ts';
import type { Peer, PeerActor } from '../helpers/peer.ts';
import { HONEST } from '../helpers/remote-http.ts';
import type { TestServer } from '../helpers/server.ts';

let rig: Rig;
let server: TestServer;
let a: Peer;
let e: Peer;
/** Of the honest server; she lists an Ed25519 key. */
let erin: PeerActor;
/** Of the other server; he passes on what she writes. His key is known to the server. */
let mallory: PeerActor;
/** Actor id of a person of our server. */
let alice: string;

const key = generateKeyPairSync('ed25519');
const multikey = (id: string, publicKey = key.publicKey) => ({
  assertionMethod: [
    { id: `${id}#ed25519-key`, type: 'Multikey', controller: id, publicKeyMultibase: multikeyOf(publicKey) },
  ],
});

beforeAll(async () => {
  rig = await startRig();
  ({ server, a, e, mallory } = rig);
  alice = rig.alice.account.uri;
  erin = await a.actor('erin', multikey(a.url('/users/erin')));
  expect(await outcomeOf(server, erin, followOf(erin, alice))).toBe('applied');
  expect(await outcomeOf(server, mallory, followOf(mallory, alice))).toBe('applied');
});
afterAll(() => rig.close());

/** A document with a proof by erin. */
const proven = (document: Record<string, unknown>, changes: ProofChanges = {}) =>
  withProof(document, `${erin.id}#ed25519-key`, key.privateKey, changes);

/** Lets mallory pass on what must have no effect, and returns the status. */
async function refused(
  activity: object,
  allowed: Parameters<typeof withoutEffect>[3] = {},
  sender = mallory,
) {
  const answer = await withoutEffect(server, [a, e], () => post(server, sender, activity), allowed);
  return answer.status;
}

/** Lets mallory pass on an activity, and returns what became of it. */
async function forwarded(activity: { id: string } & Record<string, unknown>, sender = mallory) {
  return outcomeOf(server, sender, activity);
}

const firstKey = { asked: ['/users/erin'], remembersKey: true };

test('S13 what somebody else passes on without a proof is refused', async () => {
  expect(await refused(followOf(erin, alice))).toBe(401);
});

test('S2 a proof that does not fit is refused; the key is asked for once', async () => {
  const changed = { ...proven(followOf(erin, alice)), object: mallory.id };
  expect(await refused(changed, firstKey)).toBe(401);
  expect(await refused(changed)).toBe(401);
});

test('with the proof of its actor it counts, once, whoever passes it on', async () => {
  const follow = followOf(erin, alice);
  const document = { ...proven(follow), id: follow.id };
  expect(await forwarded(document)).toBe('applied');
  const dave = await e.actor('dave');
  expect(await outcomeOf(server, dave, followOf(dave, alice))).toBe('applied');
  // S8: a repetition is known by its id, and has no effect.
  expect(await refused(document)).toBe(202);
  expect(await refused(document, {}, dave)).toBe(202);
  expect(await refused(document, {}, erin)).toBe(202);
});

test('S8 a proof that is older than activities are remembered is refused', async () => {
  const created = new Date(Date.now() - signatureLimits.maxProofAgeMs - 60_000).toISOString();
  expect(await refused(proven(followOf(erin, alice), { created }))).toBe(401);
});

test('S8 an activity without an id is refused: a repetition could not be known', async () => {
  const { id: _id, ...without } = followOf(erin, alice);
  expect(await refused(proven(without))).toBe(401);
});

test('O1 its id must be of its actor’s server, proof or not', async () => {
  const follow = { ...followOf(erin, alice), id: e.url('/follows/1') };
  expect(await refused(proven(follow))).toBe(400);
});

test('S5 the proof must be its actor’s own', async () => {
  const mine = generateKeyPairSync('ed25519');
  const evil = await e.actor('eve', multikey(e.url('/users/eve'), mine.publicKey));
  const byEve = withProof(followOf(erin, alice), `${evil.id}#ed25519-key`, mine.privateKey);
  expect(await refused(byEve)).toBe(401);
  const sibling = await a.actor('frank', multikey(a.url('/users/frank'), mine.publicKey));
  const byFrank = withProof(followOf(erin, alice), `${sibling.id}#ed25519-key`, mine.privateKey);
  expect(await refused(byFrank, { asked: ['/users/frank'], remembersKey: true })).toBe(401);
  // The RSA key that erin signs requests with makes no proofs.
  expect(await refused(withProof(followOf(erin, alice), erin.keyId, mine.privateKey))).toBe(401);
});

test('S1 a proof does not make up for a request that is not signed', async () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const send = () => post(server, erin, proven(followOf(erin, alice)), { key: other.privateKey });
  const { status } = await withoutEffect(server, [a, e], send, {});
  expect(status).toBe(401);
});

test('S15 an actor whose server is blocked is not heard through another', async () => {
  await quiet(server);
  await server.context.inTx((tx) => server.context.instances.setPolicy(tx, HONEST, { severity: 'suspend' }));
  try {
    // Not even the key of who passes it on is asked for.
    const stranger = await e.actor('stranger');
    expect(await refused(proven(followOf(erin, alice)), {}, stranger)).toBe(403);
  } finally {
    await server.context.inTx((tx) => server.context.instances.removePolicy(tx, HONEST));
    rig.ahead += inboxLimits.refusalRememberedMs;
  }
});

test('an actor that is suspended here is not heard through another', async () => {
  await quiet(server);
  const row = server.context.db('accounts').where({ actor_uri: erin.id });
  await row.clone().update({ state: 'suspended' });
  try {
    expect(await refused(proven(followOf(erin, alice)))).toBe(403);
  } finally {
    await row.clone().update({ state: 'active' });
  }
});

test('V1 a proof makes nobody the owner of what is another’s', async () => {
  const note = noteOf(mallory);
  const stolen = createOf(erin, note);
  const outcome = await forwarded({ ...proven(stolen), id: stolen.id });
  expect(outcome).not.toBe('applied');
  expect(await server.context.db('videos').where({ uri: note.id }).first()).toBeUndefined();
});

describe('S13 Linked Data signatures prove nothing', () => {
  const fixtures = resolve(process.env.SHARED_DIR ?? '../shared', 'fixtures/ap');
  const missing = existsSync(fixtures) ? '' : ` (skipped: ${fixtures} is absent; set SHARED_DIR)`;

  test
    .skipIf(missing)
    .each(['mastodon-ldsig-create', 'mastodon-ldsig-create-bad', 'mastodon-create-note-ldsig'])(
    `%s${missing}`,
    async (name) => {
      const document = JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8'));
      expect(document.signature.type).toBe('RsaSignature2017');
      expect(await refused(document)).toBe(401);
    },
  );

  const signature = {
    type: 'RsaSignature2017',
    creator: 'x',
    created: '2026-11-21T12:00:00Z',
    signatureValue: 'QQ==',
  };
  const signed = () => ({ ...followOf(erin, alice), signature: { ...signature, creator: erin.keyId } });

  test.each<[string, (inner: Record<string, unknown>) => object, number]>([
    ['as it is', (inner) => inner, 401],
    [
      'within @graph',
      ({ '@context': context, ...inner }) => ({ '@context': context, '@graph': [inner] }),
      400,
    ],
    [
      'beside @graph',
      (inner) => ({ ...inner, '@graph': [{ type: 'Delete', actor: mallory.id, object: alice }] }),
      401,
    ],
    ['within @included', (inner) => ({ ...inner, object: mallory.id, '@included': [inner] }), 401],
    [
      'as a reversed member of what mallory writes',
      (inner) => ({ '@context': inner['@context'], id: alice, '@reverse': { object: inner } }),
      400,
    ],
    [
      'under names that a context gives another meaning',
      (inner) => ({ ...inner, '@context': [inner['@context'], { actor: 'as:object', object: 'as:actor' }] }),
      401,
    ],
  ])('%s', async (_name, arrange, status) => {
    expect(await refused(arrange(signed()))).toBe(status);
    expect(
      await refused(arrange({ ...proven(followOf(erin, alice)), ...(status === 401 && { to: [] }) })),
    ).toBe(status);
  });

  test('mallory’s own activity is read as his, whatever else is in the document', async () => {
    const own = { ...followOf(mallory, alice), '@included': [signed()], '@graph': [signed()] };
    expect(await forwarded(own)).toBe('applied');
    const rows = await server.context.db('inbox_activities').where({ actor_uri: erin.id });
    expect(rows.map((row) => row.activity_uri)).not.toContain(own['@included'][0]?.id);
  });
});
