import { afterAll, beforeAll, expect, test } from 'vitest';
import { operator } from '../../src/modules/staff/index.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let boss: Person;
let target: Person;
const year = new Date().getUTCFullYear();

beforeAll(async () => {
  server = await startTestServer({
    variables: { INSTANCE_RULES: 'Be kind.', TRANSPARENCY_REPORT: 'public' },
  });
  client = clientOf(server.origin);
  people = createPeople(server);
  boss = await people.signedIn('boss', 'owner');
  target = await people.signedIn('target');
});
afterAll(() => server?.close());

async function report(reporterId: Person['id'], targetId: Person['id']) {
  const { inTx, moderation } = server.context;
  const filed = await inTx((tx) =>
    moderation.file(tx, {
      ...{ reporterId, targetId, videoIds: [], commentIds: [], comment: 'Rude', byServer: false },
      ...{ category: 'violation' as const, ruleIds: ['1'], forward: false },
    }),
  );
  if (!filed.ok) throw new Error(filed.detail);
  return filed.reportId;
}
const exact = async () => (await server.context.transparency.exact(year)).total;
const close = (id: string) =>
  client.post(`/api/v1/admin/reports/${id}/resolve`, { as: boss, body: { reason: 'Seen.' } });
const reopen = (id: string) => client.post(`/api/v1/admin/reports/${id}/reopen`, { as: boss });

test('reports count by who filed them, why and by which rule, and the time to their first decision once', async () => {
  const remote = await people.remote('far', 'far.test');
  const somebody = await people.signedIn('reporter');
  const id = await report(somebody.id, target.id);
  await report(remote.id, target.id);
  expect(await exact()).toMatchObject({
    ...{ reports: 2, reportSources: { people: 1, servers: 1 }, decided: 0, medianSeconds: null },
    ...{ reportCategories: { violation: 2 }, reportRules: { 1: 2 } },
  });
  await server.context
    .db('reports')
    .where({ id })
    .update({ created_at: new Date(Date.now() - 3_600_000) });
  expect((await close(id)).status).toBe(200);
  expect((await reopen(id)).status).toBe(200);
  expect((await close(id)).status).toBe(200);
  const { decided, medianSeconds } = await exact();
  expect(decided).toBe(1);
  expect(Math.abs((medianSeconds ?? 0) - 3_600)).toBeLessThan(400);
});

test('measures count by who took them, what was taken back, and decisions about servers', async () => {
  const { inTx, measures, domains, db } = server.context;
  const input = {
    target: { kind: 'account' as const, id: target.id },
    measure: 'silence' as const,
    facts: 'Rude.',
  };
  await inTx((tx) => measures.take(tx, operator, input));
  await inTx((tx) => measures.take(tx, { kind: 'server', name: 'rule' }, { ...input, measure: 'freeze' }));
  const lifted = await inTx((tx) => measures.lift(tx, operator, { ...input, reason: '' }));
  expect(lifted.ok).toBe(true);
  expect((await exact()).measures).toEqual([
    { measure: 'freeze', byPeople: 0, automated: 1, lifted: 0 },
    { measure: 'silence', byPeople: 1, automated: 0, lifted: 1 },
  ]);
  expect(domains).toBeDefined();
  const domain = 'bad.test';
  await db('domain_policies').insert({ domain, severity: 'silence' });
  await db('domain_policies').where({ domain }).update({ severity: 'suspend' });
  await db('domain_policies').where({ domain }).update({ private_comment: 'Spam' });
  await db('domain_policies').where({ domain }).delete();
  expect((await exact()).domains).toEqual({ silence: 1, suspend: 1, removed: 1 });
});

test('numbers stay when the rows are gone, and adding them up changes none', async () => {
  const { db, transparency } = server.context;
  const before = await exact();
  expect(await transparency.fold(AbortSignal.timeout(10_000))).toBeGreaterThan(5);
  expect(await transparency.fold(AbortSignal.timeout(10_000))).toBe(0);
  expect(await exact()).toEqual(before);
  await db('accounts').where({ id: target.id }).delete();
  expect(Number((await db('reports').count('* as count').first())?.count)).toBe(0);
  expect(await exact()).toEqual(before);
  expect(before.reports).toBe(2);
  const rows = await db('transparency_months').where({ subject: 'report', kind: 'all' });
  expect(rows).toHaveLength(1);
});

test('others read it as far as the staff says, and no number below five', async () => {
  const { status, body } = await client.get('/api/v1/instance/transparency');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    ...{ year, years: [year], fewer_than: 5 },
    total: {
      ...{ reports: null, reports_by_source: { people: null, servers: null }, median_seconds: null },
      ...{ reports_by_rule: [{ id: '1', text: 'Be kind.', count: null }], domains: { suspend: 1 } },
    },
    months: [{ month: expect.stringMatching(/^\d{4}-\d\d$/), reports: null }],
  });
  expect((await client.get('/about/transparency')).text).toContain('in numbers');
  const { inTx, settings } = server.context;
  const restricted = async (audience: string) => {
    await inTx((tx) => settings.change(tx, operator, { TRANSPARENCY_REPORT: audience }, ''));
    await settings.refresh();
    const path = '/api/v1/instance/transparency';
    return [(await client.get(path)).status, (await client.get(path, { as: boss })).status];
  };
  await server.context.db('settings').delete();
  expect(await restricted('public')).toEqual([200, 200]);
});
