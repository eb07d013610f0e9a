import { request } from '../../api/client.ts';
import { withQuery } from '../../api/endpoints.ts';
import type {
  BlockListAudience,
  BlockNotice,
  BlockWatch,
  DomainDeed,
  DomainDeedEntry,
  DomainDraft,
  DomainEffectBefore,
  DomainExclude,
  DomainImport,
  DomainPolicy,
  DomainSubscription,
  DomainUndo,
  KnownServerDetail,
  ServerProbe,
  ServerSoftware,
} from '../../api/schema.gen.ts';

const AT = '/api/v1/admin/domains';
const server = (host: string) => `/api/v1/admin/instances/${encodeURIComponent(host)}`;

export type Level = DomainPolicy['severity'];

/** What is decided about one or several domains. */
export interface DecisionInput {
  readonly domains: readonly string[];
  readonly severity: Level;
  readonly reject_media?: boolean | undefined;
  readonly reject_reports?: boolean | undefined;
  readonly obfuscate?: boolean | undefined;
  readonly public_comment?: string | undefined;
  readonly private_comment?: string | undefined;
  readonly expires_at?: string | null;
  readonly reason: string;
}

export const policies = () => request<DomainPolicy[]>('GET', `${AT}/policies`);
export const effectOf = (domains: readonly string[]) =>
  request<DomainEffectBefore>('POST', `${AT}/effect`, { domains });
export const decide = (input: DecisionInput) => request<DomainDeed>('POST', `${AT}/decide`, input);
export const lift = (domain: string, reason: string) =>
  request<DomainDeed>('POST', `${AT}/lift`, { domain, reason });
export const bringFile = (file: Blob, how: { dryRun: boolean; allow: boolean; reason?: string }) =>
  request<DomainImport>(
    'POST',
    withQuery(`${AT}/import`, {
      ...{ dry_run: String(how.dryRun), allow: String(how.allow), reason: how.reason ?? '' },
    }),
    new Blob([file], { type: 'text/csv' }),
  );
export const exportAddress = `${AT}/export`;
export const deeds = () => request<DomainDeedEntry[]>('GET', `${AT}/deeds`);
export const undo = (id: string, reason: string) => request<DomainUndo>('POST', `${AT}/undo`, { id, reason });
export const audience = () => request<BlockListAudience>('GET', `${AT}/list_audience`);
export const setAudience = (to: BlockListAudience) =>
  request<BlockListAudience>('PUT', `${AT}/list_audience`, to);

export const subscriptions = () => request<DomainSubscription[]>('GET', `${AT}/subscriptions`);
export const subscribe = (input: {
  readonly url: string;
  readonly title: string;
  readonly priority: number;
  readonly drafts: boolean;
  readonly adopt_orphans: boolean;
}) => request<DomainSubscription>('POST', `${AT}/subscriptions`, input);
export const fetchNow = (id: string) => request<object>('POST', `${AT}/subscriptions/${id}/fetch`);
export const unsubscribe = (id: string, reason: string) =>
  request<object>('DELETE', withQuery(`${AT}/subscriptions/${id}`, { reason }));
export const drafts = () => request<DomainDraft[]>('GET', `${AT}/drafts`);
export const answerDrafts = (answer: 'accept' | 'reject', ids: readonly string[]) =>
  request<object>('POST', `${AT}/drafts/${answer}`, { ids });
export const excludes = () => request<DomainExclude[]>('GET', `${AT}/excludes`);
export const exclude = (domain: string) => request<object>('POST', `${AT}/excludes`, { domain });
export const include = (domain: string) => request<object>('DELETE', withQuery(`${AT}/excludes`, { domain }));
export const watches = () => request<BlockWatch[]>('GET', `${AT}/watches`);
export const watch = (input: { host: string } | { most_followed: number }) =>
  request<object>('POST', `${AT}/watches`, input);
export const unwatch = (host: string) => request<object>('DELETE', withQuery(`${AT}/watches`, { host }));
export const notices = () => request<BlockNotice[]>('GET', `${AT}/notices`);
export const dismiss = (domain: string) => request<object>('POST', `${AT}/notices/dismiss`, { domain });

export const softwares = () => request<ServerSoftware[]>('GET', '/api/v1/admin/instances/softwares');
export const showServer = (host: string) => request<KnownServerDetail>('GET', server(host));
export const retryServer = (host: string) =>
  request<{ readonly queued_again: number }>('POST', `${server(host)}/retry`);
export const probeServer = (host: string) => request<ServerProbe>('POST', `${server(host)}/probe`);
export const purgeServer = (host: string, reason: string) =>
  request<{ accounts: number }>('POST', `${server(host)}/purge`, { reason });
