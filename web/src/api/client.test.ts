import { afterEach, expect, test, vi } from 'vitest';
import { deliver } from './client.ts';

// They are read in the language of the page, and there is none here.
vi.mock('../strings.ts', () => ({ strings: {} }));

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
