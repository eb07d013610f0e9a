import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ReportId } from '../../src/lib/ids.ts';
import { jobRun } from '../helpers/job-run.ts';
import { type MailRig, startMailRig } from '../helpers/mail-rig.ts';
import { settle } from '../helpers/news.ts';
import type { Person } from '../helpers/people.ts';
import { createPushApp } from '../helpers/push-service.ts';

/** Nobody of the staff is woken, everybody may be told each morning, and nobody outside learns who they are. */
const AT = '/api/v1/admin/preferences';
const HOUR = 3_600_000;
const app = createPushApp();

let rig: MailRig;
let mona: Person;
let owner: Person;
let rita: Person;
let target: Person;

beforeAll(async () => {
  rig = await startMailRig({ role: 'web', variables: { ALLOWED_PRIVATE_ADDRESSES: '127.0.0.1' } });
  const { people } = rig;
  mona = await person('moderatrixmona', 'moderator');
  owner = await person('ownerotto', 'owner');
  rita = await people.signedIn('rita');
  target = await person('targettom', 'user');
});
afterAll(() => rig?.close());

beforeEach(async () => {
  const { db } = rig.server.context;
  for (const table of ['jobs', 'mails', 'notifications', 'push_subscriptions', 'staff_preferences'])
    await db(table).delete();
});

async function person(name: string, role: 'owner' | 'moderator' | 'user'): Promise<Person> {
  const made = await rig.people.signedIn(name, role);
  const email = `${name}@mail.example`;
  await rig.server.context.db('users').where({ account_id: made.id }).update({ email, email_key: email });
  return made;
}

async function report(category: 'spam' | 'legal' = 'spam'): Promise<ReportId> {
  const { inTx, moderation } = rig.server.context;
  const filed = await inTx((tx) =>
    moderation.file(tx, {
      ...{ reporterId: rita.id, targetId: target.id, videoIds: [], commentIds: [], forward: false },
      ...{ comment: 'Rude', category, byServer: true },
    }),
  );
  if (!filed.ok) throw new Error(filed.detail);
  await settle(rig.server.context);
  return filed.reportId;
}

/** Quiet hours in UTC in the middle of which it is now: more than one is left, also where the next one begins meanwhile. */
const nowQuiet = () => {
  const hour = new Date(rig.server.context.clock.now()).getUTCHours();
  return { from: (hour + 22) % 24, until: (hour + 3) % 24 };
};
const prefer = async (as: Person, body: object) => {
  const answer = await rig.client.patch(AT, { as, body });
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};
const subscribe = (as: Person) =>
  rig.client.post('/api/v1/push/subscription', {
    as,
    body: {
      subscription: { endpoint: 'https://push.example/1', keys: app.keys },
      data: { alerts: { 'admin.report': true } },
    },
  });
const pushes = () => rig.server.context.db('jobs').where({ name: 'push.send' }).orderBy('id');
const isLater = ({ run_at: at }: { run_at: Date }) => at.getTime() > rig.server.context.clock.now() + HOUR;

describe('preferences of the staff', () => {
  test('are each one’s own; evidence is shown in the mildest way until somebody chooses', async () => {
    const usual = (await rig.client.get(AT, { as: mona })).body;
    expect(usual).toMatchObject({ blur: true, greyscale: true, mute: true, quiet: null, digest: false });
    expect(await prefer(mona, { greyscale: false })).toMatchObject({ blur: true, greyscale: false });
    expect((await rig.client.get(AT, { as: owner })).body).toEqual(usual);
    expect((await rig.client.get(AT, { as: rita })).status).toBe(403);
    const wrong = await rig.client.patch(AT, { as: mona, body: { quiet: { from: 24, until: 7 } } });
    expect(wrong.status).toBe(422);
    const nowhere = await rig.client.patch(AT, { as: mona, body: { time_zone: 'Mars/Base' } });
    expect(nowhere.status).toBe(422);
  });
});

describe('quiet hours', () => {
  test('hold back what is pushed about reports: one stands for the night; by day nothing waits', async () => {
    expect((await subscribe(mona)).status).toBe(200);
    await prefer(mona, { quiet: nowQuiet(), time_zone: 'UTC' });
    await Promise.all([await report(), await report()]);
    const held = await pushes();
    expect(held).toHaveLength(1);
    expect(held.every(isLater)).toBe(true);
    await rig.server.context.db('jobs').delete();
    await prefer(mona, { quiet: null });
    await report();
    expect((await pushes()).map(isLater)).toEqual([false]);
  });

  test('let through what cannot wait, for whoever wants that', async () => {
    await subscribe(mona);
    await prefer(mona, { quiet: nowQuiet(), time_zone: 'UTC' });
    await report('legal');
    expect((await pushes()).map(isLater)).toEqual([true]);
    await rig.server.context.db('jobs').delete();
    await prefer(mona, { urgent: true });
    await report('legal');
    await report();
    expect((await pushes()).map(isLater).toSorted()).toEqual([false, true]);
  });

  test('hold back mails to the staff until they are over', async () => {
    const { inTx, auth, db } = rig.server.context;
    await prefer(owner, { quiet: nowQuiet(), time_zone: 'UTC', urgent: true });
    const letter = { subject: 'Hm', parts: ['Hm.'], footer: [] };
    await inTx((tx) => auth.writeToStaff(tx, { kind: 'waiting', letter }));
    await inTx((tx) => auth.writeToStaff(tx, { kind: 'backup-stale', letter, isUrgent: true }));
    const sent = await db('jobs').where({ name: 'mail.send' }).orderBy('id');
    expect(sent.map(isLater)).toEqual([true, false]);
  });
});

