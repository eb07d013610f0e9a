import { rankingLimits } from '../../../config/ranking-limits.ts';
import { type Catalogue, NONE } from './catalogue.ts';
import { createKin, type Kin } from './kin.ts';
import { placeOf } from './ledger.ts';
import type { Model, Scorer, TrainInput } from './models/model.ts';
import { createScorer } from './models/scorer.ts';
import { train } from './models/train.ts';
import type { People } from './people.ts';
import { holds, worthOf } from './taste.ts';
import { createWasmIndex } from './vectors/wasm-index.ts';

/** The trained model with what keeps it in step with the catalogue. */
export interface Learning {
  scorer(): Scorer | null;
  /** What videos without a factor of their own are told by; null without a model. */
  kin(): Kin | null;
  /** Videos whose factors are nearest to a person's, best first; those too new for a factor of their own by what they are about. */
  nearest(factor: Float32Array, n: number): ArrayLike<number>;
  /** A video is there, changed or gone. */
  touch(slot: number): void;
  /** Somebody was forgotten: the next training begins from nothing, so that no trace of them stays. */
  startOver(): void;
  input(at: number): TrainInput;
  adopt(model: Model): void;
  /** Puts so many more videos without a factor of their own into the index, by what they are about; false: there are no more. */
  mapMore(count: number): boolean;
  train(at: number): void;
}

export function createLearning(catalogue: Catalogue, people: People): Learning {
  const { columns } = catalogue;
  const index = createWasmIndex({ maxItems: rankingLimits.videos, range: 1 });
  let scorer: Scorer | null = null;
  let kin: Kin | null = null;
  /** Slots below this are in the index, if they may be. */
  let mapped = 0;
  let scratch = new Float32Array(0);
  let mustStartOver = false;
  let release: (() => void) | null = null;

  const touch = (slot: number): void => {
    if (!scorer) return;
    if (columns.live[slot] !== 1) {
      index.delete(slot);
      return;
    }
    scorer.factorOf(slot, columns.content.subarray(slot * 64, (slot + 1) * 64), scratch);
    if ((scorer.model.rowOf[slot] ?? NONE) === NONE) kin?.factorOf(slot, scratch, scratch);
    index.set(slot, scratch);
  };
  const mapMore = (count: number): boolean => {
    if (!scorer) return false;
    for (let left = count; left > 0 && mapped < catalogue.size(); mapped += 1) {
      if ((scorer.model.rowOf[mapped] ?? NONE) !== NONE) continue;
      touch(mapped);
      left -= 1;
    }
    return mapped < catalogue.size();
  };
  const input = (at: number): TrainInput => {
    release = catalogue.snapshot();
    const previous = mustStartOver ? null : (scorer?.model ?? null);
    mustStartOver = false;
    const itemCount = catalogue.size();
    return {
      ...{ at, userCount: people.all.length, itemCount, previous, ...interactions(catalogue, people) },
      content: columns.content.slice(0, itemCount * 64),
      isLive: columns.live.slice(0, itemCount),
    };
  };
  const adopt = (model: Model): void => {
    scorer = createScorer(model);
    kin = createKin(catalogue, model);
    release?.();
    release = null;
    scratch = new Float32Array(model.dim);
    index.clear(largest(model.factors));
    for (const slot of model.slotOf) touch(slot);
    mapped = 0;
  };
  return {
    scorer: () => scorer,
    kin: () => kin,
    nearest(factor, n) {
      // What came since.
      mapMore(rankingLimits.mappedByFeed);
      return index.search(factor, n, null).slots;
    },
    touch,
    startOver() {
      mustStartOver = true;
    },
    input,
    adopt,
    mapMore,
    train(at) {
      adopt(train(input(at)));
      while (mapMore(rankingLimits.mappedAtOnce));
    },
  };
}

/** What people here liked, one entry for each person and video. */
function interactions(
  catalogue: Catalogue,
  people: People,
): Pick<TrainInput, 'users' | 'items' | 'values' | 'times'> {
  let most = 0;
  for (const person of people.all) if (person?.isLocal) most += person.ledger?.size ?? 0;
  const columns = {
    ...{ users: new Int32Array(most), items: new Int32Array(most) },
    ...{ values: new Float32Array(most), times: new Float64Array(most) },
  };
  let next = 0;
  for (const [user, person] of people.all.entries()) {
    if (!person?.isLocal || !person.ledger) continue;
    const { ledger } = person;
    for (let at = 0; at < ledger.size; at += 1) {
      const place = placeOf(ledger, at);
      const value = worthOf(ledger.marks[place] ?? 0, ledger.watched[place] ?? 0);
      if (value <= 0 || !holds(catalogue, ledger, place)) continue;
      columns.users[next] = user;
      columns.items[next] = ledger.videos[place] ?? NONE;
      columns.values[next] = value;
      columns.times[next] = ledger.times[place] ?? 0;
      next += 1;
    }
  }
  return {
    ...{ users: columns.users.subarray(0, next), items: columns.items.subarray(0, next) },
    ...{ values: columns.values.subarray(0, next), times: columns.times.subarray(0, next) },
  };
}

function largest(values: Float32Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most || 1;
}
