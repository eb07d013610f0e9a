import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Config } from '../../../config/config.ts';
import { certificateOf } from '../../lib/net/certificate.ts';
import { ask } from './ask.ts';
import { type Finding, fault, fine, warning, wordsOf } from './finding.ts';

const DAY_MS = 24 * 3_600_000;
const CERTIFICATE_DAYS = 14;
/** What the page sends at once of an upload (web/src/upload/uploader.ts), and a little for its headers. */
const CHUNK_BYTES = 5 * 1024 * 1024 + 64 * 1024;
/** Signatures of requests are refused beyond this. */
const SKEW_MS = 30_000;
const PROXY = 'See docs/deployment.md for the lines that nginx, Caddy and Traefik need.';

export type ReachableDeps = Pick<Config, 'origin' | 'domain' | 'environment'> & {
  readonly owner: string;
  readonly maxUploadBytes: number;
  readonly now: () => number;
};

/** Looks at this server as others see it: name, certificate, what the proxy in front passes on. */
export async function checkReachable(deps: ReachableDeps): Promise<Finding[]> {
  const url = new URL(deps.origin);
  const named = await checkName(url.hostname.replace(/^\[|\]$/g, ''));
  if (named.level === 'fault') return [named];
  const encrypted = await checkCertificate(deps, url);
  const live = await ask(`${deps.origin}/live`).then(
    (answer) => ({ answer, error: '' }),
    (error: unknown) => ({ answer: null, error: wordsOf(error) }),
  );
  if (live.answer?.status !== 200) {
    const why = live.answer ? `it answers ${live.answer.status}` : live.error;
    const fix = 'Start the server, and have the proxy pass requests on to it.';
    return [
      named,
      encrypted,
      fault('origin-unreachable', `${deps.origin} does not answer as Vireo: ${why}.`, fix),
    ];
  }
  return [
    named,
    encrypted,
    fine('origin-reachable', `${deps.origin} answers.`),
    checkHost(deps.origin, live.answer.body),
    checkClock('the proxy', live.answer.headers.date, deps.now()),
    ...(await checkWebFinger(deps)),
    await checkBodyLimit(deps),
  ];
}

const HOST_FIX = `The proxy has to pass the Host header on, or signatures of other servers will not fit. ${PROXY}`;

/** By what name the server was asked: it says so in answer to /live. */
function checkHost(origin: string, body: string): Finding {
  const [, host = ''] = /"host":"([^"]*)"/.exec(body) ?? [];
  const name = new URL(origin).host;
  if (host === name) return fine('proxy-host', 'The header Host is passed on.');
  return fault('proxy-host', `Asked as ${name}, the server hears ${host || 'no name'}.`, HOST_FIX);
}

async function checkName(name: string): Promise<Finding> {
  if (isIP(name) !== 0) return fine('dns', `${name} is an address.`);
  try {
    const found = await lookup(name, { all: true });
    return fine('dns', `${name} is ${found.map(({ address }) => address).join(', ')}.`);
  } catch (error) {
    const fix = `Add an A or AAAA record for ${name}, or set ORIGIN to the name that this server has.`;
    return fault('dns-unresolved', `${name} has no address: ${wordsOf(error)}.`, fix);
  }
}

async function checkCertificate({ environment, now }: ReachableDeps, url: URL): Promise<Finding> {
  if (url.protocol !== 'https:') {
    if (environment !== 'production') return fine('tls', 'Not looked at: ORIGIN is plain HTTP.');
    const fix = 'Put a proxy with a certificate in front, and set ORIGIN to https:// before the first start.';
    return warning('tls-missing', 'ORIGIN is plain HTTP: other servers will not talk to this one.', fix);
  }
  try {
    const { validTo, fault: bad } = await certificateOf({
      host: url.hostname,
      port: Number(url.port || 443),
    });
    const days = Math.floor((validTo.getTime() - now()) / DAY_MS);
    const renew = 'Renew it, and see why that does not happen by itself.';
    if (bad !== null) return fault('tls-invalid', `The certificate is not believed: ${bad}.`, renew);
    if (days < CERTIFICATE_DAYS)
      return warning('tls-expires', `The certificate ends in ${days} days.`, renew);
    return fine('tls', `The certificate is good for ${days} days.`);
  } catch (error) {
    return fault('tls-unreachable', `No certificate is shown: ${wordsOf(error)}.`, PROXY);
  }
}

