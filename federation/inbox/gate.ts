import { RateLimiterMemory } from 'rate-limiter-flexible';
import { inboxLimits, remoteJsonLimits, signatureLimits } from '../../config/limits.ts';
import type { Logger } from '../../src/lib/log.ts';
import { parseBoundedJson } from '../../src/lib/net/bounded-json.ts';
import type { Urls } from '../../src/modules/instances/index.ts';
import { isActivityType } from '../net/media-type.ts';
import { type Activity, normaliseActivity } from './normalise.ts';
import type { Senders } from './senders.ts';
import { readHeaders } from './signature/headers.ts';
import { parseSignatureHeader } from './signature/parse.ts';
import type { LookupKey, VerifyRequest } from './signature/verify.ts';
import type { StoreActivity } from './store.ts';

export interface GateDeps {
  readonly senders: Senders;
  readonly store: StoreActivity;
  readonly urls: Urls;
  readonly verify: VerifyRequest;
  readonly lookupKey: LookupKey;
  readonly log: Logger;
}

/** A POST to an inbox, as it came. */
export interface InboxRequest {
  readonly path: string;
  readonly rawHeaders: readonly string[];
  readonly contentType: string | undefined;
  /** Called once nothing else is left to refuse the request by, since it costs more than all that. */
  readonly readBody: () => Promise<{ readonly body: Buffer } | Unreadable>;
  /** Network address of the peer. */
  readonly ip: string;
}

/** Why there is no body. */
export interface Unreadable {
  readonly status: 400 | 413;
  readonly error: string;
}

export interface GateAnswer {
  readonly status: 202 | 400 | 401 | 403 | 413 | 415 | 429 | 503;
  /** For the admin of the sending server. */
  readonly error?: string;
  readonly retryAfterSeconds?: number;
}

const ACCEPTED: GateAnswer = { status: 202 };
const BUSY: GateAnswer = {
  status: 503,
  error: 'This server has too much to do. Send it again later.',
  retryAfterSeconds: inboxLimits.busyRetrySeconds,
};

/**
 * Everything that is decided before an activity is stored, cheapest first: how often, what type, from a
 * blocked server, shaped how, in whose name, signed how. 202 means: stored for good, already there, or of
 * no interest to anybody here. Any other answer has changed nothing.
 */
export function createGate(deps: GateDeps): (request: InboxRequest) => Promise<GateAnswer> {
  const perAddress = new RateLimiterMemory({ points: inboxLimits.requestsPerAddressPerMinute, duration: 60 });
  const perHost = new RateLimiterMemory({ points: inboxLimits.requestsPerHostPerMinute, duration: 60 });

  return async (request) => {
    if (!(await takes(perAddress, request.ip))) return { status: 429, error: 'Too many requests.' };
    if (!isActivityType(request.contentType ?? '')) {
      return { status: 415, error: 'Send application/activity+json.' };
    }
    const { path, rawHeaders } = request;
    const named = readHeaders(rawHeaders);
    const claimed = named.ok ? parseSignatureHeader(named.headers, signatureLimits) : named;
    if (!claimed.ok) return { status: claimed.status, error: claimed.detail };
    const keyUrl = new URL(claimed.parsed.keyId);
    const blocked = await deps.senders.isBlocked(keyUrl.host);
    if (blocked === 'busy') return BUSY;
    if (blocked) return { status: 403, error: 'This server does not talk to yours.' };
    const read = await request.readBody();
    if ('error' in read) return read;
    const { body } = read;
    const understood = readActivity(body);
    if (!understood.ok) return { status: 400, error: understood.error };
    const { activity } = understood;
    const early = await answerUnproven(deps, activity);
    if (early) return early;

    const proof = await deps.verify({ method: 'POST', path, rawHeaders, body }, deps.lookupKey);
    if (!proof.ok && !isGone(activity, keyUrl, proof.reason)) {
      deps.log.info(
        { host: keyUrl.host, keyId: proof.keyId, reason: proof.reason },
        'an inbox request was refused',
      );
      return { status: proof.status, error: proof.detail };
    }
    if (proof.ok && activity.actorUri !== proof.actorId)
      return { status: 401, error: 'The signature is not the actor’s.' };
    // Counted only now: anybody can write the name of another server into a request (security.md R9).
    if (!(await takes(perHost, keyUrl.host)))
      return { status: 429, error: 'Too many requests from your server.' };
    return (await deps.store({ activity, body })) === 'stored' ? ACCEPTED : BUSY;
  };
}

async function takes(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  return limiter.consume(key).then(
    () => true,
    () => false,
  );
}

function readActivity(body: Buffer): { ok: true; activity: Activity } | { ok: false; error: string } {
  const parsed = parseBoundedJson(body, remoteJsonLimits);
  if (!parsed.ok) return { ok: false, error: parsed.detail ?? parsed.reason };
  const normalised = normaliseActivity(parsed.value, body);
  return normalised.ok ? normalised : { ok: false, error: normalised.detail ?? normalised.reason };
}

/** What can be answered from the claims alone, without a look at the key (security.md S15, S17, V11). */
async function answerUnproven(deps: GateDeps, activity: Activity): Promise<GateAnswer | undefined> {
  if (deps.urls.isOurs(activity.actorUri)) return { status: 401, error: 'The actor is of this server.' };
  const sender = await deps.senders.stateOf(activity.actorUri);
  if (sender === 'busy') return BUSY;
  // A large share of all inbox traffic tells every server about the deletion of accounts it never met, whose
  // keys cannot be fetched any more (federation-interop.md 2).
  if (isFarewell(activity) && (sender === null || sender === 'deleted')) return ACCEPTED;
  if (sender === null || sender === 'active') return undefined;
  return { status: 403, error: 'This account is suspended here, or was deleted.' };
}

/** An account that deletes itself. */
function isFarewell({ type, objectId, actorUri }: Activity): boolean {
  return type === 'Delete' && objectId === actorUri;
}

/**
 * The last activity of an account whose key went with it. No signature proves it, but the account’s own
 * address does: asked for the key, it answered that the account is gone (security.md S17).
 */
function isGone(activity: Activity, keyUrl: URL, reason: string): boolean {
  const asked = new URL(keyUrl);
  asked.hash = '';
  return reason === 'gone' && isFarewell(activity) && asked.href === activity.actorUri;
}
