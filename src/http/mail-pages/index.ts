import type { IRouter, Request, Response } from 'express';
import { z } from 'zod';
import { passwordLimits } from '../../modules/auth/index.ts';
import { withBody } from '../body.ts';
import type { HttpDeps } from '../deps.ts';
import { ApiError, refused } from '../errors.ts';
import { networkOf, type RateLimit } from '../limits.ts';
import { takeLimit } from '../mount.ts';
import type { Screen } from '../oauth/pages.ts';
import { queryOf } from '../query.ts';
import { comesFromOurPage } from '../session.ts';
import { LINKS, NEW_PASSWORDS, RESETS, UNSUBSCRIBES } from './limits.ts';
import { confirmPage, forgotPage, resetPage, saidPage, unsubscribePage } from './pages.ts';

const token = z.string().min(1).max(200);
const loginForm = z.object({ login: z.string().trim().min(1).max(254) });
const tokenForm = z.object({ token });
const passwordForm = z.object({ token, password: z.string(), again: z.string() });
const anyForm = z.looseObject({});

type Handler = (req: Request, res: Response) => Promise<void>;

/** The pages to which mailed links lead, and the one that sends one. They run no script. */
export function mountMailPages(app: IRouter, deps: HttpDeps): void {
  const page = (path: string, handlers: { readonly get: Handler; readonly post: Handler }): void => {
    app.get(path, guarded(deps, handlers.get));
    app.post(path, guarded(deps, handlers.post));
  };
  page('/auth/forgot', forgot(deps));
  page('/auth/confirm', confirm(deps));
  page('/auth/reset', reset(deps));
  page('/auth/unsubscribe', unsubscribe(deps));
}

function forgot(deps: HttpDeps) {
  const said = 'If there is such an account, a link is on its way to its address. It counts for 30 minutes.';
  return {
    get: async (_req: Request, res: Response) => {
      if (deps.mail.isOn) forgotPage(screenOf(deps, res));
      else askTheStaff(deps, res);
    },
    post: (req: Request, res: Response) =>
      form(deps, req, res, { schema: loginForm, limit: RESETS }, async ({ login }) => {
        const asked = await deps.inTx((tx) => deps.auth.resets.askForReset(tx, login));
        if (!asked.ok) return askTheStaff(deps, res);
        const sentences = [said, 'Nothing came? Look among unwanted mail.'];
        saidPage(screenOf(deps, res), { title: 'Look into your mail', sentences });
      }),
  };
}

/** Without mail, people help. */
function askTheStaff(deps: HttpDeps, res: Response): void {
  const { email } = deps.config.instance;
  const sentences = [
    'This server sends no mail. Ask the people who run it for a new password.',
    ...(email === null ? [] : [`Write to ${email}.`]),
  ];
  const link = { href: '/login', words: 'Back to signing in' };
  saidPage(screenOf(deps, res), { title: 'Forgot your password?', sentences, link });
}

function confirm(deps: HttpDeps) {
  return {
    get: async (req: Request, res: Response) => {
      await takeLimit(deps, res, LINKS, networkOf(req.ip));
      const given = tokenOf(req);
      const link = await deps.auth.emails.confirmationAt(given);
      if (!link) return spent(deps, res);
      const handle = `@${link.username}@${deps.urls.domain}`;
      confirmPage(screenOf(deps, res), { token: given, handle, email: link.email });
    },
    post: (req: Request, res: Response) =>
      form(deps, req, res, { schema: tokenForm, limit: LINKS }, async (fields) => {
        const done = await deps.inTx((tx) => deps.auth.emails.confirmEmail(tx, fields.token));
        if (!done.ok && done.reason === 'link-spent') return spent(deps, res);
        if (!done.ok) throw refused(done);
        saidPage(screenOf(deps, res), {
          title: 'Your address is confirmed',
          sentences: ['Thank you.'],
          link: { href: '/', words: `Go to ${deps.config.instance.name}` },
        });
      }),
  };
}

