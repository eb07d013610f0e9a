import { isUnconfirmed } from '../../../modules/auth/index.ts';
import { ApiError } from '../../errors.ts';
import { route } from '../../route.ts';
import { credentialEntityOf } from './entities.ts';
import { credentialAccountEntity } from './schemas.ts';

export const verifyCredentials = route({
  method: 'get',
  path: '/api/v1/accounts/verify_credentials',
  summary: 'Who is signed in.',
  audience: 'signed-in',
  beforeConfirmed: true,
  scope: 'profile',
  output: credentialAccountEntity,
  handler: ({ deps, viewer }) => {
    // Apps ask until they are not refused any more, as with Mastodon; our own pages say what is missing.
    if (viewer.appId !== null && isUnconfirmed(viewer)) throw new ApiError('email-unconfirmed');
    return credentialEntityOf(deps, viewer.account, viewer);
  },
});
