import { isIP } from 'node:net';
import {
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { passkeyLimits } from '../../../config/joining-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { deleteInBatches } from '../../db/sweep.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, IdSource, PasskeyId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Account } from '../accounts/index.ts';
import type { Role } from '../staff/index.ts';
import { type ChallengeUse, createChallenges } from './challenges.ts';
import { mayEnter, type SignInRefusal } from './commands.ts';

export interface PasskeyDeps {
  readonly db: Db;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly instanceSecret: string;
  /** Address of this server: passkeys count for its host alone, and only on its pages. */
  readonly origin: string;
  readonly instance: { readonly name: string };
}

/** A passkey as its person sees it. */
export interface Passkey {
  readonly id: PasskeyId;
  readonly name: string;
  /** The maker of the authenticator keeps a copy, which comes to the person's other devices. */
  readonly synced: boolean;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

interface PasskeyRow {
  readonly id: PasskeyId;
  readonly account_id: AccountId;
  readonly credential_id: string;
  readonly public_key: Buffer<ArrayBuffer>;
  readonly counter: string;
  readonly transports: AuthenticatorTransport[];
  readonly synced: boolean;
  readonly name: string;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
}

/** Ed25519, ES256, RS256: what every authenticator has one of. */
const ALGORITHMS = [-8, -7, -257];

/**
 * Signing in without a password (WebAuthn level 3). The authenticator makes sure that its person is there (a finger,
 * a face, a PIN), so that a passkey is both factors at once.
 */
export function createPasskeys(deps: PasskeyDeps) {
  const { db } = deps;
  const rpId = new URL(deps.origin).hostname;
  const challenges = createChallenges(deps);
  const site = { ...deps, rpId, challenges };
  return {
    /** Browsers know no passkeys of hosts that have no name. */
    isPossible: isIP(rpId.replace(/^\[|\]$/g, '')) === 0,
    async of(accountId: AccountId): Promise<Passkey[]> {
      return (await rowsOf(db, accountId)).map(passkeyOf);
    },
    optionsToAdd: (tx: Tx, account: Account, holder: string) => optionsToAdd(site, tx, account, holder),
    add: (tx: Tx, input: NewPasskey) => addPasskey(site, tx, input),
    /** What a browser is asked: any passkey of this server, or one of this account. */
    async optionsToUse(use: ChallengeUse, accountId: AccountId | null) {
      const rows = accountId === null ? [] : await rowsOf(db, accountId);
      return generateAuthenticationOptions({
        rpID: rpId,
        challenge: challenges.issue(use),
        timeout: passkeyLimits.challengeMs,
        userVerification: 'required',
        ...(rows.length === 0 ? {} : { allowCredentials: rows.map(descriptorOf) }),
      });
    },
    use: (tx: Tx, use: ChallengeUse, response: AuthenticationResponseJSON, of: AccountId | null = null) =>
      usePasskey(site, tx, { use, response, of }),
    async rename(tx: Tx, accountId: AccountId, id: PasskeyId, name: string): Promise<Passkey | null> {
      const [row] = await tx('passkeys').where({ id, account_id: accountId }).update({ name }).returning('*');
      return row ? passkeyOf(row) : null;
    },
    /** False where the account has no such passkey. */
    async remove(tx: Tx, accountId: AccountId, id: PasskeyId): Promise<boolean> {
      return (await tx('passkeys').where({ id, account_id: accountId }).delete()) === 1;
    },
    removeAll,
    sweep: (signal?: AbortSignal): Promise<number> =>
      deleteInBatches(db, 'passkey_challenges', { condition: 'expires_at < now()' }, signal),
  };
}

interface Site extends PasskeyDeps {
  readonly rpId: string;
  readonly challenges: ReturnType<typeof createChallenges>;
}

/** Takes all passkeys of an account away; returns how many. */
export function removeAll(tx: Tx, accountId: AccountId): Promise<number> {
  return tx('passkeys').where({ account_id: accountId }).delete();
}

function rowsOf(db: Db | Tx, accountId: AccountId): Promise<PasskeyRow[]> {
  return db('passkeys').where({ account_id: accountId }).orderBy('id').limit(passkeyLimits.maxOfAccount);
}

function descriptorOf({ credential_id, transports }: PasskeyRow) {
  return { id: credential_id, transports };
}

function passkeyOf(row: PasskeyRow): Passkey {
  return {
    ...{ id: row.id, name: row.name, synced: row.synced },
    ...{ createdAt: row.created_at, lastUsedAt: row.last_used_at },
  };
}

async function optionsToAdd(site: Site, tx: Tx, account: Account, holder: string) {
  // Authenticators keep it for ever, and tell it to whoever holds them: it is no name and no number of ours.
  const [user] = await tx('users')
    .where({ account_id: account.id })
    .update({
      passkey_handle: tx.raw('coalesce(passkey_handle, ?)', [
        crypto.getRandomValues(Buffer.alloc(passkeyLimits.handleBytes)),
      ]),
    })
    .returning<{ passkey_handle: Buffer<ArrayBuffer> }[]>('passkey_handle');
  if (!user) throw new Error('Somebody without a password wants a passkey.');
  return generateRegistrationOptions({
    rpName: site.instance.name,
    rpID: site.rpId,
    userName: account.username,
    userDisplayName: account.displayName || account.username,
    userID: user.passkey_handle,
    challenge: site.challenges.issue({ purpose: 'add', holder }),
    timeout: passkeyLimits.challengeMs,
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: (await rowsOf(tx, account.id)).map(descriptorOf),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

export interface NewPasskey {
  readonly accountId: AccountId;
  readonly holder: string;
  readonly response: RegistrationResponseJSON;
  readonly name: string;
}

/** Keeps a new passkey (WebAuthn 7.1). */
async function addPasskey(
  site: Site,
  tx: Tx,
  { accountId, holder, response, name }: NewPasskey,
): Promise<Result<{ passkey: Passkey }, 'passkey-invalid' | 'passkey-known' | 'too-many-passkeys'>> {
  // Locked, so that no two that come at once are one too many.
  await tx('users').where({ account_id: accountId }).forUpdate().first('account_id');
  if ((await rowsOf(tx, accountId)).length >= passkeyLimits.maxOfAccount) {
    return fail('too-many-passkeys', `You have ${passkeyLimits.maxOfAccount} passkeys. Remove one first.`);
  }
  let challenge = '';
  const verified = await orNull(
    verifyRegistrationResponse({
      response,
      expectedChallenge: (given) => {
        challenge = given;
        return site.challenges.isOurs(given, { purpose: 'add', holder });
      },
      expectedOrigin: site.origin,
      expectedRPID: site.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    }),
  );
  if (!verified?.verified || !(await site.challenges.take(tx, challenge))) return invalid();
  const { credential, credentialBackedUp } = verified.registrationInfo;
  const [row] = await tx('passkeys')
    .insert({
      id: site.ids.next<'passkey'>(),
      account_id: accountId,
      credential_id: credential.id,
      public_key: Buffer.from(credential.publicKey),
      counter: credential.counter,
      transports: credential.transports ?? [],
      synced: credentialBackedUp,
      name,
    })
    .onConflict('credential_id')
    .ignore()
    .returning('*');
  return row ? ok({ passkey: passkeyOf(row) }) : fail('passkey-known', 'This passkey is in use already.');
}

/**
 * Checks what a passkey has signed (WebAuthn 7.2), and says whose it is. The row is locked: of two answers with one
 * count, the second finds it taken. A count that has not risen means that there is a copy of the key.
 */
async function usePasskey(
  site: Site,
  tx: Tx,
  {
    use,
    response,
    of,
  }: {
    readonly use: ChallengeUse;
    readonly response: AuthenticationResponseJSON;
    /** Whose it must be; null where the passkey says so itself. */
    readonly of: AccountId | null;
  },
): Promise<Result<{ accountId: AccountId; role: Role }, 'passkey-invalid' | SignInRefusal>> {
  const row = await tx('passkeys')
    .where({ credential_id: response.id })
    .forUpdate()
    .first<PasskeyRow | undefined>();
  if (!row || (of !== null && row.account_id !== of)) return invalid();
  const user = await tx('users')
    .join('accounts', 'accounts.id', 'users.account_id')
    .where({ account_id: row.account_id })
    .first('users.role', 'users.approval', 'users.unconfirmed', 'accounts.state', 'users.passkey_handle');
  const handle = response.response.userHandle;
  const isOfHolder = handle === undefined || handle === user?.passkey_handle?.toString('base64url');
  // Without a name, the authenticator has to say whose passkey it is (7.2, step 6).
  if (!user || !isOfHolder || (of === null && handle === undefined)) return invalid();
  let challenge = '';
  const verified = await orNull(
    verifyAuthenticationResponse({
      response,
      expectedChallenge: (given) => {
        challenge = given;
        return site.challenges.isOurs(given, use);
      },
      expectedOrigin: site.origin,
      expectedRPID: site.rpId,
      requireUserVerification: true,
      credential: {
        id: row.credential_id,
        publicKey: new Uint8Array(row.public_key),
        counter: Number(row.counter),
        transports: row.transports,
      },
    }),
  );
  if (!verified?.verified || !(await site.challenges.take(tx, challenge))) return invalid();
  await tx('passkeys').where({ id: row.id }).update({
    counter: verified.authenticationInfo.newCounter,
    synced: verified.authenticationInfo.credentialBackedUp,
    last_used_at: tx.fn.now(),
  });
  return mayEnter({ ...user, account_id: row.account_id });
}

/** The library throws for whatever is not as it should be; what it is told, somebody else wrote. */
async function orNull<T>(verification: Promise<T>): Promise<T | null> {
  return verification.catch(() => null);
}

function invalid() {
  return fail('passkey-invalid', 'This passkey does not count here, or the step took too long. Try again.');
}
