import { createServer, type Server } from 'node:net';

/** Listens where nothing of ours may ever connect, and remembers every connection. */
export interface Canary {
  readonly port: number;
  /** One line per connection: the address it reached and the first bytes it sent. Must stay empty. */
  readonly hits: readonly string[];
  close(): Promise<void>;
}

/** Addresses of the rig in design/security.md 3: loopback in both families, and a third neighbour. */
const ADDRESSES = ['127.0.0.1', '127.0.0.9', '::1'];

/**
 * Starts one listener per address, all on the same port. It answers like Redis, so that a smuggled command
 * would look successful to whoever sent it (security.md F4). Without IPv6 the third listener is left out.
 */
export async function startCanary(): Promise<Canary> {
  const hits: string[] = [];
  const servers: Server[] = [];
  let port = 0;
  for (const address of ADDRESSES) {
    const server = createServer((socket) => {
      const index = hits.push(address) - 1;
      socket.on('error', () => undefined);
      socket.once('data', (data) => {
        hits[index] = `${address}: ${data.toString('latin1').slice(0, 80)}`;
        socket.end('-ERR unknown command\r\n');
      });
    });
    const opened = await listen(server, address, port);
    if (opened === undefined && address !== '::1') throw new Error(`The canary cannot listen on ${address}.`);
    if (opened === undefined) continue;
    port = opened;
    servers.push(server);
  }
  return {
    port,
    hits,
    close: async () => {
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    },
  };
}

function listen(server: Server, address: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(port, address, () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound ? bound.port : undefined);
    });
  });
}
