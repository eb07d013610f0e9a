import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { apiLimits } from '../../config/limits.ts';
import { routes } from '../../src/http/api/index.ts';
import type { Route } from '../../src/http/route.ts';
import type { Answer } from '../helpers/asker.ts';
import { changedTables, type RowDigest } from '../helpers/matrix/digest.ts';
import { badRequests, type Sent } from '../helpers/matrix/inputs.ts';
import { addressOf } from '../helpers/matrix/paths.ts';
import { hostileIds, refusalBody, someHostileIds } from '../helpers/matrix/refusals.ts';
import { aboutOf, RIGHT, rightFor } from '../helpers/matrix/routes.ts';
import type { Thing } from '../helpers/matrix/thing.ts';
import { type KindName, kinds } from '../helpers/matrix/things.ts';
import { createWorld, nameOf, type World } from '../helpers/matrix/world.ts';

let world: World;
const standing = new Map<KindName, Promise<Thing[]>>();

beforeAll(async () => {
  world = await createWorld();
});
beforeEach(() => world.forgetLimits());
afterAll(() => world?.close());

const named = (list: readonly Route[]) => list.map((route) => [nameOf(route), route] as const);
/** The rows as they were last seen; null once something was written on purpose. */
let asItStands: RowDigest | null = null;

/** Does something by which no row may change. */
async function withoutWriting(act: () => Promise<void>): Promise<void> {
  const before = asItStands ?? (await world.digest());
  asItStands = null;
  await act();
  const after = await world.digest();
  expect(changedTables(before, after)).toEqual([]);
  asItStands = after;
}

async function thingFor(route: Route): Promise<Thing | null> {
  const about = aboutOf(route);
  if (!about) return null;
  const made = standing.get(about.kind) ?? kinds[about.kind](world);
  if (!standing.has(about.kind)) asItStands = null;
  standing.set(about.kind, made);
  return (await made)[0] ?? null;
}

/** A few at once, as many as the most careful limit lets through. */
async function inTurns<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += 10) {
    if (at > 0) await world.forgetLimits();
    await Promise.all(all.slice(at, at + 10).map(act));
  }
}

/** Sends it in the name of somebody who may do this to that thing, so that nothing but the input can be refused. */
function send(route: Route, thing: Thing | null, { body, type, query }: Sent): Promise<Answer> {
  const as = route.audience === 'staff' ? world.as.admin : world.owner;
  const path = addressOf(route, thing?.params);
  return world.ask(route.method, query === undefined ? path : `${path}?${query}`, { as, body, type });
}

function expectRefusal({ status, text, cacheControl }: Answer, what: string): string {
  const said = `${what}: ${status} ${text.slice(0, 300)}`;
  expect(status, said).toBeGreaterThanOrEqual(400);
  expect(status, said).toBeLessThan(500);
  const body = refusalBody.safeParse(JSON.parse(text));
  expect(body.error, said).toBeUndefined();
  expect(body.data?.status, said).toBe(status);
  expect(cacheControl, said).toMatch(/no-store/);
  return body.data?.code ?? '';
}

describe('R2 R7 W5 bodies and queries that are not right', () => {
  const withInput = routes.filter(({ body, query }) => body || query);

  test.each(named(routes.filter(({ body }) => body)))('%s: a right body is known', async (name, route) => {
    expect(Object.keys(RIGHT)).toContain(name);
    const thing = await thingFor(route);
    const right = rightFor(world, route, thing);
    const { query: _query, ...sent } = right;
    asItStands = null;
    const { status, text, code } = await send(route, thing, sent);
    expect(status, text).toBeLessThan(500);
    // What is refused then is not what the body looks like.
    if (right.needsFile) expect(text).toContain(`${right.needsFile}: Send`);
    else expect(code, text).not.toBe('validation-failed');
  });

  test.each(named(withInput))('%s: refused, and nothing is written', async (_name, route) => {
    const thing = await thingFor(route);
    const requests = badRequests(route, rightFor(world, route, thing));
    expect(requests.length).toBeGreaterThan(0);
    await withoutWriting(() =>
      inTurns(requests, async ({ what, codes, ...sent }) => {
        const answer = await send(route, thing, sent);
        expect(codes, `${what}: ${answer.text.slice(0, 200)}`).toContain(expectRefusal(answer, what));
      }),
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

/** Ids as they are given here, of nothing. */
const FREE_IDS = ['9223372036854775806', '9223372036854775807'];
/** Following nobody is what one asked for, whoever that was. */
const ALWAYS_DONE = 'POST /api/v1/accounts/:id/unfollow';

describe('W5 W8 ids that are none, or of nothing', () => {
  /** Hashtags, queues, kinds of files and what a picture is for are words: each may be one. */
  const withIds = routes.filter(({ path }) => /:(?!hashtag|name|kind|queue|role)/.test(path));

  /** All of them for each way in which parameters are read, and one of each sort for all who read them in the same way. */
  const asked = new Set<Route['params']>();
  function idsFor({ params }: Route): readonly string[] {
    if (asked.has(params)) return someHostileIds;
    asked.add(params);
    return hostileIds;
  }

  test.each(named(withIds))('%s: refused, and nothing is written', async (name, route) => {
    const { body, type } = rightFor(world, route, await thingFor(route));
    await withoutWriting(async () => {
      await inTurns(idsFor(route), async (id) => {
        const written = /%/.test(id) ? id : encodeURIComponent(id);
        const path = route.path.replace(/:\w+/g, () => written);
        const as = route.audience === 'staff' ? world.as.admin : world.owner;
        expectRefusal(await world.ask(route.method, path, { as, body, type }), id);
      });
      for (const id of FREE_IDS) {
        if (name === ALWAYS_DONE) break;
        const what = { what: 'nothing', params: { id, group_key: id }, shownTo: [] };
        const { status, code } = await send(route, what, { body, type });
        expect([status, code], id).toEqual([404, 'not-found']);
      }
    });
  });
});

describe('R2 bodies that no route can read', () => {
  const withBody = routes.filter(({ body }) => body);

  test.each(named(withBody))('%s: refused, and nothing is written', async (_name, route) => {
    const thing = await thingFor(route);
    await withoutWriting(async () => {
      for (const [body, statuses] of [
        ['{"a":', [400]],
        ['null', [400]],
        ['[1]', [422]],
        [`{"a":"${'x'.repeat(route.maxJsonBytes ?? apiLimits.maxJsonBytes)}"}`, [413]],
      ] as const) {
        const answer = await send(route, thing, { body });
        expectRefusal(answer, body.slice(0, 20));
        expect(statuses, `${body.slice(0, 20)}: ${answer.text}`).toContain(answer.status);
      }
    });
  });
});
