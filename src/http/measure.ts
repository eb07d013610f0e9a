import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Metrics } from '../lib/metrics.ts';

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

/** Has an answer counted once it is sent. Streams of events are left out: they last as long as somebody listens. */
export function measure(metrics: Metrics, req: IncomingMessage, res: ServerResponse): void {
  const since = performance.now();
  const kind = kindOf((req.url ?? '').replace(/\?.*/s, ''));
  res.once('finish', () => {
    if (String(res.getHeader('content-type') ?? '').startsWith('text/event-stream')) return;
    metrics.request(kind, res.statusCode, (performance.now() - since) / 1_000);
  });
}
