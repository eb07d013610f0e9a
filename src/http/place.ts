import type { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import type { Config } from '../../config/config.ts';
import { isoCountry } from '../lib/countries.ts';
import type { Place } from '../modules/sounds/index.ts';

/** Whether the proxy at this address is trusted, as Express tells by `TRUSTED_PROXIES`. */
export type Trusts = (address: string, hop: number) => boolean;

type Regions = Config['regions'];

/**
 * Where a request comes from, as the proxy before this server says in the header that the admin has named. Whoever asks past it could
 * write anything there, so it counts only from a proxy that is trusted. Whatever is no country (`XX`, `T1`) is unknown.
 */
export function placeOfRaw(req: IncomingMessage, regions: Regions, trusts: Trusts): Place {
  const said = regions.header === '' ? undefined : req.headers[regions.header];
  const address = req.socket.remoteAddress;
  const isTold = typeof said === 'string' && address !== undefined && trusts(address, 0);
  const parsed = isoCountry.safeParse(isTold ? said : undefined);
  return { country: parsed.success ? parsed.data : null, unknown: regions.unknown };
}

/** The same of a request that came through Express. */
export const placeOf = (req: Request, regions: Regions): Place =>
  placeOfRaw(req, regions, req.app.get('trust proxy fn'));
