import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LINKS, UNSUBSCRIBES } from '../../src/http/mail-pages/limits.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type MailRig, startMailRig } from '../helpers/mail-rig.ts';
import { linkIn, type MailServer, type ReceivedMail, workMail } from '../helpers/mail-server.ts';
import { createDeeds } from '../helpers/news.ts';
import type { Client, People, Person } from '../helpers/people.ts';
import type { TestServer } from '../helpers/server.ts';

const PREFERENCES = '/api/v1/emails/preferences';
const DAY_MS = 86_400_000;

let rig: MailRig;
let mailbox: MailServer;
let server: TestServer;
let client: Client;
let people: People;
let deeds: ReturnType<typeof createDeeds>;
let alice: Person;
let bob: Person;
let carol: Person;
let video: string;
/** Of the server, which tests move. */
const time = { ahead: 0 };

beforeAll(async () => {
  rig = await startMailRig({ overrides: { clock: { now: () => Date.now() + time.ahead } } });
  ({ mailbox, server, client, people } = rig);
  deeds = createDeeds(server.context);
  const account = await people.local('alice', { email: 'alice@mail.test' });
  alice = { id: account.id, account, token: await people.tokenOf(account) };
  [bob, carol] = [await people.signedIn('bob'), await people.signedIn('carol')];
});

afterAll(() => rig?.close());

beforeEach(async () => {
  const { db } = server.context;
  for (const table of ['mail_preferences', 'notifications', 'likes', 'jobs', 'markers', 'account_blocks'])
    await db(table).delete();
  mailbox.received.length = 0;
  video = await createVideoFactory(server.context).video(alice.account, { caption: 'Two cats' });
});

const prefer = (body: object, as = alice) => client.patch(PREFERENCES, { as, body });

/** What is mailed once the next digest is due, whoever gets it. */
async function aDayLater(): Promise<ReceivedMail[]> {
  const { inTx, digests, db } = server.context;
  const before = mailbox.received.length;
  time.ahead += DAY_MS;
  await inTx((tx) => digests.enqueueDue(tx));
  // Other work of the server is not the subject.
  await db('jobs').whereRaw(`name not like 'mail.%'`).delete();
  await workMail(server.context);
  return mailbox.received.slice(before);
}

describe('digests', () => {
  test('come to those who asked for them, of what they have not seen, once', async () => {
    expect((await client.get(PREFERENCES, { as: alice })).body).toMatchObject({
      ...{ email: 'alice@mail.test', confirmed: true, digest: 'never', time_zone: 'UTC' },
      types: expect.arrayContaining(['mention', 'follow']),
    });
    await deeds.like(bob.account, video);
    expect(await aDayLater()).toEqual([]);
    // What came before she asked is no news.
    // One in which no day has 25 hours.
    expect((await prefer({ digest: 'daily', time_zone: 'Asia/Tokyo' })).body.digest).toBe('daily');
    expect(await aDayLater()).toEqual([]);
    await deeds.follow(bob.account, alice.account);
    await deeds.like(carol.account, video);
    const [mail] = await aDayLater();
    expect(mail?.to).toEqual(['alice@mail.test']);
    expect(mail?.header('Subject')).toBe('2 things you have not seen on Vireo');
    expect(mail?.text).toContain('carol liked your post: Two cats');
    expect(mail?.text).toContain('bob followed you');
    expect(mail?.text).not.toContain('bob liked');
    expect(mail?.text).toContain(`${server.origin}/@alice/${video}`);
    expect(await aDayLater()).toEqual([]);
    // What she has seen is not told.
    await deeds.comment(bob.account, video, 'Lovely');
    const [{ id }] = (await client.get('/api/v1/notifications', { as: alice })).body;
    await client.post('/api/v1/markers', { as: alice, body: { notifications: { last_read_id: id } } });
    expect(await aDayLater()).toEqual([]);
    await server.context.db('follows').delete();
  });

  test('tell of the chosen types alone', async () => {
    await prefer({ digest: 'daily', types: ['mention'] });
    await deeds.like(bob.account, video);
    expect(await aDayLater()).toEqual([]);
    await deeds.comment(bob.account, video, 'Lovely');
    const [mail] = await aDayLater();
    expect(mail?.text).toContain('bob mentioned or answered you: Lovely');
  });

  test('need an address, and a time zone that there is', async () => {
    const none = await prefer({ digest: 'daily' }, bob);
    expect([none.status, none.body.code]).toEqual([422, 'email-required']);
    for (const time_zone of ['Mars/Olympus', 'x'.repeat(61), "UTC'; --"]) {
      expect((await prefer({ time_zone })).status).toBe(422);
    }
    expect((await prefer({ digest: 'hourly' })).status).toBe(422);
  });

  test('are set off one at a time, however often the upkeep looks', async () => {
    await prefer({ digest: 'daily' });
    time.ahead += DAY_MS;
    const { inTx, digests, db } = server.context;
    const begun: number[] = [];
    for (let n = 0; n < 3; n += 1) begun.push(await inTx((tx) => digests.enqueueDue(tx)));
    expect(begun).toEqual([1, 0, 0]);
    expect((await db('jobs').where({ name: 'mail.digest' })).length).toBe(1);
    // The job that runs twice, as after a crash, tells once.
    await deeds.like(bob.account, video);
    const finishes = [
      await digests.work({ accountId: alice.id }),
      await digests.work({ accountId: alice.id }),
    ];
    for (const finish of finishes) await inTx(async (tx) => finish?.(tx));
    expect((await db('mails')).length).toBe(1);
    await db('mails').delete();
  });

  test('the question for those who are due reads an index', async () => {
    const { rows } = await server.context.db
      .raw(
        `set enable_seqscan = off; explain select account_id from mail_preferences where next_at <= now() order by next_at limit 10`,
      )
      .then((answers) => (Array.isArray(answers) ? answers.at(-1) : answers));
    expect(JSON.stringify(rows)).toContain('mail_preferences_due');
  });
});