/** Compares the clock of another machine with the one here. `date` is of the header of that name. */
export function checkClock(whose: string, date: string | undefined, now: number): Finding {
  const other = Date.parse(date ?? '');
  if (Number.isNaN(other)) return fine('clock', `${whose} tells no time.`);
  const off = Math.round((other - now) / 1_000);
  if (Math.abs(other - now) <= SKEW_MS)
    return fine('clock', `The clock of ${whose} agrees with the one here.`);
  const fix = 'Run a time service (chrony, systemd-timesyncd) on every machine.';
  return fault(
    'clock-skew',
    `The clock of ${whose} is ${off} s away from the one here: signatures will be refused.`,
    fix,
  );
}

async function checkWebFinger({ origin, domain, owner }: ReachableDeps): Promise<Finding[]> {
  const handle = `acct:${owner}@${domain}`;
  const answer = await ask(`${origin}/.well-known/webfinger?resource=${encodeURIComponent(handle)}`);
  const actor = answer.status === 200 ? linkOf(answer.body, 'self') : null;
  if (actor === null) {
    const what = `WebFinger does not know ${handle}: it answers ${answer.status}.`;
    return [fault('webfinger-missing', what, `Pass /.well-known/webfinger on to this server. ${PROXY}`)];
  }
  const good = fine('webfinger', `WebFinger knows ${handle}.`);
  if (new URL(actor).origin !== origin) {
    return [good, fault('proxy-host', `${handle} is ${actor}, which is not below ${origin}.`, HOST_FIX)];
  }
  // The page and the document have one address: what is asked for decides.
  const page = linkOf(answer.body, 'http://webfinger.net/rel/profile-page') ?? actor;
  const document = await ask(page, { headers: { accept: 'application/activity+json' } });
  const isDocument = /^application\/(?:activity|ld)\+json/.test(String(document.headers['content-type']));
  if (isDocument || document.headers.location === actor) {
    return [good, fine('accept', 'The header Accept is passed on.')];
  }
  const what = `Asked for ActivityPub, ${page} gives ${document.headers['content-type'] ?? document.status}.`;
  const fix = `Have the proxy (and a cache in it) pass Accept on, and tell answers apart by it. ${PROXY}`;
  return [good, fault('accept-dropped', what, fix)];
}

function linkOf(body: string, wanted: string): string | null {
  try {
    const { links } = JSON.parse(body) as { links?: { rel?: unknown; href?: unknown }[] };
    const href = links?.find(({ rel }) => rel === wanted)?.href;
    return typeof href === 'string' && URL.canParse(href) ? href : null;
  } catch {
    return null;
  }
}

/** A proxy that takes only small bodies answers before it has seen one: so none is sent. */
async function checkBodyLimit({ origin, maxUploadBytes }: ReachableDeps): Promise<Finding> {
  const takes = async (path: string, method: string, bytes: number) => {
    const answer = await ask(`${origin}${path}`, { method, announcedBytes: bytes }).catch(() => null);
    return answer !== null && (answer.wantsBody || (answer.status !== 413 && answer.status < 500));
  };
  const inMegabytes = (bytes: number) => Math.ceil(bytes / 1024 / 1024);
  const fix = `Allow bodies of ${inMegabytes(maxUploadBytes)} MB in the proxy (nginx: client_max_body_size ${inMegabytes(maxUploadBytes) + 1}m). ${PROXY}`;
  if (!(await takes('/api/v1/uploads/none', 'PATCH', CHUNK_BYTES))) {
    return fault(
      'body-limit',
      'The proxy refuses the pieces in which the page uploads: no upload works.',
      fix,
    );
  }
  if (!(await takes('/api/v2/media', 'POST', maxUploadBytes))) {
    const what = `The proxy refuses bodies of ${inMegabytes(maxUploadBytes)} MB: uploads from apps fail.`;
    return fault('body-limit', what, fix);
  }
  return fine('body-limit', `The proxy takes bodies of ${inMegabytes(maxUploadBytes)} MB.`);
}
