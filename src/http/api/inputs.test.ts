import { afterEach, expect, test } from 'vitest';
import { moment } from './inputs.ts';

const zone = process.env.TZ;
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

test.each([
  ['2026-12-01T10:00', '2026-12-01T10:00:00.000Z'],
  ['2026-12-01T10:00:00', '2026-12-01T10:00:00.000Z'],
  ['2026-12-01T10:00:00Z', '2026-12-01T10:00:00.000Z'],
  ['2026-12-01T10:00:00+02:00', '2026-12-01T08:00:00.000Z'],
  ['2026-12-01T10:00:00.5-05:30', '2026-12-01T15:30:00.500Z'],
  // An hour that the clocks of New York leave out.
  ['2026-03-08T02:30:00', '2026-03-08T02:30:00.000Z'],
])('%s is %s, wherever the server stands', (written, meant) => {
  for (const where of ['UTC', 'America/New_York', 'Asia/Tokyo']) {
    process.env.TZ = where;
    expect(moment.parse(written).toISOString(), where).toBe(meant);
  }
});
