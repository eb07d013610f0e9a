import { RateLimiterMemory } from 'rate-limiter-flexible';
import { serveLimits, signatureLimits } from '../../config/limits.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import { type Ok, ok } from '../../src/lib/result.ts';
import type { Account, Accounts } from '../../src/modules/accounts/index.ts';
import type { Instances } from '../../src/modules/instances/index.ts';
import type { Social } from '../../src/modules/social/index.ts';
import { type LookupKey, readKeyId, type VerifyRequest } from '../inbox/signature/verify.ts';

export interface AccessDeps {
  readonly accounts: Accounts;
  readonly instances: Instances;
  readonly social: Social;
  readonly verify: VerifyRequest;
  readonly lookupKey: LookupKey;
  /** Whether documents are for those only who sign their requests (`AUTHORIZED_FETCH`). */
  readonly authorizedFetch: boolean;
}

/** A GET of one of our documents, as it came. */
export interface DocumentRequest {
  readonly path: string;
  readonly rawHeaders: readonly string[];
  /** Network address of the peer. */
  readonly ip: string;
}

/** An actor elsewhere that was proven to have signed the request. */
export interface Reader {
  readonly actorUri: string;
  readonly host: string;
  /** As far as it is known here. */
  readonly account: Account | null;
}

interface Refusal {
  readonly ok: false;
  readonly status: 400 | 401 | 403 | 429;
  readonly error: string;
}

/** May this be answered at all? `reader` is null where nobody was proven, and nobody need be. */
export type Admission = Ok<{ readonly reader: Reader | null }> | Refusal;

export type Access = ReturnType<typeof createAccess>;

const UNWANTED: Refusal = { ok: false, status: 403, error: 'This server does not talk to yours.' };

/**
 * Decides who may read documents (security.md P4). Whoever names a suspended server or account as the signer
 * is refused before anything is fetched; anybody can leave that out, so only authorized fetch keeps them out
 * for good. A signature is verified where it decides something, never for documents that all may read.
 */
export function createAccess(deps: AccessDeps) {
  const perAddress = new RateLimiterMemory({ points: serveLimits.proofsPerAddressPerMinute, duration: 60 });

  /** What the claimed signer alone decides. */
  async function refuseByClaim(request: DocumentRequest): Promise<Refusal | undefined> {
    const claimed = readKeyId(request.rawHeaders, signatureLimits);
    if (!claimed.ok) return undefined;
    const keyUrl = new URL(claimed.keyId);
    if (await deps.instances.isBlocked(keyUrl.host)) return UNWANTED;
    keyUrl.hash = '';
    return refuseAccount(await deps.accounts.byActorUri(keyUrl.href));
  }

  /** Who signed the request, or why that is not proven. */
  async function prove(request: DocumentRequest): Promise<Ok<{ readonly reader: Reader }> | Refusal> {
    const allowed = await perAddress.consume(request.ip).then(
      () => true,
      () => false,
    );
    if (!allowed) return { ok: false, status: 429, error: 'Too many requests.' };
    const proof = await deps.verify({ method: 'GET', ...request, body: new Uint8Array() }, deps.lookupKey);
    if (!proof.ok) return { ok: false, status: proof.status, error: proof.detail };
    const { host } = new URL(proof.actorId);
    const account = await deps.accounts.byActorUri(proof.actorId);
    const refusal = (await deps.instances.isBlocked(host)) ? UNWANTED : refuseAccount(account);
    return refusal ?? ok({ reader: { actorUri: proof.actorId, host, account } });
  }

  return {
    authorizedFetch: deps.authorizedFetch,

    /** The first check of every request for a document. */
    async admit(request: DocumentRequest): Promise<Admission> {
      const refusal = await refuseByClaim(request);
      if (refusal) return refusal;
      return deps.authorizedFetch ? prove(request) : ok({ reader: null });
    },

    /** Who signed a request that was admitted, or null. For documents that are not for everybody. */
    async readerOf(request: DocumentRequest): Promise<Reader | null> {
      if (!isSigned(request)) return null;
      const proven = await prove(request);
      return proven.ok ? proven.reader : null;
    },

    /** False for readers from whom the author wants to be hidden. */
    async isWelcome(authorId: AccountId, reader: Reader | null): Promise<boolean> {
      if (reader === null) return true;
      if (await deps.social.blocksDomainOf(authorId, { domain: reader.host })) return false;
      return reader.account === null || !(await deps.social.isBlocking(authorId, reader.account.id));
    },
  };
}

function refuseAccount(account: Account | null): Refusal | undefined {
  if (account === null || account.state === 'active') return undefined;
  return { ok: false, status: 403, error: 'This account is suspended here, or was deleted.' };
}

function isSigned({ rawHeaders }: DocumentRequest): boolean {
  return rawHeaders.some((name, at) => at % 2 === 0 && /^(signature|authorization)$/i.test(name));
}
