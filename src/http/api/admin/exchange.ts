import { z } from 'zod';
import { type ExchangePeerId, idSchema } from '../../../lib/ids.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import type { ExchangePeer } from '../../../modules/exchange/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { changed, changedEntity, forStaff, reason } from './changes.ts';

const peerEntity = z
  .object({
    id: z.string(),
    host: z.string(),
    created_at: z.string(),
    paused_at: z.string().nullable().describe('Since when it is not asked, and what it told does not count'),
    fetched_at: z.string().nullable().describe('When it was asked last'),
    succeeded_at: z.string().nullable().describe('When it answered last'),
    next_at: z.string().describe('When it is asked next'),
    failures: z.number().int().describe('In a row'),
    failure: z.string().nullable(),
    waiting: z.number().int().describe('Posts it told of whose own server is still to be asked'),
    accepted: z.number().int().describe('Posts that were found at their own server, in the last days'),
    counting: z.number().int().describe('Those of them that count in trends now'),
    refused: z
      .array(z.object({ reason: z.string(), count: z.number().int() }))
      .describe('Posts that were not, by the reason'),
  })
  .meta({ id: 'ExchangePeer' });

const changeEntity = changedEntity('ExchangeChange');
const params = z.object({ id: idSchema<'exchange-peer'>() });

const entityOf = (peer: ExchangePeer): z.input<typeof peerEntity> => ({
  ...{ id: peer.id, host: peer.host, failures: peer.failures, failure: peer.failure },
  created_at: peer.createdAt.toISOString(),
  paused_at: peer.pausedAt?.toISOString() ?? null,
  fetched_at: peer.fetchedAt?.toISOString() ?? null,
  succeeded_at: peer.succeededAt?.toISOString() ?? null,
  next_at: peer.nextAt.toISOString(),
  ...{ waiting: peer.waiting, accepted: peer.accepted, counting: peer.counting },
  refused: [...peer.refused],
});

const listPeers = route({
  method: 'get',
  path: '/api/v1/admin/exchange',
  summary: 'Servers that are asked what trends there, and what became of what they told.',
  ...forStaff,
  scope: 'admin:read',
  output: z.array(peerEntity),
  handler: async ({ deps }) => (await deps.exchange.peers.list()).map(entityOf),
});

const addPeer = route({
  method: 'post',
  path: '/api/v1/admin/exchange',
  summary: 'Ask a server from now on what trends there.',
  ...forStaff,
  scope: 'admin:write',
  body: z.object({ host: z.string().trim().min(1).max(300).describe('Its name, or its address') }),
  output: changeEntity,
  handler: async ({ deps, body: { host }, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.exchange.peers.add(tx, actorOf(viewer), { address: host }));
    if (outcome.ok) return { audit_id: outcome.auditId };
    if (outcome.reason === 'known' || outcome.reason === 'permission-missing') throw refused(outcome);
    throw new ApiError('validation-failed', outcome.detail);
  },
});

/** The server that is meant: commands know it by its name, as people do. */
async function hostOfId({ exchange }: HttpDeps, id: ExchangePeerId): Promise<string> {
  const host = await exchange.peers.hostOfId(id);
  if (host === null) throw new ApiError('not-found', 'There is no such server in the list.');
  return host;
}

const pausing = (verb: 'pause' | 'resume', summary: string) =>
  route({
    method: 'post',
    path: `/api/v1/admin/exchange/:id/${verb}`,
    summary,
    ...forStaff,
    scope: 'admin:write',
    params,
    body: z.object({ reason }),
    output: changeEntity,
    handler: async ({ deps, params: { id }, body, viewer }) => {
      const host = await hostOfId(deps, id);
      const how = { isPaused: verb === 'pause', reason: body.reason };
      const outcome = await deps.inTx((tx) => deps.exchange.peers.pause(tx, actorOf(viewer), host, how));
      return changed(outcome);
    },
  });

const removePeer = route({
  method: 'delete',
  path: '/api/v1/admin/exchange/:id',
  summary: 'Ask a server no more what trends there; what it told does not count any more.',
  ...forStaff,
  scope: 'admin:write',
  params,
  output: changeEntity,
  handler: async ({ deps, params: { id }, viewer }) => {
    const host = await hostOfId(deps, id);
    return changed(await deps.inTx((tx) => deps.exchange.peers.remove(tx, actorOf(viewer), host)));
  },
});

export const exchangeRoutes = [
  ...[listPeers, addPeer, removePeer],
  pausing('pause', 'Do not ask a server for a while; what it told does not count meanwhile.'),
  pausing('resume', 'Ask a server again, at once.'),
];
