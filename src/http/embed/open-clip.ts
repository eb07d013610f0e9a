import { parseId } from '../../lib/ids.ts';
import type { Account } from '../../modules/accounts/index.ts';
import type { Video } from '../../modules/videos/index.ts';
import type { HttpDeps } from '../deps.ts';

/** A clip that everybody may see, with its author; null where there is none. */
export async function openClip(
  deps: Pick<HttpDeps, 'videos' | 'accounts'>,
  idText: string,
): Promise<{ readonly video: Video; readonly author: Account } | null> {
  const id = parseId<'video'>(idText);
  const video = id === null ? null : await deps.videos.forViewer(id, null);
  const author = video && (await deps.accounts.byIds([video.accountId])).get(video.accountId);
  return author ? { video, author } : null;
}
