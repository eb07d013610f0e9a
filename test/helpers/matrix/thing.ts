import { type Audience, audiences, type World } from './world.ts';

/** Something that a parameter of a path may name. */
export interface Thing {
  readonly what: string;
  /** By the names of the parameters; `id` stands for those that are not named here. Others are for right bodies. */
  readonly params: Readonly<Record<string, string>>;
  readonly shownTo: readonly Audience[];
}

export const ALL = audiences;
export const UNBLOCKED = audiences.filter((one) => one !== 'blocked');
export const OWNER: readonly Audience[] = ['owner'];

/** Makes things of one kind, new ones each time: all of them of the owner of the world, but for those that the staff has. */
export type Make = (world: World) => Promise<Thing[]>;

/** One thing; of the owner alone where nothing else is said. */
export const one = (what: string, params: Record<string, string>, shownTo = OWNER): Thing[] => [
  { what, params, shownTo },
];
