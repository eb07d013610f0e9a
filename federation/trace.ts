import { netLimits, remoteJsonLimits } from '../config/limits.ts';
import type { Clock } from '../src/lib/clock.ts';
import type { Logger } from '../src/lib/log.ts';
import { type AddressPolicy, addressOfHost } from '../src/lib/net/ip-policy.ts';
import { createSafeFetch, type FetchRequest } from '../src/lib/net/safe-fetch.ts';
import { type Resolve, resolveBySystem } from '../src/lib/net/vetted-agent.ts';
import type { Instances } from '../src/modules/instances/index.ts';
import { createDocumentLoader, type SignGet } from './net/document-loader.ts';

/** One line of a trace. */
export interface TraceStep {
  readonly step: 'policy' | 'address' | 'request' | 'redirect' | 'answer' | 'verdict';
  readonly what: string;
  /** Milliseconds since the start. */
  readonly ms: number;
}

export interface TraceDeps {
  readonly instances: Instances;
  readonly policy: AddressPolicy;
  readonly userAgent: string;
  readonly ownHost: string;
  readonly sign: SignGet;
  readonly clock: Clock;
  readonly log: Logger;
  readonly resolve?: Resolve;
}

/**
 * Fetches a document as the server would, signed by its own actor, and tells every step. It runs through the
 * fetch layer and the document loader themselves, so that what it tells is what they do; no header is told.
 */
export async function traceFetch(
  deps: TraceDeps,
  address: string,
): Promise<{ ok: boolean; steps: TraceStep[] }> {
  const startedAt = deps.clock.now();
  const steps: TraceStep[] = [];
  const tell = (step: TraceStep['step'], what: string) => {
    steps.push({ step, what, ms: deps.clock.now() - startedAt });
  };
  const url = URL.parse(address);
  if (!url) {
    tell('verdict', 'This is not a web address.');
    return { ok: false, steps };
  }
  const { suspended, silenced, rejectsMedia } = await deps.instances.standingOf(url.host);
  const lesser = [silenced ? 'silenced' : '', rejectsMedia ? 'media rejected' : ''].filter(
    (word) => word !== '',
  );
  tell('policy', suspended ? 'suspended' : ['open', ...lesser].join(', '));
  if (suspended) {
    tell('verdict', 'Refused: this server does not talk to that one. Nothing was sent.');
    return { ok: false, steps };
  }
  const fetch = createSafeFetch({
    ...{
      policy: deps.policy,
      userAgent: deps.userAgent,
      clock: deps.clock,
      log: deps.log,
      limits: netLimits,
    },
    resolve: tellingResolve(deps, tell),
  });
  const load = createDocumentLoader({
    ...{ log: deps.log, limits: remoteJsonLimits, ownHost: deps.ownHost, sign: deps.sign },
    fetch: { request: (request) => tellingRequest(deps, fetch, tell, request) },
  });
  try {
    const loaded = await load(address);
    const detail = loaded.ok ? '' : ` (${loaded.detail ?? 'no details'})`;
    tell(
      'verdict',
      loaded.ok ? `Accepted: the document speaks for ${loaded.url}` : `Refused: ${loaded.reason}${detail}`,
    );
    return { ok: loaded.ok, steps };
  } finally {
    await fetch.close();
  }
}

type Tell = (step: TraceStep['step'], what: string) => void;

/** The name lookup of the fetch layer, with each address and what the policy says of it. */
function tellingResolve({ policy, resolve = resolveBySystem }: TraceDeps, tell: Tell): Resolve {
  return async (hostname) => {
    const addresses = await resolve(hostname).catch((error: unknown) => {
      tell('address', `${hostname} has no address`);
      throw error;
    });
    for (const one of addresses) tell('address', `${hostname} is ${one}: ${verdictOn(policy, one)}`);
    return addresses;
  };
}

function verdictOn(policy: AddressPolicy, address: string): string {
  return policy.allows(address) ? 'allowed' : 'blocked';
}

async function tellingRequest(
  { policy }: TraceDeps,
  fetch: ReturnType<typeof createSafeFetch>,
  tell: Tell,
  request: FetchRequest,
) {
  const url = new URL(request.url);
  const literal = addressOfHost(url.hostname);
  if (literal !== undefined) tell('address', `${url.hostname}: ${verdictOn(policy, literal)}`);
  tell('request', `${request.method} ${url.href}, ${request.headers?.signature ? 'signed' : 'unsigned'}`);
  const answer = await fetch.request({
    ...request,
    onRedirect: async (next) => {
      tell('redirect', next.href);
      return (await request.onRedirect?.(next)) ?? {};
    },
  });
  if (!answer.ok) tell('answer', `none: ${answer.reason} (${answer.detail ?? 'no details'})`);
  else {
    const type = answer.headers['content-type'] ?? 'no content type';
    tell('answer', `${answer.status}, ${type}, ${answer.body.length} bytes`);
  }
  return answer;
}
