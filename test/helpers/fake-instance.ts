import type { Instance } from '../../web/src/api/types.ts';

/** A server that is open to everybody, as its page of limits says. */
export function fakeInstance(): Instance {
  return {
    domain: 'vireo.test',
    title: 'Vireo Test',
    version: '0.1.0',
    source_url: 'https://vireo.test',
    description: '',
    usage: { users: { active_month: 1 } },
    thumbnail: { url: 'https://vireo.test/favicon.svg', blurhash: null, versions: {} },
    ...{ icon: [], languages: ['en'], rules: [], api_versions: { mastodon: 0 } },
    contact: { email: '', account: null },
    registrations: {
      enabled: true,
      approval_required: false,
      ...{ reason_required: false, email_required: false, message: null, url: null },
      ...{ min_age: null, mode: 'open', invites_enabled: false },
      min_password_length: 8,
      max_password_length: 100,
    },
    configuration: {
      urls: { streaming: 'wss://vireo.test', password_reset: null },
      vapid: { public_key: '' },
      accounts: { max_featured_tags: 0, max_pinned_statuses: 5 },
      media_attachments: {
        ...{ video_size_limit: 20 * 1024 * 1024, video_duration_limit: 180 },
        ...{
          video_frame_rate_limit: 240,
          video_matrix_limit: 35_389_440,
          supported_mime_types: ['video/mp4'],
        },
        ...{ description_limit: 1_500, image_size_limit: 1, image_matrix_limit: 1 },
      },
      statuses: {
        ...{ max_characters: 500, max_comment_characters: 500 },
        ...{ max_media_attachments: 1, characters_reserved_per_url: 0 },
      },
      polls: { max_options: 0, max_characters_per_option: 0, min_expiration: 0, max_expiration: 0 },
      translation: { enabled: false },
      embeds: { enabled: true },
    },
  };
}
