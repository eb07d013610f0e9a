import { z } from 'zod';
import { idSchema } from '../../../lib/ids.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import type { Provider } from '../../../modules/fasp/index.ts';
import { route } from '../../route.ts';
import { changed, changedEntity, forStaff, reason } from './changes.ts';

const serviceEntity = z
  .object({
    id: z.string(),
    state: z.enum(['waiting', 'accepted']),
    name: z.string().describe('As it registered'),
    base_url: z.string(),
    fingerprint: z
      .string()
      .describe(
        'SHA-256 of its key, in Base64: compare it with what the provider shows before you accept it',
      ),
    created_at: z.string(),
    decided_at: z.string().nullable(),
    info: z
      .object({
        name: z.string(),
        privacy_policies: z.array(z.object({ url: z.string(), language: z.string() })),
        sign_in_url: z.string().nullable(),
        contact_email: z.string().nullable(),
        account: z.string().nullable().describe('In the fediverse'),
      })
      .nullable()
      .describe('What it says of itself; null while it was not asked'),
    capabilities: z.array(
      z.object({
        capability: z.string(),
        version: z.string(),
        usable: z.boolean().describe('Whether this server can use it'),
        enabled: z.boolean(),
        told: z.boolean().describe('Whether the provider knows how it is'),
        failure: z.string().nullable().describe('Why it could not be asked for this last'),
      }),
    ),
    failures: z.number().int().describe('In a row'),
    failure: z.string().nullable(),
    callbacks: z
      .array(
        z.object({
          id: z.string(),
          asked_at: z.string().nullable().describe('Null: it called without being asked'),
          failure: z.string().nullable().describe('Why it could not be asked'),
          called_at: z.string().nullable().describe('Null: it has not called yet'),
          ip: z.string().nullable().describe('From where it called'),
          body: z.string().nullable().describe('What it sent, as JSON, cut'),
        }),
      )
      .describe('Calls that it was asked to make, or made; the newest first'),
  })
  .meta({ id: 'AuxiliaryService' });

const changeEntity = changedEntity('AuxiliaryServiceChange');
const params = z.object({ id: idSchema<'fasp'>() });

const entityOf = ({ info, ...one }: Provider): z.input<typeof serviceEntity> => ({
  ...{ id: one.id, state: one.state, name: one.name, base_url: one.baseUrl, fingerprint: one.fingerprint },
  created_at: one.createdAt.toISOString(),
  decided_at: one.decidedAt?.toISOString() ?? null,
  info: info && {
    name: info.name,
    privacy_policies: info.privacyPolicy,
    sign_in_url: info.signInUrl ?? null,
    contact_email: info.contactEmail ?? null,
    account: info.fediverseAccount ?? null,
  },
  capabilities: one.capabilities.map(({ capability, version, isUsable, enabled, isTold, failure }) => ({
    ...{ capability, version, usable: isUsable, enabled, told: isTold, failure },
  })),
  ...{ failures: one.failures, failure: one.failure },
  callbacks: one.callbacks.map(({ id, askedAt, failure, calledAt, ip, body }) => ({
    ...{ id, failure, ip, body },
    asked_at: askedAt?.toISOString() ?? null,
    called_at: calledAt?.toISOString() ?? null,
  })),
});

const listServices = route({
  method: 'get',
  path: '/api/v1/admin/services',
  summary:
    'Auxiliary service providers (FASP) that wait for an answer or are accepted, and what of them is used.',
  ...forStaff,
  scope: 'admin:read',
  output: z.array(serviceEntity),
  handler: async ({ deps }) => (await deps.fasp.providers.list()).map(entityOf),
});

const answering = (verb: 'accept' | 'refuse', summary: string) =>
  route({
    method: 'post',
    path: `/api/v1/admin/services/:id/${verb}`,
    summary,
    ...forStaff,
    scope: 'admin:write',
    params,
    body: z.object({ reason }),
    output: changeEntity,
    handler: async ({ deps, params: { id }, body, viewer }) => {
      const outcome = await deps.inTx((tx) => deps.fasp.providers[verb](tx, actorOf(viewer), id, body));
      return changed(outcome, { 'too-many': 'conflict' });
    },
  });

const removeService = route({
  method: 'delete',
  path: '/api/v1/admin/services/:id',
  summary: 'Use an auxiliary service no more: it may ask for nothing, and what was begun ends.',
  ...forStaff,
  scope: 'admin:write',
  params,
  output: changeEntity,
  handler: async ({ deps, params: { id }, viewer }) => {
    return changed(await deps.inTx((tx) => deps.fasp.providers.remove(tx, actorOf(viewer), id)));
  },
});

const setCapability = route({
  method: 'post',
  path: '/api/v1/admin/services/:id/capabilities',
  summary: 'Use a capability of an auxiliary service from now on, or no more; the provider is told.',
  ...forStaff,
  scope: 'admin:write',
  params,
  body: z.object({ capability: z.string().min(1).max(50), enabled: z.boolean() }),
  output: changeEntity,
  handler: async ({ deps, params: { id }, body: { capability, enabled }, viewer }) => {
    const outcome = await deps.inTx((tx) =>
      deps.fasp.providers.setCapability(tx, actorOf(viewer), id, { capability, isEnabled: enabled }),
    );
    return changed(outcome, { 'not-usable': 'validation-failed' });
  },
});

const askForCallback = route({
  method: 'post',
  path: '/api/v1/admin/services/:id/callback',
  summary: 'Have an auxiliary service asked to call this server, to see whether both reach each other.',
  ...forStaff,
  scope: 'admin:write',
  params,
  output: changeEntity,
  handler: async ({ deps, params: { id }, viewer }) => {
    return changed(await deps.inTx((tx) => deps.fasp.callbacks.ask(tx, actorOf(viewer), id)));
  },
});

export const serviceRoutes = [
  ...[listServices, removeService, setCapability, askForCallback],
  answering('accept', 'Accept an auxiliary service, once its key was compared; it can do nothing before.'),
  answering('refuse', 'Refuse an auxiliary service that waits for an answer.'),
];
