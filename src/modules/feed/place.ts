import { feedLimits } from '../../../config/feed-limits.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';

/** Where somebody is in For You: all that is needed to go on, so that the server keeps nothing. */
export interface Place {
  /** Chosen, and not shown yet. */
  readonly waiting: readonly VideoId[];
  /** The last that were shown, the oldest first. */
  readonly shown: readonly VideoId[];
  /** Whose videos were shown last, and how many in a row; null at the top. */
  readonly run: { readonly accountId: AccountId; readonly length: number } | null;
  /** Whether more than one creator was shown so far. */
  readonly varied: boolean;
  /** By which it is told whether what waits is out of date (`Standing`). */
  readonly mark: number;
}

export const TOP: Place = { waiting: [], shown: [], run: null, varied: false, mark: 0 };

/** Whether nothing was shown yet. */
export const isTop = ({ waiting, shown }: Place): boolean => waiting.length === 0 && shown.length === 0;

const ID_BYTES = 8;
const MARK_BYTES = 4;
const HEAD_BYTES = 2 + ID_BYTES + 2;
/** Bits of the second byte. Places of releases before marks have none. */
const VARIED = 1;
const MARKED = 2;

/** A place in bytes: run (1), varied and marked (1), whose run (8), how many wait (2), mark (4), then ids of 8 bytes each. */
export function encodePlace({ waiting, shown, run, varied, mark }: Place): Buffer {
  const kept = shown.slice(-feedLimits.shownKept);
  const idsAt = HEAD_BYTES + MARK_BYTES;
  const bytes = Buffer.alloc(idsAt + ID_BYTES * (waiting.length + kept.length));
  bytes.writeUInt8(run?.length ?? 0, 0);
  bytes.writeUInt8((varied ? VARIED : 0) | MARKED, 1);
  bytes.writeBigUInt64BE(BigInt(run?.accountId ?? 0), 2);
  bytes.writeUInt16BE(waiting.length, 2 + ID_BYTES);
  bytes.writeUInt32BE(mark, HEAD_BYTES);
  [...waiting, ...kept].forEach((id, at) => {
    bytes.writeBigUInt64BE(BigInt(id), idsAt + at * ID_BYTES);
  });
  return bytes;
}

/** The opposite, of bytes that `encodePlace` made: they come signed, or from our own table. Throws where they are anything else. */
export function decodePlace(bytes: Buffer): Place {
  const length = bytes.readUInt8(0);
  const flags = bytes.readUInt8(1);
  const isMarked = (flags & MARKED) !== 0;
  const ids: VideoId[] = [];
  for (let at = HEAD_BYTES + (isMarked ? MARK_BYTES : 0); at < bytes.length; at += ID_BYTES) {
    ids.push(bytes.readBigUInt64BE(at).toString() as VideoId);
  }
  const waiting = bytes.readUInt16BE(2 + ID_BYTES);
  const accountId = bytes.readBigUInt64BE(2).toString() as AccountId;
  return {
    waiting: ids.slice(0, waiting),
    shown: ids.slice(waiting),
    run: length === 0 ? null : { accountId, length },
    varied: (flags & VARIED) !== 0,
    mark: isMarked ? bytes.readUInt32BE(HEAD_BYTES) : 0,
  };
}

interface Candidate {
  readonly id: VideoId;
  readonly accountId: AccountId;
}

/** Who has more than two thirds of what is left, if anybody: two of theirs between any two others do not use that up. */
function crowdOf(left: readonly Candidate[]): AccountId | null {
  const { maxRun } = feedLimits;
  const ofEach = Map.groupBy(left, ({ accountId }) => accountId);
  for (const [accountId, own] of ofEach)
    if (own.length > maxRun * (left.length - own.length)) return accountId;
  return null;
}

/** Which of those that are left comes next: the best one whose turn it may be; -1 for none. */
function turnOf(left: readonly Candidate[], run: Place['run']): number {
  const full = run !== null && run.length >= feedLimits.maxRun ? run.accountId : null;
  const crowd = crowdOf(left);
  // Others first would leave nobody to stand between the rest.
  if (crowd !== null && crowd !== full) return left.findIndex(({ accountId }) => accountId === crowd);
  return left.findIndex(({ accountId }) => accountId !== full);
}

/**
 * Takes up to `limit` of the candidates, best first, never more than two in a row by one creator: who would be a third waits.
 * Where nobody else is left, the feed ends there; but where all of it was by one creator so far, and `mayBeAlone`, it goes on:
 * there is nothing to mix.
 */
export function takeInOrder(
  place: Pick<Place, 'run' | 'varied'>,
  candidates: readonly Candidate[],
  options: { readonly limit: number; readonly mayBeAlone: boolean },
): { readonly taken: readonly VideoId[]; readonly rest: readonly VideoId[] } & Pick<Place, 'run' | 'varied'> {
  const left = [...candidates];
  const taken: VideoId[] = [];
  let { run, varied } = place;
  while (taken.length < options.limit && left.length > 0) {
    const at = turnOf(left, run);
    if (at === -1 && (varied || !options.mayBeAlone)) break;
    const [next] = left.splice(Math.max(0, at), 1);
    if (!next) break;
    const isSame = run?.accountId === next.accountId;
    varied = varied || (run !== null && !isSame);
    const length = isSame ? Math.min((run?.length ?? 0) + 1, feedLimits.maxRun) : 1;
    run = { accountId: next.accountId, length };
    taken.push(next.id);
  }
  return { taken, rest: left.map(({ id }) => id), run, varied };
}
