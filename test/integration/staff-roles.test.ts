import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccountId, StaffRoleId } from '../../src/lib/ids.ts';
import { actorOf } from '../../src/modules/auth/index.ts';
import { type Actor, operator, type RoleRef } from '../../src/modules/staff/index.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** Who belongs to the staff, and what that lets them do. */
let server: TestServer;
let people: People;
let api: Client;
let owner: Person;
let admin: Person;
let moderator: Person;
let made = 0;

beforeAll(async () => {
  server = await startTestServer();
  people = createPeople(server);
  api = clientOf(server.origin);
  owner = await people.signedIn('ada', 'owner');
  admin = await people.signedIn('bea', 'admin');
  moderator = await people.signedIn('cleo', 'moderator');
});
afterAll(() => server?.close());

const somebody = (role?: 'admin' | 'moderator' | 'owner') =>
  people.signedIn(`some_${++made}`, role ?? 'user');

async function actor({ token }: Person): Promise<Actor> {
  const viewer = await server.context.auth.viewerOf(token);
  if (!viewer) throw new Error('Nobody is signed in.');
  return actorOf(viewer);
}

const assign = (by: Actor, accountId: AccountId, role: RoleRef) =>
  server.context.inTx((tx) =>
    server.context.staff.roles.assign(tx, by, { accountId, role, reason: 'Asked.' }),
  );
const assignAs = (by: Person, id: AccountId, role: string) =>
  api.post(`/api/v1/admin/accounts/${id}/role`, { as: by, body: { role, reason: 'Helps out.' } });
const rankOf = async (id: AccountId) => (await server.context.staff.roles.standingOf(id)).rank;

async function makeRole(permissions: readonly string[], rank = 50, by = owner) {
  const body = { name: `Role ${++made}`, permissions, rank };
  return api.post('/api/v1/admin/roles', { as: by, body });
}
async function roleOf(permissions: readonly string[], rank = 50): Promise<StaffRoleId> {
  const { status, body } = await makeRole(permissions, rank);
  expect(status).toBe(200);
  return body.id;
}

describe('who may give which role', () => {
  test('an admin makes moderators, and it is on record', async () => {
    const { id } = await somebody();
    expect((await assignAs(admin, id, 'moderator')).status).toBe(200);
    expect(await server.context.auth.roleOf(id)).toBe('moderator');
    const { body } = await api.get(`/api/v1/admin/audit_log?target_kind=account&target_id=${id}`, {
      as: admin,
    });
    expect(body).toMatchObject([
      {
        ...{ action: 'role.assign', reason: 'Helps out.', detail: { from: 'user', to: 'moderator' } },
        actor: { kind: 'person', account_id: admin.id, name: 'bea' },
      },
    ]);
  });

  test('nobody gives what ranks as high as they do, or acts on whoever ranks as high', async () => {
    const { id } = await somebody();
    expect((await assignAs(admin, id, 'admin')).body.code).toBe('role-too-high');
    expect((await assignAs(admin, id, 'owner')).body.code).toBe('role-too-high');
    const other = await somebody('admin');
    expect((await assignAs(admin, other.id, 'user')).body.code).toBe('outranked');
    expect((await assignAs(admin, owner.id, 'user')).body.code).toBe('outranked');
    expect((await assignAs(admin, admin.id, 'moderator')).body.code).toBe('outranked');
    expect(await server.context.auth.roleOf(other.id)).toBe('admin');
  });

  test('nobody grants what they lack', async () => {
    const keeper = await somebody();
    expect((await assign(operator, keeper.id, await roleOf(['roles', 'reports'], 90))).ok).toBe(true);
    const fresh = { ...keeper, token: await people.tokenOf(keeper.account) };
    const { id } = await somebody();
    expect((await assignAs(fresh, id, await roleOf(['reports', 'queues'], 10))).body.code).toBe(
      'role-too-high',
    );
    expect((await makeRole(['queues'], 10, fresh)).body.code).toBe('role-too-high');
    expect((await makeRole(['reports'], 90, fresh)).body.code).toBe('role-too-high');
    expect((await assignAs(fresh, id, await roleOf(['reports'], 10))).status).toBe(200);
    expect(await rankOf(id)).toBe(10);
  });

  test('whoever may not manage roles is refused by the command itself', async () => {
    const { id } = await somebody();
    expect(await assign(await actor(moderator), id, 'moderator')).toMatchObject({
      reason: 'permission-missing',
    });
    expect((await assignAs(moderator, id, 'user')).body.code).toBe('permission-missing');
  });

  test('the last owner stays, also where two owners leave at once', async () => {
    const { accounts } = server.context;
    const rows = await server.context.db('users').where({ role: 'owner' }).select('account_id');
    const second = await somebody('owner');
    for (const { account_id: id } of rows) {
      if (id !== owner.id) expect((await assign(operator, id, 'user')).ok).toBe(true);
    }
    const both = await Promise.all([assign(operator, owner.id, 'user'), assign(operator, second.id, 'user')]);
    expect(both.map((one) => (one.ok ? 'done' : one.reason)).sort()).toEqual(['done', 'last-owner']);
    expect((await accounts.byId(owner.id))?.state).toBe('active');
    expect((await assign(operator, owner.id, 'owner')).ok).toBe(true);
    owner = { ...owner, token: await people.tokenOf(owner.account, 'bearer', 'owner') };
  });
});

