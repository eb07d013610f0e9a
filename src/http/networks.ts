import type { RequestHandler } from 'express';
import type { NetworkGate } from '../modules/staff/index.ts';
import { ApiError } from './errors.ts';
import { addressOf } from './limits.ts';

/** What other servers read: their own people may be many, and behind one address with those who are kept out. */
const FOR_SERVERS = /^\/(?:ap|actor|\.well-known|nodeinfo)(?:\/|$)/;

/**
 * Refuses every request of people and apps from a network that has no access. Other servers of that network deliver
 * (their inbox is answered before this) and read documents as before: those are blocked as domains.
 */
export function keepOut(networks: Pick<NetworkGate, 'refuses'>): RequestHandler {
  return (req, _res, next) => {
    const isReading = req.method === 'GET' || req.method === 'HEAD';
    if (networks.refuses(addressOf(req.ip)) && !(isReading && FOR_SERVERS.test(req.path))) {
      throw new ApiError('network-refused');
    }
    next();
  };
}
