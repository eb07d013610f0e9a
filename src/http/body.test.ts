import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, utimes } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express, { type ErrorRequestHandler } from 'express';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { apiLimits, formLimits } from '../../config/limits.ts';
import { type Body, formsDir, withBody } from './body.ts';
import { answerError } from './errors.ts';
import { sweepForms } from './form.ts';

const MAX_PICTURE = 200_000;
/** How long a condition may take to come true on a busy machine. */
const PATIENCE_MS = 20_000;

let dataDir: string;
let server: Server;
let origin: string;
/** What the handler does with what it is given. */
let handle: (body: Body) => Promise<unknown>;

const routes = {
  '/plain': { body: z.unknown() },
  '/files': {
    body: z.unknown(),
    fileParts: {
      picture: { types: ['image/png', 'image/jpeg'], maxBytes: MAX_PICTURE },
      video: { types: ['video/*'], maxBytes: 10 },
    },
  },
};

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'vireo-body-'));
  handle = async ({ body }) => body;
  const app = express();
  for (const [path, route] of Object.entries(routes)) {
    app.post(path, (req, res) =>
      withBody({ route, req, res, dataDir }, async (body) => {
        res.json((await handle(body)) ?? null);
      }),
    );
  }
  const onError: ErrorRequestHandler = (error, _req, res, _next) =>
    answerError(pino({ level: 'silent' }), error, res);
  app.use(onError);
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(dataDir, { recursive: true, force: true });
});

async function send(path: keyof typeof routes, body: BodyInit, type?: string) {
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
  const answer = await fetch(origin + path, { method: 'POST', headers, body });
  return { status: answer.status, body: await answer.json() };
}

const formOf = (...parts: [string, string | Blob, string?][]) => {
  const form = new FormData();
  for (const [name, value, filename] of parts) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, value, filename ?? 'a.png');
  }
  return form;
};
const png = (bytes: number) => new Blob([new Uint8Array(bytes).fill(7)], { type: 'image/png' });
const leftOver = async () => (existsSync(formsDir(dataDir)) ? readdir(formsDir(dataDir)) : []);
/** The answer may be there a moment before the files are gone. */
const expectNothingLeft = () => vi.waitFor(async () => expect(await leftOver()).toEqual([]), PATIENCE_MS);

describe('one body in three ways', () => {
  test.each<[string, BodyInit, string | undefined]>([
    ['JSON', '{"a":["1","2"],"b":{"c":"ü"}}', 'application/json'],
    ['URL encoding', new URLSearchParams('a[]=1&a[]=2&b[c]=ü'), undefined],
    [
      'URL encoding with a charset',
      'a[]=1&a[]=2&b[c]=%C3%BC',
      'application/x-www-form-urlencoded; charset=UTF-8',
    ],
    ['parts', formOf(['a[]', '1'], ['a[]', '2'], ['b[c]', 'ü']), undefined],
  ])('%s', async (_name, body, type) => {
    for (const path of ['/plain', '/files'] as const) {
      expect(await send(path, body, type)).toEqual({ status: 200, body: { a: ['1', '2'], b: { c: 'ü' } } });
    }
    await expectNothingLeft();
  });

  test('a body of no type that is known says nothing', async () => {
    expect((await send('/plain', 'a=1', 'text/plain')).body).toEqual({});
  });
});

