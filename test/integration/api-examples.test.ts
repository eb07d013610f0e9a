import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openApiDocument } from '../../src/http/openapi.ts';
import {
  addressOf,
  type Example,
  filled,
  RECORDED_ORIGIN,
  readRecorded,
  recordedFile,
} from '../../src/http/reference/example.ts';
import { examples } from '../../src/http/reference/examples.ts';
import { schemaChecker, shapeDifferences } from '../helpers/api-shape.ts';
import { clip, textFile } from '../helpers/media-samples.ts';
import { createOAuthClient } from '../helpers/oauth.ts';
import { clientOf, createPeople, PASSWORD } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** With RECORD_EXAMPLES=1, what is answered here becomes what is shown; look at the difference before you keep it. */
const isRecording = process.env.RECORD_EXAMPLES === '1';

const PATIENCE_MS = 60_000;
const document = JSON.parse(JSON.stringify(openApiDocument('0', RECORDED_ORIGIN)));
const problemsOf = schemaChecker(document);
const shown = readRecorded().answers;
const recorded: Record<string, unknown> = {};

/** What nobody should be shown, also where it is worth nothing any more. */
const SECRETS: Readonly<Record<string, string>> = {
  ...{ password: 'a long password', client_id: 'CLIENT_ID', client_secret: 'CLIENT_SECRET', code: 'CODE' },
  ...{ token: 'ALICES_TOKEN', bob_token: 'BOBS_TOKEN' },
};

let server: TestServer;
let dir: string;
const values: Record<string, string> = { password: PASSWORD };

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vireo-examples-'));
  await clip(dir, 'clip.mp4', { seconds: 2, size: '360x640' });
  await textFile(dir, 'notes.txt', 'Nothing to see here.');
  server = await startTestServer({ role: 'all' });
});

afterAll(async () => {
  await server?.close();
  await rm(dir, { recursive: true, force: true });
});

/** What people do between the requests, by the example that follows. */
const between: Readonly<Record<string, () => Promise<void>>> = {
  async token() {
    const { context, origin } = server;
    const client = clientOf(origin);
    const account = await context.accounts.byHandle('alice');
    if (!account) throw new Error('Nobody signed up.');
    const cookie = await createPeople(server).tokenOf(account, 'cookie');
    const app = { client_id: values.client_id ?? '', client_secret: values.client_secret ?? '' };
    const oauth = createOAuthClient(server, client);
    const asked = { redirect_uri: 'clips://signed-in', scope: 'read write follow push' };
    values.code = await oauth.code(oauth.asked(app, asked), cookie);
  },
  async 'sign-in'() {
    await createPeople(server).local('bob');
  },
  async history() {
    await vi.waitFor(async () => expect(await server.context.db('watch_history')).toHaveLength(1), {
      ...{ timeout: PATIENCE_MS, interval: 100 },
    });
  },
  async processing() {
    const ask = () => server.context.db('videos').where({ id: values.media }).first('media_state');
    await vi.waitFor(async () => expect((await ask()).media_state).toBe('ready'), {
      ...{ timeout: PATIENCE_MS, interval: 100 },
    });
  },
};

async function send(example: Example): Promise<{ status: number; body: unknown }> {
  const { token, headers = {}, body, of, status } = example;
  const init: RequestInit = {
    method: of.split(' ')[0] ?? '',
    headers: { ...headers, ...(token ? { Authorization: `Bearer ${values[token]}` } : {}), ...typeOf(body) },
    ...(body ? { body: bodyOf(body) } : {}),
  };
  const answer = await fetch(server.origin + addressOf(example), init);
  const text = await answer.text();
  expect(answer.status, text).toBe(status);
  return { status: answer.status, body: JSON.parse(text) };
}

type Body = NonNullable<Example['body']>;

function typeOf(body: Body | undefined): Record<string, string> {
  if (body && 'json' in body) return { 'Content-Type': 'application/json' };
  return body && 'text' in body ? { 'Content-Type': body.type } : {};
}

