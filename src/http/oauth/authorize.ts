import type { Request, Response } from 'express';
import { z } from 'zod';
import { clientDocumentLimits } from '../../../config/joining-limits.ts';
import { oauthLimits, secondFactorLimits } from '../../../config/limits.ts';
import { type App, grantable, OUT_OF_BAND, type Scope, type Viewer } from '../../modules/auth/index.ts';
import { withBody } from '../body.ts';
import type { HttpDeps } from '../deps.ts';
import { ApiError, refused } from '../errors.ts';
import { addressOf, networkOf } from '../limits.ts';
import { takeLimit } from '../mount.ts';
import { type Assertion, assertionSchema, checkPasskeySignIn } from '../passkey-ceremony.ts';
import { queryOf } from '../query.ts';
import { comesFromOurPage, setSessionCookie, viewerOfPage } from '../session.ts';
import { checkCode, checkSignIn, type Proven, SIGN_INS } from '../sign-in.ts';
import {
  codePage,
  consentPage,
  deniedPage,
  manualCodePage,
  refusalPage,
  type Screen,
  signInPage,
} from './pages.ts';
import { AskedWrongly, askedLanguageOf, sentenceOf, table } from './words/index.ts';

const LOOKS = { name: 'authorize', points: 120, seconds: 300 };
const DOCUMENTS = { name: 'client-document', points: 60, seconds: 300 };

/** What an app asks for (RFC 6749 4.1.1, RFC 7636 4.3), carried through all steps. */
const requestSchema = z.object({
  response_type: z.literal('code'),
  client_id: z.string().max(clientDocumentLimits.maxAddressCharacters),
  redirect_uri: z.string().max(oauthLimits.maxRedirectUriCharacters),
  scope: z.string().max(oauthLimits.maxScopeCharacters).optional(),
  state: z.string().max(oauthLimits.maxStateCharacters).optional(),
  code_challenge: z.stringFormat('s256', /^[\w-]{43}$/).optional(),
  code_challenge_method: z.literal('S256').optional(),
  lang: z.string().max(40).optional(),
});

/** Each of its parts has its own limit. */
const MAX_ASSERTION_CHARACTERS = 64_000;

const formSchema = z.object({
  step: z.enum(['password', 'passkey', 'code', 'decide']),
  login: z.string().trim().max(254).default(''),
  password: z.string().max(200).default(''),
  ticket: z.string().max(1_000).default(''),
  code: z.string().max(secondFactorLimits.maxCodeCharacters).default(''),
  /** What a passkey has signed, as JSON. */
  assertion: z.string().max(MAX_ASSERTION_CHARACTERS).default(''),
  decision: z.enum(['allow', 'deny']).default('deny'),
  proof: z.string().max(100).default(''),
});

type Asked = z.output<typeof requestSchema>;
type Form = z.output<typeof formSchema>;

interface Wanted {
  readonly app: App;
  readonly asked: Asked;
  readonly scopes: readonly Scope[];
  readonly hidden: Readonly<Record<string, string>>;
}

/** The page on which people let an app in. Nothing leads to the app before its person has decided (RFC 9700 4.11.2). */
export function authorizePage(deps: HttpDeps) {
  return guarded(deps, async (req, res) => {
    await takeLimit(deps, res, LOOKS, networkOf(req.ip));
    const query = queryOf(req);
    const wanted = await wantedOf(deps, networkOf(req.ip), query);
    const viewer = await viewerOfPage(deps, req);
    const isForced = /^(true|1)$/.test(String(query.force_login ?? ''));
    if (!viewer || isForced) signInPage(screenOf(deps, res), 200, { ...wanted, login: '' });
    else askFor(deps, res, wanted, viewer);
  });
}

