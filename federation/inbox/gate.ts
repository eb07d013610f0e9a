import { RateLimiterMemory } from 'rate-limiter-flexible';
import { inboxLimits, remoteJsonLimits, signatureLimits } from '../../config/limits.ts';
import type { Db, InTx } from '../../src/db/database.ts';
import type { Enqueue } from '../../src/jobs/enqueue.ts';
import type { Id, IdSource } from '../../src/lib/ids.ts';
import type { Logger } from '../../src/lib/log.ts';
import { parseBoundedJson } from '../../src/lib/net/bounded-json.ts';
import type { Accounts } from '../../src/modules/accounts/index.ts';
import type { Instances, Urls } from '../../src/modules/instances/index.ts';
import { isActivityType } from '../net/media-type.ts';
import { type Activity, normaliseActivity } from './normalise.ts';
import type { VerifyProof } from './signature/object-proof.ts';
import { refuse, type SignatureRefusal } from './signature/refusal.ts';
import { type LookupKey, readKeyId, type VerifyRequest } from './signature/verify.ts';

export interface GateDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
  readonly accounts: Accounts;
  readonly instances: Instances;
  readonly urls: Urls;
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
  readonly body: Buffer;
  /** Network address of the peer. */
  readonly ip: string;
}

export interface GateAnswer {
  readonly status: 202 | 400 | 401 | 403 | 415 | 429;
  /** For the admin of the sending server. */
  readonly error?: string;
}

const ACCEPTED: GateAnswer = { status: 202 };

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
    const claimed = readKeyId(request.rawHeaders, signatureLimits);
    if (!claimed.ok) return { status: claimed.status, error: claimed.detail };
    const keyUrl = new URL(claimed.keyId);
    if (await deps.instances.isBlocked(keyUrl.host))
      return { status: 403, error: 'This server does not talk to yours.' };
    const understood = readActivity(request.body);
    if (!understood.ok) return { status: 400, error: understood.error };
    const { activity } = understood;
    const early = await answerUnproven(deps, activity, keyUrl.host);
    if (early) return early;

    const proof = await deps.verify({ method: 'POST', ...request }, deps.lookupKey);
    if (!proof.ok && !isGone(activity, proof)) {
      deps.log.info(
        { host: keyUrl.host, keyId: proof.keyId, reason: proof.reason },
        'an inbox request was refused',
      );
      return { status: proof.status, error: proof.detail };
    }
    // Counted only now: anybody can write the name of another server into a request (security.md R9).
    if (!(await takes(perHost, keyUrl.host)))
      return { status: 429, error: 'Too many requests from your server.' };
    const forwarded =
      proof.ok && activity.actorUri !== proof.actorId ? await answerForwarded(deps, activity) : undefined;
    if (forwarded) return forwarded;
    await store(deps, activity, request.body);
    return ACCEPTED;
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
async function answerUnproven(
  deps: GateDeps,
  activity: Activity,
  signerHost: string,
): Promise<GateAnswer | undefined> {
  const { host } = new URL(activity.actorUri);
  if (host !== signerHost && (await deps.instances.isBlocked(host)))
    return { status: 403, error: 'This server does not talk to the actor’s.' };
  if (deps.urls.isOurs(activity.actorUri)) return { status: 401, error: 'The actor is of this server.' };
  const sender = await deps.accounts.byActorUri(activity.actorUri);
  // A large share of all inbox traffic tells every server about the deletion of accounts it never met, whose
  // keys cannot be fetched any more (federation-interop.md 2).
  if (isFarewell(activity) && (sender === null || sender.state === 'deleted')) return ACCEPTED;
  if (sender === null || sender.state === 'active') return undefined;
  return { status: 403, error: 'This account is suspended here, or was deleted.' };
}

/**
 * What to say to somebody who passes on the activity of another actor; nothing when that is in order. It
 * counts only with the actor's own proof on it, and needs an id of its own, by which a repetition is known.
 * Linked Data signatures prove nothing here (security.md S13).
 */
async function answerForwarded(deps: GateDeps, activity: Activity): Promise<GateAnswer | undefined> {
  const proof =
    activity.raw.id === activity.id
      ? await deps.verifyProof(activity.raw, activity.actorUri, deps.lookupKey)
      : refuse(401, 'no-id', 'A forwarded activity needs an id.');
  if (proof.ok) return undefined;
  deps.log.info(
    { actor: activity.actorUri, keyId: proof.keyId, reason: proof.reason },
    'a forwarded activity was refused',
  );
  return { status: 401, error: `The signature is not the actor’s. ${proof.detail}` };
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

/** One transaction: the activity, unless it is a repetition, and the job that gives it its effect. */
async function store(deps: GateDeps, activity: Activity, body: Buffer): Promise<void> {
  await deps.inTx(async (tx) => {
    const inserted = await tx('inbox_activities')
      .insert({
        id: deps.ids.next<'inbox'>(),
        actor_uri: activity.actorUri,
        activity_uri: activity.id,
        type: activity.type.slice(0, 100),
        body: body.toString('utf8'),
      })
      .onConflict(['actor_uri', 'activity_uri'])
      .ignore()
      .returning<{ id: Id<'inbox'> }[]>('id');
    const inboxId = inserted[0]?.id;
    if (inboxId !== undefined) await deps.enqueue(tx, { name: 'inbox.process', payload: { inboxId } });
  });
}
