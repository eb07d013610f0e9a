import type { TrendSettings } from '../../../config/trend-limits.ts';
import type { SignalOf } from '../signals/index.ts';
import { type Domains, LOCAL, UNKNOWN } from './domains.ts';
import { PairTable, shortHash } from './pair-table.ts';
import type { Usual } from './velocity.ts';

const DAY_MS = 86_400_000;

export interface Person {
  /** In the tables. */
  readonly slot: number;
  readonly id: string;
  readonly domain: number;
  createdAt: number;
  /** When the person first did something here; null: not yet. */
  firstActAt: number | null;
  lastActAt: number;
  hasReturned: boolean;
  /** Grown-up accounts of this server that follow the person. */
  followers: number;
  /** What the person's videos usually get in an hour. */
  usual: Usual | null;
}

/** Slots of people that nobody told of begin here. */
const STRANGERS = 0x80000000;

/** Who there is, whom people here follow, and how much an account counts. */
export function createPeople(settings: TrendSettings, domains: Domains) {
  const byId = new Map<string, Person>();
  const bySlot = new Map<number, Person>();
  /** Who follows whom; and how many somebody of this server follows at another one. */
  const follows = new PairTable();
  const followedDomains = new PairTable();
  let slots = 0;

  const stranger = (id: string): Person => ({
    slot: STRANGERS | shortHash(id),
    ...{ id, domain: UNKNOWN, createdAt: Number.POSITIVE_INFINITY, firstActAt: null, lastActAt: 0 },
    ...{ hasReturned: false, followers: 0, usual: null },
  });

  /** Old enough to count: from .1 on the first day to 1 after a week; nobody is older than what is known of the server. */
  const weight = (person: Person, at: number): number => {
    const { newWeight, newMs, grownMs } = settings.account;
    const since = Math.max(person.createdAt, domains.at(person.domain)?.since ?? at);
    const age = at - since;
    if (!(age > newMs)) return newWeight;
    return age >= grownMs ? 1 : newWeight + ((1 - newWeight) * (age - newMs)) / (grownMs - newMs);
  };

  const unfollow = (person: Person, target: Person): void => {
    const place = follows.find(person.slot, target.slot);
    if (place < 0) return;
    follows.remove(place);
    target.followers -= 1;
    const count = followedDomains.find(person.slot, target.domain);
    if (count < 0) return;
    const left = followedDomains.value(count) - 1;
    if (left > 0) {
      followedDomains.set(count, left, 0);
      return;
    }
    followedDomains.remove(count);
    const domain = domains.at(target.domain);
    if (domain) domain.followers -= 1;
  };

  return {
    weight,

    told(event: SignalOf<'account'>): void {
      const domain = domains.of(event.domain, event.at).index;
      const there = byId.get(event.id);
      if (there && there.domain === domain) {
        there.createdAt = event.createdAt;
        return;
      }
      slots += 1;
      const person: Person = {
        ...{ slot: slots, id: event.id, domain, createdAt: event.createdAt },
        ...{ firstActAt: null, lastActAt: event.at, hasReturned: false, followers: 0, usual: null },
      };
      byId.set(event.id, person);
      bySlot.set(person.slot, person);
    },

    known: (id: string): Person | undefined => byId.get(id),
    of: (id: string): Person => byId.get(id) ?? stranger(id),
    domainOfSlot: (slot: number): number => bySlot.get(slot)?.domain ?? UNKNOWN,

    /** False for somebody who was here before: acted on this server a while ago. */
    isStrange: (person: Person, at: number): boolean =>
      person.firstActAt === null || at - person.firstActAt < settings.brake.historyMs,

    /** Takes in that somebody did something. */
    acted(person: Person, at: number): void {
      const domain = domains.at(person.domain);
      person.lastActAt = Math.max(person.lastActAt, at);
      if (person.firstActAt === null) {
        person.firstActAt = at;
        if (domain) domain.actors += 1;
      } else if (!person.hasReturned && Math.floor(at / DAY_MS) !== Math.floor(person.firstActAt / DAY_MS)) {
        person.hasReturned = true;
        if (domain) domain.returned += 1;
      }
    },

    /** Only grown-up accounts of this server give others a standing by following them. */
    follow(event: SignalOf<'follow' | 'block' | 'mute'>) {
      const person = byId.get(event.actorId);
      const target = byId.get(event.targetId);
      if (!person || !target || person.domain !== LOCAL || target.domain === LOCAL) return;
      if (!event.on) return unfollow(person, target);
      if (weight(person, event.at) < 1 || follows.find(person.slot, target.slot) >= 0) return;
      follows.add(person.slot, target.slot, 1, 0);
      target.followers += 1;
      const place = followedDomains.find(person.slot, target.domain);
      if (place >= 0) {
        followedDomains.set(place, followedDomains.value(place) + 1, 0);
        return;
      }
      followedDomains.add(person.slot, target.domain, 1, 0);
      const domain = domains.at(target.domain);
      if (domain) domain.followers += 1;
    },

    /** Forgets somebody, with whom they followed and who followed them. */
    drop(person: Person): void {
      const edges: [number, number][] = [];
      follows.each((high, low) => {
        if (high === person.slot || low === person.slot) edges.push([high, low]);
      });
      for (const [from, to] of edges) {
        const follower = bySlot.get(from);
        const target = bySlot.get(to);
        if (follower && target) unfollow(follower, target);
      }
      const domain = domains.at(person.domain);
      if (domain && person.firstActAt !== null) domain.actors -= 1;
      if (domain && person.hasReturned) domain.returned -= 1;
      byId.delete(person.id);
      bySlot.delete(person.slot);
    },

    /** Where there are too many: forgets people of other servers who did nothing for long and whom nobody here follows. */
    sweep(before: number): void {
      if (byId.size <= settings.bounds.accounts) return;
      for (const person of byId.values()) {
        if (byId.size <= settings.bounds.accounts * 0.9) return;
        if (person.lastActAt >= before || person.followers > 0 || person.domain === LOCAL) continue;
        byId.delete(person.id);
        bySlot.delete(person.slot);
      }
    },
  };
}

export type People = ReturnType<typeof createPeople>;
