import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** What is wrong with a proxy. */
export interface ProxyFaults {
  dropsAccept?: boolean;
  /** Asks the server by the name it has inside, as nginx does by default. */
  dropsHost?: boolean;
  /** Refuses larger bodies with a page of its own, as nginx does by default from 1 MB. */
  maxBodyBytes?: number;
  hidesWebFinger?: boolean;
  /** Its clock is this far away. */
  skewMs?: number;
  isDown?: boolean;
}

/** A proxy in front of a server, that can be broken. */
export async function startBrokenProxy(port: number, to: () => number) {
  const faults: ProxyFaults = {};
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method, url = '', headers } = incoming;
    if (faults.isDown) return void outgoing.writeHead(502).end('Bad Gateway');
    if (faults.hidesWebFinger && url.startsWith('/.well-known/')) return void outgoing.writeHead(404).end();
    const passed = {
      ...headers,
      ...(faults.dropsAccept ? { accept: '*/*' } : {}),
      ...(faults.dropsHost ? { host: `127.0.0.1:${to()}` } : {}),
    };
    const onward = request(
      { host: '127.0.0.1', port: to(), method, path: url, headers: passed },
      (answer) => {
        const date = new Date(Date.now() + (faults.skewMs ?? 0)).toUTCString();
        outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, date });
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  };
  const server = createServer(pass);
  server.on('checkContinue', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const tooLarge =
      Number(incoming.headers['content-length']) > (faults.maxBodyBytes ?? Number.POSITIVE_INFINITY);
    if (tooLarge) return void outgoing.writeHead(413, { 'content-type': 'text/html' }).end('Too Large');
    outgoing.writeContinue();
    incoming.on('error', () => undefined);
    pass(incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    faults,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
