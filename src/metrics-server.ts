import { createServer, type ServerResponse } from 'node:http';
import type { Context } from './context.ts';
import { closeServer, listen, type Running } from './server.ts';

/**
 * Serves `/metrics` for an admin's monitoring on a listener of its own, where `METRICS_LISTEN` names one, and `/live` and
 * `/ready`, for workers have no other. The public port never shows the metrics. Null where none is configured.
 */
export async function startMetrics({ config, metrics, lifecycle, log }: Context): Promise<Running | null> {
  const { metricsListen } = config;
  if (metricsListen === null) return null;
  const server = createServer(async (req, res) => {
    if (req.method !== 'GET') return void res.writeHead(404).end();
    if (req.url === '/live') return tell(res, { ok: true });
    if (req.url === '/ready') return tell(res, await lifecycle.ready());
    if (req.url !== '/metrics') return void res.writeHead(404).end();
    try {
      const { contentType, body } = await metrics.page();
      res.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body);
    } catch (error) {
      log.warn({ err: error }, 'the metrics cannot be read');
      res.writeHead(503).end();
    }
  });
  await listen(server, metricsListen.port, metricsListen.host);
  return { stop: () => closeServer(server) };
}

function tell(res: ServerResponse, report: { readonly ok: boolean }): void {
  res
    .writeHead(report.ok ? 200 : 503, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(report));
}
