import { expect, test } from 'vitest';
import { mediaLimits } from '../config/media-limits.ts';
import { chooseFederated } from './faststart.ts';

const MB = 1_000_000;

test.each([
  ['the largest up to 720', [1080, 200], [720, 60], [480, 30], 720],
  ['a smaller one where that is too large for Mastodon', [1080, 300], [720, 100], [480, 80], 480],
  ['the smallest where all are', [1080, 900], [720, 300], [480, 200], 480],
  ['the only one', [1080, 10], [1080, 10], [1080, 10], 1080],
] as const)('%s', (_name, a, b, c, expected) => {
  const rung = ([rung, megabytes]: readonly [number, number]) => ({ rung, size: megabytes * MB });
  expect(chooseFederated([rung(a), rung(b), rung(c)]).rung).toBe(expected);
});

test('the limit itself is allowed', () => {
  const exact = { rung: 720, size: mediaLimits.maxFederatedMp4Bytes };
  expect(chooseFederated([exact, { rung: 480, size: 1 }])).toBe(exact);
});
