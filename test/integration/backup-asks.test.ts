import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withLock } from '../../src/db/dump.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** As in src/modules/backups/creating.ts. */
const BACKUP_LOCK = 7_461_346;

let server: TestServer;
let client: Client;
let boss: Person;
let mod: Person;

beforeAll(async () => {
  server = await startTestServer({ role: 'web' });
  client = clientOf(server.origin);
  const people = createPeople(server);
  boss = await people.signedIn('boss', 'owner');
  mod = await people.signedIn('milo', 'moderator');
});
afterAll(() => server?.close());
beforeEach(async () => {
  await server.context.db('backup_runs').delete();
  await server.context.db('backup_asks').delete();
});

const ask = (body: object, as = boss) => client.post('/api/v1/admin/backups/ask', { as, body });
const shown = async () => (await client.get('/api/v1/admin/backups', { as: boss })).body;
const kinds = async () => (await shown()).asked.map(({ kind }: { kind: string }) => kind);

test('what the staff asks for is done once, however many workers look', async () => {
  const { backups } = server.context;
  expect((await ask({ kind: 'create' })).status).toBe(200);
  expect((await ask({ kind: 'create' })).status).toBe(200);
  expect(await kinds()).toEqual(['create']);
  await Promise.all([backups.workAsked(), backups.workAsked(), backups.workAsked()]);
  const { runs, asked } = await shown();
  expect(asked).toEqual([]);
  expect(runs).toMatchObject([{ kind: 'create', state: 'done', fault: null }]);
  expect(runs[0].detail.rows).toBeGreaterThan(0);
  const [{ name }] = (await client.get('/api/v1/admin/backups/kept', { as: boss })).body.backups;
  expect(runs[0].name).toBe(name);

  await ask({ kind: 'verify', name });
  await backups.workAsked();
  await ask({ kind: 'rehearse', name });
  await backups.workAsked();
  expect((await shown()).runs).toMatchObject([
    { kind: 'rehearse', name, state: 'done', detail: { tables: expect.any(Number) } },
    { kind: 'verify', name, state: 'done', detail: { rows: runs[0].detail.rows } },
    { kind: 'create' },
  ]);
});

test('where another backup is being made, it is asked for still', async () => {
  const { backups, databaseUrl } = server.context;
  await ask({ kind: 'create' });
  await withLock(databaseUrl, BACKUP_LOCK, () => backups.workAsked());
  expect(await kinds()).toEqual(['create']);
  expect((await shown()).runs).toEqual([]);
  await backups.workAsked();
  expect((await shown()).runs).toMatchObject([{ state: 'done' }]);
});

test('a backup that was damaged fails, and says where', async () => {
  const { backups, config } = server.context;
  await ask({ kind: 'create' });
  await backups.workAsked();
  const [made] = (await client.get('/api/v1/admin/backups/kept', { as: boss })).body.backups;
  await rm(`${config.backups.dir}/backups/${made.name}/table-accounts-00001.gz`);
  await ask({ kind: 'verify' });
  await backups.workAsked();
  const { runs, last_error } = await shown();
  expect(runs[0]).toMatchObject({ kind: 'verify', state: 'failed' });
  expect(last_error).toContain('accounts');
});

test('it is for those who look after storage, names what is one, and is on record', async () => {
  expect((await ask({ kind: 'create' }, mod)).body.code).toBe('permission-missing');
  expect((await ask({ kind: 'verify', name: '../../etc/passwd' })).status).toBe(422);
  expect((await ask({ kind: 'destroy' })).status).toBe(422);
  const before = await server.context.db('audit_log').where('action', 'like', 'backup.%');
  await ask({ kind: 'rehearse' });
  const after = await server.context.db('audit_log').where('action', 'like', 'backup.%').orderBy('id');
  expect(after).toHaveLength(before.length + 1);
  expect(after.at(-1)).toMatchObject({ action: 'backup.rehearse', account_id: boss.id });
});
