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
import { readHeaders } from './signature/headers.ts';
import { parseSignatureHeader } from './signature/parse.ts';
import type { LookupKey, VerifyRequest } from './signature/verify.ts';

export interface GateDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
  readonly accounts: Accounts;
  readonly instances: Instances;
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
 * blocked server, signed how, shaped how, in whose name. 202 means: stored for good, or already there.
 * Any other answer has changed nothing.
 */
export function createGate(deps: GateDeps): (request: InboxRequest) => Promise<GateAnswer> {
  const perAddress = new RateLimiterMemory({ points: inboxLimits.requestsPerAddressPerMinute, duration: 60 });
  const perHost = new RateLimiterMemory({ points: inboxLimits.requestsPerHostPerMinute, duration: 60 });

  return async (request) => {
    if (!(await takes(perAddress, request.ip))) return { status: 429, error: 'Too many requests.' };
    if (!isActivityType(request.contentType ?? '')) {
      return { status: 415, error: 'Send application/activity+json.' };
    }
    const read = readHeaders(request.rawHeaders);
    const claimed = read.ok ? parseSignatureHeader(read.headers, signatureLimits) : read;
    if (!claimed.ok) return { status: claimed.status, error: claimed.detail };
    const host = new URL(claimed.parsed.keyId).host;
    if (await deps.instances.isBlocked(host))
      return { status: 403, error: 'This server does not talk to yours.' };
    if (!(await takes(perHost, host))) return { status: 429, error: 'Too many requests from your server.' };
    if (await isDeleteOfStranger(deps, request.body)) return ACCEPTED;

    const proof = await deps.verify({ method: 'POST', ...request }, deps.lookupKey);
    if (!proof.ok) {
      deps.log.info({ host, keyId: proof.keyId, reason: proof.reason }, 'an inbox request was refused');
      return { status: proof.status, error: proof.detail };
    }
    const understood = readActivity(request.body);
    if (!understood.ok) return { status: 400, error: understood.error };
    const { activity } = understood;
    if (activity.actorUri !== proof.actorId)
      return { status: 401, error: 'The signature is not the actor’s.' };
    if (deps.urls.isOurs(activity.actorUri)) return { status: 401, error: 'The actor is of this server.' };
    const sender = await deps.accounts.byActorUri(activity.actorUri);
    if (sender?.state === 'suspended') return { status: 403, error: 'This account is suspended here.' };
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

/**
 * A large share of all inbox traffic tells every server about the deletion of accounts it never met. They
 * are waved through without a look at the key, which could not be fetched any more (federation-interop.md 2).
 */
async function isDeleteOfStranger(deps: GateDeps, body: Buffer): Promise<boolean> {
  const read = readActivity(body);
  if (!read.ok || read.activity.type !== 'Delete' || read.activity.objectId !== read.activity.actorUri)
    return false;
  return (await deps.accounts.byActorUri(read.activity.actorUri)) === null;
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
