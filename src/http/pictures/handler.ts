import { readFileSync } from 'node:fs';
import type { RequestHandler, Response } from 'express';
import { parseId } from '../../lib/ids.ts';
import type { PictureRole } from '../../modules/accounts/index.ts';
import { isShownHere } from '../api/accounts/get-account.ts';
import type { HttpDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { networkOf } from '../limits.ts';
import { COMMON, pairsOf } from '../media/serve.ts';

const PATH = /^\/(?:(avatar|header)\.png|(\d{1,19})\/(avatar|header))$/;
const LIMIT = { name: 'pictures', points: 1_200, seconds: 60 };
const FOR_A_DAY = 'public, max-age=86400';
const FOR_A_WHILE = 'public, max-age=300';

/**
 * Pictures of profiles that are not stored here yet, and those of people who have none. Who looks at a picture of a
 * remote account for the first time sees the usual one, while a job copies the right one: nobody's browser asks the
 * server of that account, and entities of the API name the copy as soon as it is there.
 */
export function createPictureHandler(deps: HttpDeps): RequestHandler {
  const usual = {
    avatar: readFileSync(new URL('avatar.png', import.meta.url)),
    header: readFileSync(new URL('header.png', import.meta.url)),
  };
  return async (req, res) => {
    for (const [name, value] of pairsOf(COMMON)) if (name !== 'Accept-Ranges') res.setHeader(name, value);
    const [, named, idText, role] = PATH.exec(req.path) ?? [];
    if ((req.method !== 'GET' && req.method !== 'HEAD') || (!named && !role)) throw new ApiError('not-found');
    if (named) {
      res
        .set('Cache-Control', FOR_A_DAY)
        .type('png')
        .send(usual[named as PictureRole]);
      return;
    }
    await deps.limits.take(LIMIT, `network:${networkOf(req.ip)}`);
    await showOf(deps, idText ?? '', role as PictureRole, res);
  };
}

async function showOf(deps: HttpDeps, idText: string, role: PictureRole, res: Response): Promise<void> {
  const id = parseId<'account'>(idText);
  const account = id === null ? null : await deps.accounts.byId(id);
  if (!account || !(await isShownHere(deps, account))) throw new ApiError('not-found');
  const { key, url } = account[role];
  if (key !== null) {
    const address = deps.videos.objectUrl(key, { state: 'published', visibility: 'public' });
    res.set('Cache-Control', FOR_A_WHILE).redirect(302, address);
    return;
  }
  if (url !== null) await deps.pictures.want(account.id, role);
  res
    .set('Cache-Control', url === null ? FOR_A_WHILE : 'no-store')
    .redirect(302, deps.urls.defaultPicture(role));
}
