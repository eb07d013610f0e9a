import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { createApp } from '../../src/http/app.ts';
import type { HttpDeps } from '../../src/http/deps.ts';
import { createEventStreams } from '../../src/http/event-stream.ts';
import { createRateLimits } from '../../src/http/limits.ts';
import { createStreamingApi } from '../../src/http/streaming/index.ts';
import { createUploadFiles } from '../../src/http/upload-files.ts';
import { createUploads } from '../../src/http/uploads.ts';
import { type Client, clientOf } from './people.ts';
import { startTestServer, type TestServer } from './server.ts';

/** A server that is known as `https://video.test`, with a built page of its own making: no test of it depends on the web client. */
export interface PageServer {
  readonly server: TestServer;
  readonly client: Client;
  /** Where it really listens. */
  readonly address: string;
  close(): Promise<void>;
}

/** Its built page; where its head and its end go is known by the words around. */
export const SHELL = `<!doctype html>
<html lang="en">
<head>
<title>Shell</title>
<script type="module" src="/assets/app-1a2b.js"></script>
</head>
<body><div id="app"></div><noscript>This page needs JavaScript to play clips.</noscript></body>
</html>
`;

/** Where its words in other languages are: of all but one that the server knows. */
export const WORD_FILES = { de: '/assets/words-de-3c4d.js', ar: '/assets/words-ar-5e6f.js' };

/** What it begins a clip with. */
export const BEGIN = 'document.title;';

export async function startPageServer(variables: Readonly<Record<string, string>> = {}): Promise<PageServer> {
  const webDir = await mkdtemp(join(tmpdir(), 'vireo-web-'));
  await mkdir(join(webDir, 'assets'));
  await writeFile(join(webDir, 'index.html'), SHELL);
  await writeFile(join(webDir, 'assets', 'app-1a2b.js'), 'export const a = 1;');
  await writeFile(join(webDir, 'words.json'), JSON.stringify(WORD_FILES));
  await writeFile(join(webDir, 'assets', 'app-1a2b.js.br'), brotliCompressSync('export const a = 1;'));
  await writeFile(join(webDir, 'begin.js'), BEGIN);
  await writeFile(join(webDir, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(webDir, '.secret'), 'hidden');
  const origin = { ORIGIN: 'https://video.test', ...variables };
  const server = await startTestServer({ role: 'none', variables: origin });
  const http = await listen(server, webDir);
  const address = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    server,
    address,
    client: clientOf(address, '__Host-vireo-session'),
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      await server.close();
      await rm(webDir, { recursive: true, force: true });
    },
  };
}

/** Answers for a server with a built page from a folder, on a port, by default a free one. */
export async function listen({ context }: TestServer, webDir: string, port = 0): Promise<Server> {
  const deps: HttpDeps = {
    ...context,
    networks: { refuses: () => false, refresh: async () => undefined, close: async () => undefined },
    lockGate: { now: () => null, refresh: async () => undefined, close: async () => undefined },
    lookup: context.federation.lookup,
    readPack: context.federation.readPack,
    deliveries: context.federation.deliveries,
    probe: context.federation.probe,
    subscribeToRelay: context.federation.subscribeToRelay,
    signerOf: context.federation.signerOf,
    inbox: context.federation.inbox,
    federation: context.federation.router,
    client: context.federation.client,
    limits: createRateLimits(context.redis, context.config.redisPrefix),
    streams: createEventStreams(),
    uploadFiles: createUploadFiles(context),
    webDir,
  };
  const listening = createServer(await createApp(deps, createUploads(deps), createStreamingApi(deps)));
  await new Promise<void>((resolve) => listening.listen(port, '127.0.0.1', resolve));
  return listening;
}
