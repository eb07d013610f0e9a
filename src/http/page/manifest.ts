import type { Config } from '../../../config/config.ts';
import type { IconKind, IconSide, Icons } from '../icons/index.ts';
import { directions, type Language } from '../languages.ts';
import { wordsIn } from './words/index.ts';

/** Where the page is told what was shared with it. The worker of the page answers there (web/worker). */
export const SHARE_PATH = '/upload/shared';

export const iconPath = (kind: IconKind, side: IconSide): string => `/app/icons/${kind}-${side}.png`;

/** What launchers show below an icon; longer names are cut there by themselves, in the middle of a word. */
const SHORT_NAME = 12;

/** How a server is installed as an app (W3C Web App Manifest). */
export function manifestOf(
  { instance, app }: Pick<Config, 'instance' | 'app'>,
  icons: Icons,
  language: Language,
) {
  const words = wordsIn[language].app;
  const icon = (kind: IconKind, side: IconSide, purpose: 'any' | 'maskable' | 'monochrome') => ({
    src: `${iconPath(kind, side)}?v=${icons.version}`,
    sizes: `${side}x${side}`,
    type: 'image/png',
    purpose,
  });
  const shortcut = (name: string, url: string) => ({ name, url, icons: [icon('tile', 96, 'any')] });
  return {
    // By it browsers know an app again: it stays.
    id: '/',
    start_url: '/',
    scope: '/',
    name: instance.name,
    short_name: shortNameOf(instance.name),
    description: instance.description,
    lang: language,
    dir: directions[language],
    display: 'standalone',
    theme_color: app.background,
    background_color: app.background,
    categories: ['entertainment', 'social', 'video'],
    icons: [
      icon('tile', 192, 'any'),
      icon('tile', 512, 'any'),
      icon('maskable', 192, 'maskable'),
      icon('maskable', 512, 'maskable'),
      icon('silhouette', 512, 'monochrome'),
    ],
    shortcuts: [
      shortcut(words.upload, '/upload'),
      shortcut(words.inbox, '/inbox'),
      shortcut(words.search, '/search'),
    ],
    share_target: {
      action: SHARE_PATH,
      method: 'POST',
      enctype: 'multipart/form-data',
      params: {
        title: 'title',
        text: 'text',
        url: 'url',
        files: [{ name: 'video', accept: ['video/*'] }],
      },
    },
  };
}

/** The first words of a name that launchers have room for. */
export function shortNameOf(name: string): string {
  let short = '';
  for (const word of name.split(/\s+/)) {
    const longer = short === '' ? word : `${short} ${word}`;
    if ([...longer].length > SHORT_NAME) break;
    short = longer;
  }
  return short === '' ? [...name].slice(0, SHORT_NAME).join('') : short;
}
