import type { Response } from 'express';
import { secondFactorLimits } from '../../../config/limits.ts';
import { type App, OUT_OF_BAND, type Scope } from '../../modules/auth/index.ts';
import { type Html, html } from '../html.ts';
import { directions, type Language } from '../languages.ts';
import { scopeSentences, table } from './words/index.ts';

/** Where a page is sent, and by whom: people should see which server it is that asks for their password. */
export interface Screen {
  readonly res: Response;
  readonly server: string;
  /** Whether those who have forgotten the password are sent a link. */
  readonly resetsPasswords: boolean;
  /** Whether browsers know passkeys of this server. */
  readonly hasPasskeys: boolean;
  readonly language: Language;
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
export function sendPage(
  { res, server, language }: Screen,
  { status, title, target, script, hasProblem = false }: PageHead,
  body: Html,
): void {
  const words = table[language];
  const page = html`<!doctype html>
<html lang="${language}" dir="${directions[language]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${hasProblem ? `${words.error}: ` : ''}${title} · ${server}</title>
<link rel="stylesheet" href="/oauth/page.css">
<link rel="icon" href="/oauth/logo.svg">
</head>
<body>
<header><img src="/oauth/logo.svg" alt="" height="32"> ${server}</header>
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
  res.set('Cache-Control', 'no-store').set('Content-Language', language).vary('Accept-Language, Cookie');
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
  const words = table[screen.language];
  const body = html`<p class="problem" role="alert">${detail}</p>
<p class="muted">${words.refusedText}</p>`;
  sendPage(screen, { status, title: words.refused }, body);
}

export function signInPage(screen: Screen, status: number, shown: Shown & { login: string }): void {
  const { app, login, problem } = shown;
  const words = table[screen.language];
  const body = html`<p>${words.asksToSignIn(nameOf(app), screen.server)}</p>
${problemOf(shown)}
${form(shown, 'password')}
<label>${words.login} <input name="login" value="${login}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="254" required${wrong(problem)}></label>
<label>${words.password} <input type="password" name="password" autocomplete="current-password" maxlength="200" required${wrong(problem)}${problem === undefined || login === '' ? html`` : FOCUS}></label>
<div class="actions"><button class="main">${words.signIn}</button></div>
</form>
${screen.hasPasskeys ? passkeyForm(screen, shown) : html``}
${screen.resetsPasswords ? html`<p class="muted"><a href="/auth/forgot">${words.forgotPassword}</a></p>` : html``}
<p class="muted">${words.passwordIsOurs}</p>`;
  const script = screen.hasPasskeys ? { script: '/oauth/passkey.js' } : {};
  sendPage(screen, { status, title: words.signIn, hasProblem: problem !== undefined, ...script }, body);
}

/** Hidden until its script has seen that the browser has passkeys. */
function passkeyForm(screen: Screen, shown: Shown): Html {
  const words = table[screen.language];
  return html`${form(shown, 'passkey', html` id="passkey" hidden`)}
<input type="hidden" name="assertion">
<p class="problem" role="alert" hidden>${words.passkeyUnused}</p>
<div class="actions"><button>${words.passkey}</button></div>
</form>`;
}

export function codePage(screen: Screen, status: number, shown: Shown & { ticket: string }): void {
  const { problem } = shown;
  const words = table[screen.language];
  const body = html`<p>${words.enterCodeText}</p>
${problemOf(shown)}
${form({ ...shown, hidden: { ...shown.hidden, ticket: shown.ticket } }, 'code')}
<label>${words.code} <input name="code" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="${secondFactorLimits.maxCodeCharacters}" required${wrong(problem)}${FOCUS}></label>
<div class="actions"><button class="main">${words.signIn}</button></div>
</form>`;
  sendPage(screen, { status, title: words.enterCode, hasProblem: problem !== undefined }, body);
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
  const words = table[screen.language];
  const isManual = redirectUri === OUT_OF_BAND;
  const handle = html`<strong><bdi>${shown.handle}</bdi></strong>`;
  const website = app.website === null ? '' : words.website(isolated(screen.language, app.website));
  const body = html`<p>${words.asksToUse(nameOf(app), handle)}</p>
<ul>${scopeSentences(words, shown.scopes).map((sentence) => html`<li>${sentence}</li>`)}</ul>
${website === '' ? html`` : html`<p class="muted">${website}</p>`}
<p class="muted">${isManual ? words.thenCode : placeOf(screen.language, redirectUri)} ${words.endIt}</p>
${form(shown, 'decide')}
<div class="actions"><button class="main" name="decision" value="allow">${words.allow}</button><button name="decision" value="deny">${words.deny}</button></div>
</form>
<p class="muted"><a href="${shown.otherAccount}">${words.otherAccount}</a></p>`;
  const title = words.allowTitle(isolated(screen.language, app.name));
  sendPage(screen, { status: 200, title, ...(isManual ? {} : { target: redirectUri }) }, body);
}

/** For apps that cannot be redirected to. */
export function manualCodePage(screen: Screen, code: string): void {
  const words = table[screen.language];
  const body = html`<p>${words.yourCodeText}</p>
<label>${words.code} <textarea rows="2" dir="ltr" readonly spellcheck="false"${FOCUS}>${code}</textarea></label>`;
  sendPage(screen, { status: 200, title: words.yourCode }, body);
}

export function deniedPage(screen: Screen): void {
  const words = table[screen.language];
  sendPage(screen, { status: 200, title: words.denied }, html`<p>${words.deniedText}</p>`);
}

function placeOf(language: Language, redirectUri: string): string {
  const url = new URL(redirectUri);
  return url.host === ''
    ? table[language].thenApp(isolated(language, url.protocol))
    : table[language].thenHost(isolated(language, url.host));
}

/** Keeps what is written from left to right together where all else is not (Unicode UAX 9, 2.4). */
function isolated(language: Language, text: string): string {
  return directions[language] === 'ltr' ? text : `\u2068${text}\u2069`;
}

/** The name of an app as it stands in a sentence. */
function nameOf(app: App): Html {
  return html`<strong><bdi>${app.name}</bdi></strong>${hostOf(app)}`;
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

/** What the app wants to be read in goes along in the address, where every step looks for it. */
function form({ hidden }: Shown, step: string, attributes = html``): Html {
  const lang = hidden.lang === undefined ? '' : `?${new URLSearchParams({ lang: hidden.lang })}`;
  const inputs = Object.entries({ ...hidden, step }).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form method="post" action="/oauth/authorize${lang}"${attributes}>${inputs}`;
}
