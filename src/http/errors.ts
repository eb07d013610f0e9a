import type { ServerResponse } from 'node:http';
import type { Logger } from '../lib/log.ts';
import type { Failure } from '../lib/result.ts';

/** The API's one error shape. */
export interface ErrorBody {
  /** Sentence for people: apps of the Mastodon API show it. */
  readonly error: string;
  /** The same, by the name that RFC 9457 gives it. */
  readonly detail: string;
  /** As that of the answer. */
  readonly status: number;
  /** Stable word for programs. */
  readonly code: string;
  /** Which fields of the input were refused, and why. */
  readonly details?: readonly { readonly field: string; readonly message: string }[];
}

/** Every refusal the API can give, with its status: the one table from reasons to HTTP. */
export const STATUS_OF_REASON = {
  'validation-failed': 422,
  'body-invalid': 400,
  'cursor-invalid': 400,
  'cursor-expired': 400,
  'not-signed-in': 401,
  'wrong-credentials': 401,
  'wrong-password': 401,
  'wrong-code': 401,
  'proof-needed': 401,
  'passkey-invalid': 401,
  'passkey-known': 422,
  'passkeys-impossible': 422,
  'too-many-passkeys': 422,
  'second-factor-required': 401,
  'second-factor-enabled': 422,
  'own-session-only': 403,
  'redirect-invalid': 422,
  'scope-invalid': 422,
  'client-unreachable': 502,
  'client-invalid': 422,
  'approval-pending': 403,
  'email-unconfirmed': 403,
  'email-confirmed': 403,
  'email-required': 422,
  'link-spent': 422,
  'too-many-mails': 429,
  suspended: 403,
  frozen: 403,
  'own-decision': 403,
  'not-possible': 422,
  'appealed-before': 422,
  'decided-before': 422,
  'claim-target-unknown': 422,
  'too-many-claims': 429,
  'countered-before': 422,
  'scope-missing': 403,
  'staff-only': 403,
  'permission-missing': 403,
  'setting-unknown': 422,
  'setting-locked': 422,
  'setting-invalid': 422,
  'staff-second-factor': 403,
  outranked: 403,
  'role-too-high': 403,
  'last-owner': 422,
  'role-in-use': 422,
  'role-known': 422,
  'cross-site': 403,
  'not-yours': 403,
  'method-not-allowed': 405,
  'registrations-closed': 403,
  'joining-refused': 403,
  'network-refused': 403,
  'reason-required': 422,
  'invite-required': 422,
  'invite-invalid': 422,
  'invites-not-yours': 403,
  'too-many-invites': 422,
  'age-required': 422,
  'too-young': 422,
  'username-invalid': 422,
  'username-reserved': 422,
  'username-taken': 422,
  'email-taken': 422,
  'too-many-requests': 429,
  'too-many-uploads': 429,
  'too-many-streams': 429,
  'upgrade-required': 426,
  'too-large': 413,
  'storage-full': 413,
  'disk-full': 507,
  kept: 422,
  'upload-incomplete': 422,
  'link-expired': 403,
  'type-unsupported': 415,
  'language-invalid': 422,
  'not-a-picture': 422,
  aborted: 503,
  interrupted: 503,
  'timed-out': 422,
  broken: 422,
  'not-captions': 422,
  'no-cues': 422,
  'bad-time': 422,
  'captions-too-large': 422,
  'too-many-captions': 422,
  'not-found': 404,
  gone: 410,
  yourself: 422,
  'account-gone': 410,
  'not-followable': 422,
  'handle-invalid': 422,
  unreachable: 502,
  'origin-failed': 502,
  'origin-timeout': 504,
  'not-blockable': 422,
  'not-public': 422,
  'not-a-video': 422,
  'too-many-pins': 422,
  'remix-not-found': 404,
  'remix-not-public': 422,
  'remix-not-allowed': 403,
  'remix-not-said': 403,
  'clip-outside': 422,
  'sound-not-found': 404,
  'sound-gone': 410,
  'sound-barred': 403,
  'sound-region': 451,
  'region-not-possible': 422,
  'sound-not-public': 422,
  'sound-not-allowed': 403,
  'sound-not-said': 403,
  'sound-rights-settled': 403,
  'media-refused': 422,
  'media-in-use': 422,
  'too-soon': 422,
  'too-late': 422,
  'too-many-scheduled': 422,
  'too-many-tags': 422,
  'comments-closed': 403,
  'answers-hidden': 422,
  'not-pinnable': 422,
  'visibility-fixed': 422,
  'posted-before': 422,
  'too-many-reports': 429,
  'report-changed': 409,
  'not-staff': 422,
  'not-undoable': 409,
  'not-remote': 422,
  blocked: 403,
  rule: 422,
  'rule-invalid': 422,
  'too-many-announcements': 422,
  'not-an-emoji': 422,
  'too-many-reactions': 422,
  'hash-invalid': 422,
  'too-many-rules': 422,
  'domain-invalid': 422,
  'domain-known': 422,
  'too-many-domains': 422,
  'domain-own': 422,
  'not-a-domain-list': 422,
  'nothing-to-do': 422,
  'undone-before': 409,
  'url-invalid': 422,
  'settings-invalid': 422,
  'too-many-lists': 422,
  'too-many-playlists': 422,
  'playlist-full': 422,
  'too-many-folders': 422,
  'too-many-packs': 422,
  'too-many-beginnings': 422,
  'not-a-pack': 422,
  'list-read-only': 422,
  'too-many-filters': 422,
  'not-followed': 404,
  'owner-stays': 422,
  'not-csv': 422,
  'too-many-rows': 422,
  'import-running': 409,
  'archive-running': 409,
  'archive-too-soon': 429,
  'moved-before': 422,
  'not-an-alias': 422,
  'endpoint-refused': 422,
  'push-keys-invalid': 422,
  'already-listed': 422,
  conflict: 409,
  known: 409,
  unavailable: 503,
  'format-unsupported': 501,
} as const;

