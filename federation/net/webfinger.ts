import { z } from 'zod';
import { type JsonLimits, parseBoundedJson } from '../../src/lib/net/bounded-json.ts';
import type { FetchReason } from '../../src/lib/net/fetch-failure.ts';
import type { AddressPolicy } from '../../src/lib/net/ip-policy.ts';
import type { SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import { type Failure, fail, type Ok, ok } from '../../src/lib/result.ts';
import { type Handle, parseHandle } from './handle.ts';
import { findLrddTemplate } from './host-meta.ts';
import { isActivityType } from './media-type.ts';

/**
 * Why a handle leads to no actor. `handle-mismatch`: the servers concerned do not agree on who it is.
 * `own-host`: it is one of ours and not looked up on the net.
 */
export type WebFingerReason =
  | FetchReason
  | 'bad-handle'
  | 'not-found'
  | 'gone'
  | 'handle-mismatch'
  | 'own-host';

export interface WebFingerLimits {
  readonly maxBytes: number;
  readonly maxHandleCharacters: number;
  readonly maxLinks: number;
}

export interface WebFingerDeps {
  readonly fetch: Pick<SafeFetch, 'request'>;
  readonly policy: AddressPolicy;
  readonly limits: WebFingerLimits;
  readonly jsonLimits: JsonLimits;
  /** Host of our own origin. */
  readonly ownHost: string;
}

/** An actor and the handle under which its own server knows it, `user@host` in the server's spelling. */
export interface ResolvedHandle {
  readonly actorId: string;
  readonly handle: string;
  readonly confirmed: Handle;
}

export type ResolveHandle = (handle: string) => Promise<Ok<ResolvedHandle> | Failure<WebFingerReason>>;

interface Answer {
  readonly subject: Handle;
  readonly actorId: string;
}

type AnswerResult = Ok<Answer> | Failure<WebFingerReason>;

/**
 * Looks up a handle by WebFinger (RFC 7033). The answer must be about the very handle, or lead in one step to
 * a handle that answers for itself; and when the actor lives on yet another host, that host must name the
 * same handle and actor (security.md O7; split domains in federation-interop.md 4). A server without WebFinger
 * may point to it by host-meta (RFC 6415).
 */
export function createWebFinger(deps: WebFingerDeps): ResolveHandle {
  const ask = createAsk(deps);

  return async (text) => {
    const asked = text.length <= deps.limits.maxHandleCharacters ? parseHandle(text, deps.policy) : undefined;
    if (!asked) return fail('bad-handle', 'Write a handle as @name@server.');
    const first = await ask(asked);
    if (!first.ok) return first;
    const confirmed = isSame(first.subject, asked) ? first : await ask(first.subject);
    if (!confirmed.ok) return confirmed;
    const { subject, actorId } = confirmed;
    if (!isSame(subject, first.subject) || actorId !== first.actorId) return mismatch();

    const actorHost = new URL(actorId).host;
    if (actorHost !== subject.host && actorHost !== asked.host) {
      const home = parseHandle(`${subject.user}@${actorHost}`, deps.policy);
      const atHome = home ? await ask(home) : mismatch();
      if (!atHome.ok) return atHome.reason === 'not-found' ? mismatch() : atHome;
      if (!isSame(atHome.subject, subject) || atHome.actorId !== actorId) return mismatch();
    }
    return ok({ actorId, handle: `${subject.user}@${subject.host}`, confirmed: subject });
  };
}

function mismatch(): Failure<WebFingerReason> {
  return fail('handle-mismatch', 'The servers do not agree on whose handle this is.');
}

function isSame(a: Handle, b: Handle): boolean {
  return a.host === b.host && a.user.toLowerCase() === b.user.toLowerCase();
}

/** Asks one host about one handle, by host-meta when it does not know the usual path. */
function createAsk({
  fetch,
  policy,
  limits,
  jsonLimits,
  ownHost,
}: WebFingerDeps): (handle: Handle) => Promise<AnswerResult> {
  async function get(
    url: string,
    accept: string,
  ): Promise<Ok<{ status: number; body: Buffer }> | Failure<WebFingerReason>> {
    return fetch.request({ method: 'GET', url, accept, maxBytes: limits.maxBytes });
  }

  return async (handle) => {
    if (handle.host === ownHost) return fail('own-host', 'The handle is one of this server.');
    const resource = encodeURIComponent(`acct:${handle.user}@${handle.host}`);
    let answer = await get(
      `${handle.origin}/.well-known/webfinger?resource=${resource}`,
      'application/jrd+json',
    );
    if (answer.ok && answer.status === 404) {
      const meta = await get(`${handle.origin}/.well-known/host-meta`, 'application/xrd+xml');
      const template = meta.ok && meta.status === 200 ? findLrddTemplate(meta.body.toString()) : undefined;
      if (template !== undefined)
        answer = await get(template.replace('{uri}', resource), 'application/jrd+json');
    }
    if (!answer.ok) return answer;
    if (answer.status === 404) return fail('not-found', 'There is no such account on that server.');
    if (answer.status === 410) return fail('gone', 'The account was deleted.');
    if (answer.status !== 200)
      return fail('bad-response', `The other server answered with status ${answer.status}.`);
    const json = parseBoundedJson(answer.body, { ...jsonLimits, maxBytes: limits.maxBytes });
    const read = jrd.safeParse(json.ok ? json.value : undefined);
    if (!read.success || read.data.links.length > limits.maxLinks) {
      return fail('bad-response', 'The other server sent no usable WebFinger answer.');
    }
    return readAnswer(read.data, policy);
  };
}

const link = z.object({ rel: z.string(), type: z.string().optional(), href: z.string().optional() });
/** Links that are not of this shape belong to other protocols and are left out one by one. */
const jrd = z.object({
  subject: z.string(),
  links: z.array(z.unknown()).transform((links) => links.flatMap((one) => link.safeParse(one).data ?? [])),
});

function readAnswer({ subject, links }: z.infer<typeof jrd>, policy: AddressPolicy): AnswerResult {
  const handle = subject.startsWith('acct:') ? parseHandle(subject, policy) : undefined;
  const self = links.find(({ rel, type = '' }) => rel === 'self' && isActivityType(type));
  const actor = self?.href === undefined ? undefined : URL.parse(self.href);
  if (!handle || !self?.href || !actor) return fail('bad-response', 'The WebFinger answer names no actor.');
  const isWeb = actor.protocol === 'https:' || policy.isAllowedPrivateHost(actor.hostname);
  if (!isWeb) return fail('blocked-url', 'The WebFinger answer names an actor that is not on https.');
  return ok({ subject: handle, actorId: self.href });
}
