import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { Tx } from '../../src/db/database.ts';
import { type Emit, emitter } from '../../src/db/outbox.ts';
import { relayEvents, type Subscribers } from '../../src/jobs/relay.ts';
import { createGate, eventually } from '../helpers/chaos.ts';
import { createJobRig, type JobRig, silent } from '../helpers/job-rig.ts';

const events = { 'thing.made': z.object({ name: z.string() }), 'thing.lost': z.object({ name: z.string() }) };

interface Thing {
  readonly name: string;
}

let rig: JobRig;
let emit: Emit<typeof events>;

beforeEach(async () => {
  rig = await createJobRig();
  emit = emitter(events, rig.ids);
  await rig.db.schema.createTable('things', (t) => void t.text('name'));
  await rig.db.schema.createTable('seen', (t) => {
    t.text('name');
    t.text('by');
  });
});

afterEach(() => rig.close());

type Handler = (tx: Tx, thing: Thing) => Promise<void>;

/** A subscriber that writes down what it was told of. */
const note =
  (by: string): Handler =>
  async (tx, { name }) => {
    await tx('seen').insert({ name, by });
  };

/** A subscriber that writes down together what it was told of together. */
const noteAll = {
  all: async (tx: Tx, things: readonly Thing[]) => {
    await tx('seen').insert({ name: things.map(({ name }) => name).join(' and '), by: 'the counter' });
  },
};

const subscribers = (...handlers: (Handler | typeof noteAll)[]): Subscribers => ({
  'thing.made': { schema: events['thing.made'], handlers },
  'thing.lost': { schema: events['thing.lost'], handlers: [note('the finder')] },
});

const relay = (...handlers: (Handler | typeof noteAll)[]) =>
  relayEvents({ db: rig.db, subscribers: subscribers(...handlers), log: silent });

/** The command of this test: a row and its event. */
const make = (tx: Tx, name: string) =>
  Promise.all([tx('things').insert({ name }), emit(tx, 'thing.made', { name })]);

const makeAll = (...names: string[]) =>
  rig.db.transaction(async (tx) => {
    for (const name of names) await make(tx, name);
  });

const seen = async (by?: string): Promise<string[]> =>
  rig
    .db('seen')
    .where(by === undefined ? {} : { by })
    .orderBy('name')
    .pluck('name');

const waiting = () => rig.db('events').orderBy('id');

const makeDue = () => rig.db('events').update({ not_before: rig.db.fn.now() });

describe('an event', () => {
  test('is there with the rows of its command', async () => {
    await makeAll('cup');
    expect(await waiting()).toMatchObject([{ name: 'thing.made', payload: { name: 'cup' }, attempts: 0 }]);
    expect(await relay(async (tx, { name }) => void expect(await tx('things')).toEqual([{ name }]))).toBe(1);
    expect(await waiting()).toEqual([]);
  });

  test('is not there when its command is rolled back, and neither are the rows', async () => {
    const failed = rig.db.transaction(async (tx) => {
      await make(tx, 'cup');
      throw new Error('changed its mind');
    });
    await expect(failed).rejects.toThrow('changed its mind');
    expect(await waiting()).toEqual([]);
    expect(await rig.db('things')).toEqual([]);
  });

  test('is not seen before its command has committed', async () => {
    const told = vi.fn(note('the shop'));
    await rig.start({}, subscribers(told));
    await rig.db.transaction(async (tx) => {
      await make(tx, 'cup');
      await makeAll('pot');
      await eventually('the other event was handled', async () => (await seen()).length > 0);
      expect(await seen()).toEqual(['pot']);
    });
    await eventually('the event was handled', async () => (await seen()).length > 1);
    expect(await seen()).toEqual(['cup', 'pot']);
  });

  test('takes effect together with its removal', async () => {
    await makeAll('cup');
    const gate = createGate();
    const held = relay(note('the shop'), () => gate.pass());
    await gate.reached;
    expect(await seen()).toEqual([]);
    expect(await waiting()).toHaveLength(1);
    gate.open();
    await held;
    expect(await seen()).toEqual(['cup']);
    expect(await waiting()).toEqual([]);
  });
});

describe('a subscriber that takes many at once', () => {
  test('gets those of one name that come one after the other', async () => {
    await makeAll('cup', 'pot');
    await rig.db.transaction((tx) => emit(tx, 'thing.lost', [{ name: 'key' }, { name: 'hat' }]));
    await makeAll('tea');
    expect(await relay(noteAll, note('the shop'))).toBe(5);
    expect(await seen('the counter')).toEqual(['cup and pot', 'tea']);
    expect(await seen('the shop')).toEqual(['cup', 'pot', 'tea']);
    expect(await seen('the finder')).toEqual(['hat', 'key']);
    expect(await waiting()).toEqual([]);
  });

  test('gets them singly where another subscriber fails', async () => {
    await makeAll('cup', 'pot');
    const broken: Handler = async (_tx, { name }) => {
      if (name === 'cup') throw new Error('the cup is broken');
    };
    await relay(noteAll, broken);
    expect(await seen('the counter')).toEqual(['cup', 'pot']);
    expect(await waiting()).toMatchObject([{ payload: { name: 'cup' }, handled: [0] }]);
  });
});

