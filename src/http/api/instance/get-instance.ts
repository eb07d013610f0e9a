import type { z } from 'zod';
import { aboutLimits, commentLimits, trendLimits, videoLimits } from '../../../../config/limits.ts';
import { mediaLimits } from '../../../../config/media-limits.ts';
import { passwordLimits } from '../../../modules/auth/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { iconSides } from '../../icons/index.ts';
import { iconPath } from '../../page/manifest.ts';
import { route } from '../../route.ts';
import { isShown } from '../accounts/get-account.ts';
import type { AccountEntity } from '../accounts/schemas.ts';
import { accountEntityOf } from '../entities.ts';
import { type configurationEntity, instanceEntity, instanceV1Entity, type ruleEntity } from './schemas.ts';

/** Containers that the sniffer knows, by the names that clients have for them. */
const VIDEO_TYPES = [
  ...['video/mp4', 'video/quicktime', 'video/webm', 'video/x-matroska', 'video/x-m4v', 'video/mp2t'],
  ...['video/ogg', 'video/x-msvideo', 'video/x-flv', 'video/3gpp'],
];
/** Every link counts as it is. */
const NO_RESERVE = 0;
/** That of grouped notifications; of those after it, nothing is promised. */
const API_VERSION = 2;
const DAY_MS = 86_400_000;

const streamingUrl = (deps: HttpDeps) => deps.urls.origin.replace(/^http/, 'ws');
/** The version of the API first, since clients read that; then who it really is. */
const versionOf = (deps: HttpDeps) => `4.5.0 (compatible; Vireo ${deps.version})`;

export const rulesOf = ({ settings }: HttpDeps): z.input<typeof ruleEntity>[] =>
  settings.rules().map(({ id, text }) => ({ id, text, hint: '' }));

function configurationOf(deps: HttpDeps): z.input<typeof configurationEntity> {
  const { video } = deps.config;
  return {
    urls: {
      streaming: streamingUrl(deps),
      password_reset: deps.mail.isOn ? deps.mail.link('/auth/forgot') : null,
    },
    vapid: { public_key: deps.push.publicKey },
    accounts: { max_featured_tags: trendLimits.maxFeaturedTags, max_pinned_statuses: videoLimits.maxPins },
    statuses: {
      max_characters: videoLimits.maxCaptionCharacters,
      max_comment_characters: commentLimits.maxCharacters,
      max_media_attachments: 1,
      characters_reserved_per_url: NO_RESERVE,
    },
    media_attachments: {
      supported_mime_types: VIDEO_TYPES,
      description_limit: videoLimits.maxAltTextCharacters,
      // Pictures are taken as posters only.
      image_size_limit: mediaLimits.maxPosterBytes,
      image_matrix_limit: mediaLimits.maxPixels,
      video_size_limit: video.maxUploadBytes,
      video_duration_limit: video.maxDurationSeconds,
      video_frame_rate_limit: mediaLimits.maxFrameRate,
      video_matrix_limit: mediaLimits.maxPixels,
    },
    // There are none; clients need the numbers.
    polls: { max_options: 0, max_characters_per_option: 0, min_expiration: 0, max_expiration: 0 },
    translation: { enabled: false },
    embeds: { enabled: deps.config.embedding === 'everywhere' },
  };
}

/** Whoever runs this server, where that is somebody whom people may see. */
async function contactOf(deps: HttpDeps): Promise<AccountEntity | null> {
  const id = await deps.auth.ownerAccountId();
  const account = id && (await deps.accounts.byId(id));
  return account && isShown(account) ? accountEntityOf(deps, account) : null;
}

interface Counts {
  readonly users: number;
  readonly active: number;
  readonly posts: number;
  readonly servers: number;
}

const counted = new WeakMap<HttpDeps, { readonly until: number; readonly counts: Promise<Counts> }>();

/** Each looks at every row of its kind, so that they are asked for once in a while only. */
function countsOf(deps: HttpDeps): Promise<Counts> {
  const now = deps.clock.now();
  const kept = counted.get(deps);
  if (kept && kept.until > now) return kept.counts;
  const counts = count(deps, now);
  counted.set(deps, { until: now + aboutLimits.countsKeptMs, counts });
  // What failed is asked for again.
  counts.catch(() => counted.delete(deps));
  return counts;
}

