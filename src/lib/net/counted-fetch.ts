import type { Metrics } from '../metrics.ts';
import type { Ok } from '../result.ts';
import type { FetchFailure } from './fetch-failure.ts';
import type { SafeFetch } from './safe-fetch.ts';

/** The fetch layer with its outcomes counted. */
export function countedFetch(fetch: SafeFetch, metrics: Metrics): SafeFetch {
  async function counted<T extends Ok | FetchFailure>(pending: Promise<T>): Promise<T> {
    const outcome = await pending;
    metrics.fetch(outcome.ok ? 'ok' : outcome.reason);
    return outcome;
  }
  return {
    request: (request) => counted(fetch.request(request)),
    download: (request) => counted(fetch.download(request)),
    readRange: (request) => counted(fetch.readRange(request)),
    close: () => fetch.close(),
  };
}
