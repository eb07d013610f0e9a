import { z } from 'zod';
import { profileLimits } from '../../../../config/limits.ts';
import { route } from '../../route.ts';
import { accountEntityOf } from '../entities.ts';
import { credentialAccountEntity, flagSchema } from '../schemas.ts';

const text = (max: number) =>
  z
    .string()
    .max(max)
    .transform((value) => value.replaceAll('\u0000', '').trim());

export const updateCredentials = route({
  method: 'patch',
  path: '/api/v1/accounts/update_credentials',
  summary: 'Change your profile; what is not given stays as it is.',
  audience: 'signed-in',
  scope: 'write:accounts',
  body: z.object({
    display_name: text(profileLimits.maxDisplayNameCharacters).optional(),
    note: text(profileLimits.maxBioCharacters).optional().describe('Plain text'),
    locked: flagSchema.optional().describe('Followers need your approval'),
    discoverable: flagSchema.optional(),
  }),
  output: credentialAccountEntity,
  handler: async ({ deps, body, viewer }) => {
    const { display_name: displayName, note: bio, locked, discoverable } = body;
    const account = await deps.inTx((tx) =>
      deps.accounts.editProfile(tx, viewer.account.id, { displayName, bio, locked, discoverable }),
    );
    return { ...(await accountEntityOf(deps, account, account.id)), role: { name: viewer.role } };
  },
});
