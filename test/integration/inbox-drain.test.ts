import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inboxLimits } from '../../config/limits.ts';
import { type DrainDeps, drainHost } from '../../federation/inbox/drain.ts';
import { applied, type Checked, ignored, type Outcome } from '../../federation/inbox/verb.ts';
import type { Tx } from '../../src/db/database.ts';
import { PermanentJobError } from '../../src/jobs/registry.ts';
import { jobRun } from '../helpers/job-run.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const HOST = 'a.example';

let server: TestServer;
/** Names of activities in the order in which they were checked, and which of them took effect. */
let checked: string[];
let script: Record<string, () => Promise<unknown>>;

beforeAll(async () => {
  server = await startTestServer({ role: 'none' });
  await server.context.db.raw('create table effects (name text primary key)');
});
afterAll(() => server.close());
beforeEach(async () => {
  checked = [];
  script = {};
  await server.context.db.raw('truncate inbox_activities, effects');
});

async function store(name: string, actor = 'carol', more: object = {}): Promise<void> {
  await server.context.db('inbox_activities').insert({
    ...{ id: server.context.ids.next(), actor_uri: `https://${HOST}/${actor}`, activity_uri: name },
    ...{ host: HOST, type: 'Like', body: name, ...more },
  });
}

/** A step that is carried out by itself. */
function ready(step: (tx: Tx) => Promise<Outcome>): Checked {
  return { state: 'ready', carryOut: async (_steps, tx) => [await step(tx)] };
}

/** One turn of a worker. An activity does what the script says before it leaves its effect. */
async function drain(attempt = 1, changes: Partial<DrainDeps> = {}): Promise<Date | null> {
  const deps: DrainDeps = {
    ...server.context,
    random: () => 0.5,
    check: async (name) => {
      checked.push(name);
      return ready(async (tx) => {
        await tx('effects').insert({ name });
        await script[name]?.();
        return name.startsWith('dull') ? ignored('dull') : applied;
      });
    },
    ...changes,
  };
  const run = jobRun({ attempt });
  const finish = await drainHost(deps, HOST, run);
  return server.context.inTx(finish);
}

const rows = () => server.context.db('inbox_activities').orderBy('id');
const states = async () => Object.fromEntries((await rows()).map((row) => [row.activity_uri, row.state]));
const effects = () => server.context.db('effects').orderBy('name').pluck('name');
const fail = (error: unknown) => async () => {
  throw error;
};
const makeDue = () => server.context.db('inbox_activities').update({ next_at: new Date(0) });

