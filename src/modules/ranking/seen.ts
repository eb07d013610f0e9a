import { rankingLimits } from '../../../config/ranking-limits.ts';
import { scatter } from './random.ts';

/**
 * What somebody met longer ago than the exact list reaches: two Bloom filters by turns (ranking.md 7). A new one begins after 30
 * days or when it is full, and the one before the last is dropped. A false "yes" only hides a video.
 */
export interface OlderSeen {
  current: Uint8Array;
  previous: Uint8Array | null;
  count: number;
  since: number;
}

export function rememberOlder(older: OlderSeen | null, video: number, at: number): OlderSeen {
  const { bloomItems, bloomMs, bloomBits } = rankingLimits;
  let kept = older ?? { current: new Uint8Array(bloomBits / 8), previous: null, count: 0, since: at };
  if (kept.count >= bloomItems || at - kept.since > bloomMs)
    kept = { current: new Uint8Array(bloomBits / 8), previous: kept.current, count: 0, since: at };
  eachBit(video, (bit) => {
    kept.current[bit >>> 3] = (kept.current[bit >>> 3] ?? 0) | (1 << (bit & 7));
    return true;
  });
  kept.count += 1;
  return kept;
}

export function wasSeenEarlier(older: OlderSeen, video: number): boolean {
  return isIn(older.current, video) || (older.previous !== null && isIn(older.previous, video));
}

function isIn(filter: Uint8Array, video: number): boolean {
  return eachBit(video, (bit) => ((filter[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0);
}

/** Calls with each bit of a video until one says no; double hashing. */
function eachBit(video: number, call: (bit: number) => boolean): boolean {
  const first = scatter(video + 1);
  const step = scatter(first ^ 0x9e3779b9) | 1;
  for (let hash = 0; hash < rankingLimits.bloomHashes; hash += 1)
    if (!call(((first + Math.imul(step, hash)) >>> 0) % rankingLimits.bloomBits)) return false;
  return true;
}
