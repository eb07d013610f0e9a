import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** The package carries no types. */
const S3rver: new (options: object) => { run(): Promise<AddressInfo>; close(): Promise<void> } =
  createRequire(import.meta.url)('@20minutes/s3rver');

/** A running S3 server for tests, with the keys it knows. */
export interface TestS3 {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Requests it has seen, as `METHOD path`. */
  readonly requests: readonly string[];
  /** While true, it removes nothing: it answers as one whose key may not. */
  refusesRemovals: boolean;
  close(): Promise<void>;
}

/**
 * An S3 server on loopback that keeps its objects in `directory`, behind a thin proxy that notes requests. Readers
 * of an object see it whole or not at all, as with every real server: this one would show what is half written, so
 * the proxy lets one request for an object begin after another.
 */
export async function startS3(directory: string): Promise<TestS3> {
  const inner = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory, vhostBuckets: false });
  const { port } = await inner.run();
  const requests: string[] = [];
  const turns = new Map<string, Promise<unknown>>();
  /** Sends a request on when those before it have answers; resolves when its own begins. */
  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method, url = '', headers } = incoming;
    const path = url.replace(/\?.*/, '');
    const removal = method === 'POST' && /[?&]delete/.test(url) ? await text(incoming) : null;
    const keys = removal === null ? null : [...removal.matchAll(/<Key>([^<]*)<\/Key>/g)];
    const answered = Promise.withResolvers<void>();
    const paths = keys?.map(([, key]) => `${path}/${key}`.replaceAll('//', '/')) ?? [path];
    const before = paths.map((one) => turns.get(one));
    for (const one of paths) turns.set(one, answered.promise);
    await Promise.all(before);
    const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      answered.resolve();
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy()).on('close', answered.resolve);
    outgoing.on('close', () => onward.destroy());
    if (removal === null) incoming.pipe(onward);
    else onward.end(removal);
  }
  const faults = { refusesRemovals: false };
  const front = createServer((incoming, outgoing) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    const isRemoval = incoming.method === 'DELETE' || /[?&]delete/.test(incoming.url ?? '');
    if (faults.refusesRemovals && isRemoval) {
      incoming.resume();
      outgoing.writeHead(403, { 'content-type': 'application/xml' });
      outgoing.end('<Error><Code>AccessDenied</Code><Message>Access Denied.</Message></Error>');
      return;
    }
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const address = front.address() as AddressInfo;
  return Object.assign(faults, {
    endpoint: `http://127.0.0.1:${address.port}`,
    accessKey: 'S3RVER',
    secretKey: 'S3RVER',
    requests,
    async close() {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
      await inner.close();
    },
  });
}
