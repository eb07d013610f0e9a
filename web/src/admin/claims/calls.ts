import { request } from '../../api/client.ts';
import type { AdminClaim, AdminClaimDetail } from '../../api/schema.gen.ts';

export const LIST = '/api/v1/admin/claims';

export interface Preview {
  readonly videos: readonly { readonly id: string; readonly url: string; readonly via: string }[];
  readonly complete: boolean;
}

export const claimById = (id: string) => request<AdminClaimDetail>('GET', `${LIST}/${id}`);
export const previewOf = (id: string) => request<Preview>('GET', `${LIST}/${id}/preview`);
export const openClaims = () => request<AdminClaim[]>('GET', `${LIST}?state=open&limit=40`);

/** What is decided: about a claim, or about a counter-notice. */
export type Deed =
  | { readonly of: 'claim'; readonly verb: 'uphold' | 'reject' | 'reopen' | 'restore'; readonly id: string }
  | { readonly of: 'counter'; readonly verb: 'accept' | 'reject'; readonly id: string };

export const soundPolicies = ['mute', 'remove', 'keep'] as const;
export type SoundPolicy = (typeof soundPolicies)[number];

export const decide = (
  { of, verb, id }: Deed,
  text: string,
  { keepAway, sounds }: { keepAway: boolean; sounds: SoundPolicy },
) =>
  request<AdminClaimDetail>(
    'POST',
    `/api/v1/admin/${of === 'claim' ? 'claims' : 'counter_notices'}/${id}/${verb}`,
    verb === 'uphold' ? { text, keep_away: keepAway, sounds } : { text },
  );
