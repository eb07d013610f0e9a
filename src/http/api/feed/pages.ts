import type { Request } from 'express';
import { servingLimits } from '../../../../config/serving-limits.ts';
import type { AccountId } from '../../../lib/ids.ts';
import type { FeedItem } from '../../../modules/feed/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { refused } from '../../errors.ts';
import { toAccount } from '../accounts/entities.ts';
import { type StatusFacts, statusEntitiesOf, statusFactsOf } from '../entities.ts';
import { videoShaper } from '../videos/entities.ts';

const ID_BYTES = 8;

/** Languages that whoever asks reads, the first choice first, as the browser or app says. */
export const languagesOf = (req: Request): readonly string[] =>
  req
    .acceptsLanguages()
    .filter((one) => one !== '*')
    .slice(0, servingLimits.maxLanguages);

/** A list that is paged by cursors, and whose. */
export interface PagedList {
  readonly list: string;
  readonly viewerId: AccountId | null;
}

/** What a cursor holds. Throws the refusal of one that is not ours, not for this list or person, or too old. */
export function openCursor(deps: Pick<HttpDeps, 'cursors'>, list: PagedList, cursor: string): Buffer {
  const opened = deps.cursors.open(list, cursor);
  if (!opened.ok) throw refused(opened);
  return opened.body;
}

/** The id that the page begins below; null at the top. */
export function idBelow(
  deps: Pick<HttpDeps, 'cursors'>,
  list: PagedList,
  cursor: string | undefined,
): string | null {
  return cursor === undefined ? null : openCursor(deps, list, cursor).readBigUInt64BE().toString();
}

/** The cursor of the page below an id; null where there is none. */
export function cursorBelow(
  deps: Pick<HttpDeps, 'cursors'>,
  list: PagedList,
  last: string | null,
): string | null {
  if (last === null) return null;
  const body = Buffer.alloc(ID_BYTES);
  body.writeBigUInt64BE(BigInt(last));
  return deps.cursors.seal(list, body);
}

/** Videos with what people did with them, and who passed them on: the same number of queries whatever their number. */
export async function feedVideosOf(
  deps: HttpDeps,
  items: readonly FeedItem[],
  viewerId: AccountId | null,
  known?: StatusFacts,
) {
  if (items.length === 0) return [];
  const videos = items.map(({ video }) => video);
  const ids = [...new Set(videos.map(({ id }) => id))];
  const facts = known ?? (await statusFactsOf(deps, ids, viewerId));
  const [statuses, toVideo] = await Promise.all([
    statusEntitiesOf(deps, items, viewerId, facts),
    videoShaper(deps, videos, viewerId, facts),
  ]);
  return items.flatMap(({ video, share }, at) => {
    const status = statuses[at];
    if (!status) return [];
    const shared_by = share ? toAccount(deps, share.account) : null;
    return [{ ...toVideo(video, status), shared_by }];
  });
}
