import type { Response } from 'express';
import { type App, OUT_OF_BAND, type Scope } from '../../modules/auth/index.ts';
import { type Html, html } from './html.ts';
import { scopeSentences } from './scope-words.ts';

/** Where the page's form leads, and what it carries. */
interface Shown {
  readonly app: App;
  /** What the app asked for: carried from step to step. */
  readonly hidden: Readonly<Record<string, string>>;
  readonly problem?: string | undefined;
}

const SELF = "'self'";

/** Sends a page that runs nothing, is shown in no frame, and whose form leads here or to where the app waits. */
export function sendPage(res: Response, status: number, title: string, body: Html, target?: string): void {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Vireo</title>
<link rel="stylesheet" href="/oauth/page.css">
<link rel="icon" href="/favicon.svg">
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
  const formAction = target === undefined ? SELF : `${SELF} ${sourceOf(target)}`;
  res.set(
    'Content-Security-Policy',
    `default-src 'none'; style-src 'self'; img-src 'self'; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`,
  );
  res.set('Cache-Control', 'no-store');
  res.status(status).type('html').send(page.html);
}

/** Browsers hold the redirect after a form to the policy, too: the place is named as narrowly as it can be. */
function sourceOf(redirectUri: string): string {
  const url = new URL(redirectUri);
  const isNamed = /^https?:$/.test(url.protocol) && !url.hostname.startsWith('[');
  return isNamed ? url.origin : url.protocol;
}

export function refusalPage(res: Response, status: number, detail: string): void {
  const body = html`<p role="alert">${detail}</p>
<p class="quiet">Go back to the app and try again. If that does not help, its makers have to mend it.</p>`;
  sendPage(res, status, 'The app cannot sign you in', body);
}

export function signInPage(res: Response, status: number, shown: Shown & { login: string }): void {
  const { app, login } = shown;
  const body = html`<p>${app.name} asks you to sign in to this server first.</p>
${problemOf(shown)}
${form(shown, 'password')}
<label>Name or e-mail <input name="login" value="${login}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="254" required></label>
<label>Password <input type="password" name="password" autocomplete="current-password" maxlength="200" required></label>
<div class="actions"><button class="main">Sign in</button></div>
</form>
<p class="quiet">The app does not see your password.</p>`;
  sendPage(res, status, 'Sign in', body);
}

export function codePage(res: Response, status: number, shown: Shown & { ticket: string }): void {
  const body = html`<p>Enter the code that your authenticator app shows, or one of your recovery codes.</p>
${problemOf(shown)}
${form({ ...shown, hidden: { ...shown.hidden, ticket: shown.ticket } }, 'code')}
<label>Code <input name="code" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="60" required></label>
<div class="actions"><button class="main">Sign in</button></div>
</form>`;
  sendPage(res, status, 'Sign in', body);
}

export function consentPage(
  res: Response,
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
  const body = html`<p><strong>${app.name}</strong> asks to use your account <strong>${shown.handle}</strong>. It could:</p>
<ul>${scopeSentences(shown.scopes).map((sentence) => html`<li>${sentence}</li>`)}</ul>
${app.website === null ? html`` : html`<p class="quiet">It says that its page is ${app.website}. This server has not checked it.</p>`}
<p class="quiet">Afterwards ${place}. You can end this at any time in your sessions.</p>
${form(shown, 'decide')}
<div class="actions"><button class="main" name="decision" value="allow">Allow</button><button name="decision" value="deny">Deny</button></div>
</form>
<p class="quiet"><a href="${shown.otherAccount}">Use another account</a></p>`;
  sendPage(res, 200, `Allow ${app.name}?`, body, isManual ? undefined : redirectUri);
}

/** For apps that cannot be redirected to. */
export function manualCodePage(res: Response, code: string): void {
  const body = html`<p>Copy this code into the app. It counts once, for ten minutes.</p>
<p><code tabindex="0">${code}</code></p>`;
  sendPage(res, 200, 'Your code', body);
}

export function deniedPage(res: Response): void {
  sendPage(res, 200, 'Denied', html`<p>The app was given nothing. You can close this page.</p>`);
}

function placeOf(redirectUri: string): string {
  const url = new URL(redirectUri);
  return url.host === '' ? `an app on this device (${url.protocol})` : url.host;
}

function problemOf({ problem }: Shown): Html {
  return problem === undefined ? html`` : html`<p class="bad" role="alert">${problem}</p>`;
}

function form({ hidden }: Shown, step: string): Html {
  const inputs = Object.entries({ ...hidden, step }).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form method="post" action="/oauth/authorize">${inputs}`;
}
