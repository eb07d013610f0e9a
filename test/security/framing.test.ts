import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../src/http/api/index.ts';
import { pageRoutes } from '../../src/http/page/routes.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type PageServer, startPageServer } from '../helpers/page-server.ts';
import { createPeople } from '../helpers/people.ts';

let page: PageServer;
let clipId: string;
let cookie: string;

beforeAll(async () => {
  page = await startPageServer();
  const people = createPeople(page.server);
  const alice = await people.signedIn('alice');
  clipId = await createVideoFactory(page.server.context).video(alice.account);
  cookie = await people.tokenOf(alice.account, 'cookie');
});
afterAll(() => page?.close());

const filled = (path: string) =>
  path.replace('@:handle', '@alice').replace('/*path', '/no/such/page').replace(/:\w+/g, clipId);

describe('A5 pages of others show nothing of ours in a frame', () => {
  const pages = [
    ...Object.keys(pageRoutes),
    ...[
      '/about/algorithm',
      '/api/docs',
      '/oauth/authorize',
      '/auth/forgot',
      '/api/oembed?url=x',
      '/icon.svg',
    ],
    ...routes
      .filter(({ method }) => method === 'get')
      .slice(0, 5)
      .map(({ path }) => path),
  ];

  test.each(pages)('%s', async (path) => {
    const { headers } = await page.client.get(filled(path), { cookie, headers: { accept: 'text/html' } });
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-frame-options']).toBe('SAMEORIGIN');
  });
});

describe('A5 but the page that is made for it', () => {
  test.each(['CLIP', '99', 'nothing'])('/embed/%s', async (id) => {
    const path = `/embed/${id.replace('CLIP', clipId)}`;
    const { headers, text } = await page.client.get(path, { cookie });
    expect(headers['x-frame-options']).toBeUndefined();
    expect(headers['content-security-policy']?.split('; ')).toEqual([
      ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"],
      ...["img-src 'self' https://video.test", "media-src 'self' https://video.test"],
      ...["base-uri 'none'", "form-action 'none'", 'frame-ancestors *'],
    ]);
    expect(headers).toMatchObject({
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    });
    expect(headers['set-cookie']).toBeUndefined();
    // Nothing in it is for whoever is signed in, and nothing can be pressed that would do something in their name.
    const nobody = await page.client.get(path);
    expect(text).toBe(nobody.text);
    expect(text).not.toMatch(/<form|<button|<script(?! src="\/embed\/player\.js")|style=/);
  });

  test('what lies beside it is not', async () => {
    for (const path of [
      '/embed',
      '/embed/',
      `/embed/${clipId}/more`,
      '/embed/page.css',
      '/embed/player.js',
    ]) {
      const { headers } = await page.client.get(path);
      expect(headers['content-security-policy'], path).toContain("frame-ancestors 'none'");
    }
  });
});
