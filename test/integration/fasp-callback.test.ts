import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { faspLimits } from '../../config/fasp-limits.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { empty } from '../helpers/emptying.ts';
import { type FaspRig, startAcceptedFasp } from '../helpers/fasp-rig.ts';
import { jobRun } from '../helpers/job-run.ts';
import { EVIL, HONEST } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** Calls there and back (FASP debug v0.1), by which the staff sees whether a provider and this server reach each other. */
let server: TestServer;
let fasp: FaspRig;
let other: FaspRig;

const LOGS = '/debug/v0/callback/logs';
const RESPONSES = '/debug/v0/callback/responses';

beforeAll(async () => {
  server = await startTestServer({
    role: 'all',
    // No worker takes its jobs: each is run here, one after another.
    variables: { ALLOWED_PRIVATE_ADDRESSES: `${HONEST},${EVIL}`, QUEUES: 'mail' },
  });
  fasp = await startAcceptedFasp(server, EVIL, ['callback']);
  other = await startAcceptedFasp(server, HONEST, ['callback']);
  await other.use('callback');
});
afterAll(async () => {
  await fasp?.close();
  await other?.close();
  await server?.close();
});
beforeEach(async () => {
  await empty(server, 'fasp_callbacks', 'jobs');
  await db()('fasp_capabilities').where({ provider_id: fasp.id }).update({ enabled: true, told: true });
  fasp.answers[`POST ${LOGS}`] = { status: 201 };
  fasp.seen.length = 0;
});

const db = () => server.context.db;
const ask = () => server.context.inTx((tx) => server.context.fasp.callbacks.ask(tx, operator, fasp.id));
const shown = async (id = fasp.id) =>
  (await server.context.fasp.providers.list()).find((one) => one.id === id)?.callbacks;
/** As a worker does. */
async function work(): Promise<void> {
  const [job] = await db()('jobs').where({ name: 'fasp.callback' }).select('payload');
  await db()('jobs').delete();
  const finish = await server.context.handlers['fasp.callback'](job.payload, jobRun());
  if (finish) await server.context.inTx(finish);
}

describe('a provider that is asked to call', () => {
  test('is asked signed, with a mark that comes back, and its call is shown with when, whence and what', async () => {
    expect(await ask()).toMatchObject({ ok: true });
    expect(await shown()).toMatchObject([{ askedAt: expect.any(Date), calledAt: null, failure: null }]);
    await work();
    expect(fasp.turnedAway).toEqual([]);
    const sent = fasp.seen.find(({ path }) => path === LOGS)?.json;
    expect(sent).toEqual({ callback: expect.stringMatching(/^\d+$/) });
    expect(await fasp.call('POST', RESPONSES, sent)).toMatchObject({
      status: 201,
      json: null,
      isSigned: true,
    });
    expect(await shown()).toEqual([
      {
        ...{
          id: expect.any(String),
          provider: fasp.id,
          askedAt: expect.any(Date),
          calledAt: expect.any(Date),
        },
        ...{ failure: null, ip: expect.stringContaining('127.0.0.1'), body: JSON.stringify(sent) },
      },
    ]);
    // Once: another call with the same mark is one that nobody asked for.
    await fasp.call('POST', RESPONSES, sent);
    expect(await shown()).toMatchObject([
      { askedAt: null, calledAt: expect.any(Date) },
      { askedAt: expect.any(Date) },
    ]);
  });

  test('shows why it could not be asked, and is asked once', async () => {
    fasp.answers[`POST ${LOGS}`] = { status: 503 };
    await ask();
    await work();
    expect(await shown()).toMatchObject([{ failure: 'It answered 503.', calledAt: null }]);
    expect(await db()('jobs').where({ name: 'fasp.callback' })).toEqual([]);
  });

  test('may call without a body, and not with what is no object', async () => {
    expect((await fasp.call('POST', RESPONSES)).status).toBe(201);
    for (const wrong of [[1], 7, 'text'])
      expect(await fasp.call('POST', RESPONSES, wrong)).toMatchObject({ status: 422, isSigned: true });
    expect(await shown()).toMatchObject([{ askedAt: null, body: null }]);
  });

  test('is not taken for another one, by whatever mark', async () => {
    await ask();
    await work();
    const sent = fasp.seen.find(({ path }) => path === LOGS)?.json;
    expect((await other.call('POST', RESPONSES, sent)).status).toBe(201);
    expect(await shown()).toMatchObject([{ calledAt: null }]);
    expect(await shown(other.id)).toMatchObject([{ askedAt: null, calledAt: expect.any(Date) }]);
  });

  test('has the newest of its calls kept, cut', async () => {
    const long = { note: 'x'.repeat(2 * faspLimits.maxCallbackCharacters) };
    for (let one = 0; one < faspLimits.maxCallbacks + 2; one += 1)
      expect((await fasp.call('POST', RESPONSES, { ...long, one })).status).toBe(201);
    const kept = await shown();
    expect(kept).toHaveLength(faspLimits.maxCallbacks);
    expect(kept?.[0]?.body).toHaveLength(faspLimits.maxCallbackCharacters);
    await ask();
    expect(await shown()).toHaveLength(faspLimits.maxCallbacks);
  });

  test('is neither asked nor heard where that is not in use, nor once it is removed', async () => {
    await ask();
    await db()('fasp_capabilities').where({ provider_id: fasp.id }).update({ enabled: false });
    await work();
    expect(fasp.seen).toEqual([]);
    expect(await ask()).toMatchObject({ ok: false, reason: 'conflict' });
    expect(await fasp.call('POST', RESPONSES)).toMatchObject({ status: 403, isSigned: true });
    await db()('fasp_capabilities').where({ provider_id: fasp.id }).update({ enabled: true });
    await db()('fasp_providers').where({ id: fasp.id }).update({ state: 'removed' });
    expect(await ask()).toMatchObject({ ok: false, reason: 'not-found' });
    expect((await fasp.call('POST', RESPONSES)).status).toBe(401);
    await db()('fasp_providers').where({ id: fasp.id }).update({ state: 'accepted' });
  });
});
