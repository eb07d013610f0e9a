import { describe, expect, test } from 'vitest';
import { firstFound } from './merged.ts';

const none = async () => null;
const failing = (message: string) => async () => {
  throw new Error(message);
};

describe('what is looked for in several stores', () => {
  test('is taken from the first that has it, and the others are not asked', async () => {
    expect(await firstFound<string>([none, async () => 'here', failing('asked')])).toBe('here');
    expect(await firstFound([none, none])).toBeNull();
  });

  test('is found although a store fails', async () => {
    expect(await firstFound<string>([failing('down'), async () => 'there'])).toBe('there');
  });

  test('is not said to be absent where a store failed', async () => {
    await expect(firstFound([none, failing('first'), failing('second')])).rejects.toThrow('first');
  });
});
