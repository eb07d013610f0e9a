import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listen, SHELL } from '../helpers/page-server.ts';
import { type Client, clientOf } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const SIGN = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#000" d="M1 1h6v6H1z"/></svg>`;
const WORKER = 'self.built = true;';

let directory: string;
let server: TestServer;
let http: Server;
let client: Client;

/** Answers with a configuration of its own, from one built page. */
async function open(app: object = {}): Promise<{ http: Server; client: Client }> {
  const { context } = server;
  const config = { ...context.config, app: { ...context.config.app, ...app } };
  const listening = await listen({ ...server, context: { ...context, config } }, directory);
  const { port } = listening.address() as AddressInfo;
  return { http: listening, client: clientOf(`http://127.0.0.1:${port}`) };
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-app-'));
  await writeFile(join(directory, 'index.html'), SHELL);
  await writeFile(join(directory, 'favicon.svg'), SIGN);
  await writeFile(join(directory, 'sw.js'), WORKER);
  await writeFile(join(directory, 'words.json'), '{"de":"/assets/words-de-1a2b.js"}');
  const variables = {
    INSTANCE_NAME: 'Short films of the coast',
    APP_COLOR: '#FF0000',
    APP_BACKGROUND_COLOR: '#00ff00',
  };
  server = await startTestServer({ role: 'none', variables });
  ({ http, client } = await open());
});
afterAll(async () => {
  http?.close();
  await server?.close();
  await rm(directory, { recursive: true, force: true });
});

describe('the manifest', () => {
  test('is that of the server, in the language of the browser', async () => {
    const answer = await client.get('/manifest.webmanifest', { headers: { 'accept-language': 'ar' } });
    expect(answer.headers['content-type']).toMatch(/^application\/manifest\+json/);
    expect(answer.headers.vary).toBe('Accept-Language');
    const manifest = JSON.parse(answer.text ?? answer.body.toString());
    expect(manifest).toMatchObject({
      ...{ id: '/', scope: '/', start_url: '/', display: 'standalone', lang: 'ar', dir: 'rtl' },
      ...{ name: 'Short films of the coast', short_name: 'Short films' },
      ...{ theme_color: '#00ff00', background_color: '#00ff00' },
      shortcuts: [{ name: 'رفع مقطع', url: '/upload' }, { url: '/inbox' }, { url: '/search' }],
      share_target: { action: '/upload/shared', method: 'POST' },
    });
    expect(manifest.icons.map(({ purpose }: { purpose: string }) => purpose)).toEqual([
      ...['any', 'any', 'maskable', 'maskable', 'monochrome'],
    ]);
    for (const { src } of manifest.icons) {
      const icon = await client.get(src);
      expect([icon.status, icon.headers['content-type']], src).toEqual([200, 'image/png']);
    }
    expect((await client.get('/app/icons/square-180.png')).status).toBe(200);
    expect((await client.get('/app/icons/square-181.png')).status).toBe(404);
  });
});

describe('the shell', () => {
  test('is the page in a language, and of no address', async () => {
    const answer = await client.get('/app/shell', { headers: { 'accept-language': 'de' } });
    expect(answer.headers).toMatchObject({
      ...{ 'content-language': 'de', vary: 'Accept-Language, Cookie', 'cache-control': 'no-cache' },
      'content-security-policy': expect.stringContaining("script-src 'self'"),
    });
    expect(answer.text).toContain('<html lang="de" dir="ltr"');
    expect(answer.text).toContain('id="words" href="/assets/words-de-1a2b.js"');
    expect(answer.text).toContain('<meta name="robots" content="noindex">');
    expect(answer.text).not.toContain('first-page');
  });
});

describe('the worker', () => {
  test('is that of the build, and never from a cache', async () => {
    const answer = await client.get('/sw.js');
    expect(answer.headers['cache-control']).toBe('no-cache');
    expect(answer.text).toBe(WORKER);
  });

  test('takes itself away where the server wants none', async () => {
    const other = await open({ worker: 'off' });
    const { text, headers } = await other.client.get('/sw.js');
    other.http.close();
    expect(headers['cache-control']).toBe('no-cache');
    expect(text).toContain('unregister');
    expect(text).not.toContain(WORKER);
  });

  test('takes what is shared; without it nothing is read', async () => {
    const answer = await client.post('/upload/shared', { body: { video: 'x' } });
    expect([answer.status, answer.headers.location]).toEqual([303, '/upload?shared=lost']);
  });
});
