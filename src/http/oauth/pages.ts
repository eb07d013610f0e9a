import type { Response } from 'express';
import { secondFactorLimits } from '../../../config/limits.ts';
import { type App, OUT_OF_BAND, type Scope } from '../../modules/auth/index.ts';
import { type Html, html } from '../html.ts';
import { scopeSentences } from './scope-words.ts';

/** Where a page is sent, and by whom: people should see which server it is that asks for their password. */
export interface Screen {
  readonly res: Response;
  readonly server: string;
  /** Whether browsers know passkeys of this server. */
  readonly hasPasskeys: boolean;
}

/** Where the page's form leads, and what it carries. */
interface Shown {
  readonly app: App;
  /** What the app asked for: carried from step to step. */
  readonly hidden: Readonly<Record<string, string>>;
  readonly problem?: string | undefined;
}

const SELF = "'self'";

interface PageHead {
  readonly status: number;
  readonly title: string;
  /** Where the app waits, if the form leads there in the end. */
  readonly target?: string;
  readonly hasProblem?: boolean;
  /** Runs a file of ours, which asks this server. */
  readonly script?: string;
}

/** Sends a page that runs nothing but a file of ours, is shown in no frame, and whose form leads here or to where the app waits. */
function sendPage(
  { res, server }: Screen,
  { status, title, target, script, hasProblem = false }: PageHead,
  body: Html,
): void {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${hasProblem ? 'Error: ' : ''}${title} · ${server}</title>
<link rel="stylesheet" href="/oauth/page.css">
<link rel="icon" href="/oauth/logo.svg">
</head>
<body>
<header><img src="/oauth/logo.svg" alt="" width="32" height="32"> ${server}</header>
<main>
<h1>${title}</h1>
${body}
</main>
${script === undefined ? html`` : html`<script src="${script}" defer></script>`}
</body>
</html>
`;
  const formAction = target === undefined ? SELF : `${SELF} ${sourceOf(target)}`;
  const runs = script === undefined ? '' : `script-src 'self'; connect-src 'self'; `;
  res.set(
    'Content-Security-Policy',
    `default-src 'none'; ${runs}style-src 'self'; img-src 'self'; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`,
  );
  res.set('Cache-Control', 'no-store');
  res.status(status).type('html').send(page.html);
}

/**
 * Browsers hold the redirect after a form to the policy, too: the place is named as narrowly as it can be. Hosts may
 * hold signs that part a policy (`;`), and a policy has no words for others (`[`).
 */
function sourceOf(redirectUri: string): string {
  const url = new URL(redirectUri);
  const isNamed = /^https?:$/.test(url.protocol) && /^[a-z0-9.-]+$/.test(url.hostname);
  return isNamed ? url.origin : url.protocol;
}

export function refusalPage(screen: Screen, status: number, detail: string): void {
  const body = html`<p class="problem" role="alert">${detail}</p>
<p class="muted">Go back to the app and try again. If that does not help, its makers have to mend it.</p>`;
  sendPage(screen, { status, title: 'The app cannot sign you in' }, body);
}

export function signInPage(screen: Screen, status: number, shown: Shown & { login: string }): void {
  const { app, login, problem } = shown;
  const body = html`<p>${app.name}${hostOf(app)} asks you to sign in to ${screen.server} first.</p>
${problemOf(shown)}
${form(shown, 'password')}
<label>Name or e-mail <input name="login" value="${login}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="254" required${wrong(problem)}></label>
<label>Password <input type="password" name="password" autocomplete="current-password" maxlength="200" required${wrong(problem)}${problem === undefined || login === '' ? html`` : FOCUS}></label>
<div class="actions"><button class="main">Sign in</button></div>
</form>
${screen.hasPasskeys ? passkeyForm(shown) : html``}
<p class="muted">The app does not see your password.</p>`;
  const script = screen.hasPasskeys ? { script: '/oauth/passkey.js' } : {};
  sendPage(screen, { status, title: 'Sign in', hasProblem: problem !== undefined, ...script }, body);
}

/** Hidden until its script has seen that the browser has passkeys. */
function passkeyForm(shown: Shown): Html {
  const attributes = html` id="passkey" hidden`;
  return html`${form(shown, 'passkey', attributes)}
<input type="hidden" name="assertion">
<p class="problem" role="alert" hidden>No passkey was used. Try again, or sign in with your password.</p>
<div class="actions"><button>Sign in with a passkey</button></div>
</form>`;
}

export function codePage(screen: Screen, status: number, shown: Shown & { ticket: string }): void {
  const { problem } = shown;
  const body = html`<p>Enter the code that your authenticator app shows, or one of your recovery codes.</p>
${problemOf(shown)}
${form({ ...shown, hidden: { ...shown.hidden, ticket: shown.ticket } }, 'code')}
<label>Code <input name="code" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="${secondFactorLimits.maxCodeCharacters}" required${wrong(problem)}${FOCUS}></label>
<div class="actions"><button class="main">Sign in</button></div>
</form>`;
  sendPage(screen, { status, title: 'Enter your code', hasProblem: problem !== undefined }, body);
}

export function consentPage(
  screen: Screen,
  shown: Shown & {
    readonly handle: string;
    readonly scopes: readonly Scope[];
    readonly redirectUri: string;
    readonly otherAccount: string;
  },
): void {
  const { app, redirectUri } = shown;
  const isManual = redirectUri === OUT_OF_BAND;
  const place = isManual ? 'you are shown a code for the app' : `you are sent to ${placeOf(redirectUri)}`;
  const body = html`<p><strong>${app.name}</strong>${hostOf(app)} asks to use your account <strong>${shown.handle}</strong>. It could:</p>
<ul>${scopeSentences(shown.scopes).map((sentence) => html`<li>${sentence}</li>`)}</ul>
${app.website === null ? html`` : html`<p class="muted">It says that its page is ${app.website}. This server has not checked it.</p>`}
<p class="muted">Afterwards ${place}. You can end this at any time in your sessions.</p>
${form(shown, 'decide')}
<div class="actions"><button class="main" name="decision" value="allow">Allow</button><button name="decision" value="deny">Deny</button></div>
</form>
<p class="muted"><a href="${shown.otherAccount}">Use another account</a></p>`;
  const title = `Allow ${app.name}?`;
  sendPage(screen, { status: 200, title, ...(isManual ? {} : { target: redirectUri }) }, body);
}

/** For apps that cannot be redirected to. */
export function manualCodePage(screen: Screen, code: string): void {
  const body = html`<p>Copy this code into the app. It counts once, for ten minutes.</p>
<label>Code <textarea rows="2" readonly spellcheck="false"${FOCUS}>${code}</textarea></label>`;
  sendPage(screen, { status: 200, title: 'Your code' }, body);
}

export function deniedPage(screen: Screen): void {
  const body = html`<p>The app was given nothing. You can close this page.</p>`;
  sendPage(screen, { status: 200, title: 'Denied' }, body);
}

function placeOf(redirectUri: string): string {
  const url = new URL(redirectUri);
  return url.host === '' ? `an app on this device (${url.protocol})` : url.host;
}

/** Whose word the name of an app is: everybody may call theirs as they like, and nobody the host of somebody else. */
function hostOf(app: App): Html {
  if (app.documentAt === null) return html``;
  return html` (<strong>${new URL(app.clientId).host}</strong>)`;
}

function problemOf({ problem }: Shown): Html {
  return problem === undefined ? html`` : html`<p class="problem" role="alert" id="problem">${problem}</p>`;
}

/** Ties a field to what is said of it. */
function wrong(problem: string | undefined): Html {
  return problem === undefined ? html`` : html` aria-invalid="true" aria-describedby="problem"`;
}

/** For the one field that is next; a page that is read for the first time begins at its top. */
const FOCUS = html` autofocus`;

function form({ hidden }: Shown, step: string, attributes = html``): Html {
  const inputs = Object.entries({ ...hidden, step }).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form method="post" action="/oauth/authorize"${attributes}>${inputs}`;
}
