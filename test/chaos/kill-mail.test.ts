import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Instance, startInstance } from '../../src/setup/demo/instance.ts';
import { createGate, eventually, openGates } from '../helpers/chaos.ts';
import { type MailServer, startMailServer } from '../helpers/mail-server.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { testPort } from '../helpers/stack.ts';

const SLOW_MS = 120_000;
const SECRET_KEY = 'a secret of the instance that is long enough';

let mailbox: MailServer;
let server: TestServer;
const workers: Instance[] = [];

beforeAll(async () => {
  mailbox = await startMailServer();
  server = await startTestServer({ role: 'none', variables: { ...mailbox.variables, SECRET_KEY } });
});

afterAll(async () => {
  openGates();
  for (const worker of workers) await worker.kill();
  await server?.close();
  await mailbox?.close();
});

async function startWorker(): Promise<Instance> {
  const { config, databaseUrl, redisUrl } = server.context;
  const worker = await startInstance({
    ...{ host: '127.0.0.1', port: await testPort('127.0.0.1'), dataDir: server.dataDir },
    logFile: join(server.dataDir, 'worker.log'),
    variables: {
      ...{ ROLE: 'worker', VIREO_ENV: 'test', LOG_LEVEL: 'info', JOB_LEASE_SECONDS: '2', SECRET_KEY },
      ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, REDIS_PREFIX: config.redisPrefix },
      ...{ ORIGIN: config.origin, QUEUES: 'mail', ...mailbox.variables },
    },
  });
  workers.push(worker);
  return worker;
}

async function write(subject: string): Promise<void> {
  const { inTx, mail } = server.context;
  const letter = { subject, parts: ['A sentence.'], footer: [] };
  await inTx((tx) => mail.write(tx, { kind: 'test', accountId: null, to: 'ada@mail.test', letter }));
}

const come = (subject: string) => mailbox.received.filter((mail) => mail.header('Subject') === subject);
const left = async () => (await server.context.db('mails')).length;

test('a worker that is killed loses no mail: once where it was not sent yet, else again under the same id', {
  timeout: SLOW_MS,
}, async () => {
  const [before, after] = [createGate(), createGate()];
  mailbox.holds.recipient = before.pass;
  await write('Before');
  const first = await startWorker();
  await before.reached;
  await first.kill();
  mailbox.holds.recipient = null;
  before.open();
  const second = await startWorker();
  await eventually('the mail is sent by the next worker', async () => (await left()) === 0);
  expect(come('Before')).toHaveLength(1);

  // The server has the message, and the worker dies before it hears so.
  mailbox.holds.answer = after.pass;
  await write('After');
  await after.reached;
  await second.kill();
  mailbox.holds.answer = null;
  after.open();
  expect(await left()).toBe(1);
  await startWorker();
  await eventually('the mail is sent again', async () => (await left()) === 0);
  const ids = come('After').map((mail) => mail.header('Message-ID'));
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});
