import { parseCookie, stringifySetCookie } from 'cookie';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { passkeyLimits } from '../../config/joining-limits.ts';
import { randomToken, sha256 } from '../lib/crypto.ts';
import type { HttpDeps } from './deps.ts';
import { ApiError, refused } from './errors.ts';
import { comesFromOurPage } from './session.ts';
import type { Proven } from './sign-in.ts';

/** What browsers answer with, in base64url. */
const part = (max: number) => z.stringFormat('base64url', /^[\w-]+={0,2}$/).max(max);
const credentialId = part(passkeyLimits.maxCredentialCharacters);
const answerPart = part(passkeyLimits.maxResponseCharacters);
const shared = {
  ...{ id: credentialId, rawId: credentialId, type: z.literal('public-key') },
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).nullish(),
  clientExtensionResults: z.looseObject({}).default({}),
};

/** `PublicKeyCredential.toJSON()` of a passkey that signs (WebAuthn 5.1). */
export const assertionSchema = z
  .object({
    ...shared,
    response: z.object({
      ...{ clientDataJSON: answerPart, authenticatorData: answerPart, signature: answerPart },
      userHandle: part(200).nullish(),
    }),
  })
  .transform(({ authenticatorAttachment: _, response: { userHandle, ...response }, ...answer }) => ({
    ...answer,
    clientExtensionResults: {},
    response: userHandle ? { ...response, userHandle } : response,
  }));

/** The same of a new one. */
export const attestationSchema = z
  .object({
    ...shared,
    response: z.object({
      ...{ clientDataJSON: answerPart, attestationObject: answerPart },
      transports: z
        .array(z.stringFormat('transport', /^[a-z-]{1,20}$/))
        .max(10)
        .default([]),
    }),
  })
  .transform(({ authenticatorAttachment: _, ...answer }) => ({ ...answer, clientExtensionResults: {} }));

export type Assertion = z.output<typeof assertionSchema>;

/** Steps to sign in with a passkey, from one network. Nothing can be guessed; each costs us a signature check. */
export const PASSKEY_SIGN_INS = { name: 'passkey-sign-in', points: 60, seconds: 900 } as const;

function cookieName(origin: string): string {
  return origin.startsWith('https:') ? '__Host-vireo-passkey' : 'vireo-passkey';
}

/** A browser that has no session is told apart by a cookie of its own, so that a challenge counts in no other. */
function browserOf(req: Request, origin: string): string | null {
  const token = parseCookie(req.headers.cookie ?? '')[cookieName(origin)];
  return token === undefined || token.length > 100 ? null : sha256(token).toString('base64url');
}

function throwUnlessOurs(deps: Pick<HttpDeps, 'config' | 'auth'>, req: Request): void {
  // A page of another site could sign its visitors in as somebody else (security.md A5).
  if (!comesFromOurPage(req, deps.config.origin)) throw new ApiError('cross-site');
  if (!deps.auth.passkeys.isPossible) throw new ApiError('passkeys-impossible');
}

/** What the browser asks its passkeys, to sign somebody in of whom nothing is known yet. */
export async function beginPasskeySignIn(
  deps: Pick<HttpDeps, 'config' | 'auth'>,
  req: Request,
  res: Response,
) {
  throwUnlessOurs(deps, req);
  const { origin } = deps.config;
  const token = randomToken(16);
  res.append(
    'Set-Cookie',
    stringifySetCookie({
      name: cookieName(origin),
      value: token,
      httpOnly: true,
      sameSite: 'strict',
      secure: origin.startsWith('https:'),
      path: '/',
      maxAge: passkeyLimits.challengeMs / 1_000,
    }),
  );
  const holder = sha256(token).toString('base64url');
  return deps.auth.passkeys.optionsToUse({ purpose: 'sign-in', holder }, null);
}

/** Whose passkey it was that this browser answered with. Throws the refusal. */
export async function checkPasskeySignIn(
  deps: Pick<HttpDeps, 'config' | 'auth' | 'inTx'>,
  req: Request,
  assertion: Assertion,
): Promise<Proven> {
  throwUnlessOurs(deps, req);
  const holder = browserOf(req, deps.config.origin);
  if (holder === null) throw new ApiError('passkey-invalid', 'That took too long. Try again.');
  const used = await deps.inTx((tx) => deps.auth.passkeys.use(tx, { purpose: 'sign-in', holder }, assertion));
  if (!used.ok) throw refused(used);
  return used;
}
