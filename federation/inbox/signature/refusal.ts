/** Why a signature does not count: 400 for a request that cannot be read, 401 for one that proves nothing. */
export interface SignatureRefusal {
  readonly ok: false;
  readonly status: 400 | 401;
  /** Stable kebab-case word; for a key that could not be had, the reason of the key lookup. */
  readonly reason: string;
  readonly detail: string;
  /** The key the request claims, when it could be read. */
  readonly keyId?: string;
}

/** Builds a refusal; `detail` is a sentence for the administrator of the sending server. */
export function refuse(status: 400 | 401, reason: string, detail: string): SignatureRefusal {
  return { ok: false, status, reason, detail };
}
