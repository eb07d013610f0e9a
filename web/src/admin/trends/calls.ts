import { type ApiOutcome, request } from '../../api/client.ts';
import { withQuery } from '../../api/endpoints.ts';
import type {
  AdminTag,
  AdminTrendingAccount,
  AdminTrendingSound,
  AdminTrendingStatus,
} from '../../api/schema.gen.ts';
import { plainText } from '../../format.ts';
import { say } from './say.ts';

export const kinds = ['tags', 'statuses', 'creators', 'sounds'] as const;
export type Kind = (typeof kinds)[number];
export type Verb = 'approve' | 'reject' | 'hold' | 'release';

/** Something that trends, whatever it is. */
export interface Trend {
  /** By which it is decided about. */
  readonly key: string;
  readonly name: string;
  readonly href: string | null;
  readonly decision: AdminTag['decision'];
}

const AT = '/api/v1/admin/trends';
/** As many as one answer has at most. */
export const MOST = 40;

async function read<T>(kind: Kind, offset: number, trendOf: (row: T) => Trend): Promise<ApiOutcome<Trend[]>> {
  const query = { limit: String(MOST), offset: String(offset) };
  const outcome = await request<T[]>('GET', withQuery(`${AT}/${kind}`, query));
  return outcome.ok ? { ok: true, value: outcome.value.map(trendOf) } : outcome;
}

/** What trends of a kind, what is held first, from the place that is named. */
export const trends: Readonly<Record<Kind, (offset: number) => Promise<ApiOutcome<Trend[]>>>> = {
  tags: (offset) =>
    read<AdminTag>('tags', offset, ({ name, decision }) => ({
      ...{ key: name, name: `#${name}`, href: `/tags/${encodeURIComponent(name)}`, decision },
    })),
  statuses: (offset) =>
    read<AdminTrendingStatus>('statuses', offset, ({ id, content, account, decision }) => ({
      key: id,
      name: plainText(content) || say('unnamed', { acct: account.acct }),
      ...{ href: `/@${account.acct}/${id}`, decision },
    })),
  creators: (offset) =>
    read<AdminTrendingAccount>('creators', offset, ({ id, acct, decision }) => ({
      ...{ key: id, name: `@${acct}`, href: `/@${acct}`, decision },
    })),
  sounds: (offset) =>
    read<AdminTrendingSound>('sounds', offset, ({ id, decision }) => ({
      ...{ key: id, name: id, href: `/sounds/${encodeURIComponent(id)}`, decision },
    })),
};

export const decide = (kind: Kind, key: string, verb: Verb) =>
  request<object>('POST', `${AT}/${kind}/${encodeURIComponent(key)}/${verb}`, {});

/** Nothing: what the server earned counts again. */
export const setTrust = (domain: string, trust: number | null, note: string) =>
  request<object>('PUT', `${AT}/trust/${encodeURIComponent(domain)}`, { trust, note });
