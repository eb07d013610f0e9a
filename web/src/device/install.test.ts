import { expect, test } from 'vitest';
import { isIos } from './install.ts';

test.each([
  ['an iPhone', 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15', 5, true],
  ['an iPad', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15', 5, true],
  ['a Mac', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15', 0, false],
  ['an Android', 'Mozilla/5.0 (Linux; Android 16; Pixel) AppleWebKit/537.36', 5, false],
])('%s is known for what it is', (_name, userAgent, maxTouchPoints, is) => {
  expect(isIos({ userAgent, maxTouchPoints })).toBe(is);
});
