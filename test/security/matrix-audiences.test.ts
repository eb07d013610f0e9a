import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { routes } from '../../src/http/api/index.ts';
import type { Route } from '../../src/http/route.ts';
import { allows, type Scope, scopes } from '../../src/modules/auth/model.ts';
import { permissionsOf } from '../../src/modules/staff/index.ts';
import type { Answer } from '../helpers/asker.ts';
import { changedTables } from '../helpers/matrix/digest.ts';
import { type About, addressOf, hasParameter } from '../helpers/matrix/paths.ts';
import { aboutOf, rightFor } from '../helpers/matrix/routes.ts';
import type { Thing } from '../helpers/matrix/thing.ts';
import { type KindName, kinds } from '../helpers/matrix/things.ts';
import { type Audience, audiences, createWorld, nameOf, ROLES, type World } from '../helpers/matrix/world.ts';
import type { Person } from '../helpers/people.ts';

/** Every route for every audience and every thing that it may be about. */
const SLOW_MS = 60_000;

let world: World;
/** Of each kind, things that nothing here changes. */
const standing = new Map<KindName, Promise<Thing[]>>();

beforeAll(async () => {
  world = await createWorld();
});
beforeEach(() => world.forgetLimits());
afterAll(() => world?.close());

const named = (list: readonly Route[]) => list.map((route) => [nameOf(route), route] as const);
const isRead = ({ method }: Route) => method === 'get';

function standingThings(kind: KindName): Promise<Thing[]> {
  const made = standing.get(kind) ?? kinds[kind](world);
  standing.set(kind, made);
  return made;
}

type Expected = 'answered' | 'absent' | 'not-signed-in' | 'staff-only' | 'permission-missing' | 'refused';

/** The rule of every route, from what it declares and what is said of it in the table of kinds. */
function expected(route: Route, about: About | null, thing: Thing | null, who: Audience): Expected {
  if (who === 'anonymous' && route.audience !== 'anyone') return 'not-signed-in';
  if (route.audience === 'staff') {
    if (who !== 'moderator' && who !== 'admin') return 'staff-only';
    const { permission } = route;
    const may = permission === undefined || permissionsOf(ROLES[who]).includes(permission);
    return may ? 'answered' : 'permission-missing';
  }
  if (!about || !thing) return 'answered';
  if (about.absent?.includes(thing.what)) return 'absent';
  if (!thing.shownTo.includes(who)) return 'absent';
  const mayAll = (isRead(route) ? (about.reads ?? 'seen') : (about.writes ?? 'own')) === 'seen';
  return mayAll || who === 'owner' || thing.shownTo === audiences ? 'answered' : 'refused';
}

/** Refusals for who somebody is, and not for what they sent. */
const FOR_WHO = ['not-signed-in', 'staff-only', 'permission-missing', 'scope-missing'];
/** About the app that asks, of whom people have none here. */
const FOR_APPS = 'GET /api/v1/apps/verify_credentials';
/** Whoever is answered by this asks nothing else here. */
const ENDS_THE_SESSION = 'DELETE /api/v1/sessions/current';

function check({ status, text, code }: Answer, { wanted, who, thing }: Case, name: string): void {
  const said = `${who}, ${thing?.what ?? 'no thing'}: ${status} ${text.slice(0, 200)}`;
  if (wanted === 'not-signed-in') expect([status, code], said).toEqual([401, 'not-signed-in']);
  else if (wanted === 'staff-only' || wanted === 'permission-missing')
    expect([status, code], said).toEqual([403, wanted]);
  else if (wanted === 'absent') expect([status, code], said).toEqual([404, 'not-found']);
  // What is seen by all and changed by one may say so.
  else if (wanted === 'refused') expect([403, 404], said).toContain(status);
  else {
    expect(status, said).toBeLessThan(500);
    if (name !== FOR_APPS) expect(FOR_WHO, said).not.toContain(code);
    if (thing) expect([401, 403, 404, 410, 429], said).not.toContain(status);
  }
}

interface Case {
  readonly wanted: Expected;
  readonly who: Audience;
  readonly thing: Thing | null;
}

/** What the owner was shown of what is marked, by any route. */
const seen = new Set<string>();

/** No answer holds a word of what its reader may not see, whatever the route is about. */
function lookForMarks({ text }: Answer, { who }: Case): void {
  for (const { word, what, shownTo } of world.marks) {
    if (!text.includes(word)) continue;
    expect(shownTo, `${who} reads of a ${what}`).toContain(who);
    if (who === 'owner') seen.add(what);
  }
}

function ask(route: Route, thing: Thing | null, who: Audience): Promise<Answer> {
  const { body, type, query } = rightFor(world, route, thing);
  return world.ask(route.method, addressOf(route, thing?.params, query), { as: world.as[who], body, type });
}

/**
 * Asks in the name of all, with what is no token, and with one that may everything else. Those who are answered come
 * last, and by then nothing must have changed. What one of the staff decides about, another one finds decided: `more` makes
 * such things anew.
 */
