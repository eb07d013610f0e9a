import { describe, expect, it } from 'vitest';
import { trendSettings } from '../../../config/trend-limits.ts';
import type { Signal } from '../signals/index.ts';
import { createTrends } from './index.ts';
import { decayed, logAdd, timeConstant } from './log-decay.ts';
import { PairTable } from './pair-table.ts';
import { plainTag } from './plain-tag.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const start = Date.UTC(2026, 0, 5);
const global = { of: 'videos', within: 'global' } as const;

const account = (id: string, domain = '', at = start): Signal => ({
  ...({ kind: 'account', at, id, domain, createdAt: start - 90 * DAY } as const),
  ...{ languages: [], interests: [] },
});
const video = (id: string, about: Partial<Extract<Signal, { kind: 'video' }>> = {}): Signal => ({
  ...({ kind: 'video', at: start, id, authorId: 'maker', domain: '', publishedAt: start } as const),
  ...{ tags: [], soundId: null, language: null, durationMs: null, caption: '', sensitive: false },
  ...about,
});
const like = (actorId: string, videoId: string, at = start): Signal => ({
  ...({ kind: 'like', at, actorId, videoId, on: true } as const),
});

/** Two days in which the same ten people of this server are here, so that it is known what is usual. */
function usualDays(): Signal[] {
  const people = Array.from({ length: 10 }, (_, one) => `home${one}`);
  const told = [...people.map((id) => account(id)), ...people.map((_, one) => video(`old${one}`))];
  const acts = Array.from({ length: 48 }, (_, hour) =>
    [true, false].map(
      (on): Signal => ({
        ...({ kind: 'save', at: start + hour * HOUR, actorId: `home${hour % 10}` } as const),
        ...{ videoId: `old${hour % 7}`, on },
      }),
    ),
  ).flat();
  return [...told, ...acts];
}

function run(signals: readonly Signal[]) {
  const trends = createTrends();
  for (const signal of signals) trends.ingest(signal);
  return trends;
}
const idsOf = (trends: ReturnType<typeof run>, at: number) => trends.top(global, 50, at).map(({ id }) => id);

describe('the brake', () => {
  const now = start + 48 * HOUR;
  const crowd = (count: number, domain: string): Signal[] =>
    Array.from({ length: count }, (_, one) => [
      account(`${domain}${one}`, domain, now),
      like(`${domain}${one}`, 'pushed', now),
    ]).flat();

  it('holds a video whose last hour is by strangers, keeps counting, and lets it go when somebody decides', () => {
    const trends = run([...usualDays(), video('pushed', { at: now, publishedAt: now }), ...crowd(40, '')]);
    expect(idsOf(trends, now)).not.toContain('pushed');
    expect(trends.held()).toMatchObject([{ videoId: 'pushed', reason: 'strangers', share: 1 }]);
    expect(trends.scoreOf('pushed', now)).toMatchObject({ standing: 'held', people: 40, local: 200 });
    trends.approve({ of: 'videos', id: 'pushed' });
    expect(idsOf(trends, now)[0]).toBe('pushed');
    expect(trends.held()).toEqual([]);
  });

  it('does not let a flood that weighs nothing hold a video that people here care for', () => {
    const fans = Array.from({ length: 10 }, (_, one) => [
      like(`home${one}`, 'pushed', now),
      { kind: 'share', at: now, actorId: `home${one}`, videoId: 'pushed', on: true } as const,
    ]).flat();
    const trends = run([
      ...[...usualDays(), video('pushed', { at: now, publishedAt: now }), ...fans],
      ...Array.from({ length: 3_000 }, (_, one): Signal => like(`flood${one}`, 'pushed', now)),
    ]);
    expect(idsOf(trends, now)[0]).toBe('pushed');
    expect(trends.held()).toEqual([]);
  });

  it('knows no strangers where everybody is one, as on a new server', () => {
    const trends = run([video('pushed', { at: now, publishedAt: now }), ...crowd(40, '')]);
    expect(idsOf(trends, now)).toEqual(['pushed']);
  });
});

describe('what is decided', () => {
  it('takes a video off the lists, with a creator all that is theirs, and a sensitive one is on none', () => {
    const by = (id: string) => video(id, { authorId: id === 'c' ? 'other' : 'maker' });
    const trends = run([
      ...[account('x'), by('a'), by('b'), by('c'), video('s', { sensitive: true })],
      ...['a', 'b', 'c', 's'].map((id) => like('x', id)),
    ]);
    expect(idsOf(trends, start).toSorted()).toEqual(['a', 'b', 'c']);
    trends.veto({ of: 'videos', id: 'a' });
    expect(idsOf(trends, start).toSorted()).toEqual(['b', 'c']);
    trends.veto({ of: 'creators', id: 'maker' });
    expect(idsOf(trends, start)).toEqual(['c']);
    trends.release({ of: 'creators', id: 'maker' });
    expect(idsOf(trends, start).toSorted()).toEqual(['b', 'c']);
  });
});

