import { describe, expect, test, vi } from 'vitest';
import { signatureLimits } from '../../config/limits.ts';
import { createVerifyProof } from '../../federation/inbox/signature/object-proof.ts';
import { withProof } from '../helpers/object-proof.ts';
import { draftRfc9421 } from '../helpers/rfc9421-request.ts';
import { ACTOR, draft, found, NOW, outcome } from '../helpers/signed-request.ts';

const crypto = vi.hoisted(() => ({ answer: undefined as unknown }));
vi.mock('node:crypto', async (original) => ({
  ...(await original<typeof import('node:crypto')>()),
  verify: () => crypto.answer,
}));
const { generateKeyPairSync } = await import('node:crypto');

describe('S16 only a plain yes of the verification counts', () => {
  const key = generateKeyPairSync('ed25519');
  const keyId = `${ACTOR}#ed25519-key`;
  const verifyProof = createVerifyProof({ clock: { now: () => NOW }, limits: signatureLimits });
  const created = new Date(NOW).toISOString();
  const document = withProof({ type: 'Like', actor: ACTOR }, keyId, key.privateKey, { created });
  const outcomes = async () => [
    await outcome(draft()),
    await outcome(draftRfc9421()),
    (await verifyProof(document, ACTOR, async () => found(key.publicKey))).ok,
  ];

  test.each([null, undefined, 1, -1, 0, 'true', 'false', {}, false, Promise.resolve(true)])(
    '%s',
    async (answer) => {
      crypto.answer = answer;
      expect(await outcomes()).toEqual(['401 bad-signature', '401 bad-signature', false]);
    },
  );

  test('true', async () => {
    crypto.answer = true;
    expect(await outcomes()).toEqual(['ok', 'ok', true]);
  });
});
