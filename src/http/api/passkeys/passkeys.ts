import { z } from 'zod';
import { passkeyLimits } from '../../../../config/joining-limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import type { Passkey, Viewer } from '../../../modules/auth/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import {
  assertionSchema,
  attestationSchema,
  beginPasskeySignIn,
  checkPasskeySignIn,
  PASSKEY_SIGN_INS,
} from '../../passkey-ceremony.ts';
import { route } from '../../route.ts';
import { checkFresh, freshFields } from '../../sign-in.ts';
import { emptyEntity } from '../schemas.ts';
import { refuseApps } from '../sessions/own-sessions.ts';
import { enterBy, sessionEntity } from '../sessions/sessions.ts';

const CHANGES = { name: 'passkey-change', points: 60, seconds: 900 };
const params = z.object({ id: idSchema<'passkey'>() });
const name = z.string().trim().min(1).max(passkeyLimits.maxNameCharacters);

const passkeyEntity = z
  .object({
    id: z.string(),
    name: z.string(),
    synced: z.boolean().describe('Its maker keeps a copy for your other devices'),
    created_at: z.string(),
    last_used_at: z.string().nullable(),
  })
  .meta({ id: 'Passkey' });

/** As `PublicKeyCredential.parse…OptionsFromJSON` of browsers takes them. */
const optionsEntity = z.looseObject({ challenge: z.string() });

function entityOf(passkey: Passkey): z.input<typeof passkeyEntity> {
  return {
    ...{ id: passkey.id, name: passkey.name, synced: passkey.synced },
    created_at: passkey.createdAt.toISOString(),
    last_used_at: passkey.lastUsedAt?.toISOString() ?? null,
  };
}

/** What one does not have is absent, whoever asks. */
async function throwUnlessOwn(deps: HttpDeps, viewer: Viewer, id: Passkey['id']): Promise<void> {
  const own = await deps.auth.passkeys.of(viewer.account.id);
  if (!own.some((passkey) => passkey.id === id)) throw new ApiError('not-found');
}

export const listPasskeys = route({
  method: 'get',
  path: '/api/v1/passkeys',
  summary: 'Passkeys by which you sign in without your password, the oldest first.',
  audience: 'signed-in',
  scope: 'read:accounts',
  output: z.array(passkeyEntity),
  handler: async ({ deps, viewer }) => {
    refuseApps(viewer);
    return (await deps.auth.passkeys.of(viewer.account.id)).map(entityOf);
  },
});

export const beginPasskey = route({
  method: 'post',
  path: '/api/v1/passkeys/options',
  summary: 'Begin with a new passkey: what the browser tells the authenticator.',
  audience: 'signed-in',
  scope: 'write:accounts',
  limit: CHANGES,
  body: z.object(freshFields),
  output: optionsEntity,
  handler: async ({ deps, body, viewer }) => {
    refuseApps(viewer);
    if (!deps.auth.passkeys.isPossible) throw new ApiError('passkeys-impossible');
    await checkFresh(deps, viewer, body);
    const options = await deps.inTx((tx) =>
      deps.auth.passkeys.optionsToAdd(tx, viewer.account, viewer.sessionId),
    );
    return { ...options };
  },
});

export const addPasskey = route({
  method: 'post',
  path: '/api/v1/passkeys',
  summary: 'Keep a new passkey: what the authenticator answered, in the session that began.',
  audience: 'signed-in',
  scope: 'write:accounts',
  limit: CHANGES,
  body: z.object({ credential: attestationSchema, name: name.default('Passkey') }),
  output: passkeyEntity,
  handler: async ({ deps, body, viewer }) => {
    refuseApps(viewer);
    const added = await deps.inTx((tx) =>
      deps.auth.passkeys.add(tx, {
        ...{ accountId: viewer.account.id, holder: viewer.sessionId },
        ...{ response: body.credential, name: body.name },
      }),
    );
    if (!added.ok) throw refused(added);
    deps.log.info({ accountId: viewer.account.id }, 'passkey added');
    return entityOf(added.passkey);
  },
});

