import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditId } from '../../src/lib/ids.ts';
import { actorOf } from '../../src/modules/auth/index.ts';
import { type Actor, operator } from '../../src/modules/staff/index.ts';
import { createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** What the staff did, as it stays on record. */
let server: TestServer;
let boss: Person;
let by: Actor;

beforeAll(async () => {
  server = await startTestServer({});
  boss = await createPeople(server).signedIn('boss', 'admin');
  const viewer = await server.context.auth.viewerOf(boss.token);
  if (!viewer) throw new Error('Nobody is signed in.');
  by = actorOf(viewer);
});

afterAll(() => server?.close());

const PAGE = { maxId: null, minId: null, sinceId: null, limit: 40 };
const record = (who: Actor, target: string, undoes?: AuditId) =>
  server.context.inTx((tx) =>
    server.context.audit.record(tx, who, {
      action: 'sign-up.approve',
      target: { kind: 'account', id: target },
      reason: 'Knows birds.',
      detail: { waitedMs: 3 },
      ...(undoes && { undoes }),
    }),
  );

describe('the audit log', () => {
  test('says who did what to what, and why', async () => {
    const { audit } = server.context;
    const ids = [await record(by, '71'), await record(operator, '71')];
    ids.push(await record({ kind: 'server', name: 'raid-mode' }, '71'));
    const entries = await audit.list({ target: { kind: 'account', id: '71' } }, PAGE);
    expect(entries.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(entries.map(({ actor }) => actor)).toEqual([
      { kind: 'server', name: 'raid-mode' },
      { kind: 'operator' },
      { kind: 'person', accountId: boss.id },
    ]);
    expect(entries[0]).toMatchObject({
      ...{ action: 'sign-up.approve', reason: 'Knows birds.', detail: { waitedMs: 3 } },
      ...{ undoes: null, undoneBy: null, createdAt: expect.any(Date) },
    });
  });

  test('is narrowed by whoever acted, by what was done, and by time', async () => {
    const { audit } = server.context;
    await record(by, '72');
    const later = new Date(Date.now() + 60_000);
    const target = { kind: 'account', id: '72' } as const;
    const counts = [
      { actorId: boss.id, target },
      { action: 'sign-up', target },
      { action: 'sign-up.reject', target },
      { since: later, target },
      { until: later, target },
    ].map(async (filter) => (await audit.list(filter, PAGE)).length);
    expect(await Promise.all(counts)).toEqual([1, 1, 0, 0, 1]);
  });

  test('an entry is taken back by one other', async () => {
    const { audit, db } = server.context;
    const deed = await record(by, '73');
    const undo = await record(by, '73', deed);
    expect(await audit.byId(db, deed)).toMatchObject({ undoneBy: undo, undoes: null });
    expect(await audit.byId(db, undo)).toMatchObject({ undoneBy: null, undoes: deed });
    await expect(record(by, '73', deed)).rejects.toThrow(/unique/);
  });

  test.each(['update audit_log set reason = $$no$$', 'delete from audit_log', 'truncate audit_log cascade'])(
    'the database refuses: %s',
    async (statement) => {
      await record(by, '74');
      await expect(server.context.db.raw(statement)).rejects.toThrow(/its rows are only added/);
    },
  );
});

test('whoever decides about a sign-up is on record', async () => {
  const { accounts, audit, auth, inTx } = server.context;
  const ibis = await createPeople(server).local('ibis', { pending: true });
  expect(await accounts.byId(ibis.id)).toMatchObject({ state: 'pending' });
  const user: Actor = { kind: 'person', accountId: boss.id, permissions: ['reports'], rank: 1 };
  expect(await inTx((tx) => auth.decideSignUp(tx, user, ibis.id, true))).toMatchObject({
    reason: 'permission-missing',
  });
  const target = { kind: 'account', id: ibis.id } as const;
  expect(await audit.list({ target }, PAGE)).toEqual([]);
  expect((await inTx((tx) => auth.decideSignUp(tx, by, ibis.id, true))).ok).toBe(true);
  expect(await audit.list({ target }, PAGE)).toMatchObject([
    { action: 'sign-up.approve', actor: { kind: 'person', accountId: boss.id } },
  ]);
});
