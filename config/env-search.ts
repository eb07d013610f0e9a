import { z } from 'zod';
import { httpUrl, variable } from './variable.ts';

export const searchDrivers = ['postgres', 'opensearch'] as const;

/** What answers searches. */
export const searchVariables = {
  SEARCH_DRIVER: variable({
    schema: z.enum(searchDrivers),
    fallback: 'postgres',
    doc: 'What answers searches for videos: `postgres`, the database itself, or `opensearch`, the OpenSearch at `SEARCH_URL`, for servers with many millions of videos. PostgreSQL answers where that cannot. See docs/search.md.',
    remedy: 'Use one of: postgres, opensearch. For opensearch, SEARCH_URL has to be set in the environment.',
    group: 'Storage',
    control: { kind: 'choice', options: searchDrivers },
  }),
  SEARCH_URL: variable({
    schema: httpUrl.refine((text) => !/[?#@]/.test(text)),
    fallback: undefined,
    doc: 'The OpenSearch, for example `http://opensearch:9200`; it may be in the own network. Required with `SEARCH_DRIVER=opensearch`.',
    remedy: 'Write a URL such as http://opensearch:9200, with no ?, # or @.',
    group: 'Storage',
  }),
  SEARCH_USER: variable({
    schema: z.string().regex(/^[^:\p{Cc}]{1,200}$/u),
    fallback: undefined,
    doc: 'Name that this server signs in to OpenSearch with. Absent: it does not sign in.',
    remedy: 'Write 1 to 200 characters without a colon.',
    group: 'Storage',
  }),
  SEARCH_PASSWORD: variable({
    schema: z.string().regex(/^[^\p{Cc}]{1,500}$/u),
    fallback: undefined,
    doc: 'Password for `SEARCH_USER`.',
    remedy: 'Write 1 to 500 characters.',
    secret: true,
    group: 'Storage',
  }),
  SEARCH_PREFIX: variable({
    schema: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
    fallback: 'vireo',
    doc: 'What the names of our indexes in OpenSearch begin with. Servers that share one need different ones.',
    remedy: 'Use 1 to 40 lower-case letters, digits and hyphens.',
    group: 'Storage',
  }),
} as const;
