import type { ApiOutcome } from '../api/client.ts';
import { api } from '../api/endpoints.ts';
import { type Credentials, otherApi } from '../api/other-endpoints.ts';
import type { CredentialAccount } from '../api/types.ts';
import { become } from './session.ts';

/** Signs in with a cookie that scripts cannot read. */
export async function signIn(credentials: Credentials): Promise<ApiOutcome<CredentialAccount>> {
  const session = await otherApi.signIn(credentials);
  if (!session.ok) return session;
  const account = await api.me();
  if (account.ok) become(account.value);
  return account;
}

/** Signs in with a passkey, which asks for nothing else. */
export async function signInByPasskey(credential: object): Promise<ApiOutcome<CredentialAccount>> {
  const session = await otherApi.passkeySignIn(credential);
  if (!session.ok) return session;
  const account = await api.me();
  if (account.ok) become(account.value);
  return account;
}