describe('a drain', () => {
  test('gives every activity of its host its effect, those of one actor in their order', async () => {
    for (let at = 10; at < 60; at += 1) await store(`${at}`, at % 3 === 0 ? 'carol' : 'dave');
    await store('dull', 'erin');
    await store('elsewhere', 'carol', { host: 'b.example' });
    expect(await drain()).toBeNull();
    expect(await effects()).toEqual([...Array.from({ length: 50 }, (_, at) => `${at + 10}`), 'dull']);
    const ofCarol = checked.filter((name) => Number(name) % 3 === 0);
    expect(ofCarol).toEqual(ofCarol.toSorted());
    expect(await states()).toMatchObject({ 10: 'applied', dull: 'ignored', elsewhere: 'queued' });
  });

  test('puts off what fails, and only that: nothing of it stays', async () => {
    for (const actor of ['carol', 'dave', 'erin']) await store(actor, actor);
    script.dave = fail(new Error('Not now.'));
    const again = await drain();
    expect(await effects()).toEqual(['carol', 'erin']);
    expect(await states()).toEqual({ carol: 'applied', dave: 'queued', erin: 'applied' });
    const [, dave] = await rows();
    expect(dave).toMatchObject({ attempts: 1, last_error: 'Not now.', next_at: again });
    expect(Number(again)).toBeGreaterThan(Date.now());
    // Not before its time.
    await drain();
    expect((await rows())[1]).toMatchObject({ attempts: 1 });
    script = {};
    await makeDue();
    expect(await drain()).toBeNull();
    expect(await effects()).toEqual(['carol', 'dave', 'erin']);
  });

  test('waits longer each time, and gives up after the last try', async () => {
    await store('bad');
    script.bad = fail(new Error('Never.'));
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= inboxLimits.maxAttempts; attempt += 1) {
      const before = Date.now();
      pauses.push(Math.round((Number(await drain()) - before) / 1_000));
      await makeDue();
    }
    expect(pauses.slice(0, -1)).toEqual(pauses.slice(0, -1).toSorted((a, b) => a - b));
    const [bad] = await rows();
    expect(bad).toMatchObject({ state: 'failed', attempts: inboxLimits.maxAttempts, last_error: 'Never.' });
    await store('good');
    expect(await drain()).toBeNull();
    expect(await effects()).toEqual(['good']);
    expect(await server.context.federation.explain('bad')).toMatchObject([
      { state: 'failed', attempts: inboxLimits.maxAttempts, lastError: 'Never.' },
    ]);
  });

  test('gives up at once where another try cannot help', async () => {
    await store('broken');
    script.broken = fail(new PermanentJobError('Unreadable.'));
    expect(await drain()).toBeNull();
    expect(await rows()).toMatchObject([{ state: 'failed', last_error: 'Unreadable.' }]);
  });

  test('undoes its effect where another worker was faster', async () => {
    await store('twice');
    const { db } = server.context;
    const meanwhile = async (name: string) => {
      checked.push(name);
      await db('inbox_activities').update({ state: 'applied' });
      return ready(async (tx) => {
        await tx('effects').insert({ name });
        return applied;
      });
    };
    await drain(1, { check: meanwhile });
    expect(checked).toEqual(['twice']);
    expect(await effects()).toEqual([]);
    expect(await states()).toEqual({ twice: 'applied' });
  });

  test('leaves the worker to other hosts after its turn, and comes back', async () => {
    for (let at = 0; at < 2 * inboxLimits.drain.batch; at += 1) await store(`${at + 100}`);
    let now = Date.now();
    const clock = {
      now: () => {
        now += inboxLimits.drain.turnMs;
        return now;
      },
    };
    const again = await drain(1, { clock });
    expect(await effects()).toHaveLength(inboxLimits.drain.batch);
    expect(Number(again)).toBeLessThanOrEqual(Date.now());
    expect(await drain()).toBeNull();
    expect(await effects()).toHaveLength(2 * inboxLimits.drain.batch);
  });
});

describe('what one actor sent', () => {
  /** How many activities were carried out together, time after time. */
  async function groupsOf(...activities: readonly [type: string, body: object][]): Promise<number[]> {
    const groups: number[] = [];
    const carryOut = async (steps: readonly Checked[]) => {
      groups.push(steps.length);
      return steps.map(() => applied);
    };
    for (const [at, [type, body]] of activities.entries()) {
      await store(`${at}`, 'carol', { type, body: JSON.stringify(body) });
    }
    await drain(1, { check: async () => ({ state: 'ready', carryOut }) });
    expect(new Set(Object.values(await states()))).toEqual(new Set(['applied']));
    return groups;
  }

  test('takes effect together where it is new posts that answer nothing', async () => {
    const post = { object: { content: '"inReplyTo": 1', inReplyTo: null } };
    expect(await groupsOf(['Create', post], ['Create', {}], ['Create', post])).toEqual([3]);
  });

  test('waits where it may depend on what came before', async () => {
    const post = { object: { inReplyTo: null } };
    const answer = { object: { inReplyTo: 'https://a.example/1' } };
    expect(await groupsOf(['Create', post], ['Create', answer], ['Create', post])).toEqual([1, 1, 1]);
    await server.context.db.raw('truncate inbox_activities');
    expect(await groupsOf(['Create', post], ['Delete', {}], ['Create', post])).toEqual([1, 1, 1]);
    await server.context.db.raw('truncate inbox_activities');
    expect(await groupsOf(['Follow', {}], ['Undo', {}], ['Follow', {}])).toEqual([1, 1, 1]);
  });
});

describe('after a worker has died', () => {
  test('activities are tried one by one, and counted before', async () => {
    for (const actor of ['carol', 'dave', 'erin']) await store(actor, actor);
    const attempts: number[][] = [];
    const look = async () => {
      attempts.push((await rows()).map((row) => row.attempts));
    };
    script = { carol: look, dave: look, erin: look };
    expect(await drain(2)).toBeNull();
    expect(attempts).toEqual([
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 1],
    ]);
    expect(await effects()).toEqual(['carol', 'dave', 'erin']);
  });

  test('one that killed it every time is not tried again', async () => {
    await store('poison', 'carol', { attempts: inboxLimits.maxAttempts });
    await store('good', 'dave');
    expect(await drain(2)).toBeNull();
    expect(checked).toEqual(['good']);
    expect(await states()).toEqual({ poison: 'failed', good: 'applied' });
  });
});
