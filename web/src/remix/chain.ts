import type { Status } from '../api/types.ts';

/** What a clip was made from; null where that is no other clip. */
export const remixOf = ({ video }: Pick<Status, 'video'>) => video?.remix_of ?? null;

/** How many duets and stitches there are of a clip. */
export const remixesOf = ({ video }: Pick<Status, 'video'>): number => video?.remixes ?? 0;