async function askAll(
  route: Route,
  things: readonly (Thing | null)[],
  more?: () => Promise<Thing[]>,
): Promise<void> {
  const about = aboutOf(route);
  const cases = things.flatMap((thing): Case[] =>
    audiences.map((who) => ({ thing, who, wanted: expected(route, about, thing, who) })),
  );
  const one = async (of: Case) => {
    const answer = await ask(route, of.thing, of.who);
    check(answer, of, nameOf(route));
    lookForMarks(answer, of);
  };
  const narrowToken = route.scope === null ? null : await narrowed(route.audience, route.scope);
  const before = await world.digest();
  await Promise.all(cases.filter(({ wanted }) => wanted !== 'answered').map(one));
  await refuseTokens(route, things[0] ?? null, narrowToken);
  expect(changedTables(before, await world.digest())).toEqual([]);
  if (nameOf(route) === ENDS_THE_SESSION) return;
  const answered = cases.filter(({ wanted }) => wanted === 'answered');
  if (!more) {
    await Promise.all(answered.map(one));
    return;
  }
  for (const who of new Set(answered.map((of) => of.who))) {
    const made = await more();
    await Promise.all(made.map((thing) => one({ thing, who, wanted: 'answered' })));
  }
}

async function refuseTokens(route: Route, thing: Thing | null, narrowToken: string | null): Promise<void> {
  const token = `${tokenFor(route)}`;
  const { body, type, query } = rightFor(world, route, thing);
  const send = (as: { readonly token: string }) =>
    world.ask(route.method, addressOf(route, thing?.params, query), { as, body, type });
  const almost = await send({ token: `${token}x` });
  if (route.audience !== 'anyone') expect([almost.status, almost.code]).toEqual([401, 'not-signed-in']);
  if (narrowToken === null) return;
  const { status, code, text } = await send({ token: narrowToken });
  expect([status, code]).toEqual([403, 'scope-missing']);
  expect(text).toContain(route.scope);
}

const ownerOr = (audience: Route['audience']) => (audience === 'staff' ? world.as.admin : world.owner);
const tokenFor = ({ audience }: Route) => ownerOr(audience)?.token;

/** A token of somebody who may call the route, with all scopes but those that allow it. */
const narrowTokens = new Map<string, Promise<string>>();
function narrowed(audience: Route['audience'], scope: Scope): Promise<string> {
  const key = `${audience === 'staff'} ${scope}`;
  const made = narrowTokens.get(key) ?? narrow(ownerOr(audience), scope);
  narrowTokens.set(key, made);
  return made;
}

async function narrow(who: Person | undefined, scope: Scope): Promise<string> {
  if (!who) throw new Error('Nobody may call this.');
  const token = await world.people.tokenOf(who.account, 'bearer', who === world.as.admin ? 'admin' : 'user');
  const others = scopes.filter((one) => !allows([one], scope));
  const row = await world.context
    .db('sessions')
    .where({ account_id: who.id })
    .orderBy('id', 'desc')
    .first('id');
  await world.context.db('sessions').where({ id: row.id }).update({ scopes: others });
  return token;
}

describe('A4 A10 P1 what has an id', () => {
  const withIds = routes.filter(hasParameter);

  test.each(named(withIds))('%s says what it is about', (_name, route) => {
    expect(aboutOf(route)).not.toBeNull();
  });

  test.each(named(withIds))('%s: each audience', { timeout: SLOW_MS }, async (_name, route) => {
    const about = aboutOf(route);
    if (!about) throw new Error('It does not say what it is about.');
    const isDone = isRead(route) || about.writes === 'seen';
    const things = isDone ? await standingThings(about.kind) : await kinds[about.kind](world);
    const more = () => kinds[about.kind](world);
    await askAll(route, things, route.audience === 'staff' && !isDone ? more : undefined);
  });
});

describe('A4 P1 what has none', () => {
  beforeAll(async () => {
    // Something of everything is there to be listed.
    await Promise.all(Object.values(kinds).map((make) => make(world)));
  });

  test.each(named(routes.filter((route) => !hasParameter(route))))(
    '%s: each audience',
    async (_name, route) => {
      await askAll(route, [null]);
    },
  );
});

describe('P1 lists and searches that are asked for what is not theirs', () => {
  test.each(
    named(routes.filter((route) => isRead(route) && !hasParameter(route) && route.query !== undefined)),
  )('%s', async (_name, route) => {
    const ids = (await standingThings('post')).map(({ params }) => params.id ?? '');
    const accounts = [world.owner.id, world.friend.id];
    const word = world.marks.find(({ what }) => what === 'video for followers')?.word ?? '';
    for (const about of [
      [...ids, ...accounts].slice(0, 20).map((id) => ['id[]', id]),
      [...accounts.map((id) => ['account_id', id]), ['limit', '40'], ['include_filtered', 'true']],
      [
        ['q', word],
        ['acct', 'alice'],
        ['max_id', '9223372036854775807'],
        ['limit', '40'],
      ],
    ]) {
      const query = Object.fromEntries(Object.entries(rightFor(world, route, null).query ?? {}));
      const search = new URLSearchParams([...Object.entries(query), ...(about as [string, string][])]);
      await Promise.all(
        audiences.map(async (who) => {
          const answer = await world.ask(route.method, `${route.path}?${search}`, { as: world.as[who] });
          lookForMarks(answer, { who, wanted: 'answered', thing: null });
        }),
      );
    }
  });

  test('while the owner was shown each of them somewhere', () => {
    const wanted = world.marks.filter(({ shownTo }) => shownTo.includes('owner')).map(({ what }) => what);
    expect([...seen].sort()).toEqual([...new Set(wanted)].sort());
  });
});
