import type { SignalOf } from '../signals/index.ts';
import { languageKey, NONE } from './catalogue.ts';
import type { Ledger } from './ledger.ts';
import type { Names } from './names.ts';
import type { OlderSeen } from './seen.ts';

/** Relations that somebody has to others, and the same seen from there. */
const relations = ['following', 'blocking', 'muting'] as const;
type Relation = (typeof relations)[number];

export interface Person {
  readonly id: string;
  /** False for people of other servers, and for those nobody told of. */
  isLocal: boolean;
  createdAt: number;
  languages: readonly number[];
  interests: readonly number[];
  /** Slots of people; null where there are none. */
  following: Set<number> | null;
  blocking: Set<number> | null;
  muting: Set<number> | null;
  followed: Set<number> | null;
  blocked: Set<number> | null;
  muted: Set<number> | null;
  ledger: Ledger | null;
  older: OlderSeen | null;
  /** Ids of comments that stand, and the key of the video each is of. */
  comments: Map<string, number> | null;
  /** Different videos that were met. */
  met: number;
  /** Videos that are there by this person. */
  videos: number;
  /** Exploration shows less of what was met last; places of examples that wait for their outcome. */
  examples: number[];
}

const REVERSE = { following: 'followed', blocking: 'blocked', muting: 'muted' } as const;

export interface People {
  readonly all: readonly (Person | undefined)[];
  slotOf(id: string): number;
  /** The slot of somebody, a stranger's where nobody told of them. */
  meet(id: string, at: number): number;
  describe(account: SignalOf<'account'>): number;
  relate(relation: Relation, actor: number, target: number, on: boolean): void;
  /** Forgets what somebody did and whom they chose; who has videos stays as their creator, and whoever follows them goes on. */
  forget(slot: number): void;
  /** After somebody was forgotten: drops them where nobody chose anything about them, and no video is left of theirs. */
  releaseIfEmpty(slot: number): void;
  /** Forgets somebody with what others chose to do about them. */
  drop(slot: number): void;
}

export function createPeople(names: { readonly languages: Names; readonly tags: Names }): People {
  const all: (Person | undefined)[] = [];
  const slots = new Map<string, number>();
  const free: number[] = [];

  const add = (id: string, at: number): number => {
    const slot = free.pop() ?? all.length;
    all[slot] = stranger(id, at);
    slots.set(id, slot);
    return slot;
  };
  const meet = (id: string, at: number): number => slots.get(id) ?? add(id, at);
  const relate: People['relate'] = (relation, actor, target, on) => {
    const from = all[actor];
    const to = all[target];
    if (!from || !to || actor === target) return;
    const reverse = REVERSE[relation];
    from[relation] = changed(from[relation], target, on);
    to[reverse] = changed(to[reverse], actor, on);
  };
  const forget = (slot: number): void => {
    const person = all[slot];
    if (!person) return;
    for (const relation of relations)
      for (const target of person[relation] ?? []) relate(relation, slot, target, false);
    const { id, isLocal, createdAt, followed, blocked, muted, videos } = person;
    all[slot] = { ...stranger(id, createdAt), isLocal, followed, blocked, muted, videos };
  };
  const drop = (slot: number): void => {
    const person = all[slot];
    if (!person) return;
    forget(slot);
    for (const relation of relations)
      for (const actor of all[slot]?.[REVERSE[relation]] ?? []) relate(relation, actor, slot, false);
    slots.delete(person.id);
    all[slot] = undefined;
    free.push(slot);
  };
  return {
    all,
    slotOf: (id) => slots.get(id) ?? NONE,
    meet,
    describe({ id, domain, createdAt, languages, interests, at }) {
      const slot = meet(id, at);
      const person = all[slot];
      if (!person) return slot;
      person.isLocal = domain === '';
      person.createdAt = createdAt;
      person.languages = languages.map((one) => names.languages.of(languageKey(one)));
      person.interests = interests.map((tag) => names.tags.of(tag));
      return slot;
    },
    relate,
    forget,
    releaseIfEmpty(slot) {
      const person = all[slot];
      // Whoever blocked them still does, though they begin anew.
      if (person?.videos === 0 && !person.followed && !person.blocked && !person.muted) drop(slot);
    },
    drop,
  };
}

function stranger(id: string, at: number): Person {
  return {
    ...{ id, isLocal: false, createdAt: at, languages: NOTHING, interests: NOTHING },
    ...{ following: null, blocking: null, muting: null, followed: null, blocked: null, muted: null },
    ...{ ledger: null, older: null, comments: null, met: 0, videos: 0, examples: [] },
  };
}
const NOTHING: readonly number[] = [];

function changed(set: Set<number> | null, member: number, on: boolean): Set<number> | null {
  if (on) return (set ?? new Set()).add(member);
  set?.delete(member);
  return set && set.size > 0 ? set : null;
}