describe('what a session may do for the staff', () => {
  const reads = (token: string) => api.get('/api/v1/admin/sign_ups', { as: { token } });

  test('ends with the role, at once', async () => {
    const milo = await somebody('moderator');
    expect((await reads(milo.token)).status).toBe(200);
    expect((await assign(operator, milo.id, 'user')).ok).toBe(true);
    expect((await reads(milo.token)).body.code).toBe('staff-only');
    const [session] = await server.context.db('sessions').where({ account_id: milo.id });
    expect(session.scopes).toEqual(['read', 'write', 'follow', 'push']);
  });

  test('begins with it for our own pages, and not for tokens of before', async () => {
    const { id, account, token } = await somebody();
    const cookie = await people.tokenOf(account, 'cookie');
    expect((await assign(operator, id, 'moderator')).ok).toBe(true);
    expect((await api.get('/api/v1/admin/sign_ups', { cookie })).status).toBe(200);
    expect((await reads(token)).body.code).toBe('scope-missing');
  });

  test('is what the role of this server includes, and follows it', async () => {
    const { id, account } = await somebody();
    const role = await roleOf(['sign-ups', 'audit'], 20);
    expect((await assign(operator, id, role)).ok).toBe(true);
    const token = await people.tokenOf(account);
    expect((await reads(token)).status).toBe(200);
    const { body } = await api.get('/api/v1/accounts/verify_credentials', { as: { token } });
    expect(body.staff).toEqual({ permissions: ['sign-ups', 'audit'], lacks_second_factor: false });
    expect(body.roles).toMatchObject([{ id: role }]);
    const narrower = { name: `Role ${++made}`, permissions: ['audit'], rank: 20 };
    expect((await api.put(`/api/v1/admin/roles/${role}`, { as: owner, body: narrower })).status).toBe(200);
    expect((await reads(token)).body.code).toBe('permission-missing');
  });
});

describe('roles of this server', () => {
  test('are listed beside those of every server, with how many have them', async () => {
    const role = await roleOf(['reports'], 30);
    const { id } = await somebody();
    await assign(operator, id, role);
    const { body } = await api.get('/api/v1/admin/roles', { as: admin });
    expect(body.slice(0, 2).map((one: { id: string }) => one.id)).toEqual(['owner', 'admin']);
    expect(body.find((one: { id: string }) => one.id === role)).toMatchObject({
      ...{ custom: true, permissions: ['reports'], rank: 30, members: 1 },
    });
  });

  test('have a name each, and are removed once nobody has them', async () => {
    const role = await roleOf(['reports'], 30);
    const { body } = await api.get('/api/v1/admin/roles', { as: admin });
    const { name } = body.find((one: { id: string }) => one.id === role);
    const again = { name: name.toUpperCase(), permissions: ['reports'], rank: 30 };
    expect((await api.post('/api/v1/admin/roles', { as: owner, body: again })).body.code).toBe('role-known');
    const { id } = await somebody();
    await assign(operator, id, role);
    const remove = () => api.delete(`/api/v1/admin/roles/${role}`, { as: admin });
    expect((await remove()).body.code).toBe('role-in-use');
    await assign(operator, id, 'user');
    expect((await remove()).status).toBe(200);
    expect((await remove()).status).toBe(404);
  });
});
