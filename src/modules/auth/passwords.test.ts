import { describe, expect, test } from 'vitest';
import { checkPassword, hashPassword } from './passwords.ts';

describe('passwords', () => {
  test('argon2id, salted, with what it takes to check it', async () => {
    const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await checkPassword(one, 'correct horse')).toBe(true);
    expect(await checkPassword(one, 'correct Horse')).toBe(false);
    expect(await checkPassword(one, '')).toBe(false);
  });

  test('P10 without an account no password fits, not even the one of the stand-in', async () => {
    expect(await checkPassword(undefined, 'anything')).toBe(false);
    expect(await checkPassword(undefined, 'no account has this password')).toBe(false);
  });
});
