import { pageLimits } from '../../../config/page-limits.ts';
import { linesOfHtml } from '../../lib/html/sanitize.ts';
import type { Account } from '../../modules/accounts/index.ts';
import type { Video } from '../../modules/videos/index.ts';
import type { HttpDeps } from '../deps.ts';
import { isCovered, plainFile } from '../embed/embeddable.ts';
import { imageOf } from '../page/clip.ts';
import { fullHandle, nameOf } from '../page/describing.ts';
import { excerpt, type PageImage } from '../page/head.ts';
import { wordsIn } from '../page/words/index.ts';

/** One clip of a feed. */
export interface FeedEntry {
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly html: string;
  readonly author: { readonly name: string; readonly url: string };
  readonly publishedAt: Date;
  readonly updatedAt: Date;
  readonly image: PageImage | null;
  /** A faststart MP4; null where this server has none that may be handed out, or the clip is covered. */
  readonly file: {
    readonly url: string;
    readonly bytes: number | null;
    readonly seconds: number | null;
  } | null;
}

/** A list of clips that programs read again and again. */
export interface Feed {
  readonly title: string;
  readonly description: string;
  /** The page for people, and its own address. */
  readonly page: string;
  readonly self: string;
  readonly entries: readonly FeedEntry[];
}

/**
 * Videos as entries, with their authors: those only that everybody may see, of people who let search engines list them (`indexable`) and
 * whom the staff does not limit, since whatever reads a feed keeps it for good.
 */
export async function entriesOf(deps: HttpDeps, videos: readonly Video[]): Promise<FeedEntry[]> {
  const authors = await deps.accounts.byIds([...new Set(videos.map(({ accountId }) => accountId))]);
  const tellable = await deps.listing.tellable(videos.map(({ id }) => id));
  return videos.flatMap((video) => {
    const author = authors.get(video.accountId);
    return author && tellable.has(video.id) ? [entryOf(deps, video, author)] : [];
  });
}

function entryOf(deps: HttpDeps, video: Video, author: Account): FeedEntry {
  const words = wordsIn.en;
  const handle = `@${fullHandle(deps, author)}`;
  const covered = isCovered(video);
  const caption = covered ? '' : linesOfHtml(video.captionHtml, pageLimits.readCharacters);
  const named = excerpt(caption.split('\n')[0] ?? '', pageLimits.titleCharacters);
  const title = covered ? words.covered(handle) : named || words.clipBy(nameOf(author));
  const publishedAt = video.publishedAt ?? video.createdAt;
  // What other servers made is handed out by them.
  const asset = covered || !video.local ? null : plainFile(video);
  return {
    ...{ id: video.uri, url: video.url, title, publishedAt },
    html: covered ? '' : video.captionHtml,
    author: { name: `${nameOf(author)} (${handle})`, url: author.url },
    updatedAt: video.editedAt ?? publishedAt,
    image: covered ? null : imageOf(deps, video, title),
    file: asset && {
      ...{ url: deps.videos.objectUrl(asset.key, video), bytes: asset.bytes },
      seconds: video.durationSeconds,
    },
  };
}
