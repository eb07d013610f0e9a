import type { TrendSettings } from '../../../config/trend-limits.ts';
import { type Domains, LOCAL } from './domains.ts';
import { timeConstant } from './log-decay.ts';
import { Masses } from './masses.ts';
import { PairTable } from './pair-table.ts';
import { plainTag } from './plain-tag.ts';

const DAY_MS = 86_400_000;
const DAYS = 8;
const WEEK_HOURS = 168;
const ROUNDS = 8;
const MOST_SPELLINGS = 8;
/** What a person votes by. */
const kinds = ['view', 'action', 'use'] as const;
export type Vote = (typeof kinds)[number];

export interface Topic {
  readonly slot: number;
  readonly of: 'tags' | 'sounds' | 'creators';
  readonly id: string;
  /** How a hashtag is written, by the number of videos. */
  readonly spellings: Map<string, number>;
  /** Of the last vote. */
  lastAt: number;
  /** Videos that have it. */
  uses: number;
}

/**
 * What people are on about: hashtags, sounds, creators. Everybody has one vote a day for each, which a view gives a part of, and an action
 * or a video made with it more. One server's votes are at most a tenth of what counts, but for this one's own.
 */
export function createVotes(settings: TrendSettings, domains: Domains) {
  const masses = new Masses({
    windowMs: settings.voteWindowMs,
    halfLivesMs: [settings.halfLivesMs.tag, settings.halfLivesMs.week],
  });
  const cast = new PairTable();
  const topics = new Map<string, Topic>();
  const bySlot: (Topic | undefined)[] = [];
  const free: number[] = [];
  const freed: number[] = [];

  const keyOf = (of: Topic['of'], id: string): string => `${of[0]}:${of === 'tags' ? plainTag(id) : id}`;

  const lowOf = (topic: Topic, at: number, vote: Vote): number =>
    topic.slot * 32 + (Math.floor(at / DAY_MS) % DAYS) * 4 + kinds.indexOf(vote);

  const halfOf = (topic: Topic): 0 | 1 => (topic.of === 'creators' ? 1 : 0);

  /** How much of each group counts, once no server has more than its part. */
  const capOf = (topic: Topic): number => {
    const { share, free: least } = settings.perDomain;
    let total = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const cap = Math.max(least, total * share);
      let sum = 0;
      for (let group = masses.first(topic.slot); group >= 0; group = masses.next(group)) {
        const source = masses.source(group);
        const mass = masses.raw(group) * (domains.at(source)?.trust ?? 0);
        sum += source === LOCAL ? mass : Math.min(mass, cap);
      }
      if (sum <= total * 1.001) break;
      total = sum;
    }
    return Math.max(least, total * share);
  };

  const factorOf = (group: number, cap: number): number => {
    const source = masses.source(group);
    const trust = domains.at(source)?.trust ?? 0;
    const mass = masses.raw(group) * trust;
    return source === LOCAL || mass <= cap ? trust : (trust * cap) / mass;
  };

  return {
    /** The topic of this kind and id, made where there is none yet. Hashtags that differ in case or marks alone are one. */
    topic(of: Topic['of'], id: string): Topic {
      const key = keyOf(of, id);
      const there = topics.get(key);
      if (there) return there;
      const slot = free.pop() ?? bySlot.length;
      const made: Topic = {
        ...{ slot, of, id: of === 'tags' ? plainTag(id) : id, spellings: new Map(), lastAt: 0, uses: 0 },
      };
      topics.set(key, made);
      bySlot[slot] = made;
      return made;
    },

    find: (of: Topic['of'], id: string): Topic | undefined => topics.get(keyOf(of, id)),
    at: (slot: number): Topic | undefined => bySlot[slot],
    halfOf,

    /** How a topic is shown: a hashtag as most write it. */
    shown(topic: Topic): string {
      let best = topic.id;
      let most = 0;
      for (const [spelling, count] of topic.spellings) {
        if (count > most || (count === most && spelling < best)) [best, most] = [spelling, count];
      }
      return best;
    },

    spell(topic: Topic, spelling: string, by: number): void {
      const count = (topic.spellings.get(spelling) ?? 0) + by;
      if (count <= 0) topic.spellings.delete(spelling);
      else if (topic.spellings.has(spelling) || topic.spellings.size < MOST_SPELLINGS) {
        topic.spellings.set(spelling, count);
      }
    },

    cast(topic: Topic, slot: number, domain: number, vote: Vote, at: number, weight: number): boolean {
      const low = lowOf(topic, at, vote);
      const window = masses.windowOf(at);
      topic.lastAt = Math.max(topic.lastAt, at);
      const place = cast.find(slot, low);
      if (place >= 0) {
        const value = cast.value(place);
        if ((value & 0xfff) < 0xfff) cast.set(place, value + 1, cast.amount(place));
        return false;
      }
      const amount = Math.fround(settings.votes[vote] * weight);
      cast.add(slot, low, ((window << 12) | 1) >>> 0, amount);
      masses.add(topic.slot, domain, window, amount, false);
      return true;
    },

    /** Takes one back that was cast at that time. */
    retract(topic: Topic, slot: number, domain: number, vote: Vote, at: number): boolean {
      const place = cast.find(slot, lowOf(topic, at, vote));
      if (place < 0) return false;
      const value = cast.value(place);
      if ((value & 0xfff) > 1) {
        cast.set(place, value - 1, cast.amount(place));
        return false;
      }
      masses.add(topic.slot, domain, value >>> 12, -cast.amount(place), false);
      cast.remove(place);
      return true;
    },

    /** ln of what counts for a topic, with forward decay. */
    log(topic: Topic): number {
      const half = halfOf(topic);
      const cap = capOf(topic);
      let top = Number.NEGATIVE_INFINITY;
      for (let group = masses.first(topic.slot); group >= 0; group = masses.next(group)) {
        if (masses.raw(group) > 1e-6) top = Math.max(top, masses.log(group, half));
      }
      if (top === Number.NEGATIVE_INFINITY) return top;
      let sum = 0;
      for (let group = masses.first(topic.slot); group >= 0; group = masses.next(group)) {
        if (masses.raw(group) > 1e-6) {
          sum += factorOf(group, cap) * Math.exp(masses.log(group, half) - top);
        }
      }
      return top + Math.log(sum);
    },

    /** How much more came in the last two hours than in the same ones a week ago, in deviations. */
    surge(topic: Topic, at: number): number {
      const window = masses.windowOf(at);
      const cap = capOf(topic);
      let now = 0;
      let before = 0;
      for (let group = masses.first(topic.slot); group >= 0; group = masses.next(group)) {
        const factor = factorOf(group, cap);
        now += factor * masses.between(group, window - 1, window).mass;
        before += factor * masses.between(group, window - 1 - WEEK_HOURS, window - WEEK_HOURS).mass;
      }
      const { least, most } = settings.velocity;
      return Math.min(most, Math.max(least, (now - before) / Math.sqrt(before + 1)));
    },

    timeConstant: (topic: Topic): number =>
      timeConstant(halfOf(topic) === 1 ? settings.halfLivesMs.week : settings.halfLivesMs.tag),

    /** Servers that votes came from. */
    servers(topic: Topic): number {
      let count = 0;
      for (let group = masses.first(topic.slot); group >= 0; group = masses.next(group)) {
        if (masses.raw(group) > 1e-6) count += 1;
      }
      return count;
    },

    /** Forgets what is older than the horizon, and topics that no video has; tells of those that changed. */
    sweep(before: number, tell: (topic: Topic) => void): void {
      masses.sweep(masses.windowOf(before), (slot) => {
        const topic = bySlot[slot];
        if (topic) tell(topic);
      });
      for (const slot of freed.splice(0)) free.push(slot);
      for (const [key, topic] of topics) {
        if (topic.lastAt >= before || topic.uses > 0 || masses.first(topic.slot) >= 0) continue;
        topics.delete(key);
        bySlot[topic.slot] = undefined;
        freed.push(topic.slot);
      }
      const first = masses.windowOf(before);
      for (let from = first; from <= first + DAYS * 24; from += 24) {
        cast.keep((_, low, value) => bySlot[low >>> 5] !== undefined && value >>> 12 >= from);
        if (cast.size <= settings.bounds.votes * 0.8) return;
      }
    },

    isFull: (): boolean => cast.size >= settings.bounds.votes,
  };
}

export type Votes = ReturnType<typeof createVotes>;
