import { rankingLimits } from '../../../config/ranking-limits.ts';
import type { Signal, SignalOf } from '../signals/index.ts';
import { type Catalogue, NONE } from './catalogue.ts';
import { bump } from './columns.ts';
import type { Counts } from './counts.ts';
import type { Heat } from './heat.ts';
import { addEntry, createLedger, findEntry, type Ledger, mark, placeOf } from './ledger.ts';
import type { Lessons } from './lessons.ts';
import { signalValue } from './models/interactions.ts';
import type { People, Person } from './people.ts';
import type { Pool } from './pool.ts';
import { rememberOlder } from './seen.ts';
import { holds, worthOf } from './taste.ts';

/** Where what happens is noted. */
export interface Noted {
  readonly catalogue: Catalogue;
  readonly people: People;
  readonly pool: Pool;
  readonly heat: Heat;
  readonly lessons: Lessons;
  /** A video is there, changed or gone. */
  onVideo(slot: number): void;
  readonly counts: Counts;
}

/** Counts of the catalogue that each mark of a ledger is one of. */
const COUNTED = [
  [mark.skipped, 'skips'],
  [mark.liked, 'likes'],
  [mark.shared, 'shares'],
  [mark.saved, 'saves'],
  [mark.commented, 'commenters'],
  [mark.hidden, 'hides'],
  [mark.reported, 'reports'],
] as const;

const MARK_OF = {
  like: mark.liked,
  share: mark.shared,
  save: mark.saved,
  'not-interested': mark.hidden,
  report: mark.reported,
} as const;

/** What was met longer ago than this is liked anew when it is met again. */
const RENEWED_MS = 3_600_000;
/** The video that made somebody follow its creator is among the last so many. */
const FOLLOWED_AFTER = 20;
/** One person heats one video by at most so much. */
const MOST_HEAT = 2;

export interface Intake {
  ingest(signal: Signal): void;
  forget(userId: string): void;
  /** Models may have learnt from what this person did. */
  hasTaught(userId: string): boolean;
}

/**
 * Notes what happens. Counts are of people of this server alone, each once for each video, and always what the ledgers of these people
 * say, so that forgetting somebody takes them back.
 */
export function createIntake(noted: Noted): Intake {
  const { catalogue, people } = noted;
  const forget = (slot: number): void => {
    const person = people.all[slot];
    if (!person) return;
    if (person.ledger && person.isLocal) countAll(noted, person.ledger, -1);
    noted.lessons.forget(slot);
    people.forget(slot);
  };
  const removeVideo = (id: string): void => {
    const slot = catalogue.slotOf(id);
    if (slot === NONE) return;
    const author = catalogue.columns.author[slot] ?? NONE;
    noted.counts.withdraw(slot);
    noted.pool.remove(slot);
    noted.heat.clear(slot);
    catalogue.remove(id);
    noted.onVideo(slot);
    const creator = people.all[author];
    if (creator) creator.videos -= 1;
  };
  const removeAccount = (id: string): void => {
    const slot = people.slotOf(id);
    if (slot === NONE) return;
    forget(slot);
    let video = catalogue.newestOf(slot);
    while (video !== NONE) {
      removeVideo(catalogue.idOf(video));
      video = catalogue.newestOf(slot);
    }
    people.drop(slot);
  };

  return {
    ingest(signal) {
      switch (signal.kind) {
        case 'account':
          describe(noted, signal);
          return;
        case 'account-removed':
          removeAccount(signal.id);
          return;
        case 'video':
          putVideo(noted, signal);
          return;
        case 'video-removed':
          removeVideo(signal.id);
          return;
        case 'follow':
        case 'block':
        case 'mute':
          relate(noted, signal);
          return;
        case 'impression':
        case 'watch':
        case 'like':
        case 'share':
        case 'save':
        case 'comment':
        case 'not-interested':
        case 'report':
          act(noted, signal);
          return;
        // Nobody here can check them, and how they count is the matter of trends.
        case 'remote-view':
        case 'claimed-totals':
          return;
      }
    },
    forget(userId) {
      const slot = people.slotOf(userId);
      if (slot === NONE) return;
      forget(slot);
      people.releaseIfEmpty(slot);
    },
    hasTaught(userId) {
      const person = people.all[people.slotOf(userId)];
      return person?.isLocal === true && person.ledger !== null;
    },
  };
}

