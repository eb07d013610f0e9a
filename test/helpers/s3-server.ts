import { createServer, request } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

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
  close(): Promise<void>;
}

/** An S3 server on loopback that keeps its objects in `directory`, behind a thin proxy that notes requests. */
export async function startS3(directory: string): Promise<TestS3> {
  const inner = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory, vhostBuckets: false });
  const { port } = await inner.run();
  const requests: string[] = [];
  const front = createServer((incoming, outgoing) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    const { method, url, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const address = front.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    accessKey: 'S3RVER',
    secretKey: 'S3RVER',
    requests,
    async close() {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
      await inner.close();
    },
  };
}
