import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { inboxLimits, signatureLimits } from '../../config/limits.ts';
import { importMultikey } from '../../federation/inbox/signature/multikey.ts';
import { createVerifyProof } from '../../federation/inbox/signature/object-proof.ts';
import type { LookupKey } from '../../federation/inbox/signature/verify.ts';
import { withProof } from '../helpers/object-proof.ts';
import { ACTOR, found as foundRsa, NOW, noLookup } from '../helpers/signed-request.ts';

const KEY_ID = `${ACTOR}#ed25519-key`;
const key = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const HOUR = 3_600_000;

const activity = {
  '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/data-integrity/v1'],
  id: 'https://a.example/activities/1',
  type: 'Create',
  actor: ACTOR,
  object: { id: 'https://a.example/notes/1', type: 'Note', content: 'é & 1', tags: [1, 2.5, null, true] },
};

const found = (publicKey = key.publicKey, isFresh = true) =>
  ({ ok: true, key: publicKey, keyId: KEY_ID, actorId: ACTOR, isFresh }) as const;
const lookup: LookupKey = async () => found();

/** `ok`, or the reason. */
async function outcome(
  document: Record<string, unknown>,
  keys: LookupKey = lookup,
  { now = NOW, actor = ACTOR } = {},
): Promise<string> {
  const verifyProof = createVerifyProof({ clock: { now: () => now }, limits: signatureLimits });
  const result = await verifyProof(document, actor, keys);
  return result.ok ? `ok` : result.reason;
}

const created = new Date(NOW).toISOString();
const proven = (
  document: Record<string, unknown> = activity,
  changes: Parameters<typeof withProof>[3] = {},
) => withProof(document, KEY_ID, key.privateKey, { created, ...changes });
const proofOf = (document: Record<string, unknown>) => document.proof as Record<string, unknown>;

describe('a proof by the actor', () => {
  test.each(['repeated', 'implied', 'none'] as const)('counts; its context is %s', async (context) => {
    expect(await outcome(proven(activity, { context }))).toBe('ok');
  });

  test('counts in any order of keys, in a list of one, and beside a Linked Data signature', async () => {
    const document = proven();
    const turned = Object.fromEntries(Object.entries(document).toReversed());
    expect(await outcome(turned)).toBe('ok');
    expect(await outcome({ ...document, proof: [document.proof] })).toBe('ok');
    expect(await outcome({ ...document, signature: { type: 'RsaSignature2017' } })).toBe('ok');
  });

  test.each([
    [
      'FEP-8b32, with the context repeated',
      'zLaewdp4H9kqtwyrLatK4cjY5oRHwVcw4gibPSUDYDMhi4M49v8pcYk3ZB6D69dNpAPbUmY8ocuJ3m9KhKJEEg7z',
      true,
    ],
    [
      'FEP-8b32, an earlier edition',
      'z3sXaxjKs4M3BRicwWA9peyNPJvJqxtGsDmpt1jjoHCjgeUf71TRFz56osPSfDErszyLp5Ks1EhYSgpDaNM977Rg2',
      false,
    ],
  ])('the test vector of %s', async (_name, proofValue, isNew) => {
    const actor = 'https://server.example/users/alice';
    const context = activity['@context'];
    const location = { type: 'Place', longitude: -71.184902, latitude: 25.273962 };
    const note = { id: 'https://server.example/objects/1', attributedTo: actor, location };
    const document = {
      '@context': context,
      ...(isNew && { id: 'https://server.example/activities/1' }),
      type: 'Create',
      actor,
      object: { type: 'Note', content: 'Hello world', ...(isNew && note) },
      proof: {
        ...(isNew && { '@context': context }),
        type: 'DataIntegrityProof',
        cryptosuite: 'eddsa-jcs-2022',
        verificationMethod: `${actor}#ed25519-key`,
        proofPurpose: 'assertionMethod',
        proofValue,
        created: '2023-02-24T23:36:38Z',
      },
    };
    const publicKey = importMultikey('z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2');
    if (!publicKey) throw new Error('The key of the test vector is not read.');
    const keys: LookupKey = async () => ({ ...found(publicKey), actorId: actor });
    const when = { now: Date.parse('2023-02-24T23:40:00Z'), actor };
    expect(await outcome(document, keys, when)).toBe('ok');
    expect(await outcome({ ...document, type: 'Update' }, keys, when)).toBe('bad-proof');
  });
});

const fixtures = resolve(process.env.SHARED_DIR ?? '../shared', 'fixtures/ap');
const missing = existsSync(fixtures) ? '' : ` (skipped: ${fixtures} is absent; set SHARED_DIR)`;

