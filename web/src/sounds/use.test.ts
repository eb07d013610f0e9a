import { describe, expect, test } from 'vitest';
import { newUse, secondsTo, soundUseFrom } from './use.ts';

describe('a sound that a clip is made with', () => {
  test('is kept between visits as it was chosen', () => {
    const use = { ...newUse('12'), start: 3.5 };
    expect(soundUseFrom(JSON.parse(JSON.stringify(use)))).toEqual(use);
  });

  test.each([
    null,
    'sound',
    {},
    { ...newUse('12'), id: 'a' },
    { ...newUse('12'), id: 12 },
    { ...newUse('12'), start: -1 },
    { ...newUse('12'), start: null },
    { ...newUse('12'), volumes: { sound: 0, own: 1 } },
    { ...newUse('12'), volumes: { sound: 1, own: 1.1 } },
    { ...newUse('12'), volumes: null },
  ])('is no other thing: %j', (kept) => {
    expect(soundUseFrom(kept)).toBeNull();
  });

  test('gives a recording no more time than is left of it', () => {
    expect(secondsTo({ start: 0 }, 20, 60)).toBe(20);
    expect(secondsTo({ start: 15 }, 20, 60)).toBe(5);
    expect(secondsTo({ start: 0 }, 90, 60)).toBe(60);
    expect(secondsTo({ start: 30 }, 20, 60)).toBe(0);
  });
});
