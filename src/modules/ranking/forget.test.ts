import { expect, test } from 'vitest';
import {
  account,
  asked,
  follow,
  HOUR,
  START,
  seeded,
  shown,
  smallSettings,
  smallWorld,
  video,
} from '../../../test/helpers/ranking.ts';
import type { Signal } from '../signals/index.ts';
import { createRankingEngine } from './index.ts';
import { createState } from './state.ts';

const LEAVING = 'leaving';
const world = smallWorld();

/** Somebody who does everything that can be done, in the middle of all others. */
function theirs(): Signal[] {
  const signals: Signal[] = [account(LEAVING, { interests: ['bread'], languages: ['de'] })];
  for (let at = 0; at < 60; at += 1) {
    const videoId = `v${at}`;
    const moment = START + at * 10 * 60_000;
    signals.push(...shown(LEAVING, videoId, moment, at % 3 === 0 ? 1 : 0.05));
    const action = { at: moment, actorId: LEAVING, videoId, on: true };
    if (at % 4 === 0) signals.push({ kind: 'like', ...action }, { kind: 'save', ...action });
    if (at % 5 === 0) signals.push({ kind: 'share', ...action });
    if (at % 6 === 0) signals.push({ kind: 'comment', ...action, commentId: `comment${at}` });
    if (at % 7 === 0) signals.push({ kind: 'not-interested', ...action }, { kind: 'report', ...action });
  }
  const towards = { at: START + HOUR, actorId: LEAVING, on: true };
  signals.push(follow(LEAVING, 'c1'), follow('p1', LEAVING));
  signals.push({ kind: 'block', ...towards, targetId: 'c2' }, { kind: 'mute', ...towards, targetId: 'c3' });
  return signals;
}
const mixed = [...world, ...theirs()].sort((a, b) => a.at - b.at);

function stateOf(signals: readonly Signal[]) {
  const state = createState(smallSettings, () => smallSettings.exploration.impressions);
  for (const signal of signals) state.intake.ingest(signal);
  return state;
}

test('forgetting leaves every count, list and heat as if they had never been here', () => {
  const [forgot, never] = [stateOf(mixed), stateOf(world)];
  expect(forgot.catalogue.columns.likes).not.toEqual(never.catalogue.columns.likes);
  forgot.intake.forget(LEAVING);
  for (const [name, column] of Object.entries(never.catalogue.columns)) {
    if (name === 'pooled' || name === 'content' || name === 'author') continue;
    expect([name, Reflect.get(forgot.catalogue.columns, name)]).toEqual([name, column]);
  }
  for (let video = 0; video < never.catalogue.size(); video += 1) {
    expect(forgot.counts.prior(video)).toBeCloseTo(never.counts.prior(video), 12);
    const at = START + 48 * HOUR;
    expect(forgot.heat.of(video, at)).toBeCloseTo(never.heat.of(video, at), 9);
  }
  expect(new Set(forgot.pool.all)).toEqual(new Set(never.pool.all));
});

test('forgetting leaves what others chose about them, and nothing else', () => {
  const blocked: Signal = { kind: 'block', at: START, actorId: 'c1', targetId: LEAVING, on: true };
  const state = stateOf([...mixed, blocked]);
  const slot = state.people.slotOf(LEAVING);
  const sets = ['following', 'blocking', 'muting', 'followed', 'blocked', 'muted'] as const;
  state.intake.forget(LEAVING);
  expect(state.people.slotOf(LEAVING)).toBe(slot);
  expect(state.people.all[slot]).toMatchObject({ ledger: null, older: null, interests: [], languages: [] });
  expect(sets.map((name) => state.people.all[slot]?.[name]?.size ?? 0)).toEqual([0, 0, 0, 1, 1, 0]);
  const engine = createRankingEngine({ random: seeded(1), settings: smallSettings });
  for (const signal of [...mixed, blocked]) engine.ingest(signal);
  engine.forget(LEAVING);
  engine.ingest(account(LEAVING));
  const { items } = engine.feed(asked(LEAVING, { n: 150 }));
  expect(items.length).toBeGreaterThan(50);
  expect(items.filter(({ videoId }) => Number(videoId.slice(1)) % 20 === 1)).toEqual([]);
});

test('forgetting leaves nobody of that name where nobody knows them', () => {
  const state = stateOf(mixed);
  const slot = state.people.slotOf(LEAVING);
  state.intake.ingest(follow('p1', LEAVING, false));
  state.intake.forget(LEAVING);
  expect(state.people.slotOf(LEAVING)).toBe(-1);
  expect(state.people.all[slot]).toBeUndefined();
  for (const person of state.people.all)
    for (const set of [person?.following, person?.followed, person?.blocked, person?.muted])
      expect(set?.has(slot) ?? false).toBe(false);
  // Whoever gets the slot is somebody else altogether.
  state.intake.ingest(account('next'));
  expect(state.people.slotOf('next')).toBe(slot);
  expect(state.people.all[slot]).toMatchObject({
    ledger: null,
    older: null,
    comments: null,
    examples: [],
    met: 0,
  });
});

