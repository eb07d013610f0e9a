import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPeople, type People } from '../../../test/helpers/people.ts';
import { startTestServer, type TestServer } from '../../../test/helpers/server.ts';
import type { RemoteActor } from './index.ts';

let server: TestServer;
let people: People;

beforeAll(async () => {
  server = await startTestServer({ role: 'none' });
  people = createPeople(server);
});

afterAll(() => server?.close());

const actor = (facts: Partial<RemoteActor> = {}): RemoteActor => ({
  actorUri: 'https://a.test/users/1',
  actorType: 'Person',
  username: 'Bo',
  domain: 'a.test',
  displayName: 'Bo',
  bioHtml: '<p>hello</p>',
  url: 'https://a.test/@bo',
  inboxUri: 'https://a.test/users/1/inbox',
  sharedInboxUri: null,
  ...{ followersUri: null, outboxUri: null, featuredUri: null, alsoKnownAs: [] },
  ...{ fields: [], avatarUrl: null, headerUrl: null },
  locked: false,
  discoverable: true,
  indexable: false,
  ...facts,
});

describe('accounts of other servers', () => {
  const upsert = (facts?: Partial<RemoteActor>) =>
    server.context.inTx((tx) => server.context.accounts.upsertRemote(tx, actor(facts)));

  test('are kept once, however often and however parallel they are read', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => upsert()));
    expect(new Set(made.map((account) => account.id)).size).toBe(1);
    const renamed = await upsert({ displayName: 'Bo the second', locked: true });
    expect(renamed).toMatchObject({
      id: made[0]?.id,
      displayName: 'Bo the second',
      locked: true,
      acct: 'Bo@a.test',
    });
  });

  test('stay suspended or deleted, whatever their server says', async () => {
    const { accounts, inTx } = server.context;
    const account = await upsert({ actorUri: 'https://a.test/users/2', username: 'troll' });
    await people.suspend(account);
    expect((await upsert({ actorUri: 'https://a.test/users/2', username: 'troll' })).state).toBe('suspended');
    const other = await upsert({ actorUri: 'https://a.test/users/3', username: 'leaver' });
    expect(await inTx((tx) => accounts.markGone(tx, other.id))).toBe(true);
    expect(await inTx((tx) => accounts.markGone(tx, other.id))).toBe(false);
    expect((await upsert({ actorUri: 'https://a.test/users/3', username: 'leaver' })).state).toBe('deleted');
  });

  test('a handle that is given out again belongs to the new actor', async () => {
    const old = await upsert({ actorUri: 'https://a.test/users/4', username: 'Cy' });
    const fresh = await upsert({ actorUri: 'https://a.test/users/5', username: 'cy' });
    expect(fresh.id).not.toBe(old.id);
    expect((await server.context.accounts.byHandle('@CY@A.test'))?.id).toBe(fresh.id);
    expect((await server.context.accounts.byId(old.id))?.state).toBe('deleted');
  });

  test('an account of ours is never marked as gone by others', async () => {
    const account = await people.local('steady');
    const { accounts, inTx } = server.context;
    expect(await inTx((tx) => accounts.markGone(tx, account.id))).toBe(false);
    expect((await accounts.byId(account.id))?.state).toBe('active');
  });
});

describe('handles', () => {
  test('in any spelling; our own host is us', async () => {
    const account = await people.local('Alice');
    const { accounts, urls } = server.context;
    for (const handle of [
      'alice',
      '@alice',
      'ALICE',
      `alice@${urls.domain}`,
      `@Alice@${urls.domain.toUpperCase()}`,
    ]) {
      expect((await accounts.byHandle(handle))?.id, handle).toBe(account.id);
    }
    const others = [
      '',
      '@',
      '@@alice',
      'alice@',
      'alice@a.test',
      `alice@${urls.domain}@x`,
      'alice@x@',
      'ali%',
      'a\u0000',
    ];
    for (const handle of others.filter((text) => text !== 'alice@')) {
      expect(await accounts.byHandle(handle), handle).toBeNull();
    }
  });
});

describe('the account of the server itself', () => {
  test('is made once, with keys', async () => {
    const { accounts, inTx, db, urls } = server.context;
    const made = await Promise.all(
      Array.from({ length: 4 }, () =>
        inTx((tx) => accounts.ensureInstance(tx, async () => ({ publicKeyPem: 'p', privateKeySealed: 's' }))),
      ),
    );
    expect(new Set(made.map((account) => account.id)).size).toBe(1);
    expect(await db('accounts').where({ actor_uri: urls.instanceActor })).toHaveLength(1);
    expect((await accounts.keysOf(made[0]?.id ?? ('0' as never)))?.keyUri).toBe(
      `${urls.instanceActor}#main-key`,
    );
  });
});
