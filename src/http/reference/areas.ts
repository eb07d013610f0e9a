import type { Route } from '../route.ts';

/** A chapter of the reference. */
export interface Area {
  readonly name: string;
  readonly about: string;
}

const AREAS: readonly (Area & { readonly paths: RegExp })[] = [
  {
    name: 'Signing in',
    about:
      'Apps, accounts, invites, sessions, passkeys and the second factor; coming from another server, and leaving.',
    paths:
      /^\/api\/v1\/(apps|sessions|invites|second_factor|passkeys|emails|exports|imports?)\b|^\/api\/v1\/accounts(\/(delete_account|change_password|change_email|password_reset|verify_credentials|alias|move))?$/,
  },
  {
    name: 'Your profile',
    about: 'What others see of you, and how you like things.',
    paths:
      /^\/api\/v1\/(accounts\/update_credentials|profile|preferences|markers|featured_tags|endorsements|strikes|decisions)\b/,
  },
  {
    name: 'Copyright',
    about:
      'Claims of rights holders. They need no account: whoever filed one acts on it by the link that is mailed.',
    paths: /^\/api\/v1\/claims\b/,
  },
  {
    name: 'Lists',
    about: 'Lists of accounts with a timeline each.',
    paths: /^\/api\/v1\/(lists\b|timelines\/list\b|accounts\/:id\/lists)/,
  },
  {
    name: 'Playlists',
    about: 'Videos in an order, for others to watch through.',
    paths: /^\/api\/v1\/(playlists\b|accounts\/:id\/playlists)/,
  },
  {
    name: 'Starter packs',
    about:
      'People whom somebody recommends together, to follow at once. Whoever is in one is told, and can leave it.',
    paths: /^\/api\/v1\/(packs\b|accounts\/:id\/packs)/,
  },
  {
    name: 'Timelines and trends',
    about: 'What is new, from the newest on, and what is talked about.',
    paths: /^\/api\/v1\/(timelines|trends|conversations)\b/,
  },
  {
    name: 'Feeds and what you watch',
    about:
      'Videos page by page, chosen or from the newest on; telling what is watched, and the history that only you see.',
    paths:
      /^\/api\/v1\/(feed(_(settings|profile|reasons|slates|statuses))?|events|history|not_interested)\b|\/not_interested$/,
  },
  {
    name: 'Accounts',
    about: 'People here and elsewhere: finding, following, muting, blocking and reporting them.',
    paths:
      /^\/api\/v[12]\/(accounts|blocks|mutes|follow_requests|suggestions|directory|domain_blocks|reports)\b/,
  },
  {
    name: 'Uploads and videos',
    about: 'From a file to a video: upload it, see how far it is, give it captions and a poster.',
    paths: /^\/api\/v[12]\/(media|uploads|videos|remix_requests)\b|\/sizes$/,
  },
  {
    name: 'Studio',
    about: 'What authors see of all their videos, and do with several at once.',
    paths: /^\/api\/v1\/studio\b/,
  },
  {
    name: 'Posts and comments',
    about: 'A post has one video; a comment answers a post or another comment. Both are statuses.',
    paths: /^\/api\/v1\/(statuses|scheduled_statuses|bookmarks|bookmark_folders|favourites)\b/,
  },
  {
    name: 'Sounds',
    about: 'What is heard in videos, and shared by them: known again by fingerprint, across servers.',
    paths: /^\/api\/v1\/sounds\b/,
  },
  {
    name: 'Search and hashtags',
    about: 'Finding what is known here, and asking other servers.',
    paths: /^\/api\/v[12]\/(search|tags|followed_tags|muted_tags)\b/,
  },
  {
    name: 'Notifications',
    about: 'What you are told of, one by one (v1) or in groups (v2), and while an app is closed.',
    paths: /^\/api\/v[12]\/(notifications|push)\b/,
  },
  {
    name: 'Filters',
    about: 'What you do not want to read. New apps use v2.',
    paths: /^\/api\/v[12]\/filters\b/,
  },
  {
    name: 'This server',
    about: 'What it is, and by which rules.',
    paths: /^\/api\/v[12]\/(instance|custom_emojis|announcements|algorithm)\b/,
  },
  {
    name: 'Staff',
    about: 'For those who run the server.',
    paths: /^\/api\/v[12]\/admin\//,
  },
];

/** In the order in which they are read. */
export const areas: readonly Area[] = AREAS;

/** The first that claims the path. Null is a mistake that a test tells of. */
export function areaOf({ path }: Pick<Route, 'path'>): Area | null {
  return AREAS.find(({ paths }) => paths.test(path)) ?? null;
}
