import { parseArgs } from 'node:util';
import { z } from 'zod';
import { api } from './api.ts';
import { federation } from './federation.ts';
import { feed } from './feed.ts';
import { inbox } from './inbox.ts';
import { installation } from './install.ts';
import type { Bench, Measurement } from './measurement.ts';
import { mediaPipeline } from './media/pipeline.ts';
import { mediaServing } from './media/serving.ts';
import { memoryApart, memoryIdle, memoryTogether } from './memory.ts';
import { people } from './people.ts';
import { ranking } from './ranking.ts';
import { rankingCold } from './ranking-cold.ts';
import { rankingWithin } from './ranking-within.ts';
import { rankingWorld } from './ranking-world.ts';
import { search } from './search.ts';
import { sounds } from './sounds.ts';
import { stream } from './stream.ts';
import { trending } from './trending.ts';
import { web } from './web.ts';

/**
 * `npm run bench -- NAME [--json] [--small] [--minutes N]`: runs one benchmark, or all, and prints ratios against a baseline. `media` stands
 * for all whose names begin with `media-`; the name of a benchmark for that one alone.
 */
const benches: Readonly<Record<string, Bench>> = {
  api,
  feed,
  inbox,
  federation,
  'media-pipeline': mediaPipeline,
  'media-serving': mediaServing,
  install: installation,
  'memory-idle': memoryIdle,
  'memory-together': memoryTogether,
  'memory-apart': memoryApart,
  people,
  search,
  trending,
  sounds,
  stream,
  'ranking-world': rankingWorld,
  ranking,
  'ranking-within': rankingWithin,
  'ranking-cold': rankingCold,
  web,
};

/** Of the columns of the table. */
const WIDTHS = [14, 56, 18, 14, 8];

const { values: given, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    small: { type: 'boolean', default: false },
    minutes: { type: 'string' },
  },
});
const minutes = given.minutes === undefined ? undefined : z.coerce.number().positive().parse(given.minutes);
const chosen = names.map((name) =>
  Object.keys(benches).filter((one) => (name in benches ? one === name : one.startsWith(`${name}-`))),
);
const unknown = names.filter((_, at) => chosen[at]?.length === 0);
if (unknown.length > 0) {
  process.stderr.write(
    `There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.\n`,
  );
  process.exitCode = 1;
} else {
  for (const name of new Set(names.length > 0 ? chosen.flat() : Object.keys(benches))) {
    for (const measured of (await benches[name]?.({ isSmall: given.small, minutes })) ?? [])
      print(name, measured);
  }
}

function print(bench: string, measured: Measurement): void {
  const { metric, value, unit, baseline, goal, lessIsBetter } = measured;
  const ratio = value / baseline;
  const met = goal === undefined ? null : lessIsBetter ? ratio <= goal : ratio >= goal;
  if (given.json) {
    process.stdout.write(`${JSON.stringify({ bench, ...measured, ratio, met })}\n`);
    return;
  }
  const cells = [
    bench,
    metric,
    `${round(value)} ${unit}`,
    `against ${round(baseline)}`,
    `x ${ratio.toFixed(ratio < 3 ? 2 : 1)}`,
  ];
  const verdict =
    met === null ? '' : `goal ${lessIsBetter ? 'at most ' : ''}x ${goal}: ${met ? 'met' : 'missed'}`;
  process.stdout.write(
    `${cells.map((cell, at) => cell.padEnd(WIDTHS[at] ?? 0)).join('  ')}${verdict}`.trimEnd().concat('\n'),
  );
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