async function count(deps: HttpDeps, now: number): Promise<Counts> {
  const [users, active, videos, comments, servers] = await Promise.all([
    deps.accounts.localCount(),
    deps.auth.activeSince(new Date(now - 30 * DAY_MS)),
    deps.videos.localCount(),
    deps.comments.localCount(),
    deps.instances.peerCount(),
  ]);
  return { users, active, posts: videos + comments, servers };
}

/** Whether somebody can come who knows nobody here, as the Mastodon API means it. */
const isOpenDoor = (mode: HttpDeps['auth']['joining']['registrations']) =>
  mode === 'open' || mode === 'approval';

async function registrationsOf({
  auth,
  mail,
}: HttpDeps): Promise<z.input<typeof instanceEntity>['registrations']> {
  const { minimumAge } = auth.joining;
  const mode = await auth.modeNow();
  return {
    enabled: isOpenDoor(mode),
    approval_required: mode === 'approval',
    reason_required: mode === 'approval',
    email_required: mail.isOn,
    min_age: minimumAge === 0 ? null : minimumAge,
    message: mode === 'invite' ? '<p>This server takes people who were invited.</p>' : null,
    url: null,
    mode,
    invites_enabled: auth.invites.byEveryone(),
    min_password_length: passwordLimits.min,
    max_password_length: passwordLimits.max,
  };
}

/** The picture that stands for this server where apps list servers. */
async function thumbnailOf({
  branding,
  videos,
  urls,
}: HttpDeps): Promise<{ url: string; blurhash: string | null }> {
  const { banner } = await branding.now();
  if (banner === null) return { url: `${urls.origin}/favicon.svg`, blurhash: null };
  const url = videos.objectUrl(banner.key, { state: 'published', visibility: 'public' });
  return { url, blurhash: banner.blurhash };
}

/** In each size that the page has, where the server has one of its own. */
async function iconOf({ branding, urls }: HttpDeps): Promise<z.input<typeof instanceEntity>['icon']> {
  const { icon } = await branding.now();
  if (icon === null) return [];
  return iconSides.map((side) => ({
    src: `${urls.origin}${iconPath('tile', side)}`,
    size: `${side}x${side}`,
  }));
}

/** What this server is, and its limits. */
export async function instanceEntityOf(deps: HttpDeps): Promise<z.input<typeof instanceEntity>> {
  const { instance } = deps.config;
  const [{ active }, account] = await Promise.all([countsOf(deps), contactOf(deps)]);
  return {
    domain: deps.urls.domain,
    title: instance.name,
    version: versionOf(deps),
    source_url: instance.sourceUrl ?? deps.urls.origin,
    description: instance.description,
    usage: { users: { active_month: active } },
    thumbnail: { ...(await thumbnailOf(deps)), versions: {} },
    icon: await iconOf(deps),
    languages: ['en'],
    registrations: await registrationsOf(deps),
    api_versions: { mastodon: API_VERSION },
    contact: { email: instance.email ?? '', account },
    rules: rulesOf(deps),
    configuration: configurationOf(deps),
  };
}

export const getInstance = route({
  method: 'get',
  path: '/api/v2/instance',
  summary: 'What this server is, and its limits.',
  audience: 'anyone',
  scope: null,
  output: instanceEntity,
  handler: ({ deps }) => instanceEntityOf(deps),
});

export const getInstanceV1 = route({
  method: 'get',
  path: '/api/v1/instance',
  summary: 'What this server is, for clients of older releases.',
  audience: 'anyone',
  scope: null,
  output: instanceV1Entity,
  handler: async ({ deps }) => {
    const { instance } = deps.config;
    const registrations = await deps.auth.modeNow();
    const [{ users, posts, servers }, account] = await Promise.all([countsOf(deps), contactOf(deps)]);
    return {
      uri: deps.urls.domain,
      title: instance.name,
      short_description: instance.description,
      description: instance.description,
      email: instance.email ?? '',
      version: versionOf(deps),
      urls: { streaming_api: streamingUrl(deps) },
      stats: { user_count: users, status_count: posts, domain_count: servers },
      thumbnail: (await thumbnailOf(deps)).url,
      languages: ['en'],
      registrations: isOpenDoor(registrations),
      approval_required: registrations === 'approval',
      invites_enabled: deps.auth.invites.byEveryone(),
      configuration: configurationOf(deps),
      contact_account: account,
      rules: rulesOf(deps),
    };
  },
});