function reset(deps: HttpDeps) {
  return {
    get: async (req: Request, res: Response) => {
      await takeLimit(deps, res, LINKS, networkOf(req.ip));
      const given = tokenOf(req);
      if (await deps.auth.resets.isResetLink(given)) resetPage(screenOf(deps, res), { token: given });
      else spent(deps, res, ASK_AGAIN);
    },
    post: (req: Request, res: Response) =>
      form(deps, req, res, { schema: passwordForm, limit: NEW_PASSWORDS }, async (fields) => {
        // Before the slow hash: it is made for those who have a link alone.
        if (!(await deps.auth.resets.isResetLink(fields.token))) return spent(deps, res, ASK_AGAIN);
        const problem = problemOf(fields);
        if (problem) return resetPage(screenOf(deps, res), { token: fields.token, status: 422, problem });
        const hash = await deps.auth.hashPassword(fields.password);
        const done = await deps.inTx((tx) => deps.auth.resets.resetPassword(tx, fields.token, hash));
        if (!done.ok) return spent(deps, res, ASK_AGAIN);
        deps.log.info({ network: networkOf(req.ip) }, 'a password was set by a mailed link');
        saidPage(screenOf(deps, res), {
          title: 'Your password is set',
          sentences: [
            'You are signed out everywhere. Sign in with the new password.',
            ...(done.passkeysRemoved > 0 ? ['Your passkeys were removed: add them again.'] : []),
          ],
          link: { href: '/login', words: 'Sign in' },
        });
      }),
  };
}

function problemOf({ password, again }: z.output<typeof passwordForm>): string | null {
  const { min, max } = passwordLimits;
  if (password.length < min || password.length > max) return `A password has ${min} to ${max} characters.`;
  return password === again ? null : 'The two passwords are not the same.';
}

function unsubscribe(deps: HttpDeps) {
  return {
    get: async (req: Request, res: Response) => {
      await takeLimit(deps, res, LINKS, networkOf(req.ip));
      const given = tokenOf(req);
      if (deps.digests.isUnsubscribeLink(given)) unsubscribePage(screenOf(deps, res), given);
      else spent(deps, res);
    },
    // Mail programs send this by themselves, from wherever they are (RFC 8058): the token is all there is to check.
    post: async (req: Request, res: Response) => {
      const given = tokenOf(req);
      // Counted by network, those who come after many others at one provider would be refused.
      if (deps.digests.isUnsubscribeLink(given)) await takeLimit(deps, res, UNSUBSCRIBES, given);
      else await takeLimit(deps, res, LINKS, networkOf(req.ip));
      const { dataDir } = deps.config;
      await withBody({ route: { body: anyForm }, req, res, dataDir }, async () => {
        if (!(await deps.inTx((tx) => deps.digests.unsubscribe(tx, given)))) return spent(deps, res);
        const sentences = ['You get no more of them.'];
        saidPage(screenOf(deps, res), { title: 'The mails are stopped', sentences });
      });
    },
  };
}

/** Reads a form that only a page of ours may send. */
async function form<S extends z.ZodType>(
  deps: HttpDeps,
  req: Request,
  res: Response,
  { schema, limit }: { readonly schema: S; readonly limit: RateLimit },
  use: (fields: z.output<S>) => Promise<void>,
): Promise<void> {
  if (!comesFromOurPage(req, deps.config.origin)) throw new ApiError('cross-site');
  await takeLimit(deps, res, limit, networkOf(req.ip));
  const { dataDir } = deps.config;
  await withBody({ route: { body: schema }, req, res, dataDir }, async ({ body }) => {
    const parsed = schema.safeParse(body);
    // PostgreSQL stores no NUL (security.md R7).
    if (!parsed.success || JSON.stringify(parsed.data).includes('\\u0000')) {
      throw new ApiError('validation-failed', 'This form is not complete.');
    }
    await use(parsed.data);
  });
}

/** The token of a mailed link. What has another form than ours counts for nothing. */
function tokenOf(req: Request): string {
  const given = queryOf(req).token;
  return typeof given === 'string' && /^[\w.-]{1,200}$/.test(given) ? given : '';
}

const SIGN_IN = { href: '/login', words: 'Sign in' };
const ASK_AGAIN = { href: '/auth/forgot', words: 'Ask for a new link' };

function spent(deps: HttpDeps, res: Response, link = SIGN_IN): void {
  saidPage(screenOf(deps, res), {
    status: 422,
    title: 'This link does not count any more',
    sentences: ['It was used before, or is too old. Ask for a new one.'],
    link,
  });
}

/** Refusals are shown to the person. */
function guarded(deps: HttpDeps, work: Handler): Handler {
  return async (req, res) => {
    // The address holds what opens the account: it is told to nobody. Without any, forms would name no origin.
    res.set('Referrer-Policy', 'strict-origin');
    try {
      await work(req, res);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      for (const [name, value] of Object.entries(error.headers)) res.set(name, value);
      const { detail } = error.body;
      saidPage(screenOf(deps, res), {
        status: error.status,
        title: 'That did not work',
        sentences: [detail],
      });
    }
  };
}

function screenOf(deps: HttpDeps, res: Response): Screen {
  return {
    ...{ res, server: deps.config.instance.name, resetsPasswords: deps.mail.isOn },
    ...{ hasPasskeys: deps.auth.passkeys.isPossible, language: 'en' },
  };
}
