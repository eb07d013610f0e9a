import { createServer } from 'node:http';
import { servePart } from './part.ts';

/** Inboxes of other servers: any path at any loopback address. `close` ends each connection after its answer. */
let received = 0;
let keepAlive = true;
const server = createServer((req, res) => {
  req.resume();
  req.on('end', () => {
    received += 1;
    if (!keepAlive) res.shouldKeepAlive = false;
    res.writeHead(202).end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.PORT), '0.0.0.0');
servePart(
  {
    received: () => received,
    keepAlive: (on: boolean) => {
      keepAlive = on;
    },
  },
  async () => {
    server.closeAllConnections();
    server.close();
  },
);
