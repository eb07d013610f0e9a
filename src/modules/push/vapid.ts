import webPush from 'web-push';
import type { Tx } from '../../db/database.ts';
import { openSecret, sealSecret } from '../../lib/crypto.ts';

/** The pair of keys by which push services know this server (RFC 8292), base64url. */
export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

const SETTING = 'vapid-keys';

/**
 * The keys of this server, made when it first starts; the private one is stored sealed. Where the secret of the instance
 * is another one since then, it cannot be opened any more: then there are new keys, and the subscriptions, which are
 * bound to the old ones, are dropped; apps that compare the key subscribe anew.
 */
export async function ensureVapidKeys(tx: Tx, instanceSecret: string): Promise<VapidKeys> {
  const seal = { instanceSecret, purpose: SETTING };
  const fresh = (): { keys: VapidKeys; value: string } => {
    const keys = webPush.generateVAPIDKeys();
    const privateKeySealed = sealSecret(seal, keys.privateKey);
    return { keys, value: JSON.stringify({ publicKey: keys.publicKey, privateKeySealed }) };
  };
  await tx('instance_settings').insert({ key: SETTING, value: fresh().value }).onConflict('key').ignore();
  const row: { value: { publicKey: string; privateKeySealed: string } } = await tx('instance_settings')
    .where({ key: SETTING })
    .forUpdate()
    .first('value');
  const { publicKey, privateKeySealed } = row.value;
  const opened = openSecret(seal, privateKeySealed);
  if (opened.ok) return { publicKey, privateKey: opened.plaintext };
  const { keys, value } = fresh();
  await tx('instance_settings').where({ key: SETTING }).update({ value });
  await tx('push_subscriptions').delete();
  return keys;
}
