import { expect, test } from 'vitest';
import { figuresOf, guarded } from './figures.ts';

const tally = (subject: string, kind: string, count: number) => ({ subject, kind, count });

test('sums of months are those of the year, and measures stand together with who took them', () => {
  const figures = figuresOf([
    ...[tally('report', 'all', 7), tally('report', 'all', 8), tally('report-source', 'people', 15)],
    ...[tally('measure', 'suspend people', 3), tally('measure', 'suspend automated', 9)],
    ...[tally('measure-lifted', 'warn', 1), tally('appeal', 'filed', 2)],
  ]);
  expect(figures).toMatchObject({ reports: 15, reportSources: { people: 15 }, appeals: { filed: 2 } });
  expect(figures.measures).toEqual([
    { measure: 'suspend', byPeople: 3, automated: 9, lifted: 0 },
    { measure: 'warn', byPeople: 0, automated: 0, lifted: 1 },
  ]);
});

test('the median is known to within a tenth', () => {
  // 1 minute, 1 hour and 1 day: the middle one is 3,600 s.
  const bucket = (seconds: number) => tally('report-decided', String(Math.floor(4 * Math.log2(seconds))), 1);
  const { medianSeconds } = figuresOf([bucket(60), bucket(3_600), bucket(86_400)]);
  expect(Math.abs((medianSeconds ?? 0) - 3_600) / 3_600).toBeLessThan(0.1);
  expect(figuresOf([]).medianSeconds).toBeNull();
});

test('small numbers are not told to others, and differences of larger ones tell nothing', () => {
  const figures = guarded(
    figuresOf([
      ...[
        tally('report', 'all', 13),
        tally('report-source', 'people', 12),
        tally('report-source', 'servers', 1),
      ],
      ...[
        tally('measure', 'warn people', 4),
        tally('domain', 'suspend', 1),
        tally('report-decided', '40', 4),
      ],
    ]),
  );
  expect(figures).toMatchObject({
    ...{ reports: 15, reportSources: { people: 10, servers: null }, domains: { suspend: 1 } },
    ...{ measures: [{ byPeople: null, automated: 0 }], medianSeconds: null },
  });
});
