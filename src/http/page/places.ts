import { profileLimits } from '../../../config/account-limits.ts';
import { pageLimits } from '../../../config/page-limits.ts';
import { contentTypeOf } from '../../../media/storage/storage.ts';
import { textOfHtml } from '../../lib/html/sanitize.ts';
import { parseId } from '../../lib/ids.ts';
import type { Account } from '../../modules/accounts/index.ts';
import { parseTag } from '../../modules/tags/index.ts';
import { isShownHere } from '../api/accounts/get-account.ts';
import type { HttpDeps } from '../deps.ts';
import { isCovered } from '../embed/embeddable.ts';
import { imageOf } from './clip.ts';
import { type Asked, fullHandle, nameOf, paramOf, untold } from './describing.ts';
import { excerpt, type PageHead, type PageImage, PLAIN_HEAD } from './head.ts';
import { wordsIn } from './words/index.ts';

/** An address that leads nowhere. */
export const absentHead = async ({ deps }: Asked): Promise<PageHead> => untold(deps, 404);

/** A page of somebody's own: it is there for everybody, and says something to those only who are signed in. */
export const personalHead = async ({ deps }: Asked): Promise<PageHead> => untold(deps, 200);

export async function homeHead({ deps }: Asked): Promise<PageHead> {
  const { name, description } = deps.config.instance;
  const canonical = `${deps.urls.origin}/`;
  return {
    ...untold(deps, 200),
    ...{ canonical, isIndexed: true },
    structured: { '@context': 'https://schema.org', '@type': 'WebSite', name, url: canonical, description },
  };
}

export async function profileHead(asked: Asked): Promise<PageHead> {
  const { deps, language } = asked;
  const account = await deps.accounts.byHandle(paramOf(asked, 'handle'));
  if (account === null || !(await isShownHere(deps, account))) {
    return untold(deps, account?.state === 'deleted' ? 410 : 404);
  }
  const handle = fullHandle(deps, account);
  const bio = textOfHtml(account.bioHtml, pageLimits.readCharacters);
  const { statuses, followers } = account.counts;
  const number = new Intl.NumberFormat(language);
  const counted = wordsIn[language].profile(number.format(statuses), number.format(followers));
  const description = excerpt(bio, pageLimits.descriptionCharacters) || counted;
  const title = `${excerpt(nameOf(account), pageLimits.titleCharacters)} (@${handle})`;
  const image = avatarOf(deps, account);
  return {
    ...{ ...PLAIN_HEAD, title, description, image, type: 'profile', creator: handle },
    canonical: account.url,
    isIndexed: account.domain === null && account.indexable,
    links: [{ rel: 'alternate', type: 'application/activity+json', href: account.actorUri }],
    structured: {
      '@context': 'https://schema.org',
      '@type': 'ProfilePage',
      mainEntity: {
        '@type': account.actorType === 'Organization' ? 'Organization' : 'Person',
        ...{ name: nameOf(account), alternateName: `@${handle}`, url: account.url, description },
        ...(image ? { image: image.url } : {}),
      },
    },
  };
}

/** Their picture, where it is stored here. */
function avatarOf({ videos }: Pick<HttpDeps, 'videos'>, account: Account): PageImage | null {
  const { key } = account.avatar;
  if (key === null) return null;
  const url = videos.objectUrl(key, { state: 'published', visibility: 'public' });
  return { url, type: contentTypeOf(key), ...profileLimits.avatarPixels, alt: nameOf(account) };
}

export async function tagHead(asked: Asked): Promise<PageHead> {
  const { deps } = asked;
  const name = paramOf(asked, 'tag');
  if (parseTag(name) === null || name.startsWith('#')) return untold(deps, 404);
  const { instance } = deps.config;
  const canonical = `${deps.urls.origin}/tags/${encodeURIComponent(name)}`;
  return {
    ...{ ...PLAIN_HEAD, title: `#${name}`, description: wordsIn[asked.language].tag(name, instance.name) },
    ...{ canonical, isIndexed: true },
  };
}

/** A sound is known by the clip that it was heard in first. */
export async function soundHead(asked: Asked): Promise<PageHead> {
  const { deps, viewerId } = asked;
  const words = wordsIn[asked.language];
  const id = parseId<'video'>(paramOf(asked, 'id'));
  const video = id === null ? null : await deps.videos.forViewer(id, null);
  if (id === null || video === null) {
    const viewer = id === null ? null : await viewerId();
    const own = id === null || viewer === null ? null : await deps.videos.forViewer(id, viewer);
    return untold(deps, own === null ? 404 : 200);
  }
  const author = (await deps.accounts.byIds([video.accountId])).get(video.accountId);
  if (!author) return untold(deps, 404);
  const title =
    excerpt(video.soundTitle, pageLimits.titleCharacters) ||
    words.originalSound(`@${fullHandle(deps, author)}`);
  return {
    ...{ ...PLAIN_HEAD, title, description: words.sound(deps.config.instance.name) },
    canonical: `${deps.urls.origin}/sounds/${video.id}`,
    isIndexed: video.local && video.visibility === 'public' && author.indexable && !isCovered(video),
    image: isCovered(video) ? null : imageOf(deps, video, title),
  };
}
