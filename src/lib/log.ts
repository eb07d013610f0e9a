import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/**
 * Property paths whose values never reach a log line (security.md W7).
 * pino matches one level per `*`, hence the repetition at depth one and two.
 */
const SECRET_NAMES = [
  'password',
  'passwordHash',
  'token',
  'accessToken',
  'access_token',
  'secret',
  'secretKey',
  'privateKey',
  'privateKeyPem',
  'cookie',
  'authorization',
  'email',
];

const REDACTED_PATHS = [
  'req.headers.cookie',
  'req.headers.authorization',
  'res.headers["set-cookie"]',
  // PostgreSQL quotes the row that broke a rule.
  'err.detail',
  ...SECRET_NAMES,
  ...SECRET_NAMES.map((name) => `*.${name}`),
  ...SECRET_NAMES.map((name) => `*.*.${name}`),
];

/**
 * One JSON object per line; secrets print as `[redacted]`. Values are JSON-escaped, so a line break or
 * a terminal escape in remote text cannot forge a log line.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
  };
  return destination ? pino(options, destination) : pino(options);
}