describe('the summary', () => {
  const due = async (who: Person) => {
    const { db, handlers, inTx, digests } = rig.server.context;
    await db('staff_preferences')
      .where({ account_id: who.id })
      .update({ digest_at: new Date(0) });
    await inTx((tx) => digests.enqueueDue(tx));
    const jobs = await db('jobs').where({ name: 'mail.staff-digest' });
    for (const { payload } of jobs) {
      const finish = await handlers['mail.staff-digest'](payload, jobRun());
      if (finish) await inTx(finish);
    }
    return db('mails').where({ kind: 'staff-digest' });
  };

  test('tells each morning what waits and for how long, without a name, and can be stopped', async () => {
    const { db, handlers } = rig.server.context;
    await report();
    await prefer(mona, { digest: true, time_zone: 'Asia/Tokyo' });
    const [row] = await db('staff_preferences').where({ account_id: mona.id });
    expect(row.digest_at.getUTCHours()).toBe(23);
    const [mail] = await due(mona);
    rig.mailbox.received.length = 0;
    await handlers['mail.send']({ mailId: mail.id }, jobRun());
    const [letter] = rig.mailbox.received;
    expect(letter?.text).toContain('open reports: ');
    expect(letter?.text).toContain('the oldest for');
    expect(letter?.text).toContain('/admin/preferences');
    expect(letter?.text).not.toContain('targettom');
    expect(letter?.text).not.toContain('rita');
    const next = await db('staff_preferences').where({ account_id: mona.id }).first('digest_at');
    expect(next.digest_at.getTime()).toBeGreaterThan(rig.server.context.clock.now());
    await prefer(mona, { digest: false });
    expect(await db('staff_preferences').where({ account_id: mona.id }).first('digest_at')).toEqual({
      digest_at: null,
    });
  });

  test('goes to nobody who left the staff, and to nobody where nothing waits', async () => {
    const { db } = rig.server.context;
    await prefer(mona, { digest: true });
    await db('reports').where({ state: 'open' }).update({ state: 'dismissed' });
    expect(await due(mona)).toEqual([]);
    await report();
    await db('users').where({ account_id: mona.id }).update({ role: 'user' });
    expect(await due(mona)).toEqual([]);
    await db('users').where({ account_id: mona.id }).update({ role: 'moderator' });
    expect(await due(mona)).toHaveLength(1);
  });
});

test('who of the staff decided is told to nobody: not in mails, notifications, decisions or on public pages', async () => {
  const { context, origin } = rig.server;
  const { client } = rig;
  const act = { as: mona, body: { type: 'silence', text: 'Too loud.', send_email_notification: true } };
  expect((await client.post(`/api/v1/admin/accounts/${target.id}/action`, act)).status).toBe(200);
  const id = await report();
  const resolved = await client.post(`/api/v1/admin/reports/${id}/resolve`, { as: mona, body: {} });
  expect(resolved.status).toBe(200);
  await settle(context);
  rig.mailbox.received.length = 0;
  for (const { payload } of await context.db('jobs').where({ name: 'mail.send' }))
    await context.handlers['mail.send'](payload, jobRun());
  expect(rig.mailbox.received.length).toBeGreaterThan(0);
  const seen = [JSON.stringify(rig.mailbox.received)];
  for (const [path, as] of [
    ['/api/v1/notifications', target],
    ['/api/v1/notifications', rita],
    ['/api/v1/strikes', target],
    ['/api/v1/reports', rita],
    ['/api/v2/instance', undefined],
    ['/api/v1/instance', undefined],
    [`/api/v1/accounts/${target.id}`, undefined],
  ] as const) {
    const answer = await client.get(path, as ? { as } : {});
    expect(answer.status, path).toBe(200);
    seen.push(answer.text);
  }
  for (const page of ['/about', '/about/rules', '/@targettom'])
    seen.push(await (await fetch(`${origin}${page}`)).text());
  for (const text of seen) expect(text).not.toContain('moderatrixmona');
});
