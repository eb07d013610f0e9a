import { deliveryLimits } from '../../config/limits.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import type { FetchFailure } from '../../src/lib/net/fetch-failure.ts';
import type { FetchAnswer, SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import { fail, type Ok, type Result } from '../../src/lib/result.ts';
import type { Keyring, SigningKey, SigningPlace } from '../store/keyring.ts';
import { type SignatureScheme, signRequest } from './sign.ts';

export interface KnockDeps {
  readonly fetch: SafeFetch;
  readonly keyring: Keyring;
  readonly clock: Clock;
  /** Waits until the host may be asked again. */
  readonly pace: (signal: AbortSignal) => Promise<void>;
}

/** One activity for one inbox. */
export interface Letter {
  readonly accountId: AccountId;
  readonly url: URL;
  /** As stored: the very bytes that are sent, and their SHA-256 in Base64. */
  readonly body: Buffer;
  readonly bodyDigest: string;
  readonly signing: SigningPlace;
}

/** What came of it, and the way to sign that the host is known to take now. */
export interface Knocked {
  readonly answer: Ok<FetchAnswer> | FetchFailure | Result<never, 'no-key'>;
  readonly scheme: SignatureScheme;
}

/**
 * Sends an activity, signed the way the host took last. Where it is refused as a bad signature would be, it is
 * sent once more with the sender's other key, where that was changed, and once more signed the other way; that way
 * is the known one where it is taken. Signed anew for every attempt: receivers allow the date to be only minutes off
 * (federation-interop.md 3).
 */
export async function knock(
  deps: KnockDeps,
  letter: Letter,
  scheme: SignatureScheme,
  signal: AbortSignal,
): Promise<Knocked> {
  const [signing, spare] = await deps.keyring.keysFor(letter.accountId, letter.signing);
  if (!signing) return { answer: fail('no-key', 'The sender has no key any more.'), scheme };
  const post = async (how: SignatureScheme, key: SigningKey) => {
    await deps.pace(signal);
    const { url, body, bodyDigest } = letter;
    const request = { method: 'POST', url, body, bodyDigest, ...key, scheme: how } as const;
    const headers = await signRequest({ ...request, now: deps.clock.now() });
    return deps.fetch.request({
      ...{ method: 'POST', url, body, signal },
      headers: { ...headers, 'content-type': 'application/activity+json' },
      maxRedirects: 0,
      deadlineMs: deliveryLimits.deadlineMs,
      discardBody: true,
    });
  };
  const first = await post(scheme, signing);
  if (!looksLikeBadSignature(first)) return { answer: first, scheme };
  if (spare) {
    const answer = await post(scheme, spare);
    if (!looksLikeBadSignature(answer)) return { answer, scheme };
  }
  const other = scheme === 'draft-cavage' ? 'rfc9421' : 'draft-cavage';
  const second = await post(other, signing);
  const taken = second.ok && second.status >= 200 && second.status < 300;
  return { answer: looksLikeBadSignature(second) ? first : second, scheme: taken ? other : scheme };
}

/** Servers that do not know a way to sign answer 401, or 400 where they see no signature at all. */
function looksLikeBadSignature(answer: Ok<FetchAnswer> | FetchFailure): boolean {
  return answer.ok && (answer.status === 400 || answer.status === 401);
}
