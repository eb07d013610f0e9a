import { route } from '../../route.ts';
import { accountEntityOf } from '../entities.ts';
import { credentialAccountEntity } from '../schemas.ts';

export const verifyCredentials = route({
  method: 'get',
  path: '/api/v1/accounts/verify_credentials',
  summary: 'Who is signed in.',
  audience: 'signed-in',
  scope: 'read:accounts',
  output: credentialAccountEntity,
  handler: async ({ deps, viewer }) => ({
    ...(await accountEntityOf(deps, viewer.account, viewer.account.id)),
    role: { name: viewer.role },
  }),
});
