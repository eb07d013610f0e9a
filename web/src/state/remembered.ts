import { parseJson } from '../api/client.ts';
import type { CredentialAccount, Instance } from '../api/types.ts';
import { store, stored } from './preferences.ts';

/** What the page last heard of the server and of who is signed in, for when it opens without a connection. */
interface Remembered {
  readonly me: CredentialAccount | null;
  readonly instance: Instance;
}

const KEY = 'vireo.last-known';
/** Its file has a hash in its name: what another build wrote may be of other shapes. */
const build = import.meta.url;

/** Keeps it for the next visit; `null` forgets it. */
export function remember(known: Remembered | null): void {
  store(KEY, known && JSON.stringify({ build, ...known }));
}

/** As it was kept by this build of the page. */
export function remembered(): Remembered | undefined {
  const known = parseJson(stored(KEY) ?? '') as
    | (Remembered & { readonly build?: unknown })
    | null
    | undefined;
  return known?.build === build ? known : undefined;
}
