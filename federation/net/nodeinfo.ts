import { z } from 'zod';
import { type JsonLimits, parseBoundedJson } from '../../src/lib/net/bounded-json.ts';
import type { FetchReason } from '../../src/lib/net/fetch-failure.ts';
import type { AddressPolicy } from '../../src/lib/net/ip-policy.ts';
import type { SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import { type Failure, fail, type Ok, ok } from '../../src/lib/result.ts';
import type { NodeInfo } from '../../src/modules/instances/index.ts';

/** Why a server tells nothing of itself. `no-nodeinfo`: it has none that we read, or it is on another host. */
export type NodeInfoReason = FetchReason | 'no-nodeinfo' | 'bad-document';

export type ReadNodeInfo = (host: string) => Promise<Ok<{ info: NodeInfo }> | Failure<NodeInfoReason>>;

export interface NodeInfoLimits {
  readonly maxBytes: number;
  readonly maxLinks: number;
  readonly maxSoftwareCharacters: number;
  readonly maxVersionCharacters: number;
  readonly maxNameCharacters: number;
}

interface NodeInfoDeps {
  readonly fetch: Pick<SafeFetch, 'request'>;
  readonly policy: AddressPolicy;
  readonly limits: NodeInfoLimits;
  readonly jsonLimits: JsonLimits;
}

const SCHEMA = 'http://nodeinfo.diaspora.software/ns/schema/';
/** FEP-2677: the actor that stands for the server itself. */
const APPLICATION = 'https://www.w3.org/ns/activitystreams#Application';

const link = z.object({ rel: z.string(), href: z.string() });
const wellKnown = z.object({ links: z.array(z.unknown()) });
/** Some servers write an empty list where an object should be, and numbers for versions. */
const document = z.object({
  software: z.object({ name: z.string(), version: z.union([z.string(), z.number()]).catch('') }),
  openRegistrations: z.boolean().nullable().catch(null),
  metadata: z.object({ nodeName: z.string().nullable().catch(null) }).catch({ nodeName: null }),
});

/**
 * Asks a server by NodeInfo (FEP-f1d5) what it runs: the newer of the versions 2.1 and 2.0 that it links, on its
 * own host. Everything but the name of the software may be missing. Never throws for what the server does.
 */
export function createNodeInfoReader({ fetch, policy, limits, jsonLimits }: NodeInfoDeps): ReadNodeInfo {
  async function read<T extends z.ZodType>(
    url: URL,
    schema: T,
  ): Promise<Ok<{ value: z.output<T> }> | Failure<NodeInfoReason>> {
    const { maxBytes } = limits;
    const answer = await fetch.request({
      ...{ method: 'GET', url, accept: 'application/json', maxBytes, sameOriginOnly: true },
    });
    if (!answer.ok) return answer;
    if (answer.status !== 200) return fail('no-nodeinfo', `It answered ${answer.status}.`);
    const json = parseBoundedJson(answer.body, { ...jsonLimits, maxBytes });
    const parsed = schema.safeParse(json.ok ? json.value : undefined);
    return parsed.success ? ok({ value: parsed.data }) : fail('bad-document', 'Its NodeInfo cannot be read.');
  }

  return async (host) => {
    const asked = URL.parse(`https://${host}/.well-known/nodeinfo`);
    if (!asked) return fail('blocked-url', 'This is not the name of a server.');
    if (policy.isAllowedPrivateHost(asked.hostname)) asked.protocol = 'http:';
    const known = await read(asked, wellKnown);
    if (!known.ok) return known;
    const links = known.value.links
      .slice(0, limits.maxLinks)
      .flatMap((one) => link.safeParse(one).data ?? [])
      // Nobody speaks for another server.
      .filter(({ href }) => URL.parse(href)?.origin === asked.origin);
    const hrefOf = (rel: string) => links.find((one) => one.rel === rel)?.href;
    const href = hrefOf(`${SCHEMA}2.1`) ?? hrefOf(`${SCHEMA}2.0`);
    if (href === undefined) return fail('no-nodeinfo', 'It links no NodeInfo of its own.');
    const found = await read(new URL(href), document);
    if (!found.ok) return found;
    const { software, openRegistrations, metadata } = found.value;
    const name = plain(software.name, limits.maxSoftwareCharacters).toLowerCase();
    if (name === '') return fail('bad-document', 'Its software has no name.');
    return ok({
      info: {
        software: name,
        version: plain(String(software.version), limits.maxVersionCharacters),
        openRegistrations,
        nodeName: metadata.nodeName === null ? null : plain(metadata.nodeName, limits.maxNameCharacters),
        actorUri: hrefOf(APPLICATION) ?? null,
      },
    });
  };
}

/** One line of bounded text. */
function plain(text: string, maxCharacters: number): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, maxCharacters);
}
