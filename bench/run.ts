import { federation } from './federation.ts';
import { inbox } from './inbox.ts';
import type { Bench, Measurement } from './measurement.ts';
import { mediaServing } from './media/serving.ts';

/** `npm run bench -- NAME [--json]`: runs one benchmark, or all, and prints ratios against a baseline. */
const benches: Readonly<Record<string, Bench>> = {
  inbox,
  federation,
  'media-serving': mediaServing,
};

const args = process.argv.slice(2);
const isJson = args.includes('--json');
const names = args.filter((arg) => !arg.startsWith('--'));
const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.\n`,
  );
  process.exitCode = 1;
} else {
  for (const name of names.length > 0 ? names : Object.keys(benches)) {
    for (const measured of (await benches[name]?.()) ?? []) print(name, measured);
  }
}

function print(bench: string, measured: Measurement): void {
  const ratio = measured.value / measured.baseline;
  const met = measured.lessIsBetter ? ratio <= measured.goal : ratio >= measured.goal;
  if (isJson) {
    process.stdout.write(`${JSON.stringify({ bench, ...measured, ratio, met })}\n`);
    return;
  }
  const { metric, value, unit, baseline, goal, lessIsBetter } = measured;
  const cells = [
    bench,
    metric,
    `${round(value)} ${unit}`,
    `against ${round(baseline)}`,
    `x ${ratio.toFixed(1)}`,
  ];
  process.stdout.write(
    `${cells.map((cell) => cell.padEnd(22)).join('')}goal ${lessIsBetter ? 'at most ' : ''}x ${goal}: ${met ? 'met' : 'missed'}\n`,
  );
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
