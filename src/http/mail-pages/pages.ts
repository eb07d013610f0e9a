import { passwordLimits } from '../../modules/auth/index.ts';
import { html } from '../html.ts';
import { type Screen, sendPage } from '../oauth/pages.ts';

/** The page with a sentence, and somewhere to go from it. */
export function saidPage(
  screen: Screen,
  shown: {
    readonly title: string;
    readonly sentences: readonly string[];
    readonly status?: number;
    readonly link?: { readonly href: string; readonly words: string };
  },
): void {
  const { title, sentences, status = 200, link } = shown;
  const body = html`${sentences.map((sentence) => html`<p>${sentence}</p>`)}
${link === undefined ? html`` : html`<p><a href="${link.href}">${link.words}</a></p>`}`;
  sendPage(screen, { status, title, hasProblem: status >= 400 }, body);
}

export function forgotPage(screen: Screen): void {
  const body = html`<p>Enter your name or e-mail address. If there is such an account, a link is sent to its address by which you can set a new password.</p>
<form method="post" action="/auth/forgot">
<label>Name or e-mail <input name="login" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="254" required></label>
<div class="actions"><button class="main">Send the link</button></div>
</form>
<p class="muted"><a href="/login">Back to signing in</a></p>`;
  sendPage(screen, { status: 200, title: 'Forgot your password?' }, body);
}

/** Opening a mailed link changes nothing: programs that look for bad links open it, too. A button does. */
export function confirmPage(
  screen: Screen,
  shown: { readonly token: string; readonly handle: string; readonly email: string },
): void {
  const body = html`<p>Is <strong>${shown.email}</strong> your address, and <strong>${shown.handle}</strong> your account?</p>
<form method="post" action="/auth/confirm">
<input type="hidden" name="token" value="${shown.token}">
<div class="actions"><button class="main">Confirm the address</button></div>
</form>
<p class="muted">If not, close this page. Nothing changes.</p>`;
  sendPage(screen, { status: 200, title: 'Confirm your address' }, body);
}

export function resetPage(
  screen: Screen,
  shown: { readonly token: string; readonly status?: number; readonly problem?: string },
): void {
  const { token, status = 200, problem } = shown;
  const isWrong = problem !== undefined;
  const wrong = isWrong ? html` aria-invalid="true" aria-describedby="problem"` : html``;
  const body = html`${isWrong ? html`<p class="problem" role="alert" id="problem">${problem}</p>` : html``}
<p>You are signed out everywhere, and sign in with the new password then.</p>
<form method="post" action="/auth/reset">
<input type="hidden" name="token" value="${token}">
<label>New password <input type="password" name="password" autocomplete="new-password" minlength="${passwordLimits.min}" maxlength="${passwordLimits.max}" required autofocus${wrong}></label>
<label>Once more <input type="password" name="again" autocomplete="new-password" minlength="${passwordLimits.min}" maxlength="${passwordLimits.max}" required${wrong}></label>
<p class="muted">At least ${passwordLimits.min} characters.</p>
<div class="actions"><button class="main">Set the password</button></div>
</form>`;
  sendPage(screen, { status, title: 'Set a new password', hasProblem: isWrong }, body);
}

export function unsubscribePage(screen: Screen, token: string): void {
  const body = html`<p>You will get no more mails about what you have not seen on ${screen.server}. Mails about the safety of your account still come.</p>
<form method="post" action="/auth/unsubscribe?${new URLSearchParams({ token }).toString()}">
<div class="actions"><button class="main">Stop the mails</button></div>
</form>`;
  sendPage(screen, { status: 200, title: 'Stop these mails?' }, body);
}
