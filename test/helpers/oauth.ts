import { createHash } from 'node:crypto';
import type { Client } from './people.ts';
import type { TestServer } from './server.ts';

export const REDIRECT = 'https://app.test/callback?from=vireo';
export const VERIFIER = 'v'.repeat(43);
export const s256 = (verifier: string) => createHash('sha256').update(verifier).digest('base64url');

export interface RegisteredApp {
  readonly client_id: string;
  readonly client_secret: string;
}

type Fields = Record<string, string>;

/** An app of the Mastodon API, with the browser of the person who uses it. */
export function createOAuthClient(server: TestServer, client: Client) {
  const post = async (path: string, fields: Fields, headers: Fields = {}) => {
    const body = new URLSearchParams(fields);
    const answer = await fetch(server.origin + path, { method: 'POST', redirect: 'manual', headers, body });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const asked = (app: RegisteredApp, more: Fields = {}): Fields => ({
    ...{ response_type: 'code', client_id: app.client_id, redirect_uri: REDIRECT, scope: 'read' },
    ...more,
  });
  const page = async (fields: Fields, cookie?: string) => {
    const headers: Fields = cookie === undefined ? {} : { cookie: `vireo-session=${cookie}` };
    const answer = await fetch(`${server.origin}/oauth/authorize?${new URLSearchParams(fields)}`, {
      headers,
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const step = (fields: Fields, headers: Fields = {}) =>
    post('/oauth/authorize', fields, { origin: server.origin, ...headers });

  return {
    post,
    asked,
    page,
    step,
    async register(more: object = {}): Promise<RegisteredApp> {
      const body = { client_name: 'Test app', redirect_uris: REDIRECT, scopes: 'read write', ...more };
      const answer = await client.post('/api/v1/apps', { body });
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
      return answer.body;
    },
    /** What the person's browser sends when she decides. */
    async decision(fields: Fields, cookie: string, decision = 'allow') {
      const proof = proofIn((await page(fields, cookie)).text);
      return step({ ...fields, step: 'decide', decision, proof }, { cookie: `vireo-session=${cookie}` });
    },
    /** A code for which somebody has allowed what was asked. */
    async code(fields: Fields, cookie: string): Promise<string> {
      const answer = await this.decision(fields, cookie);
      const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code');
      if (!code) throw new Error(answer.text);
      return code;
    },
    async token(fields: Fields, headers: Fields = {}) {
      const answer = await post('/oauth/token', fields, headers);
      return { status: answer.status, headers: answer.headers, body: JSON.parse(answer.text) };
    },
    exchangeOf: (app: RegisteredApp, code: string, more: Fields = {}): Fields => ({
      ...{ grant_type: 'authorization_code', code, redirect_uri: REDIRECT },
      ...{ client_id: app.client_id, client_secret: app.client_secret },
      ...more,
    }),
  };
}

/** The value of a hidden field. */
export function hiddenIn(page: string, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '';
}

const proofIn = (page: string) => hiddenIn(page, 'proof');
