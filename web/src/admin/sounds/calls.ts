import { request } from '../../api/client.ts';
import { withQuery } from '../../api/endpoints.ts';
import type { AdminSound, AdminVideo } from '../../api/schema.gen.ts';

export type { AdminSound, AdminVideo };

export const LIST = '/api/v1/admin/sounds';
export const usagePath = (id?: string) => (id === undefined ? `${LIST}/export` : `${LIST}/${id}/export`);
export const videosPath = (id: string) => `${LIST}/${id}/videos`;

export type Region = NonNullable<NonNullable<AdminSound['rule']>['region']>;

export const actions = ['mute', 'refuse', 'allow'] as const;
export type SoundAction = (typeof actions)[number];
export type ListedAction = Exclude<SoundAction, 'allow'>;

export const lookAt = (id: string) => request<AdminSound>('GET', `${LIST}/${id}`);
export type Where = 'everywhere' | 'in' | 'except';

export const decide = (id: string, said: { action: SoundAction; reason: string; region: Region | null }) =>
  request<AdminSound>('PUT', `${LIST}/${id}/rule`, said);
export const setRights = (id: string, said: object) =>
  request<AdminSound>('PUT', `${LIST}/${id}/rights`, said);
export const takeBack = (id: string, reason: string) =>
  request<object>('DELETE', withQuery(`${LIST}/${id}/rule`, { reason }));
export const putOnList = (id: string, action: ListedAction, label: string) =>
  request<object>('POST', '/api/v1/admin/hashes', { sound_id: id, sound_action: action, label });
