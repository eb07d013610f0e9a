import { route } from '../../route.ts';
import { accountEntityOf } from '../entities.ts';
import { credentialAccountEntity } from '../schemas.ts';

export const verifyCredentials = route({
  method: 'get',
  path: '/api/v1/accounts/verify_credentials',
  summary: 'Who is signed in.',
  audience: 'signed-in',
  scope: 'profile',
  output: credentialAccountEntity,
  handler: async ({ deps, viewer }) => ({
    ...(await accountEntityOf(deps, viewer.account, viewer.account.id)),
    role: { name: viewer.role },
  }),
});
