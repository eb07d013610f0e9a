import { z } from 'zod';
import { apiLimits } from '../../../../config/limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import type { Failure } from '../../../lib/result.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import type { Relay } from '../../../modules/relays/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { route } from '../../route.ts';
import { changed, changedEntity, forStaff, reason } from './changes.ts';

const relayEntity = z
  .object({
    id: z.string(),
    inbox: z.string(),
    actor: z.string().nullable().describe('Null: it has not answered yet'),
    kind: z.enum(['mastodon', 'litepub']).describe('How it was asked'),
    state: z.enum(['pending', 'accepted', 'rejected']),
    paused_at: z.string().nullable().describe('Since when what it tells is passed over'),
    created_at: z.string(),
    last_video_at: z.string().nullable().describe('When a video was last kept on its word'),
    videos: z.number().describe('Kept on its word, all in all'),
    videos_today: z.number(),
    failing_since: z.string().nullable().describe('Since when its server does not answer'),
    last_error: z.string().nullable().describe('Of the last delivery to it that was given up'),
  })
  .meta({ id: 'Relay' });

const changeEntity = changedEntity('RelayChange');
const params = z.object({ id: idSchema<'relay'>() });

/** Whose servers fail, and why, is asked of deliveries: a relay has none of its own. */
async function entitiesOf({ deliveries }: HttpDeps, relays: readonly Relay[]) {
  const failing = new Map(
    (await deliveries.failingHosts(apiLimits.maxAdminPageItems)).map(({ host, failingSince }) => [
      host,
      failingSince,
    ]),
  );
  return Promise.all(
    relays.map(async (relay): Promise<z.input<typeof relayEntity>> => {
      const { host } = new URL(relay.inboxUri);
      const page = { host, maxId: null, minId: null, limit: 1 };
      const [dead] = await deliveries.dead(page);
      return {
        ...{
          id: relay.id,
          inbox: relay.inboxUri,
          actor: relay.actorUri,
          kind: relay.kind,
          state: relay.state,
        },
        paused_at: relay.pausedAt?.toISOString() ?? null,
        created_at: relay.createdAt.toISOString(),
        last_video_at: relay.lastVideoAt?.toISOString() ?? null,
        ...{ videos: relay.videos, videos_today: relay.videosToday },
        failing_since: failing.get(host)?.toISOString() ?? null,
        last_error: dead ? (dead.lastError ?? String(dead.lastStatus)) : null,
      };
    }),
  );
}

const listRelays = route({
  method: 'get',
  path: '/api/v1/admin/relays',
  summary: 'Servers that pass on to this one what others publish.',
  ...forStaff,
  scope: 'admin:read',
  output: z.array(relayEntity),
  handler: async ({ deps }) => entitiesOf(deps, await deps.relays.list()),
});

const addRelay = route({
  method: 'post',
  path: '/api/v1/admin/relays',
  summary: 'Ask a relay for its posts.',
  ...forStaff,
  scope: 'admin:write',
  body: z.object({
    address: z.string().trim().min(1).max(1_024).describe('Of its inbox or its actor'),
    kind: z
      .enum(['mastodon', 'litepub'])
      .optional()
      .describe('How it wants to be asked; else its address tells'),
  }),
  output: changeEntity,
  handler: async ({ deps, body: { address, kind }, viewer }) => {
    const outcome = await deps.subscribeToRelay(actorOf(viewer), address, { ...(kind && { kind }) });
    if (!outcome.ok) throw notAsked(outcome);
    return { audit_id: outcome.auditId };
  },
});

const OF_THE_ADDRESS = ['address-invalid', 'blocked', 'too-many-relays'];

/** What is wrong with the address, or with the server there; the sentence tells which. */
function notAsked({ reason, detail }: Failure): ApiError {
  if (reason === 'known' || reason === 'permission-missing') return new ApiError(reason, detail);
  return new ApiError(OF_THE_ADDRESS.includes(reason) ? 'validation-failed' : 'unreachable', detail);
}

/** The address of the relay that is meant: commands know them by that, as people do. */
async function addressOf({ relays }: HttpDeps, id: Relay['id']): Promise<string> {
  const relay = await relays.byId(id);
  if (relay === null) throw new ApiError('not-found', 'There is no such relay.');
  return relay.inboxUri;
}

const pausing = (verb: 'pause' | 'resume', summary: string) =>
  route({
    method: 'post',
    path: `/api/v1/admin/relays/:id/${verb}`,
    summary,
    ...forStaff,
    scope: 'admin:write',
    params,
    body: z.object({ reason }),
    output: changeEntity,
    handler: async ({ deps, params: { id }, body, viewer }) => {
      const address = await addressOf(deps, id);
      const how = { isPaused: verb === 'pause', reason: body.reason };
      const outcome = await deps.inTx((tx) => deps.relays.pause(tx, actorOf(viewer), address, how));
      return changed(outcome);
    },
  });

const removeRelay = route({
  method: 'delete',
  path: '/api/v1/admin/relays/:id',
  summary: 'Stop listening to a relay, and tell it so.',
  ...forStaff,
  scope: 'admin:write',
  params,
  output: changeEntity,
  handler: async ({ deps, params: { id }, viewer }) => {
    const address = await addressOf(deps, id);
    return changed(await deps.inTx((tx) => deps.relays.remove(tx, actorOf(viewer), address)));
  },
});

export const relayRoutes = [
  ...[listRelays, addRelay, removeRelay],
  pausing('pause', 'Pass over what a relay tells, for a while; it does not hear of that.'),
  pausing('resume', 'Listen to a relay again.'),
];
