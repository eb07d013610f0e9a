import type { Metrics } from '../metrics.ts';
import type { Ok } from '../result.ts';
import { traced } from '../tracing.ts';
import type { FetchFailure } from './fetch-failure.ts';
import type { SafeFetch } from './safe-fetch.ts';

/** The fetch layer with its outcomes counted, and a span around each request. */
export function countedFetch(fetch: SafeFetch, metrics: Metrics): SafeFetch {
  function counted<T extends Ok | FetchFailure>(what: string, url: string | URL, ask: () => Promise<T>) {
    return traced(`fetch ${what}`, { 'server.address': hostOf(url) }, async (add): Promise<T> => {
      const outcome = await ask();
      const word = outcome.ok ? 'ok' : outcome.reason;
      metrics.fetch(word);
      add({ outcome: word });
      return outcome;
    });
  }
  return {
    request: (request) => counted(request.method, request.url, () => fetch.request(request)),
    download: (request) => counted('download', request.url, () => fetch.download(request)),
    readRange: (request) => counted('range', request.url, () => fetch.readRange(request)),
    close: () => fetch.close(),
  };
}

/** The rest of an address may hold what only its reader may know. */
function hostOf(url: string | URL): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