describe('R1 R2 forms that are too much, or broken', () => {
  const long = 'x'.repeat(apiLimits.maxJsonBytes + 1);
  const many: [string, string][] = Array.from({ length: formLimits.maxFields + 1 }, (_, n) => [`f${n}`, '1']);
  const manyLong: [string, string][] = ['a', 'b', 'c'].map((name) => [name, long.slice(2)]);

  test.each<[string, BodyInit, string | undefined, number]>([
    ['a long field', formOf(['a', long]), undefined, 413],
    ['a long field, URL encoded', new URLSearchParams({ a: long }), undefined, 413],
    ['long together', formOf(...manyLong), undefined, 413],
    ['a long name', formOf([long, 'a']), undefined, 400],
    ['many fields', formOf(...many), undefined, 422],
    ['many fields, URL encoded', new URLSearchParams(many), undefined, 422],
    ['deep', formOf([`a${'[b]'.repeat(20)}`, '1']), undefined, 422],
    ['no boundary', 'a=1', 'multipart/form-data', 400],
    ['no part', 'nothing', 'multipart/form-data; boundary=x', 400],
    [
      'cut off',
      '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
      'multipart/form-data; boundary=x',
      400,
    ],
    ['a file that is not asked for', formOf(['other', png(3)]), undefined, 422],
  ])('%s', async (_name, body, type, status) => {
    for (const path of ['/plain', '/files'] as const) {
      expect((await send(path, body, type)).status, path).toBe(status);
    }
    await expectNothingLeft();
  });

  test('__proto__ reaches nothing', async () => {
    const answer = await send('/plain', formOf(['__proto__[polluted]', '1'], ['a', '2']));
    expect(answer.body).toEqual({ a: '2' });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('files of a form', () => {
  test('are on the disk while the route is at work, and not after it', async () => {
    let path = '';
    handle = async ({ files, body }) => {
      path = files.picture?.path ?? '';
      const { bytes, type, filename } = files.picture ?? {};
      return { body, bytes, type, filename, held: (await readFile(path)).length };
    };
    const answer = await send('/files', formOf(['focus', '0,0'], ['picture', png(MAX_PICTURE), 'ü.png']));
    expect(answer.body).toEqual({
      body: { focus: '0,0' },
      ...{ bytes: MAX_PICTURE, held: MAX_PICTURE, type: 'image/png', filename: 'ü.png' },
    });
    expect(path.startsWith(formsDir(dataDir))).toBe(true);
    await expectNothingLeft();
  });

  test('a route may move a file away', async () => {
    const kept = join(dataDir, 'kept');
    handle = async ({ files }) => rename(files.picture?.path ?? '', kept);
    expect((await send('/files', formOf(['picture', png(5)]))).status).toBe(200);
    expect((await readFile(kept)).length).toBe(5);
  });

  test('are gone when the route fails', async () => {
    handle = async () => {
      throw new Error('broken');
    };
    expect((await send('/files', formOf(['picture', png(5)]))).status).toBe(500);
    await expectNothingLeft();
  });

  test.each<[string, FormData, number]>([
    ['one byte too long', formOf(['picture', png(MAX_PICTURE + 1)]), 413],
    ['too long for this part', formOf(['video', new Blob(['x'.repeat(11)], { type: 'video/mp4' })]), 413],
    ['of another type', formOf(['picture', new Blob(['x'], { type: 'image/svg+xml' })]), 415],
    ['of a type that begins alike', formOf(['video', new Blob(['x'], { type: 'videos/mp4' })]), 415],
    ['two of one name', formOf(['picture', png(1)], ['picture', png(1)]), 422],
    ['a field in its place', formOf(['picture', 'text']), 200],
    ['right, by a kind of types', formOf(['video', new Blob(['x'.repeat(10)], { type: 'video/mp4' })]), 200],
  ])('%s', async (_name, form, status) => {
    expect((await send('/files', form)).status).toBe(status);
    await expectNothingLeft();
  });

  test('no file chosen in a page is no file', async () => {
    handle = async ({ files }) => Object.keys(files);
    const empty = formOf(['picture', new Blob([], { type: 'application/octet-stream' }), '']);
    expect(await send('/files', empty)).toEqual({ status: 200, body: [] });
  });

  test('a client that hangs up leaves nothing behind', async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    const head =
      '--x\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n';
    socket.write(
      `POST /files HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 90000\r\n\r\n${head}${'x'.repeat(40_000)}`,
    );
    await vi.waitFor(async () => expect(await leftOver()).toHaveLength(1), PATIENCE_MS);
    socket.destroy();
    await expectNothingLeft();
  });

  test('what a killed process left is swept, what is under way is not', async () => {
    const dir = formsDir(dataDir);
    for (const name of ['form-old', 'form-new', '123-process-x'])
      await mkdir(join(dir, name), { recursive: true });
    const now = Date.now();
    const old = new Date(now - formLimits.keptMs - 1_000);
    for (const name of ['form-old', '123-process-x']) await utimes(join(dir, name), old, old);
    await sweepForms(dir, now);
    expect((await leftOver()).sort()).toEqual(['123-process-x', 'form-new']);
    await sweepForms(join(dataDir, 'absent'), now);
  });
});
