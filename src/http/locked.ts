import express, { type Request, type RequestHandler, type Response } from 'express';
import { maintenanceLimits } from '../../config/maintenance-limits.ts';
import { openToPages } from './cors.ts';
import type { HttpDeps } from './deps.ts';
import { ApiError } from './errors.ts';
import { html } from './html.ts';
import { sendPage } from './oauth/pages.ts';
import { askedLanguageOf, table } from './oauth/words/index.ts';

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** By which somebody of the staff opens the server again, signed in as before. */
const WAY_OUT = '/api/v1/admin/maintenance';

/**
 * While the server is locked, everything but reading is refused before anything else looks at it: a 503 that says when
 * to come again. Other servers keep what they deliver until then, apps try again, and people see a page.
 */
export function whileLocked(deps: HttpDeps, securityHeaders: RequestHandler): RequestHandler {
  const refusal = express.Router().use(securityHeaders, openToPages, (req, res) => {
    res.set('Retry-After', String(maintenanceLimits.retryAfterSeconds));
    const note = deps.lockGate.now()?.note ?? '';
    if (req.accepts(['json', 'html']) === 'html') return sendLocked(deps, req, res, note);
    // In the language of whoever asks: the page of this server shows it as it is.
    const { locked, lockedText } = table[askedLanguageOf(req)];
    throw new ApiError('unavailable', `${locked}: ${lockedText} ${note}`.trim());
  });
  return (req, res, next) => {
    if (deps.lockGate.now() === null || READS.has(req.method) || req.path === WAY_OUT) return next();
    return refusal(req, res, next);
  };
}

function sendLocked({ config, mail, auth }: HttpDeps, req: Request, res: Response, note: string): void {
  const language = askedLanguageOf(req);
  const words = table[language];
  const screen = {
    ...{ res, language, server: config.instance.name, resetsPasswords: mail.isOn },
    hasPasskeys: auth.passkeys.isPossible,
  };
  const body = html`<p role="alert">${words.lockedText}</p>
${note === '' ? html`` : html`<p><bdi>${note}</bdi></p>`}`;
  sendPage(screen, { status: 503, title: words.locked, hasProblem: true }, body);
}
