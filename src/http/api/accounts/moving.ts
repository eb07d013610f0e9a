import { z } from 'zod';
import { moveLimits } from '../../../../config/account-limits.ts';
import { moveTarget, readAnew } from '../../../modules/accounts/index.ts';
import { passwordLimits } from '../../../modules/auth/index.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { checkPasswordAgain } from '../../sign-in.ts';
import { emptyEntity } from '../schemas.ts';
import { refuseApps } from '../sessions/own-sessions.ts';

const person = z.string().trim().min(1).max(2_000).describe('A handle, or the id of the actor');

export const setAliases = route({
  method: 'post',
  path: '/api/v1/accounts/alias',
  summary: 'Say which other accounts are yours, in place of those you said before: they can then move here.',
  audience: 'signed-in',
  scope: 'write:accounts',
  limit: { name: 'aliases', points: 20, seconds: 900 },
  body: z.object({ also_known_as_uris: z.array(person).max(moveLimits.maxAliases) }),
  output: z.object({ also_known_as_uris: z.array(z.string()) }),
  handler: async ({ deps, body, viewer }) => {
    refuseApps(viewer);
    const uris: string[] = [];
    for (const named of body.also_known_as_uris) {
      const read = await readAnew(deps.lookup, named);
      if (!read.ok) throw refused(read);
      uris.push(read.account.actorUri);
    }
    if (uris.includes(viewer.account.actorUri)) throw new ApiError('yourself', 'This is the account itself.');
    await deps.inTx((tx) => deps.accounts.setAliases(tx, viewer.account.id, uris));
    return { also_known_as_uris: uris };
  },
});

export const getAliases = route({
  method: 'get',
  path: '/api/v1/accounts/alias',
  summary: 'Which other accounts you say are yours.',
  audience: 'signed-in',
  scope: 'read:accounts',
  output: z.object({ also_known_as_uris: z.array(z.string()) }),
  handler: async ({ viewer }) => ({ also_known_as_uris: [...viewer.account.alsoKnownAs] }),
});

export const moveAccount = route({
  method: 'post',
  path: '/api/v1/accounts/move',
  summary: `Go on as another account, which must name this one as its alias: your followers are sent there. Once in ${moveLimits.minDaysBetween} days.`,
  audience: 'signed-in',
  scope: 'write:accounts',
  limit: { name: 'move', points: 20, seconds: 900 },
  body: z.object({ password: z.string().min(1).max(passwordLimits.max), moved_to_uri: person }),
  output: emptyEntity,
  handler: async ({ deps, body, viewer }) => {
    refuseApps(viewer);
    await checkPasswordAgain(deps, viewer.account.id, body.password);
    const found = await moveTarget(deps.lookup, viewer.account, body.moved_to_uri);
    if (!found.ok) throw refused(found);
    const moved = await deps.inTx((tx) => deps.accounts.move(tx, viewer.account, found.to));
    if (!moved.ok) throw refused(moved);
    return {};
  },
});