describe('other servers', () => {
  it('are trusted more with time, followers and people who come back; and as an admin says', () => {
    const trends = createTrends({ knowsDomains: true });
    const know = (override: number | null) => {
      const known = (domain: string, since: number) => ({ domain, since, population: null, override });
      trends.knowDomains([
        known('old.example', start - 90 * DAY),
        known('followed.example', start - 90 * DAY),
      ]);
    };
    for (const signal of [account('me'), account('f', 'followed.example'), video('a')]) trends.ingest(signal);
    know(null);
    trends.ingest({ kind: 'follow', at: start, actorId: 'me', targetId: 'f', on: true });
    trends.ingest(account('n', 'new.example', start));
    trends.ingest(like('me', 'a', start + 2 * HOUR));
    const trustOf = (name: string) =>
      trends.trusts().find(({ domain }) => domain === name)?.trust ?? Number.NaN;
    expect(trustOf('new.example')).toBeCloseTo(0.05, 2);
    expect(trustOf('old.example')).toBeGreaterThan(0.2);
    expect(trustOf('followed.example')).toBeGreaterThan(trustOf('old.example') + 0.05);
    know(0);
    expect(trustOf('old.example')).toBe(0);
  });

  it('make a tenth of the votes for a hashtag at most, where it is written in many ways', () => {
    const tagged = ['Café', 'cafe', 'CAFÉ'].map((tag, one) => video(`v${one}`, { tags: [tag] }));
    const home = Array.from({ length: 20 }, (_, one) => [
      account(`h${one}`),
      like(`h${one}`, `v${one % 3}`),
    ]).flat();
    const far = Array.from({ length: 2_000 }, (_, one) => [
      account(`f${one}`, 'far.example'),
      like(`f${one}`, 'v1'),
    ]).flat();
    const of = (signals: readonly Signal[]) => run(signals).top({ of: 'tags' }, 9, start);
    const quiet = of([...tagged, ...home]);
    const loud = of([...tagged, ...home, ...far]);
    expect(quiet).toHaveLength(1);
    expect(loud[0]?.score).toBeLessThan((quiet[0]?.score ?? 0) * 1.2 * Math.exp(0.15 * 2));
  });
});

describe('the parts', () => {
  it('logAdd is the sum, and what was added decays by half in a half-life', () => {
    const halfLife = trendSettings.halfLivesMs.usual;
    const acts = [1, 5, 20, 0.5].map((weight, hour) => ({ weight, at: start + hour * HOUR }));
    const log = acts.reduce(
      (sum, { weight, at }) => logAdd(sum, Math.log(weight) + at / timeConstant(halfLife)),
      Number.NEGATIVE_INFINITY,
    );
    const at = start + 5 * HOUR;
    const direct = acts.reduce((sum, act) => sum + act.weight * 2 ** (-(at - act.at) / halfLife), 0);
    expect(decayed(log, at, halfLife)).toBeCloseTo(direct, 8);
    expect(decayed(log, at + halfLife, halfLife)).toBeCloseTo(direct / 2, 8);
  });

  it('a table finds what was added and nothing that was removed, however it grows', () => {
    const table = new PairTable(16);
    for (let one = 1; one <= 3_000; one += 1) table.add(one, one * 7, one, one / 2);
    for (let one = 1; one <= 3_000; one += 3) table.remove(table.find(one, one * 7));
    for (let one = 1; one <= 3_000; one += 1) {
      const place = table.find(one, one * 7);
      if (one % 3 === 1) expect(place).toBe(-1);
      else expect([table.value(place), table.amount(place)]).toEqual([one, one / 2]);
    }
    table.keep((high) => high > 2_000);
    expect(table.size).toBe(667);
    expect(table.find(2, 14)).toBe(-1);
  });

  it('spellings of a hashtag are one where only case or marks of Latin or Greek letters differ', () => {
    expect(['Café', 'CAFE', 'cafe\u0301'].map(plainTag)).toEqual(['cafe', 'cafe', 'cafe']);
    expect(plainTag('Ελλάδα')).toBe(plainTag('ελλαδα'));
    expect(plainTag('が')).not.toBe(plainTag('か'));
    expect(plainTag('किताब')).toBe('किताब');
  });
});
