import { route } from '../../route.ts';
import { credentialEntityOf } from './entities.ts';
import { credentialAccountEntity } from './schemas.ts';

export const verifyCredentials = route({
  method: 'get',
  path: '/api/v1/accounts/verify_credentials',
  summary: 'Who is signed in.',
  audience: 'signed-in',
  scope: 'read:accounts',
  output: credentialAccountEntity,
  handler: ({ deps, viewer }) => credentialEntityOf(deps, viewer.account, viewer.role),
});
