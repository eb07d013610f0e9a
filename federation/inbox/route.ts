import type { Request, RequestHandler, Response } from 'express';
import { inboxLimits } from '../../config/limits.ts';
import type { Logger } from '../../src/lib/log.ts';
import type { GateAnswer, InboxRequest, Unreadable } from './gate.ts';

/** The shared inbox, and that of one account. */
const INBOX_PATH = /^\/(?:inbox|ap\/users\/[^/?]+\/inbox)\/?(?:\?|$)/i;

/**
 * POST to an inbox, read and answered by hand: the middleware that every other request passes costs more
 * than a refusal does. What is no POST to an inbox goes on to the next handler.
 */
export function createInboxRoute(deps: {
  readonly gate: (request: InboxRequest) => Promise<GateAnswer>;
  readonly log: Logger;
}): RequestHandler {
  return async (req, res, next) => {
    if (req.method !== 'POST' || !INBOX_PATH.test(req.url)) return next();
    const answer =
      refuseUnread(req) ??
      (await deps.gate({
        path: req.originalUrl,
        rawHeaders: req.rawHeaders,
        contentType: req.headers['content-type'],
        readBody: () => readBody(req),
        ip: req.ip ?? 'unknown',
      }));
    if (deps.log.isLevelEnabled('debug')) {
      deps.log.debug({ path: req.path, status: answer.status }, 'inbox request');
    }
    // PeerTube sends each activity once, even into a connection that was closed while it was idle, where it is
    // lost: so no connection is left to it (peertube.md 1).
    if (req.headers['user-agent']?.startsWith('PeerTube/')) res.setHeader('Connection', 'close');
    send(req, res, answer);
  };
}

function send(req: Request, res: Response, { status, error, retryAfterSeconds }: GateAnswer): void {
  res.statusCode = status;
  if (retryAfterSeconds !== undefined) res.setHeader('Retry-After', retryAfterSeconds);
  if (error === undefined) {
    res.end();
    return;
  }
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  const text = JSON.stringify({ error });
  const isEndless = req.headers['transfer-encoding'] !== undefined && !req.complete;
  if (status === 413 || isEndless) leaveUnread(req, res, text);
  else res.end(text);
}

/**
 * Answers, and reads no more of a body that is, or may become, too large: to take a megabyte from the wire and drop
 * it would cost several times what the refusal does (security.md R1). The connection ends a moment later, for to
 * close it while bytes are unread takes back an answer that is still on its way.
 */
function leaveUnread(req: Request, res: Response, text: string): void {
  req.pause();
  res.setHeader('Connection', 'close');
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.write(text, () => req.socket.end());
  const timer = setTimeout(() => req.destroy(), inboxLimits.lingerMs);
  res.once('close', () => clearTimeout(timer));
}

const TOO_LARGE: Unreadable = { status: 413, error: 'The body is too large.' };
const COMPRESSED: GateAnswer = { status: 415, error: 'The body must not be compressed.' };
const CUT_OFF: Unreadable = { status: 400, error: 'The body ended too early.' };

/** What the headers say already. */
function refuseUnread({ headers }: Request): GateAnswer | undefined {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return COMPRESSED;
  return Number(headers['content-length'] ?? 0) > inboxLimits.maxBytes ? TOO_LARGE : undefined;
}

/**
 * The raw bytes, which signatures are over, up to the cap.
 */
function readBody(req: Request): Promise<{ readonly body: Buffer } | Unreadable> {
  // A connection that broke meanwhile will say so no more.
  if (req.destroyed) return Promise.resolve(CUT_OFF);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= inboxLimits.maxBytes) return;
      req.off('data', take).pause();
      resolve(TOO_LARGE);
    };
    req.on('data', take);
    req.once('end', () => resolve({ body: Buffer.concat(chunks, bytes) }));
    req.once('close', () => resolve(CUT_OFF));
    req.once('error', () => resolve(CUT_OFF));
  });
}
