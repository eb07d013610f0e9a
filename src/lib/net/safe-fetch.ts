import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { type Ok, ok } from '../result.ts';
import { startDeadline } from './deadline.ts';
import { type FetchFailure, FetchStop, toFetchFailure } from './fetch-failure.ts';
import { type Call, createOpener, type Opened, type RequestHeaders } from './hops.ts';
import { createHostSlots, type HostSlots } from './host-slots.ts';
import type { AddressPolicy } from './ip-policy.ts';
import {
  checkRange,
  discardBody,
  dropRest,
  type Part,
  readBody,
  readPart,
  saveBody,
} from './response-body.ts';
import { type AgentLimits, createVettedAgent, type Resolve } from './vetted-agent.ts';

/** Caps of the fetch layer; the server's own values are `netLimits` of config/limits.ts. */
export interface NetLimits extends AgentLimits {
  readonly ports: readonly number[];
  readonly maxUrlCharacters: number;
  readonly maxRedirects: number;
  readonly deadlineMs: number;
  readonly maxBytes: number;
  readonly discardBytes: number;
  readonly requestsInFlight: number;
  readonly downloadsInFlight: number;
  readonly rangesInFlight: number;
  readonly keptConnections: number;
}

/** One small request. Absent caps are those of the limits given to `createSafeFetch`. */
export interface FetchRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  readonly url: string | URL;
  /** Ask for an answer that is not compressed: where a digest of its bytes has to hold. */
  readonly uncompressed?: boolean;
  /** `host`, `user-agent` and `accept-encoding` are set by the fetch layer whatever is given here. */
  readonly headers?: RequestHeaders;
  readonly body?: string | Buffer;
  readonly accept?: string;
  readonly maxBytes?: number;
  readonly deadlineMs?: number;
  readonly maxRedirects?: number;
  /** Stop with `blocked-url` before a redirect leaves the origin first asked. */
  readonly sameOriginOnly?: boolean;
  /** Leave the answer's body unread; `body` is then empty. For deliveries, where only the status counts. */
  readonly discardBody?: boolean;
  readonly signal?: AbortSignal;
  /** All headers for the next hop of a redirect, signed anew. Without it, credentials are left out. */
  readonly onRedirect?: (next: URL) => RequestHeaders | Promise<RequestHeaders>;
}

/** `status` is whatever the other server answered; only the absence of an answer is a failure. */
export interface FetchAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Without fragment. */
  readonly finalUrl: URL;
  readonly body: Buffer;
}

