import { RateLimiterMemory } from 'rate-limiter-flexible';
import { inboxLimits, remoteJsonLimits, signatureLimits } from '../../config/limits.ts';
import type { Logger } from '../../src/lib/log.ts';
import { parseBoundedJson } from '../../src/lib/net/bounded-json.ts';
import type { Urls } from '../../src/modules/instances/index.ts';
import type { Relays } from '../../src/modules/relays/index.ts';
import { isActivityType } from '../net/media-type.ts';
import { type createSyncNotice, SYNC_HEADER } from './followers-sync.ts';
import { type Activity, normaliseActivity } from './normalise.ts';
import { asHint, type Storable } from './relayed.ts';
import type { Senders, Standing } from './senders.ts';
import { readHeaders } from './signature/headers.ts';
import type { VerifyProof } from './signature/object-proof.ts';
import { refuse, type SignatureRefusal } from './signature/refusal.ts';
import { type LookupKey, readKeyId, type VerifyRequest } from './signature/verify.ts';
import type { StoreActivity } from './store.ts';

export interface GateDeps {
  readonly senders: Senders;
  readonly store: StoreActivity;
  readonly urls: Urls;
  readonly relays: Relays;
  /** Told of what a proven sender says of its followers here. */
  readonly noticeFollowers: ReturnType<typeof createSyncNotice>;
  readonly verify: VerifyRequest;
  readonly verifyProof: VerifyProof;
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
  /** A word of the program for what was wrong with the signature. */
  readonly reason?: string;
  readonly retryAfterSeconds?: number;
  /** Whose signature was refused, by the claim of the request alone. */
  readonly from?: string;
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
    const claimed = readKeyId(rawHeaders, signatureLimits);
    if (!claimed.ok) return { status: claimed.status, error: claimed.detail };
    const keyUrl = new URL(claimed.keyId);
    const standing = await deps.senders.standingOf(keyUrl.host);
    if (standing === 'busy') return BUSY;
    if (standing.suspended) {
      const error = 'This server does not talk to yours.';
      return { status: 403, error, reason: 'domain-suspended', from: keyUrl.host };
    }
    const read = await request.readBody();
    if ('error' in read) return read;
    const { body } = read;
    const understood = readActivity(body);
    if (!understood.ok) return { status: 400, error: understood.error };
    const { activity } = understood;
    const early = await answerUnproven(deps, activity, { host: keyUrl.host, standing });
    if (early) return early;

    const proof = await deps.verify({ method: 'POST', path, rawHeaders, body }, deps.lookupKey);
    if (!proof.ok && !isGone(activity, proof)) {
      deps.log.info(
        { host: keyUrl.host, keyId: proof.keyId, reason: proof.reason },
        'an inbox request was refused',
      );
      return { status: proof.status, error: proof.detail, reason: proof.reason, from: keyUrl.host };
    }
    // Counted only now: anybody can write the name of another server into a request (security.md R9).
    const cost = (await deps.senders.isNew(keyUrl.host)) ? 2 : 1;
    if (!(await takes(perHost, keyUrl.host, cost)))
      return { status: 429, error: 'Too many requests from your server.' };
    const isForwarded = proof.ok && activity.actorUri !== proof.actorId;
    const storable = isForwarded ? await forwarded(deps, activity, body, proof.actorId) : { activity, body };
    if (storable === null) return ACCEPTED;
    if ('status' in storable) return storable;
    if ((await deps.store(storable)) === 'busy') return BUSY;
    if (proof.ok && proof.covered.includes(SYNC_HEADER)) {
      await deps.noticeFollowers(proof.actorId, headerOf(rawHeaders, SYNC_HEADER));
    }
    return ACCEPTED;
  };
}

async function takes(limiter: RateLimiterMemory, key: string, cost = 1): Promise<boolean> {
  return limiter.consume(key, cost).then(
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
async function answerUnproven(
  deps: GateDeps,
  activity: Activity,
  signer: { readonly host: string; readonly standing: Standing },
): Promise<GateAnswer | undefined> {
  const { host } = new URL(activity.actorUri);
  const standing = host === signer.host ? signer.standing : await deps.senders.standingOf(host);
  if (standing === 'busy') return BUSY;
  if (standing.suspended) return { status: 403, error: 'This server does not talk to the actor’s.' };
  if (deps.urls.isOurs(activity.actorUri)) return { status: 401, error: 'The actor is of this server.' };
  const sender = await deps.senders.stateOf(activity.actorUri);
  if (sender === 'busy') return BUSY;
  // A large share of all inbox traffic tells every server about the deletion of accounts it never met, whose
  // keys cannot be fetched any more (federation-interop.md 2).
  if (isFarewell(activity) && (sender === null || sender === 'deleted')) return ACCEPTED;
  if (sender === null || sender === 'active') {
    return (await isUnheard(deps, activity, standing)) ? ACCEPTED : undefined;
  }
  return { status: 403, error: 'This account is suspended here, or was deleted.' };
}

/**
 * What is kept of the activity of somebody else that is passed on. It counts as it is only with its actor's own
 * proof on it, and needs an id of its own, by which a repetition is known; from a relay of ours its object is at
 * least a hint. Null: of no interest. Linked Data signatures prove nothing here (security.md S13).
 */
async function forwarded(
  deps: GateDeps,
  activity: Activity,
  body: Buffer,
  senderUri: string,
): Promise<Storable | GateAnswer | null> {
  const proof =
    activity.raw.id === activity.id
      ? await deps.verifyProof(activity.raw, activity.actorUri, deps.lookupKey)
      : refuse(401, 'no-id', 'A forwarded activity needs an id.');
  if (proof.ok) return { activity, body };
  const hint = await asHint(deps.relays, activity, senderUri);
  if (hint !== 'not-a-relay') return hint;
  deps.log.info(
    { actor: activity.actorUri, keyId: proof.keyId, reason: proof.reason },
    'a forwarded activity was refused',
  );
  return { status: 401, error: `The signature is not the actor’s. ${proof.detail}` };
}

/** One header, as the signature has it: those that come several times are joined. */
function headerOf(rawHeaders: readonly string[], wanted: string): string | undefined {
  const read = readHeaders(rawHeaders);
  return read.ok ? read.headers.get(wanted) : undefined;
}

/** What a silenced server may say of anybody: answers to us, and what takes something back. */
const ALWAYS_HEARD = new Set(['Accept', 'Reject', 'Undo', 'Delete']);

/**
 * True for what comes from a silenced server, of somebody whom nobody here follows. It is of no interest here,
 * so nothing is fetched, stored, or told to the sender.
 */
async function isUnheard(deps: GateDeps, activity: Activity, { silenced }: Standing): Promise<boolean> {
  if (!silenced || ALWAYS_HEARD.has(activity.type)) return false;
  return !(await deps.senders.isFollowedHere(activity.actorUri));
}

/** An account that deletes itself. */
function isFarewell({ type, objectId, actorUri }: Activity): boolean {
  return type === 'Delete' && objectId === actorUri;
}

/**
 * The last activity of an account whose key went with it. No signature proves it, but the account’s own
 * address does: asked for the key, it answered that the account is gone (security.md S17).
 */
function isGone(activity: Activity, { reason, keyId }: SignatureRefusal): boolean {
  if (reason !== 'gone' || keyId === undefined) return false;
  // Of several keys, the one that is gone counts.
  const asked = new URL(keyId);
  asked.hash = '';
  return isFarewell(activity) && asked.href === activity.actorUri;
}
