import { pageLimits } from '../../../config/page-limits.ts';
import { linesOfHtml } from '../../lib/html/sanitize.ts';
import { type AccountId, parseId } from '../../lib/ids.ts';
import type { Account } from '../../modules/accounts/index.ts';
import type { Video } from '../../modules/videos/index.ts';
import { type Post, seenOrOwnPost } from '../api/statuses/posts.ts';
import type { HttpDeps } from '../deps.ts';
import { embedUrl, isCovered, isEmbeddable, plainFile, shownSize } from '../embed/embeddable.ts';
import { ApiError } from '../errors.ts';
import { type Asked, fullHandle, nameOf, oEmbedLink, paramOf, untold } from './describing.ts';
import { excerpt, type PageHead, type PageImage, type PagePlayer, PLAIN_HEAD } from './head.ts';
import { type Words, wordsIn } from './words/index.ts';

/** The head of the page of a clip, or of a comment, which is shown with what it is about. */
export async function clipHead(asked: Asked): Promise<PageHead> {
  const { deps, viewerId } = asked;
  const id = parseId<'video'>(paramOf(asked, 'id'));
  if (id === null) return untold(deps, 404);
  const post = await postFor(deps, id, null);
  if (typeof post !== 'number') return postHead(deps, post, wordsIn[asked.language]);
  const viewer = await viewerId();
  const own = viewer === null ? post : await postFor(deps, id, viewer);
  return untold(deps, typeof own === 'number' ? own : 200);
}

/** The post as somebody may see it, or the status of the answer that there is none. */
async function postFor(deps: HttpDeps, id: string, viewerId: AccountId | null): Promise<Post | 404 | 410> {
  try {
    return await seenOrOwnPost(deps, id, viewerId);
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 410)) return error.status;
    throw error;
  }
}

async function postHead(deps: HttpDeps, post: Post, words: Words): Promise<PageHead> {
  const said = 'video' in post ? post.video : post.comment;
  const author = (await deps.accounts.byIds([said.accountId])).get(said.accountId);
  if (!author) return untold(deps, 404);
  if ('video' in post) return videoHead(deps, post.video, author, words);
  // What somebody says below a clip is read there, and not spread by itself.
  return { ...untold(deps, 200), title: words.replyBy(nameOf(author)), canonical: post.comment.url };
}

async function videoHead(deps: HttpDeps, video: Video, author: Account, words: Words): Promise<PageHead> {
  const handle = `@${fullHandle(deps, author)}`;
  if (isCovered(video)) {
    const title = words.covered(handle);
    return { ...PLAIN_HEAD, title, description: words.coveredText, canonical: video.url };
  }
  const caption = linesOfHtml(video.captionHtml, pageLimits.readCharacters);
  const title =
    excerpt(caption.split('\n')[0] ?? '', pageLimits.titleCharacters) || words.clipBy(nameOf(author));
  const image = imageOf(deps, video, title);
  const player = playerOf(deps, video);
  const about = {
    ...{ title, image, player, creator: handle.slice(1) },
    description:
      excerpt(caption.replace(/\s+/g, ' '), pageLimits.descriptionCharacters) || `${title} (${handle})`,
  };
  return {
    ...{ ...PLAIN_HEAD, ...about, type: 'video.other', canonical: video.url },
    // Of other servers they are listed there.
    isIndexed: video.local && (await deps.listing.tellable([video.id])).has(video.id),
    links: [
      { rel: 'alternate', type: 'application/activity+json', href: video.uri },
      ...(isEmbeddable(deps, video) ? [oEmbedLink(deps, video.url, title)] : []),
    ],
    structured: await structured(deps, video, author, about),
  };
}

/** The cover of a clip, where everybody may see it. */
export function imageOf(deps: Pick<HttpDeps, 'videos'>, video: Video, title: string): PageImage | null {
  const poster = video.assets.find(({ role }) => role === 'poster');
  if (!poster) return null;
  return {
    url: deps.videos.objectUrl(poster.key, video),
    type: poster.contentType,
    width: poster.width,
    height: poster.height,
    alt: excerpt(video.altText, pageLimits.altCharacters) || title,
  };
}

function playerOf(deps: HttpDeps, video: Video): PagePlayer | null {
  const file = video.local ? plainFile(video) : null;
  if (!file) return null;
  const size = shownSize({ width: file.width ?? video.width, height: file.height ?? video.height });
  return {
    url: deps.videos.objectUrl(file.key, video),
    ...{ width: file.width ?? size.width, height: file.height ?? size.height },
    embedUrl: isEmbeddable(deps, video) ? embedUrl(deps, video) : null,
  };
}

/** https://schema.org/VideoObject */
async function structured(
  deps: HttpDeps,
  video: Video,
  author: Account,
  { title, description, image, player }: Pick<PageHead, 'title' | 'description' | 'image' | 'player'>,
): Promise<object> {
  const counts = (await deps.counters.of([video.id])).get(video.id);
  const times = (type: string, count: number | undefined) => ({
    '@type': 'InteractionCounter',
    interactionType: { '@type': type },
    userInteractionCount: count ?? 0,
  });
  return {
    '@context': 'https://schema.org',
    '@type': 'VideoObject',
    ...{ '@id': video.uri, url: video.url, name: title, description },
    uploadDate: (video.publishedAt ?? video.createdAt).toISOString(),
    ...(image ? { thumbnailUrl: [image.url] } : {}),
    ...(video.durationSeconds === null
      ? {}
      : { duration: `PT${Math.max(1, Math.round(video.durationSeconds))}S` }),
    ...(player ? { contentUrl: player.url, width: player.width, height: player.height } : {}),
    ...(player !== null && player.embedUrl !== null ? { embedUrl: player.embedUrl } : {}),
    ...(video.language === null ? {} : { inLanguage: video.language }),
    author: {
      '@type': 'Person',
      name: nameOf(author),
      alternateName: `@${fullHandle(deps, author)}`,
      url: author.url,
    },
    interactionStatistic: [
      times('https://schema.org/WatchAction', counts?.views),
      times('https://schema.org/LikeAction', counts?.likes),
    ],
  };
}
