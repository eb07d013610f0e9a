import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const attributes = z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) }));
/** What OTLP over HTTP carries, as far as the tests look at it. */
const traces = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string().regex(/^[0-9a-f]{32}$/),
              spanId: z.string().regex(/^[0-9a-f]{16}$/),
              parentSpanId: z.string().optional(),
              name: z.string(),
              attributes,
              status: z.object({ code: z.number().optional() }),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** A span that was sent. */
export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly failed: boolean;
  readonly service: unknown;
}

const factsOf = (list: z.output<typeof attributes>) =>
  Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));

/** A collector that takes OTLP over HTTP as JSON, and refuses what is none. */
export async function startTraceCollector() {
  const spans: SentSpan[] = [];
  const headers: Record<string, unknown>[] = [];
  const faults: string[] = [];
  const server = createServer(async (req, res) => {
    headers.push(req.headers);
    const parsed = traces.safeParse(JSON.parse(await text(req)));
    if (req.url !== '/v1/traces' || req.method !== 'POST' || !parsed.success) {
      faults.push(`${req.method} ${req.url} ${parsed.error?.message ?? ''}`);
      res.writeHead(400).end();
      return;
    }
    for (const { resource, scopeSpans } of parsed.data.resourceSpans) {
      for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
        spans.push({
          ...span,
          parentSpanId: span.parentSpanId || null,
          facts: factsOf(span.attributes),
          failed: span.status.code === 2,
          service: factsOf(resource.attributes)['service.name'],
        });
      }
    }
    res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ endpoint: `http://127.0.0.1:${port}`, spans, headers, faults },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
