import { request } from '../../api/client.ts';
import type { AdminAppeal, Measure, TakenMeasure } from '../../api/schema.gen.ts';

export interface ActionTarget {
  readonly kind: 'account' | 'video' | 'comment';
  readonly id: string;
  /** How it begins, to tell it from others. */
  readonly says?: string;
}

/** What can be done to each, the mildest first. */
export const actionsOf: Readonly<Record<ActionTarget['kind'], readonly [string, ...string[]]>> = {
  account: ['none', 'sensitive', 'comments_off', 'no_discovery', 'disable', 'silence', 'suspend'],
  video: ['sensitive', 'comments_off', 'mute', 'no_discovery', 'remove'],
  comment: ['remove'],
};

export interface Act {
  readonly type: string;
  readonly text: string;
  readonly rule_ids: readonly string[];
  /** What it settles, as it was looked at: it is closed with the deed. */
  readonly reports: readonly { readonly id: string; readonly version: number }[];
  readonly send_email_notification: boolean;
}

export const act = ({ kind, id }: ActionTarget, body: Act) =>
  request<TakenMeasure>('POST', `/api/v1/admin/${kind}s/${id}/action`, body);

export const undo = (id: string, text: string) =>
  request<Measure>('POST', `/api/v1/admin/measures/${id}/undo`, { text });

export const decide = (id: string, verb: 'accept' | 'reject', text: string) =>
  request<AdminAppeal>('POST', `/api/v1/admin/appeals/${id}/${verb}`, { text });

export const serverRules = () =>
  request<readonly { id: string; text: string }[]>('GET', '/api/v1/instance/rules');
