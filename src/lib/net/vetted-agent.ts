import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { FetchStop } from './fetch-failure.ts';
import type { AddressPolicy } from './ip-policy.ts';

/** Finds the addresses of a host name. Rejects when there are none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

export interface AgentLimits {
  readonly connectMs: number;
  readonly idleMs: number;
  readonly keepAliveMs: number;
  readonly maxHeaderBytes: number;
  readonly requestsPerHost: number;
  readonly downloadsPerHost: number;
  readonly rangesPerHost: number;
}

/** A pooled HTTP/1.1 client that can only reach addresses the policy allows. */
export interface VettedAgent {
  readonly dispatcher: Agent;
  /** Connections open now, busy or idle. */
  openConnections(): number;
  close(): Promise<void>;
}

/** Wait before the next address of a name is tried too; Node's default of 250 ms fails distant servers. */
const NEXT_ADDRESS_AFTER_MS = 1_000;

/**
 * The address is vetted at connect time: a name is resolved once, only allowed answers are handed to the
 * socket, and the socket's own peer address is checked again. A name that changes its answer between a
 * check and the connection therefore gains nothing (security.md F1, F2).
 */
export function createVettedAgent(
  policy: AddressPolicy,
  limits: AgentLimits,
  resolve: Resolve = resolveBySystem,
): VettedAgent {
  const connect = buildConnector({
    allowH2: false,
    timeout: limits.connectMs,
    lookup: createVettedLookup(policy, resolve),
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
  });
  let open = 0;
  const dispatcher = new Agent({
    connect: vetConnector(connect, policy),
    connections: limits.requestsPerHost + limits.downloadsPerHost + limits.rangesPerHost,
    pipelining: 1,
    headersTimeout: limits.idleMs,
    bodyTimeout: limits.idleMs,
    keepAliveTimeout: limits.keepAliveMs,
    keepAliveMaxTimeout: limits.keepAliveMs,
    maxHeaderSize: limits.maxHeaderBytes,
  });
  dispatcher.on('connect', () => {
    open += 1;
  });
  dispatcher.on('disconnect', () => {
    open -= 1;
  });
  return { dispatcher, openConnections: () => open, close: () => dispatcher.destroy() };
}

const blocked = () => new FetchStop('blocked-address', 'The address is not on the public internet.');

function vetConnector(connect: buildConnector.connector, policy: AddressPolicy): buildConnector.connector {
  return (options, done) => {
    if (isIP(options.hostname) !== 0 && !policy.allows(options.hostname)) {
      done(blocked(), null);
      return;
    }
    connect(options, (error, socket) => {
      if (error) return done(error, null);
      if (socket.remoteAddress !== undefined && policy.allows(socket.remoteAddress))
        return done(null, socket);
      socket.destroy();
      done(blocked(), null);
    });
  };
}

function createVettedLookup(policy: AddressPolicy, resolve: Resolve): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname).then(
      (addresses) => {
        const allowed = addresses
          .filter((address) => policy.allows(address))
          .map((address) => ({ address, family: isIP(address) }));
        const [first] = allowed;
        if (!first) done(blocked(), '');
        else if (options.all) done(null, allowed);
        else done(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => done(error, ''),
    );
  };
}

/** The addresses that this machine finds for a name. */
export async function resolveBySystem(hostname: string): Promise<readonly string[]> {
  const answers = await systemLookup(hostname, { all: true });
  return answers.map((answer) => answer.address);
}
