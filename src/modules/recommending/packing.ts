import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { RankedFeed, RankedItem } from '../ranking/index.ts';

/** What was chosen, as it is kept: the reasons, which nobody reads until somebody asks for them, are packed where they were made. */
export interface PackedFeed {
  readonly videoIds: readonly string[];
  /** Of those that were tried out, how likely that was. */
  readonly explored: Readonly<Record<string, number>>;
  readonly weightsVersion: string;
  /** Deflated JSON of all items. */
  readonly items: Uint8Array;
}

export function packed({ items, weightsVersion }: RankedFeed): PackedFeed {
  const explored = items.flatMap(({ videoId, propensity }) =>
    propensity === null ? [] : [[videoId, propensity] as const],
  );
  return {
    videoIds: items.map(({ videoId }) => videoId),
    explored: Object.fromEntries(explored),
    ...{ weightsVersion, items: deflateRawSync(JSON.stringify(items)) },
  };
}

export const unpackedItems = (bytes: Uint8Array): readonly RankedItem[] =>
  JSON.parse(inflateRawSync(bytes).toString('utf8'));
