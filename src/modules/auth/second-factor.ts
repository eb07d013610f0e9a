import { Secret, TOTP } from 'otpauth';
import { secondFactorLimits } from '../../../config/limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import { openSecret, randomHex, type Seal, sealSecret, sha256 } from '../../lib/crypto.ts';
import type { AccountId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';

export interface SecondFactorDeps {
  readonly instanceSecret: string;
  readonly clock: Clock;
  /** Domain of this server: authenticator apps show it beside the name. */
  readonly domain: string;
}

/** Codes of 6 digits that change every 30 seconds (RFC 6238, with what every authenticator app takes for granted). */
function totpOf(secret: Secret, issuer: string, label: string): TOTP {
  return new TOTP({ issuer, label, secret, algorithm: 'SHA1', digits: 6, period: PERIOD_SECONDS });
}

const PERIOD_SECONDS = 30;
/** Clocks of phones may be this many periods off (RFC 6238 5.2). */
const WINDOW = 1;

function sealOf(deps: SecondFactorDeps): Seal {
  return { instanceSecret: deps.instanceSecret, purpose: 'second-factor' };
}

/** What an account has: whether it is asked for a code, and how many recovery codes it has left. */
export async function secondFactorOf(db: Db | Tx, accountId: AccountId) {
  const row = await db('second_factors').where({ account_id: accountId }).first('confirmed_at');
  const left = await db('recovery_codes').where({ account_id: accountId }).count('* as count').first();
  return { enabled: row?.confirmed_at != null, recoveryCodesLeft: Number(left?.count ?? 0) };
}

/** Makes a secret, which counts once a code of it was entered. Fails where one counts already. */
export async function beginSecondFactor(
  deps: SecondFactorDeps,
  tx: Tx,
  account: { readonly id: AccountId; readonly username: string },
): Promise<Result<{ secret: string; uri: string }, 'second-factor-enabled'>> {
  const secret = new Secret({ size: 20 });
  const sealed = sealSecret(sealOf(deps), secret.base32);
  const stored = await tx('second_factors')
    .insert({ account_id: account.id, secret_sealed: sealed })
    .onConflict('account_id')
    .merge({ secret_sealed: sealed, last_step: 0 })
    .whereNull('second_factors.confirmed_at')
    .returning('account_id');
  if (stored.length === 0) return fail('second-factor-enabled', 'A second factor is asked for already.');
  return ok({ secret: secret.base32, uri: totpOf(secret, deps.domain, account.username).toString() });
}

/** From now on the account is asked for codes. Returns recovery codes, which are shown this once. */
export async function confirmSecondFactor(
  deps: SecondFactorDeps,
  tx: Tx,
  accountId: AccountId,
  code: string,
): Promise<Result<{ recoveryCodes: string[] }, 'wrong-code' | 'second-factor-enabled'>> {
  const row = await tx('second_factors').where({ account_id: accountId }).forUpdate().first();
  if (row?.confirmed_at) return fail('second-factor-enabled', 'A second factor is asked for already.');
  if (!row || !(await takeStep(deps, tx, row, code))) return wrongCode();
  await tx('second_factors').where({ account_id: accountId }).update({ confirmed_at: tx.fn.now() });
  const recoveryCodes = Array.from({ length: secondFactorLimits.recoveryCodes }, newRecoveryCode);
  await tx('recovery_codes').where({ account_id: accountId }).delete();
  await tx('recovery_codes').insert(
    recoveryCodes.map((one) => ({ account_id: accountId, code_hash: recoveryHash(one) })),
  );
  return ok({ recoveryCodes });
}

/** Takes a code of the authenticator app, or a recovery code; each counts once (security.md A7). */
export async function takeSecondFactor(
  deps: SecondFactorDeps,
  tx: Tx,
  accountId: AccountId,
  code: string,
): Promise<Result<object, 'wrong-code'>> {
  const row = await tx('second_factors').where({ account_id: accountId }).forUpdate().first();
  if (row?.confirmed_at == null) return wrongCode();
  if (await takeStep(deps, tx, row, code)) return ok();
  const used = await tx('recovery_codes')
    .where({ account_id: accountId, code_hash: recoveryHash(code) })
    .delete();
  return used === 1 ? ok() : wrongCode();
}

/** The account is asked for its password alone again. */
export async function dropSecondFactor(tx: Tx, accountId: AccountId): Promise<boolean> {
  await tx('recovery_codes').where({ account_id: accountId }).delete();
  return (await tx('second_factors').where({ account_id: accountId }).delete()) === 1;
}

/** The row is locked: of two requests with one code, the second finds its step taken. */
async function takeStep(
  deps: SecondFactorDeps,
  tx: Tx,
  row: { account_id: AccountId; secret_sealed: string; last_step: string },
  code: string,
): Promise<boolean> {
  const token = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return false;
  const opened = openSecret(sealOf(deps), row.secret_sealed);
  if (!opened.ok) throw new Error(opened.detail);
  const now = deps.clock.now();
  const totp = totpOf(Secret.fromBase32(opened.plaintext), deps.domain, '');
  const offset = totp.validate({ token, timestamp: now, window: WINDOW });
  if (offset === null) return false;
  const step = Math.floor(now / 1_000 / PERIOD_SECONDS) + offset;
  if (step <= Number(row.last_step)) return false;
  await tx('second_factors').where({ account_id: row.account_id }).update({ last_step: step });
  return true;
}

/** 80 random bits, in groups that can be read aloud. */
function newRecoveryCode(): string {
  return randomHex(10).replace(/(.{5})(?=.)/g, '$1-');
}

/** However it is written down. */
function recoveryHash(code: string): Buffer {
  return sha256(code.toLowerCase().replace(/[^0-9a-f]/g, ''));
}

function wrongCode() {
  return fail('wrong-code', 'This code is not right, or was used before. Wait for the next one.');
}
