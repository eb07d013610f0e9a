import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../config/config.ts';
import { jobSpecs } from '../../src/jobs/registry.ts';
import type { MailId } from '../../src/lib/ids.ts';
import { createLogger } from '../../src/lib/log.ts';
import { createMail } from '../../src/modules/mail/index.ts';
import { jobRun } from '../helpers/job-run.ts';
import { type MailServer, startMailServer } from '../helpers/mail-server.ts';
import { createPeople, type People } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const SECRET_KEY = 'a secret of the instance that is long enough';

let mailbox: MailServer;
let server: TestServer;
let people: People;
const logged: string[] = [];

beforeAll(async () => {
  mailbox = await startMailServer();
  const log = createLogger('info', { write: (line) => logged.push(line) });
  server = await startTestServer({
    role: 'none',
    variables: { ...mailbox.variables, SECRET_KEY },
    overrides: { log },
  });
  people = createPeople(server);
});

afterAll(async () => {
  await server?.close();
  await mailbox?.close();
});

beforeEach(async () => {
  mailbox.received.length = 0;
  logged.length = 0;
  Object.assign(mailbox.answers, { onRecipient: null, onMessage: null });
  await server.context.db('mails').delete();
  await server.context.db('jobs').delete();
});

const LETTER = { subject: 'A subject', parts: ['A sentence.'], footer: ['Small print.'] };

async function write(more: Partial<Parameters<TestServer['context']['mail']['write']>[1]> = {}) {
  const { inTx, mail, db } = server.context;
  await inTx((tx) =>
    mail.write(tx, { kind: 'test', accountId: null, to: 'ada@mail.test', letter: LETTER, ...more }),
  );
  const row = await db('mails').orderBy('id', 'desc').first();
  return row.id as MailId;
}

/** One try of the job, as a worker has it. */
async function attempt(mailId: MailId): Promise<void> {
  const { handlers, inTx } = server.context;
  const finish = await handlers['mail.send']({ mailId }, jobRun());
  if (finish) await inTx(finish);
}

const kept = async () => Number((await server.context.db('mails').count('* as n').first())?.n);