describe('P1 a digest', () => {
  const secret = 'only for a few';

  test.each<[string, () => Promise<unknown>]>([
    ['of somebody whom she blocked since', () => deeds.block(alice.account, bob.account)],
    ['of somebody who was suspended since', () => people.suspend(bob.account)],
    ['of what was deleted since', () => server.context.db('comments').delete()],
    [
      'where the post is for others since',
      () => server.context.db('videos').where({ id: video }).update({ state: 'rejected' }),
    ],
  ])('tells nothing %s', async (_name, since) => {
    await prefer({ digest: 'daily' });
    await deeds.comment(bob.account, video, secret);
    await since();
    const mails = await aDayLater();
    expect(JSON.stringify(mails)).not.toContain(secret);
    expect(mails.map(({ text }) => text).join()).not.toContain('bob');
    await server.context.db('accounts').where({ id: bob.id }).update({ state: 'active' });
  });

  test('carries no words of posts that are not for everybody, and the warning in place of others', async () => {
    await prefer({ digest: 'daily' });
    await deeds.comment(bob.account, video, `@alice ${secret}`, {
      visibility: 'direct',
      mentions: [alice.account],
    });
    const [mail] = await aDayLater();
    expect(mail?.text).toContain('bob mentioned or answered you');
    expect(mail?.raw).not.toContain(secret);
    await deeds.like(carol.account, video);
    await server.context.db('videos').where({ id: video }).update({ content_warning: 'Spiders' });
    const [warned] = await aDayLater();
    expect(warned?.text).toContain('carol liked your post: Spiders');
  });

  test.each<[string, object]>([
    ['is suspended', { state: 'suspended' }],
    ['is leaving', { state: 'leaving' }],
  ])('is not for somebody who %s', async (_name, change) => {
    await prefer({ digest: 'daily' });
    await server.context.db('follows').delete();
    await deeds.follow(bob.account, alice.account);
    await server.context.db('accounts').where({ id: alice.id }).update(change);
    expect(await aDayLater()).toEqual([]);
    await server.context.db('accounts').where({ id: alice.id }).update({ state: 'active' });
  });

  test('W7 names people in one line, whatever they call themselves', async () => {
    await prefer({ digest: 'daily' });
    await server.context
      .db('accounts')
      .where({ id: carol.id })
      .update({ display_name: 'C\r\nBcc: eve@mail.test' });
    await deeds.like(carol.account, video);
    const [mail] = await aDayLater();
    expect(mail?.to).toEqual(['alice@mail.test']);
    expect(mail?.raw).not.toMatch(/^Bcc/im);
    await server.context.db('accounts').where({ id: carol.id }).update({ display_name: 'carol' });
  });
});

describe('one click', () => {
  test('ends them, without a session and from anywhere; looking does not, and nobody else can', async () => {
    await prefer({ digest: 'weekly' });
    await deeds.like(bob.account, video);
    time.ahead += 7 * DAY_MS;
    const [mail] = await aDayLater();
    if (!mail) throw new Error('No digest came.');
    const link = new URL(/^<(.+)>$/.exec(mail.header('List-Unsubscribe') ?? '')?.[1] ?? '');
    expect(mail.header('List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
    expect(linkIn(mail, '/auth/unsubscribe').href).toBe(link.href);
    const path = `${link.pathname}${link.search}`;
    const digest = async () => (await client.get(PREFERENCES, { as: alice })).body.digest;
    const page = await client.get(path);
    expect([page.status, await digest()]).toEqual([200, 'weekly']);
    const click = (to: string) =>
      fetch(`${server.origin}${to}`, {
        ...{ method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) },
        headers: { origin: 'https://mail.example' },
      });
    const token = link.searchParams.get('token') ?? '';
    for (const wrong of ['', token.replace(alice.id, bob.id), `${token}x`, `${bob.id}.`, '1.1']) {
      expect((await click(`/auth/unsubscribe?token=${wrong}`)).status).toBe(422);
    }
    expect(await digest()).toBe('weekly');
    expect((await click(path)).status).toBe(200);
    expect(await digest()).toBe('never');
    expect((await click(path)).status).toBe(200);
    await deeds.like(carol.account, video);
    time.ahead += 7 * DAY_MS;
    expect(await aDayLater()).toEqual([]);
  });

  test('is taken from the few addresses by which a large provider does it for all its people', async () => {
    await client.patch(PREFERENCES, { as: alice, body: { digest: 'daily' } });
    await deeds.like(bob.account, video);
    const [mail] = await aDayLater();
    if (!mail) throw new Error('No digest came.');
    const token = linkIn(mail, '/auth/unsubscribe').searchParams.get('token') ?? '';
    const click = async (given: string, from = '203.0.113.77') =>
      (await client.post(`/auth/unsubscribe?token=${given}`, { from })).status;
    const guesses: number[] = [];
    for (let n = 0; n <= LINKS.points; n += 1) guesses.push(await click(`${token}${n}`));
    expect(new Set(guesses.slice(0, LINKS.points))).toEqual(new Set([422]));
    expect(guesses.at(-1)).toBe(429);
    expect(await click(token)).toBe(200);
    expect((await client.get(PREFERENCES, { as: alice })).body.digest).toBe('never');
    const again: number[] = [];
    for (let n = 0; n < UNSUBSCRIBES.points; n += 1) again.push(await click(token, `203.0.113.${n}`));
    expect([again[0], again.at(-1)]).toEqual([200, 429]);
  });
});