/** Whoever turns out to be of this server counts from now on, with all they did before that was known; and the other way round. */
function describe(noted: Noted, signal: SignalOf<'account'>): void {
  const { people } = noted;
  const wasLocal = people.all[people.slotOf(signal.id)]?.isLocal ?? false;
  const person = people.all[people.describe(signal)];
  if (person?.ledger && person.isLocal !== wasLocal) countAll(noted, person.ledger, wasLocal ? -1 : 1);
}

function putVideo({ catalogue, people, pool, counts, onVideo }: Noted, signal: SignalOf<'video'>): void {
  const author = people.meet(signal.authorId, signal.at);
  const known = catalogue.slotOf(signal.id);
  const before = people.all[known === NONE ? NONE : (catalogue.columns.author[known] ?? NONE)];
  if (known !== NONE) counts.withdraw(known);
  const { slot, isNew } = catalogue.put(signal, author);
  counts.enter(slot);
  if (before) before.videos -= 1;
  const creator = people.all[author];
  if (creator) creator.videos += 1;
  if (isNew) pool.add(slot, true);
  onVideo(slot);
}

type Relating = Extract<Signal, { targetId: string }>;

function relate(noted: Noted, { kind, actorId, targetId, on, at }: Relating): void {
  const { people, catalogue } = noted;
  const actor = people.meet(actorId, at);
  const target = people.meet(targetId, at);
  const relation = ({ follow: 'following', block: 'blocking', mute: 'muting' } as const)[kind];
  people.relate(relation, actor, target, on);
  const person = people.all[actor];
  if (kind !== 'follow' || !person?.ledger) return;
  const { ledger } = person;
  for (let back = 0; back < Math.min(FOLLOWED_AFTER, ledger.size); back += 1) {
    const place = placeOf(ledger, ledger.size - 1 - back);
    if (!holds(catalogue, ledger, place) || catalogue.columns.author[ledger.videos[place] ?? 0] !== target)
      continue;
    change(noted, person, place, at, () => setMark(ledger, place, mark.followed, on));
    return;
  }
}

type Action = Exclude<Extract<Signal, { videoId: string }>, { kind: 'remote-view' | 'claimed-totals' }>;

function act(noted: Noted, signal: Action): void {
  const { catalogue, people } = noted;
  const slot = catalogue.slotOf(signal.videoId);
  if (slot === NONE) return;
  if (signal.actorId === null) {
    countOfNobody(noted, signal, slot);
    return;
  }
  const actor = people.meet(signal.actorId, signal.at);
  const person = people.all[actor];
  if (!person || catalogue.columns.author[slot] === actor) return;
  const isShown = signal.kind === 'impression' || signal.kind === 'watch';
  const isTakenBack = 'on' in signal && !signal.on;
  person.ledger ??= createLedger();
  const { ledger } = person;
  const found = findEntry(ledger, slot, catalogue.columns.generation[slot] ?? 0);
  if (found === NONE && isTakenBack) return;
  // Before it counts: what is foreseen of a video must not know what came of it.
  if (isShown && person.isLocal && (found === NONE || !hasMark(ledger, found, mark.shown)))
    noted.lessons.shown(actor, person, slot, signal.at);
  const place = found === NONE ? enter(noted, person, ledger, slot, signal.at) : found;
  change(noted, person, place, signal.at, () => apply(noted, person, ledger, place, signal));
}

/** People who are not signed in were shown something, too, but only what they watched to the end can be told of them. */
function countOfNobody(noted: Noted, signal: Action, slot: number): void {
  if (signal.kind === 'impression') noted.counts.add(slot, 1, 0);
  else if (signal.kind === 'watch' && signal.isComplete) noted.counts.add(slot, 0, 1);
}

function enter(noted: Noted, person: Person, ledger: Ledger, slot: number, at: number): number {
  const { catalogue } = noted;
  const cap = person.isLocal ? rankingLimits.ledger : rankingLimits.ledgerOfStrangers;
  person.met += 1;
  return addEntry(
    ledger,
    { video: slot, generation: catalogue.columns.generation[slot] ?? 0, at },
    cap,
    (place) => {
      const oldest = ledger.videos[place] ?? 0;
      if (holds(catalogue, ledger, place))
        person.older = rememberOlder(person.older, catalogue.keyOf(oldest), at);
    },
  );
}

