import { Secret, TOTP } from 'otpauth';
import type { Person } from './people.ts';
import type { TestServer } from './server.ts';

/** Gives somebody a second factor that counts. */
export async function setUpSecondFactor({ context }: TestServer, { account, id }: Person): Promise<void> {
  const { auth, inTx } = context;
  const begun = await inTx((tx) => auth.secondFactor.begin(tx, account));
  if (!begun.ok) throw new Error(begun.detail);
  const code = new TOTP({ secret: Secret.fromBase32(begun.secret) }).generate();
  const confirmed = await inTx((tx) => auth.secondFactor.confirm(tx, id, code));
  if (!confirmed.ok) throw new Error(confirmed.detail);
}
