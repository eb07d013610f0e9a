import request from 'supertest';
import type { Context } from '../../src/context.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { Role } from '../../src/modules/staff/index.ts';
import type { TestServer } from './server.ts';

/** The password of everybody that `createPeople` makes. */
export const PASSWORD = 'correct horse battery';

/** Somebody of the server under test, signed in as an app is. */
export interface Person {
  readonly id: AccountId;
  readonly account: Account;
  readonly token: string;
}

/** Makes accounts past HTTP, so that no rate limit and no slow hash stands between a test and its subject. */
export function createPeople({ context }: Pick<TestServer, 'context'>) {
  const { accounts, auth, inTx } = context;
  // One hash and one pair of keys serve everybody: they cost more than the rest of a test.
  let prepared: ReturnType<typeof auth.prepareSignUp> | undefined;

  async function local(username: string, as: { role?: Role; pending?: boolean; email?: string } = {}) {
    prepared ??= auth.prepareSignUp({ username: 'nobody', password: PASSWORD });
    const form = { ...(await prepared), username, email: as.email ?? null, reason: 'Because.' };
    const { role = 'user', pending = false } = as;
    const made = await inTx((tx) => auth.createUser(tx, form, { role, pending }));
    if (!made.ok) throw new Error(made.detail);
    // They have said that they want to be found, so that others can meet them.
    await context.db('accounts').where({ id: made.account.id }).update({ discoverable: true });
    return { ...made.account, discoverable: true };
  }

  async function tokenOf(account: Account, kind: 'cookie' | 'bearer' = 'bearer', role: Role = 'user') {
    const input = { accountId: account.id, role, kind, userAgent: 'test' };
    return (await inTx((tx) => auth.openSession(tx, input))).token;
  }

  return {
    tokenOf,
    /** An account that waits for approval, or one that needs no session. */
    local,
    async signedIn(username: string, role: Role = 'user'): Promise<Person> {
      const account = await local(username, { role });
      return { id: account.id, account, token: await tokenOf(account, 'bearer', role) };
    },
    remote: (username: string, domain = 'remote.test'): Promise<Account> =>
      inTx((tx) => accounts.upsertRemote(tx, remoteActor(username, domain))),
    suspend: (account: Account) =>
      context.db('accounts').where({ id: account.id }).update({ state: 'suspended' }),
    async follow(follower: Account, target: Account, state: 'pending' | 'accepted' = 'accepted') {
      await inTx((tx) => context.social.follow(tx, follower, target));
      const pair = { follower_id: follower.id, target_id: target.id };
      await context.db('follows').where(pair).update({ state });
    },
  };
}

export type People = ReturnType<typeof createPeople>;

function remoteActor(username: string, domain: string): Parameters<Context['accounts']['upsertRemote']>[1] {
  const actorUri = `https://${domain}/users/${username}`;
  return {
    actorUri,
    actorType: 'Person',
    username,
    domain,
    displayName: username,
    bioHtml: '',
    url: `https://${domain}/@${username}`,
    inboxUri: `${actorUri}/inbox`,
    sharedInboxUri: `https://${domain}/inbox`,
    ...{ followersUri: null, outboxUri: null, featuredUri: null, alsoKnownAs: [] },
    ...{ fields: [], avatarUrl: null, headerUrl: null },
    locked: false,
    discoverable: true,
    indexable: true,
  };
}

/** Who asks, and from where. */
export interface Asking {
  readonly as?: Pick<Person, 'token'> | undefined;
  /** The session cookie in place of a token, with the Origin that a page of ours sends. */
  readonly cookie?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** A client address of its own, told by the trusted proxy that the tests are. */
  readonly from?: string;
}

type Method = 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete' | 'options';

/** Calls the API of a server as a client does; whatever the status, it is an answer. */
export function clientOf(origin: string, cookieName = 'vireo-session') {
  const call =
    (method: Method) =>
    async (path: string, asking: Asking = {}) => {
      const pending = request(origin)[method](path).redirects(0);
      if (asking.as) pending.set('Authorization', `Bearer ${asking.as.token}`);
      if (asking.cookie !== undefined) pending.set('Cookie', `${cookieName}=${asking.cookie}`);
      if (asking.from !== undefined) pending.set('X-Forwarded-For', asking.from);
      pending.set({ ...asking.headers });
      return asking.body === undefined ? pending : pending.send(asking.body as object);
    };
  return {
    get: call('get'),
    head: call('head'),
    post: call('post'),
    put: call('put'),
    patch: call('patch'),
    delete: call('delete'),
    options: call('options'),
  };
}

export type Client = ReturnType<typeof clientOf>;
