import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { routes } from '../../src/http/api/index.ts';
import type { Route } from '../../src/http/route.ts';
import { type OnRecord, onRecord } from '../helpers/matrix/on-record.ts';
import { addressOf } from '../helpers/matrix/paths.ts';
import { aboutOf, type Right, rightFor } from '../helpers/matrix/routes.ts';
import { kinds } from '../helpers/matrix/things.ts';
import { createWorld, nameOf, type World } from '../helpers/matrix/world.ts';

/**
 * Total over what the staff does by the API: each deed is in the audit log once, under the name of whoever did it, and what is refused is
 * not. That those who may not do it leave nothing anywhere is in matrix-audiences, wrong input in matrix-input, the command line in
 * cli-total.
 */
const WHY = 'So that it is on record.';
const writing = routes.filter(({ audience, method }) => audience === 'staff' && method !== 'get');
const names = writing.map(nameOf);

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(() => world.forgetLimits());
afterAll(() => world?.close());

interface Entry {
  readonly action: string;
  readonly target: string;
  readonly reason: string;
  readonly actor_kind: string;
  readonly account_id: string;
}

/** What was put on record while something was done. */
async function entriesOf<T>(act: () => Promise<T>): Promise<{ readonly done: T; readonly entries: Entry[] }> {
  const { db } = world.context;
  const newest = (await db('audit_log').max('id as id').first())?.id ?? 0;
  const done = await act();
  const entries = await db('audit_log')
    .where('id', '>', newest)
    .orderBy('id')
    .select('action', 'reason', 'actor_kind', 'account_id')
    .select(db.raw(`target_kind || ' ' || target_id as target`));
  return { done, entries };
}

/** Whether somebody is asked why. */
function asksWhy({ body }: Route): boolean {
  if (!body) return false;
  const shape = z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' });
  return Object.keys(shape.properties ?? {}).includes('reason');
}

function withWhy(route: Route, { why }: OnRecord, right: Right): Right {
  const field = asksWhy(route) ? 'reason' : why;
  if (field === undefined || typeof right.body === 'string') return right;
  return { ...right, body: { ...right.body, [field]: WHY } };
}

const send = (route: Route, params: Readonly<Record<string, string>>, { body, type, query }: Right) =>
  world.ask(route.method, addressOf(route, params, query), { as: world.as.admin, body, type });

/** What is known of a thing, of what was sent and of what was answered, by the names of these. */
function filled(target: string, facts: Readonly<Record<string, unknown>>): string {
  return target.replace(/:([a-z]+)\b/g, (_all, name: string) => `${facts[name]}`);
}

const fieldsOf = (text: string | object = {}): object => {
  if (typeof text === 'object') return text;
  const { announcement, ...fields } = text.startsWith('{') ? JSON.parse(text) : {};
  return { ...announcement, ...fields };
};

test('every route of the staff that writes says what stays of it, and no other', () => {
  expect(Object.keys(onRecord).sort()).toEqual([...names].sort());
});

describe.each(writing.map((route) => [nameOf(route), route] as const))('%s', (name, route) => {
  const expected = onRecord[name];
  if (!expected) return;

  const facts = async () => {
    const about = aboutOf(route);
    const [thing] = about ? await kinds[about.kind](world) : [];
    const known: Record<string, string> = { owner: world.owner.id, ...thing?.params };
    return { thing: thing ?? null, known };
  };

  if ('none' in expected) {
    test('leaves nothing, for a reason', async () => {
      expect(expected.none).toMatch(/^[A-Z].{20,}\.$/);
      const { thing, known } = await facts();
      const { entries, done } = await entriesOf(() => send(route, known, rightFor(world, route, thing)));
      expect(done.status, done.text).toBe(200);
      expect(entries).toEqual([]);
    });
    return;
  }

  test('is on record once, with what, why and by whom', async () => {
    const { thing, known } = await facts();
    const params = { ...known, ...(await expected.before?.(world, known)) };
    const right = withWhy(route, expected, expected.sent?.(params) ?? rightFor(world, route, thing));
    const { entries, done } = await entriesOf(() => send(route, params, right));
    expect([200, 202], done.text).toContain(done.status);
    const actions = [expected.action, ...(expected.besides ?? [])];
    expect(entries.map(({ action }) => action).sort()).toEqual(actions.sort());
    for (const entry of entries) {
      expect(entry).toMatchObject({ actor_kind: 'person', account_id: world.as.admin?.id });
    }
    const all = { ...fieldsOf(right.body), ...fieldsOf(done.text), ...params };
    expect(entries.find(({ action }) => action === expected.action)).toMatchObject({
      target: filled(expected.target, all),
      ...(asksWhy(route) || expected.why ? { reason: WHY } : {}),
    });
  });

  if (!/:(id|host)\b/.test(route.path)) return;
  test('is not on record where nothing is there', async () => {
    const right = withWhy(route, expected, expected.sent?.({}) ?? rightFor(world, route, null));
    const { entries, done } = await entriesOf(() => send(route, { id: '9', host: 'nobody.test' }, right));
    expect(done.status, done.text).toBe(404);
    expect(entries).toEqual([]);
  });
});
