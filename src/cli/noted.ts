import type { Context } from '../context.ts';
import type { Tx } from '../db/database.ts';
import type { VideoId } from '../lib/ids.ts';
import type { Result } from '../lib/result.ts';
import { type Deed, operator } from '../modules/staff/index.ts';

/** Puts on record what a command has done that takes too long to be one transaction. */
export async function noted({ audit, inTx }: Pick<Context, 'audit' | 'inTx'>, deed: Deed): Promise<void> {
  await inTx((tx) => audit.record(tx, operator, deed));
}

/** Puts work on record in its own transaction, unless it is refused. */
export function recorded<T extends object>(
  { audit }: Pick<Context, 'audit'>,
  deed: Deed,
  work: (tx: Tx) => Promise<Result<T>>,
): (tx: Tx) => Promise<Result<T>> {
  return async (tx) => {
    const outcome = await work(tx);
    if (outcome.ok) await audit.record(tx, operator, deed);
    return outcome;
  };
}

type Remade = 'all' | 'thumbnails' | 'captions';

/** That something of a video is made anew. */
export const remakeOf = (videoId: VideoId, what: Remade): Deed => ({
  ...{ action: 'video.remake', target: { kind: 'video', id: videoId }, detail: { what } },
});

/** The same of many: one deed. */
export const remakeOfMany = (what: Remade, videos: number): Deed => ({
  ...{ action: 'video.remake', target: { kind: 'storage', id: 'videos' }, detail: { what, videos } },
});
