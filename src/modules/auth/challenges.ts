import { createHmac, randomBytes } from 'node:crypto';
import { passkeyLimits } from '../../../config/joining-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import { purposeKey, sha256, timingSafeEqualText } from '../../lib/crypto.ts';

/** What a passkey is asked to sign for; a challenge of one purpose is none of another. */
type ChallengePurpose = 'add' | 'sign-in' | 'prove';

/** For what, and for whom, a challenge counts: a session, or a browser that has none yet. */
export interface ChallengeUse {
  readonly purpose: ChallengePurpose;
  readonly holder: string;
}

const TIME_BYTES = 8;
const RANDOM_BYTES = 16;
const BODY_BYTES = TIME_BYTES + RANDOM_BYTES;

/**
 * Challenges of WebAuthn (13.4.3). They carry their end and a code by which we know them again, so that asking for
 * one stores nothing: whoever asks a million times leaves no rows. Only answers do, each for as long as its challenge
 * counts, so that none counts twice.
 */
export function createChallenges({ instanceSecret, clock }: { instanceSecret: string; clock: Clock }) {
  const key = purposeKey({ instanceSecret, purpose: 'passkey-challenge' });
  const codeOf = (body: Buffer, { purpose, holder }: ChallengeUse): Buffer =>
    createHmac('sha256', key).update(`${purpose}\n${holder}\n`).update(body).digest();
  return {
    issue(use: ChallengeUse): Buffer<ArrayBuffer> {
      const body = Buffer.alloc(BODY_BYTES);
      body.writeBigUInt64BE(BigInt(clock.now() + passkeyLimits.challengeMs));
      randomBytes(RANDOM_BYTES).copy(body, TIME_BYTES);
      return Buffer.concat([body, codeOf(body, use)]);
    },

    /** Whether this is one that we gave for this use, in time. In base64url, as authenticators give it back. */
    isOurs(challenge: string, use: ChallengeUse): boolean {
      const bytes = Buffer.from(challenge, 'base64url');
      if (bytes.length <= BODY_BYTES) return false;
      const body = bytes.subarray(0, BODY_BYTES);
      const code = bytes.subarray(BODY_BYTES);
      const isGenuine = timingSafeEqualText(code.toString('hex'), codeOf(body, use).toString('hex'));
      return isGenuine && Number(body.readBigUInt64BE()) >= clock.now();
    },

    /** Takes the challenge: true once, however many answer it at the same time, as the others wait for this. */
    async take(tx: Tx, challenge: string): Promise<boolean> {
      const bytes = Buffer.from(challenge, 'base64url');
      const taken = await tx('passkey_challenges')
        .insert({
          challenge_hash: sha256(bytes),
          expires_at: new Date(Number(bytes.readBigUInt64BE())),
        })
        .onConflict('challenge_hash')
        .ignore()
        .returning('challenge_hash');
      return taken.length === 1;
    },
  };
}
