import { parseId } from '../../src/lib/ids.ts';
import type { Accounts } from '../../src/modules/accounts/index.ts';
import type { JsonObject } from '../translate/read.ts';

/**
 * As much of a local actor as anybody needs to verify a signature: two servers that both demand signed
 * requests could otherwise never learn each other's keys (federation-interop.md 3). Null where there is none.
 */
export async function actorStub(accounts: Accounts, idText: string): Promise<JsonObject | null> {
  const id = parseId<'account'>(idText);
  const account = id === null ? null : await accounts.byId(id);
  if (account?.domain !== null || account.state !== 'active' || account.actorType === 'Application')
    return null;
  const keys = await accounts.keysOf(account.id);
  if (!keys) return null;
  return {
    '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
    id: account.actorUri,
    type: account.actorType,
    preferredUsername: account.username,
    inbox: account.inboxUri,
    publicKey: { id: keys.keyUri, owner: account.actorUri, publicKeyPem: keys.publicKeyPem },
  };
}
