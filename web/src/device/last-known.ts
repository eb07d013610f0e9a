import { parseJson } from '../api/client.ts';
import type { CredentialAccount, Instance } from '../api/types.ts';
import { store, stored } from '../state/stored.ts';

/** What the page last heard of the server and of who is signed in, for when it opens without a connection. */
export interface LastKnown {
  readonly me: CredentialAccount | null;
  readonly instance: Instance;
}

const KEY = 'vireo.last-known';
/** Its file has a hash in its name: what another build wrote may be of other shapes. */
const build = import.meta.url;

/** Keeps it for the next visit; `null` forgets it. */
export function keepLastKnown(known: LastKnown | null): void {
  store(KEY, known && JSON.stringify({ build, ...known }));
}

/** As it was kept by this build of the page. */
export function lastKnown(): LastKnown | undefined {
  const known = parseJson(stored(KEY) ?? '') as (LastKnown & { readonly build?: unknown }) | null | undefined;
  return known?.build === build ? known : undefined;
}
