import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gainFor, readReport } from './loudness.ts';

describe('gainFor', () => {
  const limited = (db: number) => `volume=${db}dB,alimiter=limit=0.84:level=false`;
  test.each([
    ['a quiet clip', -20, -5, 10, 6, limited(6)],
    ['a quiet clip with low peaks', -20, -12, 10, 6, 'volume=6dB'],
    ['a loud one', -8.04, 1.2, 10, -6, 'volume=-6dB'],
    ['one that is loud and clipped hard', -14.6, -0.1, 10, 0.6, limited(0.6)],
    ['one that is right', -14.4, 0, 10, 0, null],
    ['a very quiet one: not all the way', -40, -20, 10, 12, 'volume=12dB'],
    ['an impossibly loud one: not all the way', 15, 20, 10, -24, 'volume=-24dB'],
    ['noise', -50.1, -40, 10, 0, null],
    ['silence', null, null, 10, 0, null],
    ['a very short one', -30, -10, 0.9, 0, null],
    ['one of a second', -20, -10, 1, 6, 'volume=6dB'],
    ['one whose peak is unknown', -20, null, 10, 6, limited(6)],
  ])('%s', (_name, integratedLufs, truePeakDb, durationSeconds, gainDb, filter) => {
    expect(gainFor({ integratedLufs, truePeakDb, durationSeconds })).toEqual({ gainDb, filter });
  });
});

describe('readReport', () => {
  const report = (i: string, tp: string) => `{\n"input_i" : "${i}",\n"input_tp" : "${tp}"\n}\n`;
  test('the last report counts', () => {
    const said = `title : ${report('-99.0', '0')}\n[Parsed_loudnorm_1 @ 0x55]\n${report('-21.30', '-2.05')}`;
    expect(readReport(said)).toEqual({ integratedLufs: -21.3, truePeakDb: -2.05 });
  });

  test.each([['-inf'], ['-70.00'], ['-99.0']])('%s is silence', (text) => {
    expect(readReport(report(text, '-inf'))).toEqual({ integratedLufs: null, truePeakDb: null });
  });

  test.each([[''], ['{}'], ['{"input_i":"x","input_tp":"0"}'], ['{"input_i":1}'], ['{ not json }']])(
    '%j is no report',
    (text) => expect(readReport(text)).toBeNull(),
  );

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => readReport(text) !== undefined));
  });
});