function bodyOf(body: Body): NonNullable<RequestInit['body']> {
  if ('json' in body) return JSON.stringify(body.json);
  if ('form' in body) return new URLSearchParams(body.form);
  if ('text' in body) return body.text;
  const form = new FormData();
  for (const [name, value] of Object.entries(body.fields)) form.set(name, value);
  const type = body.file.endsWith('.mp4') ? 'video/mp4' : 'text/plain';
  form.set(body.part, new Blob([readFileSync(join(dir, body.file))], { type }), body.file);
  return form;
}

/** The schema that the document gives for an answer of this status; null for what is not in the table of routes. */
function schemaOf({ of, status }: Example): object | null {
  const [method = '', path = ''] = of.split(' ');
  const operation = document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
  if (!operation) return null;
  const response = operation.responses[status < 300 ? '200' : 'default'];
  return response.content['application/json'].schema;
}

function keep({ keeps = {} }: Example, body: unknown): void {
  for (const [name, place] of Object.entries(keeps)) {
    const value = place
      .split('.')
      .reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], body);
    if (typeof value !== 'string') throw new Error(`There is no ${place} for ${name}.`);
    values[name] = value;
  }
}

describe('every example of the reference, asked of a live server', () => {
  test.each(examples.map((example) => [example.name, example] as const))(
    '%s',
    async (name, example) => {
      expect(example.after !== undefined).toBe(name in between);
      await between[name]?.();
      const ask = async () => {
        const { body } = await send(filled(example, values));
        const schema = schemaOf(example);
        if (schema) expect(problemsOf(schema, body)).toEqual([]);
        if (!isRecording) expect(shapeDifferences(shown[name], body)).toEqual([]);
        // What is counted a moment later is no list of nothing.
        else if (Array.isArray(shown[name]) && shown[name].length > 0) expect(body).not.toEqual([]);
        keep(example, body);
        return body;
      };
      // What others did is told a moment later; a question may be asked again, a command not.
      const isQuestion = example.of.startsWith('GET ');
      recorded[name] = isQuestion
        ? await vi.waitFor(ask, { timeout: PATIENCE_MS, interval: 100 })
        : await ask();
    },
    PATIENCE_MS + 30_000,
  );

  test('none is shown that is not asked here', () => {
    if (isRecording) {
      let text = JSON.stringify({ values, answers: recorded }, null, 2);
      for (const [name, word] of Object.entries(SECRETS)) text = text.replaceAll(values[name] ?? '\0', word);
      const host = new URL(server.origin).host;
      text = text.replaceAll(server.origin, RECORDED_ORIGIN).replaceAll(host, new URL(RECORDED_ORIGIN).host);
      writeFileSync(recordedFile, `${text}\n`);
    }
    expect(Object.keys(readRecorded().answers)).toEqual(examples.map(({ name }) => name));
  });
});

test.each([
  ['/api/docs/page.css', 'scroll-padding-top'],
  ['/oauth/page.css', 'justify-items'],
])('%s has what all pages have, and its own', async (path, own) => {
  const answer = await fetch(server.origin + path);
  expect(answer.headers.get('content-type')).toMatch(/^text\/css/);
  const text = await answer.text();
  for (const part of ['--accent:', own]) expect(text.split(part)).toHaveLength(2);
});

test('the description that is served is valid OpenAPI 3.1', async () => {
  const served = await (await fetch(`${server.origin}/api/openapi.json`)).json();
  expect(await new Validator().validate(served)).toEqual({ valid: true });
  expect(served.servers).toEqual([{ url: server.origin }]);
});

test.each(['gzip', 'identity'])(
  'the page that shows them runs nothing and is sent as %s',
  async (encoding) => {
    const answer = await fetch(`${server.origin}/api/docs`, { headers: { 'Accept-Encoding': encoding } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-encoding')).toBe(encoding === 'gzip' ? 'gzip' : null);
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'self'; img-src 'self';/,
    );
    const text = await answer.text();
    expect(text).toContain(`curl &#39;${server.origin}/api/v2/instance&#39;`);
    expect(text).toContain('</html>');
  },
);
