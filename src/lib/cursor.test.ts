import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCursors, dailyKeys } from './cursor.ts';

const lifetimeMs = 1_000;
let now = 1_800_000_000_000;
const clock = { now: () => now };
const cursors = createCursors({ keysAt: dailyKeys(Buffer.alloc(32, 7)), clock, lifetimeMs });
const purpose = { list: 'feed local', viewerId: '42' };

describe('cursors', () => {
  test('whatever bytes are sealed come back, for the same list and person, from any process', () => {
    const elsewhere = createCursors({ keysAt: dailyKeys(Buffer.alloc(32, 7)), clock, lifetimeMs });
    for (const length of [0, 1, 8, 16, 23, 500, 4_000]) {
      const body = randomBytes(length);
      const text = cursors.seal(purpose, body);
      expect(text).toMatch(/^[\w-]+$/);
      const opened = elsewhere.open(purpose, text);
      expect(opened.ok && opened.body).toEqual(body);
    }
  });

  test('no other list, person or key opens it', () => {
    const text = cursors.seal(purpose, Buffer.from('body'));
    const strangers = [
      { list: 'feed federated', viewerId: '42' },
      { list: 'feed local', viewerId: '43' },
      { list: 'feed local', viewerId: null },
      { list: 'feed', viewerId: ' local 42' },
    ];
    for (const stranger of strangers)
      expect(cursors.open(stranger, text)).toMatchObject({ reason: 'cursor-invalid' });
    const other = createCursors({ keysAt: dailyKeys(Buffer.alloc(32, 8)), clock, lifetimeMs });
    expect(other.open(purpose, text)).toMatchObject({ ok: false, reason: 'cursor-invalid' });
  });

  test('it ends with its lifetime, and not before', () => {
    const text = cursors.seal(purpose, Buffer.from('body'));
    now += lifetimeMs;
    expect(cursors.open(purpose, text).ok).toBe(true);
    now += 1;
    expect(cursors.open(purpose, text)).toMatchObject({ ok: false, reason: 'cursor-expired' });
  });

  test('each day has another key, and that of the day before opens still', () => {
    const key = Buffer.alloc(32, 7);
    const midnight = Date.UTC(2027, 1, 2);
    const [today] = dailyKeys(key)(midnight - 1);
    const [tomorrow, before, ...more] = dailyKeys(key)(midnight);
    expect([tomorrow, before, more]).toEqual([expect.anything(), today, []]);
    expect(tomorrow).not.toEqual(today);
    // Another process is past midnight already.
    expect(dailyKeys(key)(midnight - 1)).toContainEqual(tomorrow);
    const held = now;
    now = midnight - 500;
    const text = cursors.seal(purpose, Buffer.from('body'));
    now = midnight + 400;
    expect(cursors.open(purpose, text).ok).toBe(true);
    expect(cursors.seal(purpose, Buffer.from('body'))).not.toBe(text);
    now = held;
  });

  test('whatever is changed in it makes it invalid; nothing throws', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const change = fc.record({
      body: fc.uint8Array({ maxLength: 40 }),
      at: fc.nat(100),
      letter: fc.constantFrom(...alphabet),
    });
    fc.assert(
      fc.property(change, ({ body, at, letter }) => {
        const text = cursors.seal(purpose, body);
        const place = at % text.length;
        const forged = [
          text.slice(0, place) + letter + text.slice(place + 1),
          text.slice(0, place) + text.slice(place + 1),
          text.slice(0, place) + letter + text.slice(place),
          ...[`${text}${letter}`, `${text}=`, ` ${text}`, text.slice(0, place)],
        ];
        for (const one of forged.filter((other) => other !== text)) {
          expect(cursors.open(purpose, one), one).toMatchObject({ reason: 'cursor-invalid' });
        }
      }),
    );
  });

  test('texts that we never made are invalid; nothing throws', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
    );
    fc.assert(
      fc.property(anything, (text) => {
        expect(cursors.open(purpose, text)).toMatchObject({ ok: false, reason: 'cursor-invalid' });
      }),
    );
  });
});