/** The steps after it: the password, the second factor, the decision. */
export function authorizeStep(deps: HttpDeps) {
  return guarded(deps, async (req, res) => {
    // Signing in needs it too: a form of another site could sign its visitors in as somebody else (security.md A5).
    if (!comesFromOurPage(req, deps.config.origin)) throw new ApiError('cross-site');
    const { dataDir } = deps.config;
    await withBody({ route: { body: formSchema }, req, res, dataDir }, async ({ body }) => {
      const wanted = await wantedOf(deps, networkOf(req.ip), body);
      const form = formSchema.safeParse(body);
      if (!form.success) throw new ApiError('validation-failed', 'This form is not complete.');
      if (form.data.step === 'decide') return decide(deps, req, res, wanted, form.data);
      await takeLimit(deps, res, SIGN_INS, networkOf(req.ip));
      const proven = await proveStep(deps, req, res, wanted, form.data);
      if (proven) await enter(deps, req, res, wanted, proven);
    });
  });
}

/** Refusals are shown to the person: only the redirect that the app has registered may be trusted, and only later. */
function guarded(deps: HttpDeps, work: (req: Request, res: Response) => Promise<void>) {
  return async (req: Request, res: Response): Promise<void> => {
    try {
      await work(req, res);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      for (const [name, value] of Object.entries(error.headers)) res.set(name, value);
      const screen = screenOf(deps, res);
      refusalPage(screen, error.status, sentenceOf(table[screen.language], error));
    }
  };
}

/** Holds a request against what the app has registered: the redirect exactly, the scopes at most (security.md A1, A4). */
async function wantedOf(deps: HttpDeps, network: string, fields: unknown): Promise<Wanted> {
  const parsed = requestSchema.safeParse(fields);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new AskedWrongly('asked-unclearly', where);
  }
  const asked = parsed.data;
  const app = await appOf(deps, network, asked.client_id);
  if (!app.redirectUris.includes(asked.redirect_uri)) {
    throw new AskedWrongly('redirect-unknown');
  }
  // Without a method, RFC 7636 means `plain`, which protects nothing.
  if ((asked.code_challenge === undefined) !== (asked.code_challenge_method === undefined)) {
    throw new AskedWrongly('asked-unclearly', 'code_challenge_method');
  }
  const scopes = grantable(app, asked.scope);
  if (!scopes) throw new AskedWrongly('scope-too-wide');
  const hidden = Object.fromEntries(
    Object.entries(asked).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  return { app, asked, scopes, hidden };
}

/** An app that was registered, or one whose id is the address of a document that tells of it. */
async function appOf(deps: HttpDeps, network: string, clientId: string): Promise<App> {
  const { apps } = deps.auth;
  if (!apps.documents.isAddress(clientId)) {
    const app = await apps.byClientId(clientId);
    if (!app) throw new AskedWrongly('app-unknown');
    return app;
  }
  // Each new address is a request that somebody else gets from us.
  await deps.limits.take(DOCUMENTS, network);
  const read = await apps.documents.app(clientId);
  if (!read.ok) throw refused(read);
  return read.app;
}

const wordsOf = (res: Response) => table[askedLanguageOf(res.req)];

function screenOf(deps: HttpDeps, res: Response): Screen {
  return {
    ...{ res, server: deps.config.instance.name, hasPasskeys: deps.auth.passkeys.isPossible },
    resetsPasswords: deps.mail.isOn,
    language: askedLanguageOf(res.req),
  };
}

function askFor(deps: HttpDeps, res: Response, wanted: Wanted, viewer: Viewer): void {
  const { app, asked, scopes, hidden } = wanted;
  const proof = deps.auth.proofs.approval(viewer.sessionId, proofText(wanted));
  const otherAccount = `/oauth/authorize?${new URLSearchParams({ ...hidden, force_login: 'true' })}`;
  consentPage(screenOf(deps, res), {
    ...{ app, scopes, redirectUri: asked.redirect_uri, otherAccount, hidden: { ...hidden, proof } },
    handle: `@${viewer.account.username}@${deps.urls.domain}`,
  });
}