export type Reason = keyof typeof STATUS_OF_REASON;

/** Failures of commands name their reasons as text: one that is missing here is a mistake of ours. */
const statuses: Readonly<Record<string, number>> = STATUS_OF_REASON;

const USUAL_SENTENCE: Readonly<Record<string, string>> = {
  'not-signed-in': 'Sign in to do this.',
  'second-factor-required': 'Enter the code that your authenticator app shows.',
  'email-unconfirmed': 'Confirm your e-mail address first: open the link that was sent there.',
  'proof-needed': 'Enter your password, or use a passkey, to go on.',
  'passkeys-impossible': 'Passkeys need a server whose address is a name.',
  'posted-before': 'This video is posted already.',
  frozen:
    'Your account is frozen: you can read and take your data with you, and do nothing else. See the status of your account in the settings.',
  'network-refused': 'This server does not answer this network.',
  'staff-only': 'Only the staff of this server can do this.',
  'permission-missing': 'Your role on this server does not include this.',
  'staff-second-factor':
    'People who run this server need a second factor: set up an authenticator app or a passkey at /settings/security, then try again.',
  'not-found': 'There is nothing here, or you may not see it.',
  'link-expired': 'This address of a video has expired. Open the video again.',
  'cross-site': 'This request came from another site.',
  'too-many-requests': 'That was too often. Wait a moment, then try again.',
};

/** Thrown by handlers and middleware for an expected refusal; the error handler turns it into a reply. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    reason: string,
    detail?: string,
    extra: { details?: ErrorBody['details']; headers?: Record<string, string> } = {},
  ) {
    super(reason);
    const status = statuses[reason];
    if (status === undefined) throw new Error(`No status is given for the reason ${reason}.`);
    this.status = status;
    this.headers = extra.headers ?? {};
    this.body = {
      ...errorBody(status, reason, detail ?? USUAL_SENTENCE[reason] ?? reason),
      ...(extra.details ? { details: extra.details } : {}),
    };
  }
}

const UNEXPECTED = 'Something went wrong on this server. Nothing you sent was lost; try again later.';

/** The one shape. */
export function errorBody(status: number, code: string, detail: string): ErrorBody {
  return { error: detail, detail, status, code };
}

/** The reply to an expected failure of a command. */
export function refused(failure: Failure): ApiError {
  return new ApiError(failure.reason, failure.detail);
}

/** Turns whatever was thrown into the API's one error shape. Bugs are logged and tell nothing outside. */
export function answerError(log: Logger, error: unknown, res: ServerResponse): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const known = knownError(error);
  if (!known) log.error({ err: error }, 'a request failed');
  const body = known?.body ?? errorBody(500, 'internal', UNEXPECTED);
  const text = JSON.stringify(body);
  for (const [name, value] of Object.entries(known?.headers ?? {})) res.setHeader(name, value);
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.statusCode = known?.status ?? 500;
  res.end(text);
}

/** Errors of ours, and those by which Express and its body parser refuse what a client sent. */
function knownError(error: unknown): ApiError | null {
  if (error instanceof ApiError) return error;
  if (error instanceof URIError) return new ApiError('not-found');
  const status = (error as { status?: unknown } | null)?.status;
  if (status === 413) return new ApiError('too-large', 'The request is too large.');
  if (status === 400 || status === 415) {
    return new ApiError('body-invalid', 'The request’s body cannot be read.');
  }
  return null;
}
