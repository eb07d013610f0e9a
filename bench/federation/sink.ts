import { createServer, type RequestListener } from 'node:http';
import { servePart } from './part.ts';

/** Inboxes of other servers: any path at any loopback address and any of the ports. */
let received = 0;
let keepAlive = true;
const answer: RequestListener = (req, res) => {
  req.resume();
  req.on('end', () => {
    received += 1;
    if (!keepAlive) res.shouldKeepAlive = false;
    res.writeHead(202).end();
  });
};
const servers = (process.env.PORTS ?? '').split(',').map((port) => {
  const server = createServer(answer);
  server.keepAliveTimeout = 60_000;
  return server.listen(Number(port), '0.0.0.0');
});
servePart(
  {
    received: () => received,
    keepAlive: (on: boolean) => {
      keepAlive = on;
    },
  },
  async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  },
);