function apply(noted: Noted, person: Person, ledger: Ledger, place: number, signal: Action): void {
  const slot = ledger.videos[place] ?? 0;
  switch (signal.kind) {
    case 'impression':
      setMark(ledger, place, mark.shown, true);
      return;
    case 'watch': {
      const value = signalValue(signal, noted.catalogue.columns.durationMs[slot] || null);
      const isFirst =
        (ledger.watched[place] ?? 0) === 0 && !hasMark(ledger, place, mark.viewed | mark.skipped);
      ledger.watched[place] = isFirst ? value : Math.max(value, ledger.watched[place] ?? 0);
      setMark(ledger, place, mark.shown, true);
      if (signal.isView) setMark(ledger, place, mark.viewed, true);
      // Long videos count as watched to the end when enough of them was (`signalValue`).
      if (value >= 1) setMark(ledger, place, mark.completed, true);
      setMark(ledger, place, mark.skipped, !hasMark(ledger, place, mark.viewed | mark.completed));
      return;
    }
    case 'comment':
      setMark(ledger, place, mark.commented, hasComments(noted, person, slot, signal));
      return;
    default:
      setMark(ledger, place, MARK_OF[signal.kind], signal.on);
  }
}

/** Notes a comment, or that it is gone; true while one of this person stands under the video. */
function hasComments(
  { catalogue }: Noted,
  person: Person,
  slot: number,
  { commentId, on }: SignalOf<'comment'>,
): boolean {
  person.comments ??= new Map();
  const { comments } = person;
  const key = catalogue.keyOf(slot);
  if (!on) comments.delete(commentId);
  else if (comments.size < rankingLimits.comments) comments.set(commentId, key);
  return on || [...comments.values()].some((of) => of === key);
}

/** Lets `edit` change an entry, and brings counts and heat after it. */
function change(noted: Noted, person: Person, place: number, at: number, edit: () => void): void {
  const { ledger } = person;
  if (!ledger) return;
  if (!person.isLocal) {
    edit();
    return;
  }
  const marks = ledger.marks[place] ?? 0;
  const heat = heatOf(ledger, place);
  const since = ledger.times[place] ?? at;
  edit();
  count(noted, ledger.videos[place] ?? 0, marks, ledger.marks[place] ?? 0);
  const hotter = heatOf(ledger, place);
  if (at - since > RENEWED_MS) ledger.times[place] = at;
  if (hotter === heat && hotter === 0) return;
  const slot = ledger.videos[place] ?? 0;
  const renewed = ledger.times[place] ?? at;
  if (renewed === since) noted.heat.add(slot, hotter - heat, since);
  else {
    noted.heat.add(slot, -heat, since);
    noted.heat.add(slot, hotter, renewed);
  }
}

function heatOf(ledger: Ledger, place: number): number {
  return Math.max(0, Math.min(MOST_HEAT, worthOf(ledger.marks[place] ?? 0, ledger.watched[place] ?? 0)));
}

function count(noted: Noted, slot: number, before: number, after: number): void {
  const changedBits = before ^ after;
  if (changedBits === 0) return;
  const step = (bit: number) => ((changedBits & bit) === 0 ? 0 : (after & bit) === 0 ? -1 : 1);
  noted.counts.add(slot, step(mark.shown), step(mark.completed));
  for (const [bit, column] of COUNTED)
    if ((changedBits & bit) !== 0) bump(noted.catalogue.columns[column], slot, step(bit));
}

/** Adds (1) or takes back (-1) all that a ledger says. */
function countAll(noted: Noted, ledger: Ledger, sign: 1 | -1): void {
  for (let at = 0; at < ledger.size; at += 1) {
    const place = placeOf(ledger, at);
    if (!holds(noted.catalogue, ledger, place)) continue;
    const slot = ledger.videos[place] ?? 0;
    const marks = ledger.marks[place] ?? 0;
    count(noted, slot, sign > 0 ? 0 : marks, sign > 0 ? marks : 0);
    const heat = heatOf(ledger, place);
    if (heat > 0) noted.heat.add(slot, sign * heat, ledger.times[place] ?? 0);
  }
}

function hasMark(ledger: Ledger, place: number, bits: number): boolean {
  return ((ledger.marks[place] ?? 0) & bits) !== 0;
}

function setMark(ledger: Ledger, place: number, bit: number, on: boolean): void {
  const marks = ledger.marks[place] ?? 0;
  ledger.marks[place] = on ? marks | bit : marks & ~bit;
}