export const renamePasskey = route({
  method: 'patch',
  path: '/api/v1/passkeys/:id',
  summary: 'Give one of your passkeys another name.',
  audience: 'signed-in',
  scope: 'write:accounts',
  limit: CHANGES,
  params,
  body: z.object({ name, ...freshFields }),
  output: passkeyEntity,
  handler: async ({ deps, body, params: { id }, viewer }) => {
    refuseApps(viewer);
    await throwUnlessOwn(deps, viewer, id);
    await checkFresh(deps, viewer, body);
    const renamed = await deps.inTx((tx) => deps.auth.passkeys.rename(tx, viewer.account.id, id, body.name));
    if (!renamed) throw new ApiError('not-found');
    return entityOf(renamed);
  },
});

export const removePasskey = route({
  method: 'post',
  path: '/api/v1/passkeys/:id/remove',
  summary: 'Do without one of your passkeys. The password stays.',
  audience: 'signed-in',
  scope: 'write:accounts',
  limit: CHANGES,
  params,
  body: z.object(freshFields),
  output: emptyEntity,
  handler: async ({ deps, body, params: { id }, viewer }) => {
    refuseApps(viewer);
    await throwUnlessOwn(deps, viewer, id);
    await checkFresh(deps, viewer, body);
    const removed = await deps.inTx((tx) => deps.auth.passkeys.remove(tx, viewer.account.id, id));
    if (!removed) throw new ApiError('not-found');
    return {};
  },
});

export const beginSignInByPasskey = route({
  method: 'post',
  path: '/api/v1/passkeys/sign_in_options',
  summary: 'Begin to sign in with a passkey: what a browser asks. It is answered by the same browser.',
  audience: 'anyone',
  scope: null,
  limit: PASSKEY_SIGN_INS,
  output: optionsEntity,
  handler: async ({ deps, req, res }) => ({ ...(await beginPasskeySignIn(deps, req, res)) }),
});

export const signInByPasskey = route({
  method: 'post',
  path: '/api/v1/passkeys/sign_in',
  summary: 'Sign in with a passkey: no password and no code is asked for. Sets the session cookie.',
  audience: 'anyone',
  scope: null,
  limit: PASSKEY_SIGN_INS,
  body: z.object({ credential: assertionSchema }),
  output: sessionEntity,
  handler: async ({ deps, body, req, res }) => {
    const proven = await checkPasskeySignIn(deps, req, body.credential);
    return enterBy(deps, req, res, proven, 'cookie');
  },
});

export const beginProof = route({
  method: 'post',
  path: '/api/v1/sessions/proof_options',
  whileFrozen: true,
  summary: 'What a browser asks your passkeys, to prove that you are there.',
  audience: 'signed-in',
  scope: 'write:accounts',
  limit: CHANGES,
  output: optionsEntity,
  handler: async ({ deps, viewer }) => {
    refuseApps(viewer);
    if ((await deps.auth.passkeys.of(viewer.account.id)).length === 0) {
      throw new ApiError('not-found', 'You have no passkey.');
    }
    const use = { purpose: 'prove', holder: viewer.sessionId } as const;
    return { ...(await deps.auth.passkeys.optionsToUse(use, viewer.account.id)) };
  },
});

export const proveAgain = route({
  method: 'post',
  path: '/api/v1/sessions/proof',
  whileFrozen: true,
  summary: 'Prove that you are there, by password or passkey: for some minutes, nothing asks again.',
  audience: 'signed-in',
  scope: 'write:accounts',
  limit: CHANGES,
  body: z.object({ password: freshFields.password, credential: assertionSchema.optional() }),
  output: z.object({ proof: z.string(), expires_at: z.string() }).meta({ id: 'FreshProof' }),
  handler: async ({ deps, body, viewer }) => {
    refuseApps(viewer);
    if (body.credential === undefined) await checkFresh(deps, viewer, { password: body.password });
    else {
      const use = { purpose: 'prove', holder: viewer.sessionId } as const;
      const { credential } = body;
      const used = await deps.inTx((tx) => deps.auth.passkeys.use(tx, use, credential, viewer.account.id));
      if (!used.ok) throw refused(used);
    }
    const { proof, until } = deps.auth.proofs.fresh(viewer.sessionId);
    return { proof, expires_at: until.toISOString() };
  },
});

export const passkeyRoutes = [
  ...[listPasskeys, beginPasskey, addPasskey, renamePasskey, removePasskey],
  ...[beginSignInByPasskey, signInByPasskey, beginProof, proveAgain],
];
