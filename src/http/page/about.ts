import type { Asked, Describe } from './describing.ts';
import { untold } from './describing.ts';
import { type PageHead, PLAIN_HEAD } from './head.ts';
import { wordsIn } from './words/index.ts';
import type { Words } from './words/words.ts';

type About = keyof Words['about'];

/** One of the pages about this server; 404 where there is nothing for whoever asks. */
const aboutPage =
  (page: About, path: string, isThere: (asked: Asked) => Promise<boolean> = async () => true): Describe =>
  async (asked): Promise<PageHead> => {
    const { deps, language } = asked;
    const { name, description } = deps.config.instance;
    if (!(await isThere(asked))) return untold(deps, 404);
    return {
      ...PLAIN_HEAD,
      title: wordsIn[language].about[page](name),
      description,
      canonical: `${deps.urls.origin}${path}`,
      isIndexed: true,
    };
  };

export const aboutHead = aboutPage('server', '/about');
export const rulesHead = aboutPage('rules', '/about/rules');
export const privacyHead = aboutPage(
  'privacy',
  '/about/privacy',
  async ({ deps }) => deps.config.instance.privacyPolicy !== null,
);
export const transparencyHead = aboutPage(
  'transparency',
  '/about/transparency',
  async ({ deps, viewerId }) => {
    const { audience } = deps.config.transparency;
    return audience === 'public' || (audience === 'members' && (await viewerId()) !== null);
  },
);
export const blocksHead = aboutPage('blocks', '/about/blocks', async ({ deps, viewerId }) => {
  const published = await deps.domains.list.published((await viewerId()) !== null);
  return published.ok;
});
