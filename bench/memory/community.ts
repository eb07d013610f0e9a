import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, Measurement } from '../measurement.ts';
import { type Deeds, gather, live } from './people.ts';
import { type Course, startSampler, TOGETHER } from './sampler.ts';
import { composeServices, type Layout, type Stack, startStack } from './stack.ts';

/** What is promised for everything, the database and the files included. */
const STACK_BUDGET_MIB = 1.2 * 1024;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const DEFAULT_MINUTES = 5;
const SMALL_MINUTES = 1;
/** At least so many stretches are told apart, and each is ten minutes at most: the first and the last show what grows. */
const STRETCHES = 3;
const STRETCH_MINUTES = 10;
/** Until what making the community needed is given back. */
const SETTLED_MS = 20_000;

/** A community that lives on a whole stack: what every part takes, beside what it may. */
export function community(layout: Layout): Bench {
  return async ({ isSmall, minutes = isSmall ? SMALL_MINUTES : DEFAULT_MINUTES }) => {
    const stack = await startStack(layout);
    // Nothing of it ends by itself.
    const stopEarly = () => void stack.stop().finally(() => process.exit(1));
    for (const signal of SIGNALS) process.once(signal, stopEarly);
    try {
      const people = await gather(stack.origin, stack.other.origin);
      tell(
        `${people.here.length} people here, ${people.elsewhere.length} elsewhere, ${people.follows} follows`,
      );
      await pause(SETTLED_MS);
      const sampler = startSampler(stack.watched, tell);
      const deeds = await live(people, minutes, stack.dir);
      const courses = await sampler.stop(Math.max(STRETCHES, Math.ceil(minutes / STRETCH_MINUTES)));
      return [failed(deeds, minutes), ...(await measured(stack, courses, layout))];
    } finally {
      for (const signal of SIGNALS) process.off(signal, stopEarly);
      await stack.stop();
    }
  };
}

function failed({ waits, failures, ...counted }: Deeds, minutes: number): Measurement {
  const seconds = waits.sort((a, b) => a - b)[waits.length >> 1];
  tell(JSON.stringify({ minutes, ...counted, medianSecondsToPublish: seconds }));
  for (const failure of failures.slice(0, 20)) tell(failure);
  const deeds = Object.values(counted).reduce((sum, count) => sum + count, 0);
  const limits = { baseline: deeds, goal: 0.001, lessIsBetter: true };
  return { metric: 'deeds that failed, of all', value: failures.length, unit: 'deeds', ...limits };
}

async function measured(stack: Stack, courses: readonly Course[], layout: Layout): Promise<Measurement[]> {
  const services = await composeServices();
  const serviceOf = new Map(
    stack.watched.flatMap(({ name, service, children }) => [
      [name, service] as const,
      ...(children ? [[children.name, children.service] as const] : []),
    ]),
  );
  return courses.flatMap((course) => {
    const { name, peak } = course;
    // A part that never started anything, such as ffmpeg of a process that makes no videos.
    if (peak === 0) return [];
    tell(
      `${name}: ${[course.first, ...course.stretches, course.last].map((mib) => mib.toFixed(0)).join(' ')}`,
    );
    const limit = services.get(serviceOf.get(name) ?? '')?.limitMib;
    const baseline = name === TOGETHER ? STACK_BUDGET_MIB : limit;
    const most: Measurement[] =
      baseline === null || baseline === undefined
        ? []
        : [
            {
              ...{ metric: `${layout}: ${name}, most`, value: peak, unit: 'MiB', baseline },
              ...{ goal: 1, lessIsBetter: true },
            },
          ];
    const [first = 0] = course.stretches;
    const grown = { value: course.stretches.at(-1) ?? 0, unit: 'MiB', baseline: first };
    if (first === 0) return most;
    return [...most, { metric: `${layout}: ${name}, last stretch`, ...grown }];
  });
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