test('the ranker learns anew without them', () => {
  const [forgot, never] = [stateOf(mixed), stateOf(world)];
  const told = (state: typeof forgot) =>
    Array.from({ length: 1 << smallSettings.ranker.bits }, (_, index) =>
      state.ranker.weight(index, Float64Array.of(1, 1, 1, 1, 1)),
    );
  const distance = () => {
    const [a, b] = [told(forgot), told(never)];
    return Math.sqrt(a.reduce((sum, weight, at) => sum + (weight - (b[at] ?? 0)) ** 2, 0));
  };
  const before = distance();
  forgot.intake.forget(LEAVING);
  forgot.lessons.settle();
  // Features of the others' lessons were taken when the counts had them in; nothing else is left.
  expect(distance()).toBeLessThan(before / 3);
});

test('the model is trained anew from nothing, and has no part of them', () => {
  const state = stateOf(mixed);
  const slot = state.people.slotOf(LEAVING);
  state.learning.train(START + 40 * HOUR);
  expect(state.learning.input(START).previous).not.toBeNull();
  state.intake.forget(LEAVING);
  state.learning.startOver();
  const input = state.learning.input(START + 41 * HOUR);
  expect(input.previous).toBeNull();
  expect(input.users.includes(slot)).toBe(false);
});

test('feeds of others stay as they are, but for what the forgotten one had changed', () => {
  const [forgot, never] = [mixed, world].map((signals) => {
    const engine = createRankingEngine({ random: seeded(1), settings: smallSettings });
    for (const signal of signals) engine.ingest(signal);
    return engine;
  });
  forgot?.forget(LEAVING);
  for (const engine of [forgot, never]) engine?.train(START + 47 * HOUR);
  let same = 0;
  for (let person = 0; person < 20; person += 1) {
    const [a, b] = [forgot, never].map(
      (engine) => engine?.feed(asked(`p${person}`, { n: 10 })).items.map(({ videoId }) => videoId) ?? [],
    );
    same += (a ?? []).filter((id) => b?.includes(id)).length;
  }
  expect(same / 200).toBeGreaterThan(0.9);
});

test('a creator who is forgotten keeps their videos, one who leaves does not', () => {
  const state = stateOf([...world, video('mine', LEAVING), ...shown(LEAVING, 'v1', START)]);
  state.intake.forget(LEAVING);
  expect(state.catalogue.slotOf('mine')).toBeGreaterThanOrEqual(0);
  state.intake.ingest({ kind: 'account-removed', at: START, id: LEAVING });
  expect(state.catalogue.slotOf('mine')).toBe(-1);
  expect(state.people.slotOf(LEAVING)).toBe(-1);
});

test('an account that taught nothing goes without the models being learnt anew', () => {
  const engine = createRankingEngine({ random: seeded(1), settings: smallSettings });
  for (const signal of [...mixed, account('r', { domain: 'elsewhere.test' })]) engine.ingest(signal);
  engine.ingest({ kind: 'like', at: START, actorId: 'r', videoId: 'v1', on: true });
  engine.train(START + 40 * HOUR);
  engine.ingest({ kind: 'account-removed', at: START, id: 'r' });
  expect(engine.trainInput(START + 41 * HOUR).previous).not.toBeNull();
  engine.ingest({ kind: 'account-removed', at: START, id: LEAVING });
  expect(engine.trainInput(START + 41 * HOUR).previous).toBeNull();
});

test('no video is taken for another one, however often its place is used again', () => {
  const state = stateOf([account('p'), video('first', 'c1'), ...shown('p', 'first', START)]);
  state.intake.ingest({ kind: 'video-removed', at: START, id: 'first' });
  const ledger = state.people.all[state.people.slotOf('p')]?.ledger;
  expect(ledger?.size).toBe(1);
  for (let at = 0; at < 600; at += 1) {
    state.intake.ingest(video(`v${at}`, 'c1'));
    const slot = state.catalogue.slotOf(`v${at}`);
    expect([slot, state.catalogue.columns.generation[slot]]).not.toEqual([0, 0]);
    state.intake.ingest({ kind: 'video-removed', at: START, id: `v${at}` });
  }
  expect(state.catalogue.size()).toBeLessThan(5);
});

test('the slot of a removed video says nothing of the next one there', () => {
  const state = stateOf(world);
  const slot = state.catalogue.slotOf('v7');
  const [watcher = -1] = state.people.all.flatMap((person, at) =>
    person?.ledger?.videos.includes(slot) ? [at] : [],
  );
  expect(watcher).toBeGreaterThanOrEqual(0);
  state.intake.ingest({ kind: 'video-removed', at: START, id: 'v7' });
  state.intake.ingest(video('new', 'c1'));
  expect(state.catalogue.slotOf('new')).toBe(slot);
  expect(state.catalogue.columns.impressions[slot]).toBe(0);
  expect(state.learning.input(START).items.includes(slot)).toBe(false);
});

test('who was told of late counts as if told of at once', () => {
  const signals = theirs().filter(({ kind }) => kind !== 'account');
  const late = stateOf([...world, ...signals, account(LEAVING)]);
  const early = stateOf([...world, account(LEAVING), ...signals]);
  const { impressions, likes, completions } = early.catalogue.columns;
  expect(late.catalogue.columns).toMatchObject({ impressions, likes, completions });
  late.intake.ingest(account(LEAVING, { domain: 'elsewhere.test' }));
  expect(late.catalogue.columns.likes).toEqual(stateOf(world).catalogue.columns.likes);
});
