import { FetchStop } from './fetch-failure.ts';

/** One signal for a whole exchange: aborted with a FetchStop after `ms`, and when the caller gives up. */
export function startDeadline(
  ms: number,
  caller: AbortSignal | undefined,
): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new FetchStop('timeout', 'The other server did not finish in time.'));
  }, ms);
  const abort = () => controller.abort(new FetchStop('aborted', 'The request was given up.'));
  if (caller?.aborted) abort();
  else caller?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    stop() {
      clearTimeout(timer);
      caller?.removeEventListener('abort', abort);
    },
  };
}
