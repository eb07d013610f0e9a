import { request } from '../../api/client.ts';
import type { AdminAppeal, Measure } from '../../api/schema.gen.ts';

export interface ActionTarget {
  readonly kind: 'account' | 'video' | 'comment';
  readonly id: string;
}

/** What can be done to each, the mildest first. */
export const actionsOf: Readonly<Record<ActionTarget['kind'], readonly string[]>> = {
  account: ['none', 'sensitive', 'comments_off', 'no_discovery', 'disable', 'silence', 'suspend'],
  video: ['sensitive', 'comments_off', 'no_discovery', 'remove'],
  comment: ['remove'],
};

export interface Act {
  readonly type: string;
  readonly text: string;
  readonly rule_ids: readonly string[];
  readonly report_ids: readonly string[];
  readonly send_email_notification: boolean;
}

export const act = ({ kind, id }: ActionTarget, body: Act) =>
  request<Measure>('POST', `/api/v1/admin/${kind}s/${id}/action`, body);

export const undo = (id: string, text: string) =>
  request<Measure>('POST', `/api/v1/admin/measures/${id}/undo`, { text });

export const decide = (id: string, verb: 'accept' | 'reject', text: string) =>
  request<AdminAppeal>('POST', `/api/v1/admin/appeals/${id}/${verb}`, { text });

export const serverRules = () =>
  request<readonly { id: string; text: string }[]>('GET', '/api/v1/instance/rules');