describe.skipIf(missing)(`what Mitra really sends${missing}`, () => {
  const read = (name: string) => JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8'));

  test('a proof that is understood as far as it can be without its key', async () => {
    const document = read('mitra-create-post');
    const keys = vi.fn<LookupKey>(async () => found());
    const when = { now: Date.parse(document.proof.created) + HOUR, actor: document.actor };
    expect(await outcome(document, keys, when)).toBe('bad-proof');
    expect(keys).toHaveBeenCalledWith(document.proof.verificationMethod, { refresh: false });
  });

  test('an actor with an RSA and an Ed25519 key', () => {
    const [rsa, ed25519] = read('mitra-actor-did-assertionmethod').assertionMethod;
    expect(importMultikey(rsa.publicKeyMultibase)).toBeUndefined();
    expect(importMultikey(ed25519.publicKeyMultibase)?.asymmetricKeyType).toBe('ed25519');
  });
});

describe('S2 a proof covers the whole document', () => {
  test.each<[string, Record<string, unknown>]>([
    ['another type', { type: 'Delete' }],
    ['another id', { id: 'https://a.example/activities/2' }],
    ['another object', { object: 'https://a.example/notes/1' }],
    ['a changed text', { object: { ...activity.object, content: 'e & 1' } }],
    ['another order of a list', { object: { ...activity.object, tags: [2.5, 1, null, true] } }],
    ['a number for a text', { object: { ...activity.object, tags: ['1', 2.5, null, true] } }],
    ['one member more', { to: ['https://www.w3.org/ns/activitystreams#Public'] }],
    [
      'a context that gives names another meaning',
      { '@context': [...activity['@context'], { Like: 'as:Delete' }] },
    ],
    ['S13 more nodes', { '@graph': [{ type: 'Delete' }] }],
    ['S13 an included node', { '@included': [{ type: 'Delete' }] }],
    ['S13 a reversed member', { '@reverse': { object: { type: 'Delete' } } }],
  ])('%s', async (_name, change) => {
    expect(await outcome({ ...proven(), ...change })).toBe('bad-proof');
  });

  test('a member less, or an infinite number for null', async () => {
    const { object: _object, ...less } = proven();
    expect(await outcome(less)).toBe('bad-proof');
    const infinite = { ...activity.object, tags: [1, 2.5, Number.POSITIVE_INFINITY, true] };
    expect(await outcome({ ...proven(), object: infinite })).toBe('bad-proof');
  });

  test('the proof itself is covered, but for its value', async () => {
    const document = proven();
    for (const change of [{ created: new Date(NOW - HOUR).toISOString() }, { nonce: 'x' }, { id: 'urn:x' }]) {
      expect(await outcome({ ...document, proof: { ...proofOf(document), ...change } })).toBe('bad-proof');
    }
    const context = { ...proofOf(document), '@context': activity['@context'].slice(0, 1) };
    expect(await outcome({ ...document, proof: context }, noLookup)).toBe('bad-proof');
    const { '@context': _context, ...without } = proofOf(document);
    // Nothing is lost: it is signed as if it were there.
    expect(await outcome({ ...document, proof: without })).toBe('ok');
  });
});

describe('whose the key is', () => {
  test('S5 of another actor, though the proof fits', async () => {
    expect(await outcome(proven(), async () => ({ ...found(), actorId: `${ACTOR}2` }))).toBe('bad-proof');
  });

  test('S6 of another server: not even asked for', async () => {
    const document = withProof(activity, 'https://e.example/key', key.privateKey, { created });
    expect(await outcome(document, noLookup)).toBe('bad-key-id');
    expect(await outcome(proven(), noLookup, { actor: 'https://e.example/users/mallory' })).toBe(
      'bad-key-id',
    );
  });

  test.each(['did:key:z6Mk', 'acct:a@a.example', '', `https://a.example/${'k'.repeat(3_000)}`])(
    'no web address: %s',
    async (keyId) => {
      expect(await outcome(withProof(activity, keyId, key.privateKey, { created }), noLookup)).toBe(
        'bad-key-id',
      );
    },
  );

  test('S10 of another kind: an RSA key of the actor makes no proof', async () => {
    expect(await outcome(proven(), async () => foundRsa())).toBe('bad-proof');
    // The signatures of this one have the length of Ed25519's.
    const short = generateKeyPairSync('rsa', { modulusLength: 512 });
    const document = withProof(activity, KEY_ID, short.privateKey, { created });
    expect(await outcome(document, async () => found(short.publicKey))).toBe('bad-proof');
  });

  test('S14 a kept key that does not fit is asked for anew, once', async () => {
    const rotated = vi.fn<LookupKey>(async (_id, { refresh }) =>
      refresh ? found() : found(other.publicKey, false),
    );
    expect(await outcome(proven(), rotated)).toBe('ok');
    expect(rotated).toHaveBeenCalledTimes(2);
    const wrong = vi.fn<LookupKey>(async () => found(other.publicKey, false));
    expect(await outcome(proven(), wrong)).toBe('bad-proof');
    expect(wrong).toHaveBeenCalledTimes(2);
    const fresh = vi.fn<LookupKey>(async () => found(other.publicKey, true));
    expect(await outcome(proven(), fresh)).toBe('bad-proof');
    expect(fresh).toHaveBeenCalledTimes(1);
  });

  test('a lookup that fails tells why', async () => {
    expect(await outcome(proven(), async () => ({ ok: false, reason: 'gone' }))).toBe('gone');
  });
});

