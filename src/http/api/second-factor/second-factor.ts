import QrCode from 'qrcode';
import { z } from 'zod';
import { secondFactorLimits } from '../../../../config/limits.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { checkFresh, freshFields, takeCodeTry } from '../../sign-in.ts';
import { handOver, refuseApps, rotatedEntity } from '../sessions/own-sessions.ts';

const LIMIT = { name: 'second-factor-change', points: 30, seconds: 900 };

export const getSecondFactor = route({
  method: 'get',
  path: '/api/v1/second_factor',
  summary: 'Whether signing in asks you for a code beside the password.',
  audience: 'signed-in',
  scope: 'read:accounts',
  output: z.object({ enabled: z.boolean(), recovery_codes_left: z.number() }).meta({ id: 'SecondFactor' }),
  handler: async ({ deps, viewer }) => {
    refuseApps(viewer);
    const { enabled, recoveryCodesLeft } = await deps.auth.secondFactor.of(viewer.account.id);
    return { enabled, recovery_codes_left: recoveryCodesLeft };
  },
});

export const beginSecondFactor = route({
  method: 'post',
  path: '/api/v1/second_factor',
  summary:
    'Begin with a second factor: a secret for an authenticator app. It counts once a code was confirmed.',
  audience: 'signed-in',
  scope: 'write:accounts',
  limit: LIMIT,
  body: z.object(freshFields),
  output: z
    .object({
      secret: z.string().describe('Base32, to be typed in'),
      uri: z.string().describe('otpauth:, to be opened'),
      qr_svg: z.string().describe('The same as a picture, to be scanned'),
    })
    .meta({ id: 'SecondFactorSecret' }),
  handler: async ({ deps, body, viewer }) => {
    refuseApps(viewer);
    await checkFresh(deps, viewer, body);
    const begun = await deps.inTx((tx) => deps.auth.secondFactor.begin(tx, viewer.account));
    if (!begun.ok) throw refused(begun);
    return {
      secret: begun.secret,
      uri: begun.uri,
      qr_svg: await QrCode.toString(begun.uri, { type: 'svg', margin: 2 }),
    };
  },
});

export const confirmSecondFactor = route({
  method: 'post',
  path: '/api/v1/second_factor/confirm',
  summary: 'Confirm a second factor with a code of it. From then on, signing in asks for one.',
  audience: 'signed-in',
  scope: 'write:accounts',
  limit: LIMIT,
  body: z.object({ code: z.string().min(1).max(secondFactorLimits.maxCodeCharacters) }),
  output: rotatedEntity.extend({
    recovery_codes: z
      .array(z.string())
      .describe('Each signs you in once without the authenticator app. Shown this once'),
  }),
  handler: async ({ deps, body, viewer, res }) => {
    refuseApps(viewer);
    await takeCodeTry(deps, viewer.account.id);
    const outcome = await deps.inTx(async (tx) => {
      const confirmed = await deps.auth.secondFactor.confirm(tx, viewer.account.id, body.code);
      return confirmed.ok
        ? { ...confirmed, session: await deps.auth.rotateSession(tx, viewer.sessionId) }
        : confirmed;
    });
    if (!outcome.ok) throw refused(outcome);
    return { recovery_codes: outcome.recoveryCodes, ...handOver(deps, res, viewer, outcome.session) };
  },
});

export const disableSecondFactor = route({
  method: 'post',
  path: '/api/v1/second_factor/disable',
  summary: 'Do without a second factor again. The password, or a proof, is asked for.',
  audience: 'signed-in',
  scope: 'write:accounts',
  limit: LIMIT,
  body: z.object(freshFields),
  output: rotatedEntity,
  handler: async ({ deps, body, viewer, res }) => {
    refuseApps(viewer);
    await checkFresh(deps, viewer, body);
    const session = await deps.inTx(async (tx) => {
      if (!(await deps.auth.secondFactor.drop(tx, viewer.account.id))) return null;
      return deps.auth.rotateSession(tx, viewer.sessionId);
    });
    if (!session) throw new ApiError('not-found', 'There is no second factor.');
    return handOver(deps, res, viewer, session);
  },
});
