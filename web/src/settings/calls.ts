import { request } from '../api/client.ts';
import type {
  Account,
  Archive,
  CredentialAccount,
  EmailPreferences,
  FeedSettings,
  Filter,
  Import,
  MutedAccount,
  NotificationPolicy,
} from '../api/types.ts';

/** What a profile says, and how its account is set up; what is left out stays. */
export interface ProfileChange {
  readonly display_name?: string;
  readonly note?: string;
  readonly locked?: boolean;
  readonly bot?: boolean;
  readonly discoverable?: boolean;
  readonly indexable?: boolean;
  readonly hide_collections?: boolean;
  readonly shows_likes?: boolean;
  readonly fields_attributes?: readonly { readonly name: string; readonly value: string }[];
  readonly source?: Partial<{
    readonly privacy: CredentialAccount['source']['privacy'];
    readonly sensitive: boolean;
    readonly language: string | null;
    readonly permissions: Partial<CredentialAccount['source']['permissions']>;
  }>;
}

export type PictureRole = 'avatar' | 'header';
export type FilterAction = Filter['filter_action'];
export type FilterContext = Filter['context'][number];

/** A filter as it is to be. */
export interface FilterForm {
  readonly title: string;
  readonly context: readonly FilterContext[];
  readonly filter_action: FilterAction;
  /** Seconds; null for ever. Left out, it ends when it would have. */
  readonly expires_in?: number | null;
  readonly keywords_attributes: readonly {
    readonly id?: string;
    readonly keyword?: string;
    readonly whole_word?: boolean;
    readonly _destroy?: true;
  }[];
}

const at = (path: string, query: Readonly<Record<string, string>>) => `${path}?${new URLSearchParams(query)}`;

function pictureForm(role: PictureRole, picture: Blob): FormData {
  const form = new FormData();
  form.append(role, picture, `${role}.jpg`);
  return form;
}

function importForm(type: Import['type'], mode: Import['mode'], file: File): FormData {
  const form = new FormData();
  form.append('type', type);
  form.append('mode', mode);
  // Programs give such files many types, and no type at all.
  form.append('data', new Blob([file], { type: 'text/csv' }), file.name);
  return form;
}

/** The calls of the pages for one's own account. */
export const calls = {
  updateProfile: (change: ProfileChange) =>
    request<CredentialAccount>('PATCH', '/api/v1/accounts/update_credentials', change),
  setPicture: (role: PictureRole, picture: Blob) =>
    request<CredentialAccount>('PATCH', '/api/v1/accounts/update_credentials', pictureForm(role, picture)),
  removePicture: (role: PictureRole) => request<CredentialAccount>('DELETE', `/api/v1/profile/${role}`),

  emailPreferences: () => request<EmailPreferences>('GET', '/api/v1/emails/preferences'),
  setEmailPreferences: (change: Partial<Pick<EmailPreferences, 'digest' | 'types' | 'time_zone'>>) =>
    request<EmailPreferences>('PATCH', '/api/v1/emails/preferences', change),
  changeEmail: (email: string, password: string) =>
    request<{ readonly waits: boolean }>('POST', '/api/v1/accounts/change_email', { email, password }),

  feedSettings: () => request<FeedSettings>('GET', '/api/v1/feed_settings'),
  setFeedSettings: (change: Partial<FeedSettings>) =>
    request<FeedSettings>('PATCH', '/api/v1/feed_settings', change),
  resetFeedProfile: () => request<object>('DELETE', '/api/v1/feed_profile'),
  clearHistory: () => request<object>('DELETE', '/api/v1/history'),

  filters: () => request<Filter[]>('GET', '/api/v2/filters'),
  addFilter: (form: FilterForm) => request<Filter>('POST', '/api/v2/filters', form),
  editFilter: (id: string, form: FilterForm) => request<Filter>('PUT', `/api/v2/filters/${id}`, form),
  removeFilter: (id: string) => request<object>('DELETE', `/api/v2/filters/${id}`),
  mutes: (next: string | null) => request<MutedAccount[]>('GET', next ?? '/api/v1/mutes'),
  mute: (id: string) => request<object>('POST', `/api/v1/accounts/${id}/mute`),
  unmute: (id: string) => request<object>('POST', `/api/v1/accounts/${id}/unmute`),
  blocks: (next: string | null) => request<Account[]>('GET', next ?? '/api/v1/blocks'),
  block: (id: string) => request<object>('POST', `/api/v1/accounts/${id}/block`),
  unblock: (id: string) => request<object>('POST', `/api/v1/accounts/${id}/unblock`),
  blockedDomains: (next: string | null) => request<string[]>('GET', next ?? '/api/v1/domain_blocks'),
  blockDomain: (domain: string) => request<object>('POST', '/api/v1/domain_blocks', { domain }),
  unblockDomain: (domain: string) => request<object>('DELETE', at('/api/v1/domain_blocks', { domain })),

  notificationPolicy: () => request<NotificationPolicy>('GET', '/api/v2/notifications/policy'),
  setNotificationPolicy: (change: Partial<Omit<NotificationPolicy, 'summary'>>) =>
    request<NotificationPolicy>('PATCH', '/api/v2/notifications/policy', change),

  archive: () => request<Archive>('GET', '/api/v1/exports/archive'),
  askForArchive: () => request<Archive>('POST', '/api/v1/exports/archive'),
  imports: () => request<Import[]>('GET', '/api/v1/imports'),
  bringFile: (type: Import['type'], mode: Import['mode'], file: File) =>
    request<object>('POST', '/api/v1/import', importForm(type, mode, file)),

  aliases: () => request<{ also_known_as_uris: string[] }>('GET', '/api/v1/accounts/alias'),
  setAliases: (uris: readonly string[]) =>
    request<{ also_known_as_uris: string[] }>('POST', '/api/v1/accounts/alias', { also_known_as_uris: uris }),
  move: (to: string, password: string) =>
    request<object>('POST', '/api/v1/accounts/move', { moved_to_uri: to, password }),
  leave: (password: string) =>
    request<{ readonly delete_at: string }>('POST', '/api/v1/accounts/delete_account', { password }),
};