describe('what is no proof', () => {
  const { proofValue } = proofOf(proven());
  test.each<[string, unknown, string]>([
    ['none', undefined, 'no-proof'],
    ['a text', 'x', 'no-proof'],
    ['an empty list', [], 'no-proof'],
    ['two', [proofOf(proven()), proofOf(proven())], 'unsupported-proof'],
    ['of another type', { ...proofOf(proven()), type: 'Ed25519Signature2020' }, 'unsupported-proof'],
    ['of another suite', { ...proofOf(proven()), cryptosuite: 'eddsa-rdfc-2022' }, 'unsupported-proof'],
    ['for another purpose', { ...proofOf(proven()), proofPurpose: 'authentication' }, 'unsupported-proof'],
    ['without a value', { ...proofOf(proven()), proofValue: undefined }, 'bad-proof'],
    ['with a value in another base', { ...proofOf(proven()), proofValue: `u${proofValue}` }, 'bad-proof'],
    [
      'with a value that is too short',
      { ...proofOf(proven()), proofValue: String(proofValue).slice(0, 40) },
      'bad-proof',
    ],
  ])('%s', async (_name, proof, expected) => {
    expect(await outcome({ ...activity, proof }, noLookup)).toBe(expected);
  });

  test('S13 a Linked Data signature', async () => {
    const signature = {
      type: 'RsaSignature2017',
      creator: `${ACTOR}#main-key`,
      created,
      signatureValue: 'QQ==',
    };
    expect(await outcome({ ...activity, signature }, noLookup)).toBe('no-proof');
    expect(await outcome({ ...activity, proof: signature }, noLookup)).toBe('unsupported-proof');
  });
});

describe('S8 S9 the time of a proof', () => {
  test.each([
    ['an hour in the future', HOUR, 'ok'],
    ['more than an hour in the future', HOUR + 1_000, 'stale'],
    ['a week old', -signatureLimits.maxProofAgeMs, 'ok'],
    ['more than a week old', -signatureLimits.maxProofAgeMs - 1_000, 'stale'],
  ])('%s', async (_name, offset, expected) => {
    const document = proven(activity, { created: new Date(NOW + offset).toISOString() });
    expect(await outcome(document, expected === 'ok' ? lookup : noLookup)).toBe(expected);
  });

  test.each([
    '',
    'now',
    '2026-11-21',
    '2026-99-21T12:00:00Z',
    'Sat, 21 Nov 2026 12:00:00 GMT',
    '2026-11-21T12:00:00',
  ])('created that reads "%s"', async (text) => {
    expect(await outcome(proven(activity, { created: text }), noLookup)).toBe('stale');
  });

  test('no created, or one that is not a text', async () => {
    expect(await outcome(proven(activity, { config: { created: undefined } }), noLookup)).toBe('stale');
    expect(await outcome(proven(activity, { config: { created: NOW } }), noLookup)).toBe('stale');
  });

  test('with nanoseconds and an offset, as some servers write it', async () => {
    expect(await outcome(proven(activity, { created: '2026-11-21T13:00:00.560996451+01:00' }))).toBe('ok');
  });

  test('an end', async () => {
    const until = (offset: number) => ({ config: { expires: new Date(NOW + offset).toISOString() } });
    expect(await outcome(proven(activity, until(HOUR)))).toBe('ok');
    expect(await outcome(proven(activity, until(-1_000)), noLookup)).toBe('stale');
    expect(await outcome(proven(activity, { config: { expires: 'never' } }), noLookup)).toBe('stale');
  });

  test('is shorter than activities are remembered', () => {
    expect(signatureLimits.maxProofAgeMs + signatureLimits.clockSkewMs).toBeLessThan(inboxLimits.keptMs / 2);
  });
});
