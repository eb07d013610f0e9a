import { describe, expect, it } from 'vitest';
import { trendSettings } from '../../../config/trend-limits.ts';
import type { Signal } from '../signals/index.ts';
import { createTrends } from './index.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const start = Date.UTC(2026, 0, 5);
const global = { of: 'videos', within: 'global' } as const;
/** Without speed, which changes with time by itself. */
const still = {
  ...trendSettings,
  velocity: { ...trendSettings.velocity, weight: { hot: 0, usual: 0, tag: 0, week: 0 } },
  votes: { ...trendSettings.votes, surge: 0 },
};

function account(id: string, domain = '', createdAt = start - 90 * DAY, at = start): Signal {
  return { kind: 'account', at, id, domain, createdAt, languages: [], interests: [] };
}

function video(id: string, about: Partial<Extract<Signal, { kind: 'video' }>> = {}): Signal {
  return {
    ...{ kind: 'video', at: start, id, authorId: `maker-${id}`, domain: '', publishedAt: start },
    ...{ tags: [], soundId: null, language: 'en', durationMs: 20_000, caption: '', sensitive: false },
    ...about,
  };
}

const like = (actorId: string, videoId: string, at: number, on = true): Signal => ({
  ...({ kind: 'like', at, actorId, videoId, on } as const),
});

/** A repeatable source of numbers from 0 to 1 (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function world({ people = 60, videos = 20, servers = 4 } = {}): Signal[] {
  const told: Signal[] = [];
  for (let one = 0; one < people; one += 1) {
    told.push(account(`p${one}`, one % 3 === 0 ? `s${one % servers}.example` : ''));
  }
  for (let one = 0; one < videos; one += 1) told.push(video(`v${one}`, { tags: [`t${one % 5}`] }));
  return told;
}

/** Random acts in the order of their times. */
function happenings(seed: number, count: number, { people = 60, videos = 20 } = {}): Signal[] {
  const random = numbers(seed);
  const pick = (of: number): number => Math.floor(random() * of);
  return Array.from({ length: count }, (_, turn): Signal => {
    const at = start + Math.floor((turn * 30 * HOUR) / count);
    const actor = pick(people);
    const actorId = `p${actor}`;
    const videoId = `v${Math.min(pick(videos), pick(videos))}`;
    const what = pick(4);
    if (what === 0) return { kind: 'share', at, actorId, videoId, on: true };
    if (what === 1) return { kind: 'comment', at, actorId, videoId, commentId: `c${turn}`, on: true };
    if (what === 2) {
      const seen = { watchedMs: 20_000, isView: true, isComplete: true, network: `n${actor % 9}` };
      return { kind: 'watch', at, actorId, videoId, source: 'for_you', ...seen };
    }
    return like(actorId, videoId, at);
  });
}

function run(signals: readonly Signal[], settings = still) {
  const trends = createTrends({ settings });
  for (const signal of signals) trends.ingest(signal);
  return trends;
}