export interface DownloadRequest {
  readonly url: string | URL;
  /** A path where no file exists yet. */
  readonly toPath: string;
  readonly maxBytes: number;
  readonly deadlineMs: number;
  readonly idleMs: number;
  /** These bytes of the file alone. A server that answers with others, or with the whole, is refused. */
  readonly range?: DownloadRange;
  readonly signal?: AbortSignal;
  /** `total` is what the other server announced, if anything. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
}

/** Bytes of a file: where they start, and how many they are. */
export interface DownloadRange {
  readonly start: number;
  readonly length: number;
}

export interface Download {
  readonly bytes: number;
  /** As the other server claims; never to be believed. */
  readonly contentType: string;
  readonly finalUrl: URL;
}

export interface RangeRequest {
  readonly url: string | URL;
  /** A file that ends within it gives the bytes up to its end. */
  readonly range: DownloadRange;
  readonly deadlineMs: number;
  readonly idleMs: number;
  readonly signal?: AbortSignal;
}

export interface RangeAnswer extends Part {
  /** Differs between versions of the file as far as the other server tells them apart; may be empty. */
  readonly version: string;
  readonly finalUrl: URL;
}

/** Carries the status when the other server answered with another one than 200 (206 for a range), so that 410 can be told. */
export type DownloadFailure = FetchFailure & { readonly status?: number };

/** The only way in which this server talks to others. */
export interface SafeFetch {
  /** Sends one request and reads the answer into memory, following redirects within the caps. */
  request(request: FetchRequest): Promise<Ok<FetchAnswer> | FetchFailure>;
  /** Streams an answer with status 200, or the range asked for, into a new file; leaves none behind when it fails. */
  download(request: DownloadRequest): Promise<Ok<Download> | DownloadFailure>;
  /** Reads a part of a file into memory. A server that does not answer with that part (status 206) is refused. */
  readRange(request: RangeRequest): Promise<Ok<RangeAnswer> | DownloadFailure>;
  /** Breaks all connections; requests that are under way end with `aborted`. */
  close(): Promise<void>;
}

export interface SafeFetchDeps {
  readonly policy: AddressPolicy;
  readonly userAgent: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: NetLimits;
  /** Name lookup; the system's own when absent. */
  readonly resolve?: Resolve;
}

/**
 * Builds the outgoing fetch layer. Every hop of every request passes the same gates: URL rules, address at
 * connect time, one deadline over all hops, idle timeout, byte caps on the wire and unpacked.
 * Source: security.md F1 to F5.
 */
export function createSafeFetch(deps: SafeFetchDeps): SafeFetch {
  const { limits, policy } = deps;
  const agent = createVettedAgent(policy, limits, deps.resolve);
  const open = createOpener(
    agent,
    { policy, ports: limits.ports, maxUrlCharacters: limits.maxUrlCharacters },
    limits,
  );
  const requestSlots = createHostSlots({ perHost: limits.requestsPerHost, total: limits.requestsInFlight });
  const downloadSlots = createHostSlots({
    perHost: limits.downloadsPerHost,
    total: limits.downloadsInFlight,
  });

  const rangeSlots = createHostSlots({ perHost: limits.rangesPerHost, total: limits.rangesInFlight });

  /** Runs one call under its deadline, and frees slot and connection whatever happens. */
  async function run<T extends object>(
    call: Call,
    bounds: { readonly deadlineMs: number; readonly signal?: AbortSignal | undefined },
    use: (opened: Opened, signal: AbortSignal) => Promise<T>,
  ): Promise<Ok<T> | FetchFailure> {
    const deadline = startDeadline(bounds.deadlineMs, bounds.signal);
    const startedAt = deps.clock.now();
    let opened: Opened | undefined;
    try {
      opened = await open(call, deadline.signal);
      return ok(await use(opened, deadline.signal));
    } catch (error) {
      const failure = toFetchFailure(error, deadline.signal, opened !== undefined);
      deps.log.debug({ reason: failure.reason, ms: deps.clock.now() - startedAt }, 'outgoing request failed');
      return failure;
    } finally {
      deadline.stop();
      if (opened) dropRest(opened.response);
      opened?.release();
    }
  }

  /** As `run`, for calls to which any other status is a failure. */
  async function runFor<T extends object>(
    status: number,
    ...[call, bounds, use]: Parameters<typeof run<T>>
  ): Promise<Ok<T> | DownloadFailure> {
    let errorStatus: number | undefined;
    const result = await run(call, bounds, (opened, signal) => {
      const { statusCode } = opened.response;
      if (statusCode === status) return use(opened, signal);
      errorStatus = statusCode;
      throw new FetchStop('bad-response', `The other server answered with status ${statusCode}.`);
    });
    return result.ok || errorStatus === undefined ? result : { ...result, status: errorStatus };
  }

  return {
    request(request) {
      const call = requestCall(request, deps, requestSlots);
      const bounds = { deadlineMs: request.deadlineMs ?? limits.deadlineMs, signal: request.signal };
      return run(call, bounds, async ({ response, url }, signal) => {
        const { statusCode: status, headers } = response;
        if (request.discardBody || request.method === 'HEAD') {
          await discardBody(response, limits.discardBytes);
          return { status, headers, finalUrl: url, body: Buffer.alloc(0) };
        }
        const body = await readBody(response, request.maxBytes ?? limits.maxBytes, signal);
        return { status, headers, finalUrl: url, body };
      });
    },

    download(request) {
      const call = downloadCall(request, deps, downloadSlots);
      return runFor(request.range ? 206 : 200, call, request, async ({ response, url }, signal) => {
        if (request.range) checkRange(response, request.range);
        const bytes = await saveBody(response, { ...request, signal });
        return { bytes, contentType: String(response.headers['content-type'] ?? ''), finalUrl: url };
      });
    },

    readRange(request) {
      const call = downloadCall(request, deps, rangeSlots);
      return runFor(206, call, request, async ({ response, url }, signal) => {
        const { body, total } = await readPart(response, request.range, signal);
        const { etag, 'last-modified': modified } = response.headers;
        return { body, total, version: String(etag ?? modified ?? ''), finalUrl: url };
      });
    },

    close: () => agent.close(),
  };
}

function requestCall(request: FetchRequest, deps: SafeFetchDeps, slots: HostSlots): Call {
  const { limits } = deps;
  return {
    ...request,
    headers: request.headers ?? {},
    fixedHeaders: {
      'user-agent': deps.userAgent,
      'accept-encoding': request.uncompressed ? 'identity' : 'gzip, deflate, br',
      ...(request.accept !== undefined && { accept: request.accept }),
    },
    idleMs: limits.idleMs,
    maxRedirects: request.maxRedirects ?? limits.maxRedirects,
    sameOriginOnly: request.sameOriginOnly ?? false,
    slots,
  };
}

function downloadCall(request: DownloadRequest | RangeRequest, deps: SafeFetchDeps, slots: HostSlots): Call {
  return {
    method: 'GET',
    url: request.url,
    headers: {},
    // Media is compressed already; unpacking it would only be a way to send us a bomb.
    fixedHeaders: {
      'user-agent': deps.userAgent,
      'accept-encoding': 'identity',
      ...(request.range && { range: rangeHeader(request.range) }),
    },
    idleMs: request.idleMs,
    maxRedirects: deps.limits.maxRedirects,
    sameOriginOnly: false,
    slots,
  };
}

function rangeHeader({ start, length }: DownloadRange): string {
  const isRange = Number.isSafeInteger(start) && Number.isSafeInteger(start + length);
  if (!isRange || start < 0 || length < 1) throw new TypeError(`Not a range: ${length} bytes at ${start}`);
  return `bytes=${start}-${start + length - 1}`;
}
