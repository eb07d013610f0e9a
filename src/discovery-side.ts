import type { Redis } from 'ioredis';
import { netLimits } from '../config/limits.ts';
import { createAskProvider, createFaspDoor, policedFetch } from '../federation/index.ts';
import type { SafeFetch } from './lib/net/safe-fetch.ts';
import { createExchange } from './modules/exchange/index.ts';
import { createFasp } from './modules/fasp/index.ts';
import type { Instances, Urls } from './modules/instances/index.ts';

type ExchangeParts = Parameters<typeof createExchange>[0];
type FaspParts = Parameters<typeof createFasp>[0];

/** What is found elsewhere: what trends on servers that the staff named, and what auxiliary services do for this one. */
export function openDiscovery(
  options: Omit<ExchangeParts, 'ownHost'> &
    Omit<FaspParts, 'ask' | 'ports' | 'ownHost' | 'hearTrends'> & {
      readonly fetch: SafeFetch;
      readonly instances: Instances;
      readonly redis: Redis;
      readonly redisPrefix: string;
      readonly urls: Urls;
    },
) {
  const { clock, redis, redisPrefix, urls } = options;
  const parts = { ...options, ownHost: urls.domain };
  const exchange = createExchange(parts);
  const fasp = createFasp({
    ...parts,
    hearTrends: exchange.hear,
    ports: netLimits.ports,
    ask: createAskProvider({ fetch: policedFetch(parts.fetch, parts.instances), clock }),
  });
  const faspDoor = createFaspDoor({
    ...{ fasp, origin: urls.origin, clock },
    // Commands wait for Redis for ever, and so would every request: while it is away each process counts for itself.
    async isFirst(signature, forMs) {
      if (redis.status !== 'ready') return true;
      return (await redis.set(`${redisPrefix}:fasp:${signature}`, '', 'PX', forMs, 'NX')) === 'OK';
    },
  });
  return { exchange, fasp, faspDoor };
}