describe('a message', () => {
  test('comes as text and as HTML, from the configured sender, and is forgotten here', async () => {
    const id = await write({ unsubscribe: 'https://video.test/stop?token=1' });
    expect(await server.context.db('jobs').where({ name: 'mail.send' })).toMatchObject([
      { payload: { mailId: id }, queue: 'mail' },
    ]);
    await attempt(id);
    const [mail] = mailbox.received;
    expect(mail).toMatchObject({ from: 'vireo@video.test', to: ['ada@mail.test'] });
    expect(mail?.header('From')).toBe('Vireo <vireo@video.test>');
    expect(mail?.header('To')).toBe('ada@mail.test');
    expect(mail?.header('Subject')).toBe('A subject');
    expect(mail?.header('Auto-Submitted')).toBe('auto-generated');
    expect(mail?.header('List-Unsubscribe')).toBe('<https://video.test/stop?token=1>');
    expect(mail?.header('List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
    expect(mail?.text).toContain('A sentence.');
    expect(mail?.html).toContain('<p>A sentence.</p>');
    // Nothing is fetched when it is read.
    expect(mail?.html).not.toMatch(/<img|src=|url\(/i);
    expect(await kept()).toBe(0);
    await attempt(id);
    expect(mailbox.received.length).toBe(1);
  });

  test('is only written where what causes it is', async () => {
    const { inTx, mail } = server.context;
    const failing = inTx(async (tx) => {
      await mail.write(tx, { kind: 'test', accountId: null, to: 'ada@mail.test', letter: LETTER });
      throw new Error('What caused it did not happen.');
    });
    await expect(failing).rejects.toThrow('did not happen');
    expect([await kept(), await server.context.db('jobs')]).toEqual([0, []]);
  });

  test('is stored sealed: neither its address nor its link can be read in the database', async () => {
    await write({ letter: { ...LETTER, parts: ['token-of-a-link'] } });
    const rows = JSON.stringify([await server.context.db('mails'), await server.context.db('jobs')]);
    expect(rows).not.toMatch(/ada@|token-of-a-link|A subject/);
  });

  test.each([
    'Hello\r\nBcc: eve@mail.test\r\n\r\nOther text',
    'Hello\nBcc: eve@mail.test',
    'Hello\u2028Bcc: eve@mail.test',
    `${'x'.repeat(500)}\r\nBcc: eve@mail.test`,
  ])('W7 a subject of many lines is one: %j', async (subject) => {
    await attempt(await write({ letter: { ...LETTER, subject } }));
    const [mail] = mailbox.received;
    expect(mail?.to).toEqual(['ada@mail.test']);
    expect(mail?.header('Bcc')).toBeNull();
    expect(mail?.raw).not.toMatch(/^Bcc:/im);
    expect(mail?.text).toContain('A sentence.');
    expect([...(mail?.header('Subject') ?? '')].length).toBeLessThanOrEqual(150);
  });

  test('W1 shows what people write as text', async () => {
    const parts = ['<script>alert(1)</script> & "you"'];
    await attempt(await write({ letter: { ...LETTER, parts } }));
    expect(mailbox.received[0]?.html).not.toContain('<script>');
    expect(mailbox.received[0]?.text).toContain('<script>alert(1)</script> & "you"');
  });

  test('has the same id at every try, which tells nothing', async () => {
    const id = await write();
    const { db } = server.context;
    const row = await db('mails').first();
    await attempt(id);
    await db('mails').insert(row);
    await attempt(id);
    const [first, second] = mailbox.received.map((mail) => mail.header('Message-ID'));
    expect(first).toMatch(/^<[\w-]{20,}@video\.test>$/);
    expect(second).toBe(first);
    expect(first).not.toContain(id);
  });
});

describe('a mail server', () => {
  test.each([
    ['onRecipient', 421],
    ['onRecipient', 450],
    ['onMessage', 451],
    ['onMessage', 452],
  ] as const)('that says later (%s: %i) is asked again', async (when, status) => {
    const id = await write();
    mailbox.answers[when] = { status, message: 'Greylisted, come back <ada@mail.test>' };
    const failure = await attempt(id).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(failure).toMatch(/did not take a mail: .*Greylisted/);
    expect(failure).not.toContain('ada@');
    expect(await kept()).toBe(1);
    mailbox.answers[when] = null;
    await attempt(id);
    expect([mailbox.received.length, await kept()]).toEqual([1, 0]);
  });

  test.each([
    ['onRecipient', 550],
    ['onMessage', 554],
  ] as const)(
    'that refuses for good (%s: %i) is not asked again, and the log says why',
    async (when, status) => {
      const id = await write();
      mailbox.answers[when] = { status, message: '5.1.1 No mailbox ada@mail.test here' };
      await attempt(id);
      expect([mailbox.received.length, await kept()]).toEqual([0, 0]);
      const line = logged.find((one) => one.includes('refused a mail for good'));
      expect(line).toContain('5.1.1 No mailbox');
      expect(line).not.toContain('ada@');
    },
  );

  test('that is away is tried for two days at least', async () => {
    const { mail: settings } = server.context.config;
    if (!settings) throw new Error('There is no mail.');
    // A port that nobody listens on.
    const away = createMail({ ...partsOf(server), settings: { ...settings, port: 1 } });
    const id = await write();
    await expect(away.jobs.send({ mailId: id })).rejects.toThrow('did not take a mail');
    expect(await kept()).toBe(1);
    expect(await away.test('ada@mail.test')).toMatchObject({ ok: false, reason: 'mail-refused' });
    await away.close();
    const { maxAttempts, retryDelayMs } = jobSpecs['mail.send'];
    let waited = 0;
    for (let n = 0; n < maxAttempts; n += 1) waited += Math.min(retryDelayMs * 2 ** n, 3_600_000) * 0.8;
    expect(waited).toBeGreaterThan(48 * 3_600_000);
  });

  test('that wants a sign-in gets it; a wrong password is no fault of the message', async () => {
    const login = { user: 'vireo', password: 'hunter2-hunter2' };
    const guarded = await startMailServer({ login });
    const { mail: settings } = server.context.config;
    if (!settings) throw new Error('There is no mail.');
    const withPassword = (password: string) =>
      createMail({
        ...partsOf(server),
        settings: {
          ...settings,
          port: guarded.port,
          login: { user: login.user, password: new Secret(password) },
        },
      });
    const wrong = withPassword('wrong-password');
    const id = await write();
    await expect(wrong.jobs.send({ mailId: id })).rejects.toThrow(/did not take a mail/);
    expect(await kept()).toBe(1);
    const right = withPassword(login.password);
    expect(await right.test('ada@mail.test')).toEqual({ ok: true });
    await right.jobs.send({ mailId: id });
    expect(guarded.received.length).toBe(2);
    expect(logged.join('')).not.toMatch(/hunter2|wrong-password/);
    await Promise.all([wrong.close(), right.close()]);
    await guarded.close();
  });

  test('that cannot encrypt gets nothing where that is demanded', async () => {
    const { mail: settings } = server.context.config;
    if (!settings) throw new Error('There is no mail.');
    const sealed = createMail({ ...partsOf(server), settings: { ...settings, tls: 'starttls' } });
    expect(await sealed.test('ada@mail.test')).toMatchObject({ ok: false });
    // Nor one whose certificate nobody vouches for.
    const selfMade = await startMailServer({ tls: true });
    const other = createMail({
      ...partsOf(server),
      settings: { ...settings, tls: 'starttls', port: selfMade.port },
    });
    expect(await other.test('ada@mail.test')).toMatchObject({ ok: false });
    expect([mailbox.received, selfMade.received]).toEqual([[], []]);
    await Promise.all([sealed.close(), other.close()]);
    await selfMade.close();
  });
});

test('what comes too late is not sent any more, and what is old is swept', async () => {
  const late = await write({ expiresAt: new Date(Date.now() - 1_000) });
  await attempt(late);
  expect([mailbox.received.length, await kept()]).toEqual([0, 0]);
  expect(logged.join('')).toContain('could not be sent in time');
  await write({ expiresAt: new Date(Date.now() - 1_000) });
  expect(await server.context.mail.sweep()).toBe(1);
});

test('mail to somebody who is gone goes with the account', async () => {
  const account = await people.local('gone');
  await write({ accountId: account.id });
  await server.context.db('accounts').where({ id: account.id }).delete();
  expect(await kept()).toBe(0);
});

function partsOf({ context }: TestServer) {
  const { db, ids, clock, log, config } = context;
  return {
    ...{
      db,
      ids,
      clock,
      log,
      instanceSecret: SECRET_KEY,
      origin: config.origin,
      instance: { name: 'Vireo' },
    },
    enqueue: async () => undefined,
  };
}