describe('a subscriber that throws', () => {
  const broken: Handler = async (tx, { name }) => {
    await tx('seen').insert({ name, by: 'the broken one' });
    if (name === 'cup') throw new Error('the cup is broken');
  };

  test('holds back neither the events behind it nor the other subscribers, and leaves nothing half done', async () => {
    await makeAll('cup', 'pot', 'tea');
    expect(await relay(note('the first'), broken, note('the last'))).toBe(3);
    expect(await seen('the first')).toEqual(['cup', 'pot', 'tea']);
    expect(await seen('the broken one')).toEqual(['pot', 'tea']);
    expect(await seen('the last')).toEqual(['cup', 'pot', 'tea']);
    expect(await waiting()).toMatchObject([
      { payload: { name: 'cup' }, attempts: 1, last_error: 'Error: the cup is broken' },
    ]);
  });

  test('breaks no transaction with a failing statement', async () => {
    await makeAll('cup', 'pot');
    const failing: Handler = async (tx, { name }) => {
      if (name === 'cup') await tx.raw('select 1 / 0');
    };
    await relay(failing, note('the last'));
    expect(await seen()).toEqual(['cup', 'pot']);
    expect(await waiting()).toHaveLength(1);
  });

  test('is tried again, later and later, without the others seeing the event twice', async () => {
    await makeAll('cup');
    const now = async () =>
      Number((await rig.db.raw(`select extract(epoch from clock_timestamp()) as now`)).rows[0].now);
    for (const seconds of [1, 2, 4, 8]) {
      await makeDue();
      const before = await now();
      expect(await relay(note('the first'), broken)).toBe(1);
      const { rows } = await rig.db.raw(`select extract(epoch from not_before) as due from events`);
      expect(Number(rows[0].due)).toBeGreaterThanOrEqual(before + seconds);
      expect(Number(rows[0].due)).toBeLessThanOrEqual((await now()) + seconds);
    }
    await rig.db('events').update({ not_before: rig.db.raw(`now() + interval '1 hour'`) });
    expect(await relay(note('the first'), broken), 'not before its time').toBe(0);
    await makeDue();
    await relay(note('the first'), note('the mended one'));
    expect(await seen('the first')).toEqual(['cup']);
    expect(await seen('the mended one')).toEqual(['cup']);
    expect(await waiting()).toEqual([]);
  });

  test('never waits longer than five minutes', async () => {
    await makeAll('cup');
    await rig.db('events').update({ attempts: 500 });
    await relay(broken);
    const { rows } = await rig.db.raw(`select extract(epoch from not_before - now()) as pause from events`);
    expect(Number(rows[0].pause)).toBeLessThanOrEqual(300);
  });

  test.for([
    ['nobody has heard of', { name: 'thing.eaten', payload: '{}' }],
    ['has lost its shape', { name: 'thing.made', payload: '{"name":7}' }],
  ] as const)('is not the only trouble: an event that %s is kept and stops nothing', async ([, event]) => {
    await rig.db('events').insert({ id: rig.ids.next(), ...event });
    await makeAll('pot');
    await relay(note('the shop'));
    expect(await seen()).toEqual(['pot']);
    expect(await waiting()).toMatchObject([{ name: event.name, attempts: 1 }]);
  });
});

describe('two relays', () => {
  test('hand every event over once', async () => {
    const names = Array.from({ length: 300 }, (_, n) => `thing ${String(n).padStart(3, '0')}`);
    await Promise.all([
      rig.start({}, subscribers(note('the shop'))),
      rig.start({}, subscribers(note('the shop'))),
    ]);
    const batches = Array.from({ length: 10 }, (_, n) => makeAll(...names.slice(n * 30, n * 30 + 30)));
    await Promise.all(batches);
    await eventually('all events are gone', async () => (await waiting()).length === 0);
    expect(await seen()).toEqual(names);
  });

  test('do not wait for each other', async () => {
    await makeAll('cup');
    const gate = createGate();
    const slow = relay(async (tx, thing) => {
      await gate.pass();
      await note('the slow one')(tx, thing);
    });
    await gate.reached;
    await makeAll('pot');
    expect(await relay(note('the quick one'))).toBe(1);
    expect(await seen()).toEqual(['pot']);
    gate.open();
    await slow;
    expect(await seen()).toEqual(['cup', 'pot']);
  });

  test('that wake the same jobs in opposite order lose neither events nor jobs', async () => {
    const wake: Handler = async (tx, { name }) => {
      await rig.enqueue(tx, { name: 'deliver.host', payload: { host: name }, key: `deliver:${name}` });
      await note('the pump')(tx, { name });
    };
    const gate = createGate();
    let held = false;
    const first = async () => {
      await makeAll('a.example', 'b.example');
      return relay(async (tx, thing) => {
        await wake(tx, thing);
        if (!held) await gate.pass();
        held = true;
      });
    };
    const both = [first()];
    await gate.reached;
    await makeAll('b.example', 'a.example');
    const locked = createGate();
    both.push(
      relay(async (tx, thing) => {
        if (thing.name === 'a.example') void locked.pass();
        await wake(tx, thing);
      }),
    );
    await locked.reached;
    gate.open();
    await Promise.all(both);
    await makeDue();
    await relay(wake);
    expect(await waiting()).toEqual([]);
    expect(await seen()).toEqual(['a.example', 'a.example', 'b.example', 'b.example']);
    expect((await rig.jobs()).map(({ name }) => name)).toEqual(['deliver.host', 'deliver.host']);
  });
});
