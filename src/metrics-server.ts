import { createServer } from 'node:http';
import type { Context } from './context.ts';
import { closeServer, listen, type Running } from './server.ts';

/**
 * Serves `/metrics` for an admin's monitoring on a listener of its own, where `METRICS_LISTEN` names one. The
 * public port never shows it. Null where none is configured.
 */
export async function startMetrics({ config, metrics, log }: Context): Promise<Running | null> {
  const { metricsListen } = config;
  if (metricsListen === null) return null;
  const server = createServer(async (req, res) => {
    if (req.method !== 'GET' || req.url !== '/metrics') return void res.writeHead(404).end();
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
