import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { clientOf, createPeople, PASSWORD, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer, testVariables } from '../helpers/server.ts';

/** A cable to another server that can be cut and mended. */
async function cable(to: URL) {
  const sockets = new Set<Socket>();
  let isCut = false;
  const plug = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const server: Server = createServer((near) => {
    plug(near);
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(to.port), to.hostname);
    plug(far);
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: Object.assign(new URL(to.href), { hostname: '127.0.0.1', port: String(port) }).href,
    cut,
    mend: () => {
      isCut = false;
    },
    async remove() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An answer about a part that is away takes as long as the server waits for it. */
const PATIENT = { timeout: 20_000 };

let server: TestServer | undefined;
const cables: Awaited<ReturnType<typeof cable>>[] = [];

afterEach(async () => {
  for (const one of cables) one.mend();
  await server?.close();
  for (const one of cables.splice(0)) await one.remove();
});

/** A server that reaches one of its services by a cable. */
async function serverBehind(variable: 'DATABASE_URL' | 'REDIS_URL') {
  const variables = await testVariables('127.0.0.1', 0);
  const laid = await cable(new URL(variables[variable] ?? ''));
  cables.push(laid);
  server = await startTestServer({ variables: { [variable]: laid.url } });
  const client = clientOf(server.origin);
  const person = await createPeople(server).signedIn('someone');
  return { ...laid, client, person, health: () => client.get('/health') };
}

describe('/health', () => {
  test('says that all is well, and is never kept', async () => {
    server = await startTestServer();
    const answer = await clientOf(server.origin).get('/health');
    expect([answer.status, answer.body]).toEqual([200, { ok: true, parts: { database: 'ok', redis: 'ok' } }]);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('is 503 while the database is away, and recovers with it', async () => {
    const { cut, mend, health, client } = await serverBehind('DATABASE_URL');
    expect((await health()).status).toBe(200);
    cut();
    const answer = await health();
    expect([answer.status, answer.body]).toEqual([
      503,
      { ok: false, parts: { database: 'failing', redis: 'ok' } },
    ]);
    const refused = await client.get('/api/v1/timelines/public');
    expect(refused.status).toBeGreaterThanOrEqual(500);
    expect(refused.body).toMatchObject({ error: expect.any(String), detail: expect.any(String) });
    expect(refused.text).not.toMatch(/ECONN|select|knex/i);
    mend();
    await expect.poll(async () => (await health()).status, PATIENT).toBe(200);
    expect((await client.get('/api/v1/timelines/public')).status).toBe(200);
  });

  test('is 200 while Redis is away: people are served, and limits still hold', async () => {
    const { cut, mend, health, client, person } = await serverBehind('REDIS_URL');
    cut();
    await expect.poll(async () => (await health()).body.parts.redis, PATIENT).toBe('failing');
    const answer = await health();
    expect([answer.status, answer.body.ok]).toEqual([200, true]);
    expect((await client.get('/api/v1/timelines/home', { as: person })).status).toBe(200);
    const body = { login: person.account.username, password: PASSWORD };
    expect((await client.post('/api/v1/sessions', { body })).status).toBe(200);
    await expectGuessesToEnd(client, person);
    mend();
    await expect.poll(async () => (await health()).body.parts.redis, PATIENT).toBe('ok');
    expect((await client.get('/api/v1/timelines/home', { as: person })).status).toBe(200);
  });
});

async function expectGuessesToEnd(client: ReturnType<typeof clientOf>, { account }: Person): Promise<void> {
  const body = { login: account.username, password: 'wrong password' };
  const statuses: number[] = [];
  for (let tries = 0; tries <= 10; tries += 1)
    statuses.push((await client.post('/api/v1/sessions', { body })).status);
  expect(statuses).toEqual([...Array(10).fill(401), 429]);
}

describe('/live and /ready', () => {
  const ask = async (path: string) => {
    const { status, body } = await clientOf(server?.origin ?? '').get(path);
    return { status, body };
  };

  test('say that a process works, and that it stops', async () => {
    server = await startTestServer();
    expect(await ask('/live')).toEqual({
      status: 200,
      body: { ok: true, host: new URL(server.origin).host },
    });
    const all = { database: 'ok', redis: 'ok', storage: 'ok' };
    expect(await ask('/ready')).toEqual({ status: 200, body: { ok: true, parts: all } });
    server.context.lifecycle.beginStop();
    expect(await ask('/ready')).toEqual({
      status: 503,
      body: { ok: false, parts: { ...all, stopping: 'failing' } },
    });
    expect((await ask('/health')).status).toBe(503);
    expect((await ask('/live')).status).toBe(200);
  });

  test('a process without Redis is not ready, but lives', async () => {
    const { cut } = await serverBehind('REDIS_URL');
    cut();
    await expect.poll(async () => (await ask('/ready')).body.parts.redis, PATIENT).toBe('failing');
    expect((await ask('/ready')).status).toBe(503);
    expect((await ask('/live')).status).toBe(200);
  });

  test('nor is one whose storage does not answer', async () => {
    server = await startTestServer();
    vi.spyOn(server.context.storage, 'stat').mockRejectedValue(new Error('away'));
    expect(await ask('/ready')).toMatchObject({ status: 503, body: { parts: { storage: 'failing' } } });
  });
});
