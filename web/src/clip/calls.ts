import { request } from '../api/client.ts';
import type { Relationship } from '../api/types.ts';

/** What can be said about an account, and what takes it back. */
const opposites = { mute: 'unmute', block: 'unblock' } as const;
export type Silence = keyof typeof opposites;

/** Calls of what one can do with a clip. */
export const clipCalls = {
  setUnwanted: (id: string, unwanted: boolean) =>
    request<object>(unwanted ? 'POST' : 'DELETE', `/api/v1/videos/${id}/not_interested`),
  silence: (accountId: string, how: Silence, on: boolean) =>
    request<Relationship>('POST', `/api/v1/accounts/${accountId}/${on ? how : opposites[how]}`, {}),
};
