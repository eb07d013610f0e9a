import { LRUCache } from 'lru-cache';
import { faspLimits } from '../../config/fasp-limits.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { AnswerSigner, Fasp } from '../../src/modules/fasp/index.ts';
import type { IncomingRequest } from '../inbox/signature/claim.ts';
import { readSignedRequest, signMessage } from './messages.ts';

/** Signatures that came lately; each counts once. */
const SEEN = 10_000;

/** Tells which accepted provider signed a request, once for each signature, and signs the answers. */
export function createFaspDoor({
  fasp,
  origin,
  clock,
  isFirst,
}: {
  readonly fasp: Pick<Fasp, 'known'>;
  readonly origin: string;
  readonly clock: Clock;
  /** Whether no other process of this server has seen a signature. */
  readonly isFirst: (signature: string, forMs: number) => Promise<boolean>;
}) {
  const forMs = 2 * faspLimits.clockSkewMs;
  const seen = new LRUCache<string, true>({ max: SEEN, ttl: forMs });

  return {
    async whoSigned(request: IncomingRequest & { readonly body: Buffer }) {
      const read = readSignedRequest(request, { origin, clock });
      if (!read.ok) return { error: read.detail };
      const provider = read.keyId === null ? null : await fasp.known(read.keyId);
      // One answer for both: who is not accepted learns nothing of who is.
      if (!provider || !read.isBy(provider.providerKey))
        return { error: 'The signature is of no provider that this server has accepted.' };
      const signature = read.signature.toString('base64');
      if (seen.has(signature) || !(await isFirst(signature, forMs)))
        return { error: 'This request came before. Sign each one anew.' };
      seen.set(signature, true);
      return { provider };
    },

    signAnswer: (
      { status, body }: { readonly status: number; readonly body: string },
      { serverId, ownKey }: AnswerSigner,
    ) => signMessage({ derived: { status }, body }, { keyId: serverId, key: ownKey, now: clock.now() }),
  };
}
