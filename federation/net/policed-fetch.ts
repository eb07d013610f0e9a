import type { SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import { fail } from '../../src/lib/result.ts';
import type { Instances } from '../../src/modules/instances/index.ts';

/**
 * The fetch layer for reading from other servers: a suspended one is not asked for anything, whoever named it
 * (security.md S15). Handles lead from server to server, so the first check is not always the last host.
 */
export function policedFetch(
  fetch: Pick<SafeFetch, 'request'>,
  { isBlocked }: Pick<Instances, 'isBlocked'>,
): Pick<SafeFetch, 'request'> {
  return {
    async request(request) {
      const host = URL.parse(String(request.url))?.host ?? '';
      if (await isBlocked(host)) return fail('blocked-url', `This server does not talk to ${host}.`);
      return fetch.request(request);
    },
  };
}
