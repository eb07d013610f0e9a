import { z } from 'zod';
import { digestLimits } from '../../../../config/mail-limits.ts';
import type { AccountId } from '../../../lib/ids.ts';
import { isUnconfirmed, passwordLimits } from '../../../modules/auth/index.ts';
import {
  type DigestPreferences,
  digestRhythms,
  isTimeZone,
  mailedTypes,
} from '../../../modules/digests/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { refused } from '../../errors.ts';
import { RESETS } from '../../mail-pages/limits.ts';
import { route } from '../../route.ts';
import { checkPasswordAgain } from '../../sign-in.ts';
import { emptyEntity } from '../schemas.ts';
import { refuseApps } from '../sessions/own-sessions.ts';

const address = z.email().max(254);

export const checkConfirmation = route({
  method: 'get',
  path: '/api/v1/emails/check_confirmation',
  summary: 'Whether your e-mail address is confirmed: `true` or `false`.',
  audience: 'signed-in',
  beforeConfirmed: true,
  scope: 'read:accounts',
  output: z.boolean(),
  handler: async ({ viewer }) => !isUnconfirmed(viewer),
});

export const mailConfirmation = route({
  method: 'post',
  path: '/api/v1/emails/confirmations',
  summary:
    'Have the link that confirms your e-mail address sent again, to another address if you mistyped it.',
  audience: 'signed-in',
  beforeConfirmed: true,
  scope: 'write:accounts',
  limit: { name: 'email-confirmations', points: 20, seconds: 3_600 },
  body: z.object({ email: address.optional().describe('In place of the first; no app may give one') }),
  output: emptyEntity,
  handler: async ({ deps, body, viewer }) => {
    // Whoever has the address gets new passwords by it, so that no app decides about it.
    if (body.email !== undefined) refuseApps(viewer);
    const mailed = await deps.inTx((tx) =>
      deps.auth.emails.mailConfirmation(tx, viewer.account.id, body.email),
    );
    if (!mailed.ok) throw refused(mailed);
    return {};
  },
});

export const changeEmail = route({
  method: 'post',
  path: '/api/v1/accounts/change_email',
  summary:
    'Use another e-mail address. It counts once the link that is sent there was opened; then every other session ends.',
  audience: 'signed-in',
  scope: 'write:accounts',
  limit: { name: 'change-email', points: 20, seconds: 900 },
  body: z.object({ password: z.string().min(1).max(passwordLimits.max), email: address }),
  output: z.object({ waits: z.boolean().describe('Until it is confirmed; false: it counts already') }),
  handler: async ({ deps, body, viewer }) => {
    refuseApps(viewer);
    await checkPasswordAgain(deps, viewer.account.id, body.password);
    const asked = await deps.inTx((tx) =>
      deps.auth.emails.changeEmail(tx, viewer.account.id, body.email, viewer.sessionId),
    );
    if (!asked.ok) throw refused(asked);
    return { waits: asked.waits };
  },
});

export const askForReset = route({
  method: 'post',
  path: '/api/v1/accounts/password_reset',
  summary: 'Ask for a link by which a new password can be set. The answer is the same whoever that is.',
  audience: 'anyone',
  scope: null,
  limit: RESETS,
  body: z.object({ login: z.string().trim().min(1).max(254).describe('Name or e-mail address') }),
  output: emptyEntity,
  handler: async ({ deps, body }) => {
    const asked = await deps.inTx((tx) => deps.auth.resets.askForReset(tx, body.login));
    if (!asked.ok) throw refused(asked);
    return {};
  },
});

const settingsEntity = z
  .object({
    email: z.string().nullable().describe('Your address'),
    confirmed: z.boolean(),
    digest: z.enum(digestRhythms).describe('How often you are mailed what you have not seen'),
    types: z.array(z.enum(mailedTypes)).describe('Of these types of notifications'),
    time_zone: z
      .string()
      .describe('Where it is 8 in the morning when a digest is sent; weekly ones on Monday'),
  })
  .meta({ id: 'EmailPreferences' });

export const getEmailPreferences = route({
  method: 'get',
  path: '/api/v1/emails/preferences',
  summary: 'What you are told by mail.',
  audience: 'signed-in',
  scope: 'read:accounts',
  output: settingsEntity,
  handler: async ({ deps, viewer }) =>
    settingsOf(deps, viewer.account.id, await deps.digests.preferencesOf(viewer.account.id)),
});

export const setEmailPreferences = route({
  method: 'patch',
  path: '/api/v1/emails/preferences',
  summary: 'Choose what you are told by mail. What is not given stays as it is.',
  audience: 'signed-in',
  scope: 'write:accounts',
  body: z.object({
    digest: z.enum(digestRhythms).optional(),
    types: z
      .preprocess(
        (value) => (typeof value === 'string' ? [value].filter((one) => one !== '') : value),
        z.array(z.enum(mailedTypes)).max(mailedTypes.length * 2),
      )
      .optional(),
    time_zone: z
      .string()
      .max(digestLimits.maxTimeZoneCharacters)
      .refine(isTimeZone, 'This is no time zone, such as Europe/Berlin.')
      .optional(),
  }),
  output: settingsEntity,
  handler: async ({ deps, body, viewer }) => {
    const { digest, types, time_zone: timeZone } = body;
    const change = { digest, timeZone, types: types && mailedTypes.filter((type) => types.includes(type)) };
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const set = await deps.inTx((tx) => deps.digests.prefer(tx, viewer.account.id, given));
    if (!set.ok) throw refused(set);
    return settingsOf(deps, viewer.account.id, set.preferences);
  },
});

async function settingsOf(
  deps: HttpDeps,
  accountId: AccountId,
  { digest, types, timeZone }: DigestPreferences,
): Promise<z.input<typeof settingsEntity>> {
  const { email, confirmed } = await deps.auth.emails.emailOf(accountId);
  return { email, confirmed, digest, types: [...types], time_zone: timeZone };
}
