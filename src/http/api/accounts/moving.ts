import { z } from 'zod';
import { moveLimits } from '../../../../config/account-limits.ts';
import type { Account } from '../../../modules/accounts/index.ts';
import { passwordLimits } from '../../../modules/auth/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { checkPasswordAgain } from '../../sign-in.ts';
import { emptyEntity } from '../schemas.ts';
import { refuseApps } from '../sessions/own-sessions.ts';

const person = z.string().trim().min(1).max(2_000).describe('A handle, or the id of the actor');

/** As its own server describes it at this moment. Throws where there is no such account. */
async function readAnew({ lookup }: HttpDeps, named: string): Promise<Account> {
  const isUri = /^https?:\/\//.test(named);
  const found = isUri ? null : await lookup.account(named);
  if (found && !found.ok) throw refused(found);
  const uri = found?.account.actorUri ?? named;
  if (!URL.canParse(uri)) throw new ApiError('handle-invalid', 'This is neither a handle nor a web address.');
  const read = await lookup.actor(uri, { anew: true });
  if (!read.ok) throw refused(read);
  if (read.account.state !== 'active') throw new ApiError('account-gone', `${named} is gone.`);
  return read.account;
}

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
    for (const named of body.also_known_as_uris) uris.push((await readAnew(deps, named)).actorUri);
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
    const to = await readAnew(deps, body.moved_to_uri);
    if (to.id === viewer.account.id) throw new ApiError('yourself', 'This is the account itself.');
    if (!to.alsoKnownAs.includes(viewer.account.actorUri)) {
      throw new ApiError(
        'not-an-alias',
        `${to.acct} does not name this account. Add it as an alias there first.`,
      );
    }
    if (to.movedToId !== null) throw new ApiError('not-an-alias', `${to.acct} has moved elsewhere itself.`);
    const moved = await deps.inTx((tx) => deps.accounts.move(tx, viewer.account, to));
    if (!moved.ok) throw refused(moved);
    return {};
  },
});
