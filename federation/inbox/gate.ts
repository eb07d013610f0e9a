import { RateLimiterMemory } from 'rate-limiter-flexible';
import { inboxLimits, remoteJsonLimits, signatureLimits } from '../../config/limits.ts';
import type { Db, InTx } from '../../src/db/database.ts';
import type { Enqueue } from '../../src/jobs/enqueue.ts';
import type { Id, IdSource } from '../../src/lib/ids.ts';
import type { Logger } from '../../src/lib/log.ts';
import { parseBoundedJson } from '../../src/lib/net/bounded-json.ts';
import type { Accounts } from '../../src/modules/accounts/index.ts';
import type { Instances, Urls } from '../../src/modules/instances/index.ts';
import type { Relays } from '../../src/modules/relays/index.ts';
import { isActivityType } from '../net/media-type.ts';
import { type createSyncNotice, SYNC_HEADER } from './followers-sync.ts';
import { type Activity, normaliseActivity } from './normalise.ts';
import { asHint } from './relayed.ts';
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
  readonly relays: Relays;
  /** Told of what a proven sender says of its followers here. */
  readonly noticeFollowers: ReturnType<typeof createSyncNotice>;
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
    const read = readHeaders(request.rawHeaders);
    const claimed = read.ok ? parseSignatureHeader(read.headers, signatureLimits) : read;
    if (!claimed.ok) return { status: claimed.status, error: claimed.detail };
    const keyUrl = new URL(claimed.parsed.keyId);
    if (await deps.instances.isBlocked(keyUrl.host))
      return { status: 403, error: 'This server does not talk to yours.' };
    const understood = readActivity(request.body);
    if (!understood.ok) return { status: 400, error: understood.error };
    const { activity } = understood;
    const early = await answerUnproven(deps, activity);
    if (early) return early;

    const proof = await deps.verify({ method: 'POST', ...request }, deps.lookupKey);
    if (!proof.ok && !isGone(activity, keyUrl, proof.reason)) {
      deps.log.info(
        { host: keyUrl.host, keyId: proof.keyId, reason: proof.reason },
        'an inbox request was refused',
      );
      return { status: proof.status, error: proof.detail };
    }
    const hint =
      proof.ok && activity.actorUri !== proof.actorId
        ? await asHint(deps.relays, activity, proof.actorId)
        : { activity, body: request.body };
    if (hint === 'not-a-relay') return { status: 401, error: 'The signature is not the actor’s.' };
    // Counted only now: anybody can write the name of another server into a request (security.md R9).
    if (!(await takes(perHost, keyUrl.host)))
      return { status: 429, error: 'Too many requests from your server.' };
    if (hint === null) return ACCEPTED;
    await store(deps, hint.activity, hint.body);
    if (proof.ok) {
      const { parsed } = claimed;
      await deps.noticeFollowers(
        proof.actorId,
        read.ok ? read.headers.get(SYNC_HEADER) : undefined,
        parsed.covered,
      );
    }
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
async function answerUnproven(deps: GateDeps, activity: Activity): Promise<GateAnswer | undefined> {
  if (deps.urls.isOurs(activity.actorUri)) return { status: 401, error: 'The actor is of this server.' };
  const sender = await deps.accounts.byActorUri(activity.actorUri);
  // A large share of all inbox traffic tells every server about the deletion of accounts it never met, whose
  // keys cannot be fetched any more (federation-interop.md 2).
  if (isFarewell(activity) && (sender === null || sender.state === 'deleted')) return ACCEPTED;
  if (sender === null || sender.state === 'active') return undefined;
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
