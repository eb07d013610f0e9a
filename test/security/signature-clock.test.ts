import { describe, expect, test } from 'vitest';
import { draft, NOW, outcome } from '../helpers/signed-request.ts';

const HOUR = 3_600_000;

describe('S9 the clock', () => {
  test.each<[string, number, string]>([
    ['now', 0, 'ok'],
    ['an hour ago', -HOUR, 'ok'],
    ['more than an hour ago', -HOUR - 1_000, '401 stale'],
    ['in an hour', HOUR, 'ok'],
    ['in more than an hour', HOUR + 1_000, '401 from-future'],
    ['years ago', -9e10, '401 stale'],
  ])('a Date %s', async (_name, offset, expected) => {
    expect(await outcome(draft({ headers: { date: new Date(NOW + offset).toUTCString() } }))).toBe(expected);
  });

  test.each([
    '',
    'now',
    '2026-11-21T12:00:00Z',
    '1795262400',
    'Sat, 21 Nov 2026 12:00:00 PST',
    'Sat, 99 Nov 2026 12:00:00 GMT',
  ])('a Date that reads "%s"', async (date) =>
    expect(await outcome(draft({ headers: { date } }))).toBe('401 bad-time'),
  );

  const timed = (created: number | string | undefined, expires?: number | string) =>
    draft({
      covered: [
        '(request-target)',
        'host',
        '(created)',
        ...(expires === undefined ? [] : ['(expires)']),
        'digest',
      ],
      params: { algorithm: 'hs2019', created, expires },
    });
  const at = (offset: number) => (NOW + offset) / 1000;

  test.each<[string, number, number | undefined, string]>([
    ['now, no end', 0, undefined, 'ok'],
    ['an hour ago, no end', -HOUR, undefined, 'ok'],
    ['two hours ago, no end', -2 * HOUR, undefined, '401 stale'],
    ['two hours ago, still running', -2 * HOUR, HOUR, 'ok'],
    ['thirteen hours ago, running for days', -13 * HOUR, 99 * HOUR, '401 stale'],
    ['just now, but over', -10 * 60_000, -5 * 60_000, '401 stale'],
    ['just now, over for a few seconds', -60_000, -30_000, 'ok'],
    ['in an hour', HOUR, 2 * HOUR, 'ok'],
    ['in two hours', 2 * HOUR, 3 * HOUR, '401 from-future'],
  ])('created %s', async (_name, created, expires, expected) => {
    const request = timed(at(created), expires === undefined ? undefined : at(expires));
    expect(await outcome(request)).toBe(expected);
  });

  test('times that are no whole seconds, or not there', async () => {
    expect(await outcome(timed('soon'))).toBe('400 bad-time');
    expect(await outcome(timed(undefined))).toBe('400 bad-time');
    expect(await outcome(timed(-1))).toBe('400 bad-time');
    expect(await outcome(timed(at(0), 'never'))).toBe('400 bad-time');
    expect(await outcome(timed(at(0), `${at(1000)}.5`))).toBe('ok');
  });

  test('an expires that is not signed can only shorten', async () => {
    expect(await outcome(draft({ params: { expires: at(-HOUR) } }))).toBe('401 stale');
    const old = { date: new Date(NOW - 13 * HOUR).toUTCString() };
    expect(await outcome(draft({ headers: old, params: { expires: at(HOUR) } }))).toBe('401 stale');
  });

  test('a created that is not signed does not replace the Date', async () => {
    const headers = { date: new Date(NOW - 2 * HOUR).toUTCString() };
    expect(await outcome(draft({ headers, params: { algorithm: 'hs2019', created: at(0) } }))).toBe(
      '401 stale',
    );
  });

  test('S8 a captured request is of no use two hours later', async () => {
    expect(await outcome(draft(), undefined, NOW + 2 * HOUR)).toBe('401 stale');
  });
});
