import type { Account } from '../src/modules/accounts/index.ts';
import type { Video } from '../src/modules/videos/index.ts';
import type { LoadedPost } from './posts.ts';
import { sameOrigin } from './translate/read.ts';
import { readStamp } from './translate/remix.ts';

/** What a stamp has to say. */
export interface Stamped {
  readonly stampUri: string;
  readonly author: Pick<Account, 'actorUri'>;
  readonly remix: Pick<Video, 'uri'>;
  readonly original: Pick<Video, 'uri'>;
}

/**
 * Asks the server of the author of an original whether this stamp allows this remix. Nothing that others tell of it counts, and
 * no other server is asked. `again`: it could not be asked just now.
 */
export async function checkStamp(
  load: (uri: string) => Promise<LoadedPost>,
  { stampUri, author, remix, original }: Stamped,
): Promise<'valid' | 'invalid' | 'again'> {
  if (!sameOrigin(stampUri, author.actorUri)) return 'invalid';
  const loaded = await load(stampUri);
  if (!loaded.ok) return loaded.why.again ? 'again' : 'invalid';
  const stamp = readStamp(loaded.document);
  const isIt =
    stamp?.uri === stampUri &&
    stamp.authorUri === author.actorUri &&
    stamp.remixUri === remix.uri &&
    stamp.originalUri === original.uri;
  return isIt ? 'valid' : 'invalid';
}
