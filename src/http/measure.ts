import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Metrics } from '../lib/metrics.ts';
import { isTracing, traced } from '../lib/tracing.ts';

/** What a request is for, in a few words: the figures must not grow with what people ask for. */
const KINDS: readonly (readonly [string, RegExp])[] = [
  ['inbox', /^\/(?:inbox|.*\/inbox)$/],
  ['media', /^\/(?:media|proxy|pictures)\//],
  ['upload', /^\/api\/v1\/uploads?(?:\/|$)|^\/api\/v\d\/media$/],
  ['feed', /^\/api\/v1\/(?:feed|timelines)(?:\/|$)/],
  ['api', /^\/(?:api|oauth)\//],
  ['federation', /^\/(?:users|actor|\.well-known|nodeinfo|ap)(?:\/|$)/],
  ['health', /^\/(?:live|health|ready)$/],
];

export function kindOf(path: string): string {
  return KINDS.find(([, pattern]) => pattern.test(path))?.[0] ?? 'page';
}

/** Gives the answer, and has it counted once it is sent, with a span around it. Streams of events are left out: they last as long as somebody listens. */
export function measure(
  metrics: Metrics,
  req: IncomingMessage,
  res: ServerResponse,
  answer: () => void,
): void {
  const since = performance.now();
  const kind = kindOf((req.url ?? '').replace(/\?.*/s, ''));
  res.once('finish', () => {
    if (String(res.getHeader('content-type') ?? '').startsWith('text/event-stream')) return;
    metrics.request(kind, res.statusCode, (performance.now() - since) / 1_000);
  });
  if (!isTracing()) {
    answer();
    return;
  }
  // A trace that somebody outside names is not gone on with: anybody could.
  void traced(`${req.method} ${kind}`, { 'http.request.method': req.method ?? '' }, (add) => {
    const closed = new Promise<void>((resolve) => res.once('close', resolve));
    answer();
    return closed.then(() => add({ 'http.response.status_code': res.statusCode }));
  });
}