/** What is allowed is exactly what was shown. */
function proofText({ hidden }: Wanted): string {
  return JSON.stringify(Object.entries(hidden).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Who signs in; null where the page has asked again, or for the next step. */
async function proveStep(
  deps: HttpDeps,
  req: Request,
  res: Response,
  wanted: Wanted,
  form: Form,
): Promise<Proven | null> {
  const isFirst = form.step !== 'code';
  try {
    if (form.step === 'passkey') return await checkPasskeySignIn(deps, req, assertionOf(form.assertion));
    if (isFirst) return await proveFirst(deps, res, wanted, form);
    const holder = await deps.auth.proofs.holderOf(form.ticket);
    if (!holder) {
      signInPage(screenOf(deps, res), 401, {
        ...wanted,
        login: '',
        problem: wordsOf(res).problems['too-late'],
      });
      return null;
    }
    await checkCode(deps, holder.accountId, form.code);
    return holder;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const problem = sentenceOf(wordsOf(res), error);
    for (const [name, value] of Object.entries(error.headers)) res.set(name, value);
    if (isFirst) signInPage(screenOf(deps, res), error.status, { ...wanted, login: form.login, problem });
    else codePage(screenOf(deps, res), error.status, { ...wanted, ticket: form.ticket, problem });
    return null;
  }
}

function assertionOf(text: string): Assertion {
  try {
    return assertionSchema.parse(JSON.parse(text));
  } catch {
    throw new ApiError('passkey-invalid', 'The browser has sent no passkey. Try again.');
  }
}

async function proveFirst(deps: HttpDeps, res: Response, wanted: Wanted, form: Form): Promise<Proven | null> {
  const proven = await checkSignIn(deps, form.login, form.password);
  if (!(await deps.auth.secondFactor.of(proven.accountId)).enabled) return proven;
  codePage(screenOf(deps, res), 200, {
    ...wanted,
    ticket: deps.auth.proofs.passwordTicket(proven.accountId),
  });
  return null;
}

/** Opens a new session, whatever the browser had before (security.md A6), and asks the question. */
async function enter(
  deps: HttpDeps,
  req: Request,
  res: Response,
  wanted: Wanted,
  proven: Proven,
): Promise<void> {
  const before = await viewerOfPage(deps, req);
  const userAgent = req.headers['user-agent'] ?? '';
  const session = await deps.inTx(async (tx) => {
    if (before) await deps.auth.closeSession(tx, before.sessionId);
    return deps.auth.openSession(tx, { ...proven, kind: 'cookie', userAgent, ip: addressOf(req.ip) });
  });
  setSessionCookie(res, deps.config.origin, session.token, session.expiresAt);
  res.redirect(303, `/oauth/authorize?${new URLSearchParams(wanted.hidden)}`);
}

async function decide(
  deps: HttpDeps,
  req: Request,
  res: Response,
  wanted: Wanted,
  form: Form,
): Promise<void> {
  const viewer = await viewerOfPage(deps, req);
  if (!viewer)
    return signInPage(screenOf(deps, res), 401, {
      ...wanted,
      login: '',
      problem: wordsOf(res).problems['signed-out'],
    });
  if (!deps.auth.proofs.isApproval(viewer.sessionId, proofText(wanted), form.proof)) {
    throw new ApiError('cross-site', 'This question was not asked by this server, or to somebody else.');
  }
  const { app, asked, scopes } = wanted;
  const isManual = asked.redirect_uri === OUT_OF_BAND;
  if (form.decision === 'deny') {
    if (isManual) deniedPage(screenOf(deps, res));
    else res.redirect(303, answerUri(deps, asked, { error: 'access_denied' }));
    return;
  }
  const code = await deps.inTx((tx) =>
    deps.auth.apps.issueCode(tx, {
      ...{ appId: app.id, accountId: viewer.account.id, redirectUri: asked.redirect_uri, scopes },
      challenge: asked.code_challenge ?? null,
    }),
  );
  if (isManual) manualCodePage(screenOf(deps, res), code);
  else res.redirect(303, answerUri(deps, asked, { code }));
}

/** The registered address as it is written, with the answer behind it (RFC 6749 4.1.2; `iss`: RFC 9207). */
function answerUri(deps: HttpDeps, asked: Asked, answer: Record<string, string>): string {
  const state: Record<string, string> = asked.state === undefined ? {} : { state: asked.state };
  const query = new URLSearchParams({ ...answer, ...state, iss: deps.config.origin });
  return `${asked.redirect_uri}${asked.redirect_uri.includes('?') ? '&' : '?'}${query}`;
}