describe('trends of videos', () => {
  it('count a person, video and kind once, and less of an account that is new', () => {
    const trends = run([
      ...[account('old'), account('new', '', start - HOUR), video('a'), video('b')],
      ...[like('old', 'a', start), like('old', 'a', start + 1), like('new', 'b', start)],
    ]);
    expect(trends.scoreOf('a', start)).toMatchObject({ local: 5, people: 1, servers: 0 });
    expect(trends.scoreOf('b', start)?.local).toBeCloseTo(0.5);
    expect(trends.top(global, 9, start).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('keep their order as time goes, and fall by half in a half-life', () => {
    const trends = run([...world(), ...happenings(1, 2_000)]);
    const at = start + 30 * HOUR;
    const now = trends.top(global, 20, at);
    const later = trends.top(global, 20, at + 6 * HOUR);
    expect(now).toHaveLength(20);
    expect(later.map(({ id }) => id)).toEqual(now.map(({ id }) => id));
    for (const [place, { score }] of now.entries()) {
      expect((later[place]?.score ?? 0) * 2).toBeCloseTo(score, 6);
    }
  });

  it('move with time as a whole: the same events a week later give the same scores', () => {
    const shift = 7 * DAY;
    const signals = [...world(), ...happenings(2, 800)];
    const moved = signals.map((signal): Signal => {
      const later = { ...signal, at: signal.at + shift };
      if (later.kind === 'account') return { ...later, createdAt: later.createdAt + shift };
      return later.kind === 'video' ? { ...later, publishedAt: later.publishedAt + shift } : later;
    });
    const at = start + 30 * HOUR;
    const first = run(signals, trendSettings).top(global, 20, at);
    const second = run(moved, trendSettings).top(global, 20, at + shift);
    expect(second.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
    for (const [place, { score }] of first.entries()) expect(second[place]?.score).toBeCloseTo(score, 5);
  });

  it('do not depend on the order in which the same events come, within a window', () => {
    const random = numbers(7);
    const acts = happenings(3, 600).map((signal) => ({ ...signal, at: start + HOUR }));
    const shuffled = acts
      .map((signal) => ({ signal, key: random() }))
      .sort((a, b) => a.key - b.key)
      .map(({ signal }) => signal);
    const first = run([...world(), ...acts]).top(global, 20, start + 2 * HOUR);
    const second = run([...world(), ...shuffled]).top(global, 20, start + 2 * HOUR);
    expect(second.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
    for (const [place, { score }] of first.entries()) {
      expect((second[place]?.score ?? 0) / score).toBeCloseTo(1, 6);
    }
  });

  it('are after something was taken back as if it had never been', () => {
    const acts = happenings(4, 500).filter(({ kind }) => kind !== 'watch');
    const extra = ['v0', 'v3', 'v9'].flatMap((id) => [
      like('x', id, start + 10 * HOUR),
      { kind: 'share', at: start + 11 * HOUR, actorId: 'x', videoId: id, on: true } as const,
      {
        ...({ kind: 'comment', at: start + 12 * HOUR, actorId: 'x', videoId: id } as const),
        ...{ commentId: `x${id}`, on: true },
      },
    ]);
    const back = extra.map((signal) => ({ ...signal, at: start + 31 * HOUR, on: false }) as Signal);
    const during = [...acts, ...extra].sort((a, b) => a.at - b.at);
    const at = start + 32 * HOUR;
    // Both hear of the same hour: trust is reckoned by the hour.
    const never = run([...world(), account('x'), ...acts, account('y', '', start, start + 31 * HOUR)]);
    const undone = run([...world(), account('x'), ...during, ...back]);
    expect(undone.top(global, 20, at).map(({ id }) => id)).toEqual(
      never.top(global, 20, at).map(({ id }) => id),
    );
    for (const id of ['v0', 'v3', 'v9']) {
      const was = never.scoreOf(id, at);
      const is = undone.scoreOf(id, at);
      expect(is?.score).toBeCloseTo(was?.score ?? 0, 6);
      expect(is).toMatchObject({ people: was?.people, servers: was?.servers });
      expect(run([...world(), account('x'), ...during]).scoreOf(id, at)?.score).toBeGreaterThan(
        was?.score ?? 0,
      );
    }
    const tags = { of: 'tags' } as const;
    expect(undone.top(tags, 9, at).map(({ id }) => id)).toEqual(never.top(tags, 9, at).map(({ id }) => id));
  });

  it('forget a person as if they had never been here', () => {
    const acts = happenings(5, 500).map((signal) => ({ ...signal, network: null }) as Signal);
    const of = (signal: Signal): string | null => ('actorId' in signal ? signal.actorId : null);
    const without = acts.filter((signal) => of(signal) !== 'p1');
    const at = start + 31 * HOUR;
    const trends = run([...world(), ...acts]);
    const before = trends.top(global, 20, at);
    trends.forget('p1');
    const never = run([...world(), ...without]).top(global, 20, at);
    const after = trends.top(global, 20, at);
    expect(after.map(({ id }) => id)).toEqual(never.map(({ id }) => id));
    for (const [place, { score }] of after.entries()) expect(never[place]?.score).toBeCloseTo(score, 6);
    expect(after).not.toEqual(before);
  });

  it('believe nothing of what a server claims, but a hint of its own videos', () => {
    const claim = (domain: string): Signal => ({
      ...({ kind: 'claimed-totals', at: start, domain, videoId: 'a' } as const),
      ...{ likes: 50_000, shares: 50_000 },
    });
    const base = [account('old'), account('far', 'far.example'), video('a', { domain: 'far.example' })];
    expect(run([...base, claim('far.example')]).top(global, 9, start)).toEqual([]);
    const liked = [...base, like('old', 'a', start)];
    const plain = run(liked).top(global, 9, start)[0]?.score ?? 0;
    expect(run([...liked, claim('other.example')]).top(global, 9, start)[0]?.score).toBe(plain);
    const own = run([...liked, claim('far.example')]).top(global, 9, start)[0]?.score ?? 0;
    expect(own).toBeGreaterThan(plain);
    expect(own).toBeLessThan(plain + 1.3);
  });

  it('let other servers tell of views for a fifth of a score at most', () => {
    const views = Array.from(
      { length: 500 },
      (_, one): Signal => ({
        ...({ kind: 'remote-view', at: start, domain: `s${one % 50}.example`, actorId: `w${one}` } as const),
        videoId: 'a',
      }),
    );
    const trends = run([account('old'), video('a'), like('old', 'a', start), ...views]);
    expect(trends.scoreOf('a', start)).toMatchObject({ local: 5, remote: 0 });
    expect(trends.scoreOf('a', start)?.remoteViews).toBeCloseTo(1.25);
  });
});
