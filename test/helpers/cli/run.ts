import { expect } from 'vitest';
import type { Said, World } from './world.ts';

/** How a command is run by the test that runs them all. */
export interface CliRun {
  /** Makes what the command is about; gives the words behind its name. */
  words(world: World): Promise<readonly string[]> | readonly string[];
  /** What it ends with. Default: 0. */
  readonly code?: number;
  /** What must be so afterwards, or have been said. */
  shows?(said: Said, world: World): Promise<void> | void;
  /** Words that name something that is not there. */
  readonly missing?: readonly string[];
  /** What it ends with where it is only tried. Default: as above. */
  readonly tried?: number;
}

export const words = (...list: readonly string[]): CliRun => ({ words: () => list });
export const about = (find: (world: World) => Promise<string>, ...more: readonly string[]): CliRun => ({
  words: async (world) => [await find(world), ...more],
  missing: ['9'],
});
export const says = (text: string | RegExp) => (said: Said) => {
  expect(said.message).toMatch(text);
};
export const lists = (row: object) => (said: Said) => {
  expect(said.rows).toContainEqual(expect.objectContaining(row));
};

/** What is done to accounts, videos and comments, and taken back. */
export function measures(noun: string, find: (world: World) => Promise<string>, verbs: readonly string[]) {
  return Object.fromEntries(
    verbs.flatMap((verb) => {
      const back = verb === 'remove' ? 'restore' : `un${verb}`;
      const there: [string, CliRun] = [
        `${noun} ${verb}`,
        {
          ...about(find, '--reason', 'Sold feathers.'),
          shows: lists({ changed: true }),
        },
      ];
      if (verb === 'delete') return [there];
      const again: CliRun = {
        words: async (world) => {
          const id = await find(world);
          expect((await world.cli(noun, verb, id)).code).toBe(0);
          return [id];
        },
        missing: ['9'],
        // A warning stays on record; it ends by itself or by an appeal.
        shows: says(/Taken back|nothing to take back/),
      };
      return [there, [`${noun} ${back}`, again] as [string, CliRun]];
    }),
  );
}
