import { afterEach, expect, test, vi } from 'vitest';
import { speak } from '../i18n/say.ts';
import { connection, deliver, nextPage, readFailure, request } from './client.ts';

afterEach(() => vi.unstubAllGlobals());

test.each([
  [200, true],
  [403, true],
  [422, true],
  [429, false],
  [503, false],
])('what is answered with %i is told: %s', async (status, isTold) => {
  const asked = vi.fn(async () => new Response('{}', { status }));
  vi.stubGlobal('fetch', asked);
  expect(await deliver('/api/v1/events', { events: [1] })).toBe(isTold);
  expect(asked).toHaveBeenCalledWith(
    '/api/v1/events',
    expect.objectContaining({ method: 'POST', body: '{"events":[1]}', keepalive: true }),
  );
});

test('without a connection it has to be told again', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
  expect(await deliver('/api/v1/events', {})).toBe(false);
});

test.each([
  [
    '<https://here.test/api/v1/x?max_id=7&limit=2>; rel="next", <https://here.test/api/v1/x?min_id=9>; rel="prev"',
    '/api/v1/x?max_id=7&limit=2',
  ],
  ['<https://here.test/api/v1/x?min_id=9>; rel="prev"', null],
  ['<//[>; rel="next"', null],
  [null, null],
])('the next page of %s is %s', (link, next) => {
  expect(nextPage(link)).toBe(next);
});

test('a request that was given up is no broken connection', async () => {
  vi.stubGlobal('fetch', (_path: string, { signal }: RequestInit) => Promise.reject(signal?.reason));
  const leaving = new AbortController();
  leaving.abort();
  const outcome = await request('GET', '/api/v1/x', undefined, { signal: leaving.signal });
  expect(outcome).toMatchObject({ ok: false, reason: 'aborted' });
  expect(connection.value).toBe('ok');
});

test('what the browser may have kept is no sign that the server is reached again', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
  vi.stubGlobal('navigator', { onLine: false });
  await request('GET', '/api/v1/x');
  expect(connection.value).toBe('offline');
  const answered = (control: string) =>
    vi.stubGlobal('fetch', async () => new Response('[]', { headers: { 'cache-control': control } }));
  answered('public, max-age=60');
  expect(await request('GET', '/api/v1/trends/tags')).toMatchObject({ ok: true });
  expect(connection.value).toBe('offline');
  answered('private, no-cache');
  await request('GET', '/api/v2/instance');
  expect(connection.value).toBe('ok');
});

test('what is not there at the moment says why itself, and is no server that is down', async () => {
  const body = { code: 'unavailable', detail: 'This server sends no mail.' };
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(body), { status: 503 }));
  expect(await request('PATCH', '/api/v1/x', {})).toMatchObject({ ok: false, sentence: body.detail });
  expect(connection.value).toBe('ok');
});

test('a form goes as it is, and names its own type', async () => {
  const asked = vi.fn(async (_path: string, _init: RequestInit) => new Response('{}'));
  vi.stubGlobal('fetch', asked);
  const form = new FormData();
  await request('PATCH', '/api/v1/x', form);
  const init = asked.mock.calls[0]?.[1];
  expect(init?.body).toBe(form);
  expect(init?.headers).toEqual({ accept: 'application/json' });
});

test('a refusal is told in the language of the page, where it has a sentence for it', () => {
  const refused = (code: string, details?: object[]) =>
    readFailure(422, { code, detail: 'In English.', details });
  const taken = [{ field: 'username', message: 'In English.' }];
  expect(refused('username-taken', taken)).toMatchObject({
    sentence: 'In English.',
    fields: { username: 'In English.' },
  });
  speak('de', { refusals: { 'username-taken': 'Gibt es schon.', field: 'So nicht.' } });
  expect(refused('username-taken', taken)).toMatchObject({
    reason: 'username-taken',
    sentence: 'Gibt es schon.',
    fields: { username: 'Gibt es schon.' },
  });
  expect(refused('validation-failed', taken).fields).toEqual({ username: 'So nicht.' });
  expect(refused('too-late').sentence).toBe('In English.');
  speak('en', {});
});
