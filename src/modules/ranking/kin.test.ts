import { expect, it } from 'vitest';
import { createKin } from './kin.ts';
import { rankingDefaults } from './settings.ts';
import { createState } from './state.ts';

const at = Date.UTC(2026, 2, 2);

/** Four known videos, two of them of birds, with factors of two numbers; then some that nobody knows. */
function world() {
  const { catalogue, intake } = createState(rankingDefaults, () => 150);
  const put = (id: string, authorId: string, tags: string[]): number => {
    intake.ingest({
      ...{ kind: 'video', at, id, authorId, domain: '', publishedAt: at, tags, soundId: null },
      ...{ language: null, durationMs: 20_000, caption: '', sensitive: false },
    });
    return catalogue.slotOf(id);
  };
  const slots = [
    put('b1', 'ann', ['birds']),
    put('b2', 'ben', ['birds']),
    put('c1', 'cleo', ['cars']),
    put('c2', 'dan', ['cars']),
  ];
  const model = {
    dim: 2,
    slotOf: Int32Array.from(slots),
    factors: Float32Array.from([1, 0, 1, 0, 0, 1, 0, 1]),
  };
  return { kin: createKin(catalogue, model), put };
}

function factorOf({ kin }: ReturnType<typeof world>, slot: number, mapped: [number, number]): number[] {
  const out = new Float32Array(2);
  kin.factorOf(slot, Float32Array.from(mapped), out);
  return [...out];
}

it('tells a video that nobody knows by what has its hashtags, and by its creator', () => {
  const all = world();
  const [birds = 0, notBirds = 1] = factorOf(all, all.put('new', 'eve', ['birds']), [0, 0]);
  expect(birds).toBeGreaterThan(0.1);
  expect(notBirds).toBe(0);

  // The creator says more than hashtags do: one video of hers is worth as much as several of theirs.
  const [, cars = 0] = factorOf(all, all.put('of-cleo', 'cleo', ['birds']), [0, 0]);
  expect(cars).toBeCloseTo(1 / 4, 6);
});

it('leaves to the map from content what kin do not say, all of it where there are none', () => {
  const all = world();
  expect(factorOf(all, all.put('alone', 'eve', []), [0.5, -2])).toEqual([0.5, -2]);
  const [birds = 0] = factorOf(all, all.put('new', 'eve', ['birds']), [1, 0]);
  expect(birds).toBeCloseTo(1, 6);
});

it('says the same of a video for a person as its factor does', () => {
  const all = world();
  const person = Float32Array.from([0.3, -0.7]);
  for (const slot of [
    all.put('x', 'cleo', ['birds', 'cars']),
    all.put('y', 'eve', ['other']),
    all.put('z', 'ann', []),
  ]) {
    const [first = 0, second = 0] = factorOf(all, slot, [0.2, 0.4]);
    const said = all.kin.affinities(person, () => 0.3 * 0.2 - 0.7 * 0.4)(slot);
    expect(said).toBeCloseTo(0.3 * first - 0.7 * second, 6);
  }
});
