import { profileLimits } from '../../../config/account-limits.ts';
import { pageLimits } from '../../../config/page-limits.ts';
import { contentTypeOf } from '../../../media/storage/storage.ts';
import { textOfHtml } from '../../lib/html/sanitize.ts';
import { type AccountId, parseId } from '../../lib/ids.ts';
import type { Account } from '../../modules/accounts/index.ts';
import { parseTag } from '../../modules/tags/index.ts';
import { isShownHere } from '../api/accounts/get-account.ts';
import type { HttpDeps } from '../deps.ts';
import { isCovered } from '../embed/embeddable.ts';
import { imageOf } from './clip.ts';
import { type Asked, feedLinks, fullHandle, nameOf, oEmbedLink, paramOf, untold } from './describing.ts';
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
  const isIndexed = await deps.listing.lists(account.id);
  return {
    ...{ ...PLAIN_HEAD, title, description, image, type: 'profile', creator: handle },
    canonical: account.url,
    isIndexed,
    links: [
      { rel: 'alternate', type: 'application/activity+json', href: account.actorUri },
      ...(account.domain === null ? [oEmbedLink(deps, account.url, title)] : []),
      ...(isIndexed ? feedLinks(deps, `@${account.username}`) : []),
    ],
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
  const written = paramOf(asked, 'tag');
  const tag = parseTag(written);
  if (tag === null || written.startsWith('#')) return untold(deps, 404);
  const { instance } = deps.config;
  // All spellings are one hashtag, and one page.
  const name = (await deps.tags.spellingsOf([tag])).get(tag) ?? written;
  const canonical = `${deps.urls.origin}/tags/${encodeURIComponent(tag)}`;
  return {
    ...{ ...PLAIN_HEAD, title: `#${name}`, description: wordsIn[asked.language].tag(name, instance.name) },
    ...{ canonical, isIndexed: await deps.listing.listsTag(tag) },
    links: [...feedLinks(deps, `tags/${encodeURIComponent(tag)}`), oEmbedLink(deps, canonical, `#${name}`)],
  };
}

/** A sound that videos share, as anybody may know of it. */
export async function soundHead(asked: Asked): Promise<PageHead> {
  const { deps, viewerId } = asked;
  const words = wordsIn[asked.language];
  const id = parseId<'sound'>(paramOf(asked, 'id'));
  const knownTo = async (viewer: AccountId | null) =>
    id === null ? undefined : (await deps.sounds.among([id], viewer)).get(id);
  const sound = await knownTo(null);
  if (!sound) {
    const viewer = id === null ? null : await viewerId();
    const own = viewer === null ? undefined : await knownTo(viewer);
    return untold(deps, own ? 200 : 404);
  }
  const { authorId, originalId } = sound;
  const author = authorId && (await deps.accounts.byIds([authorId])).get(authorId);
  const video = originalId && (await deps.videos.forViewer(originalId, null));
  const title =
    excerpt(sound.title, pageLimits.titleCharacters) ||
    (author ? words.originalSound(`@${fullHandle(deps, author)}`) : words.unnamedSound);
  const isTold = video ? !isCovered(video) && (await deps.listing.tellable([video.id])).has(video.id) : false;
  return {
    ...{ ...PLAIN_HEAD, title, description: words.sound(deps.config.instance.name) },
    canonical: deps.urls.soundPage(sound.id),
    isIndexed: isTold && video?.local === true,
    links: [...feedLinks(deps, `sounds/${sound.id}`), oEmbedLink(deps, deps.urls.soundPage(sound.id), title)],
    image: video && !isCovered(video) ? imageOf(deps, video, title) : null,
  };
}

/** A starter pack: anybody who has its link may open it. */
export async function packHead(asked: Asked): Promise<PageHead> {
  const { deps } = asked;
  const id = parseId<'pack'>(paramOf(asked, 'id'));
  const pack = id === null ? null : await deps.packs.one(id, null);
  const owner = pack && (await deps.accounts.byId(pack.ownerId));
  if (!pack || !owner) return untold(deps, 404);
  const size = (await deps.packs.membersOf([pack.id], null)).get(pack.id)?.length ?? 0;
  const counted = wordsIn[asked.language].pack(size, `@${fullHandle(deps, owner)}`);
  return {
    ...{ ...PLAIN_HEAD, title: pack.title, creator: fullHandle(deps, owner) },
    description: excerpt(pack.description, pageLimits.descriptionCharacters) || counted,
    canonical: pack.url,
    isIndexed: await deps.listing.lists(owner.id),
    links: [
      { rel: 'alternate', type: 'application/activity+json', href: pack.uri },
      ...(owner.domain === null ? [oEmbedLink(deps, pack.url, pack.title)] : []),
    ],
  };
}
