import { Gauge, type Registry } from 'prom-client';
import { watchOverLimits } from '../../config/watch-limits.ts';

/** One value of a figure. */
export interface Sample {
  /** Which of the gauges of its source. */
  readonly gauge: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Figures of the whole server that are read together: every process that is asked gives the same. */
export interface FigureSource {
  readonly source: string;
  /** By name (`vireo_` goes before it): what it tells, and the names of its labels. */
  readonly gauges: Readonly<Record<string, { readonly help: string; readonly labels?: readonly string[] }>>;
  /** What cannot be told is left out. */
  read(): Promise<readonly Sample[]>;
  /** What was read is good for so long. */
  readonly everyMs?: number;
}

/** Reads figures into gauges. A source that fails, or that takes too long, holds up no other. */
export function createFigures(registry: Registry) {
  const failed = new Gauge({
    name: 'vireo_figures_failed',
    help: '1 where figures of the whole server could not be read',
    labelNames: ['source'],
    registers: [registry],
  });
  const readers: (() => Promise<void>)[] = [];

  return {
    add(sources: readonly FigureSource[]): void {
      for (const source of sources) readers.push(readerOf(registry, failed, source));
    },
    async read(): Promise<void> {
      await Promise.all(readers.map((reader) => reader()));
    },
  };
}

function readerOf(registry: Registry, failed: Gauge<'source'>, source: FigureSource): () => Promise<void> {
  const gauges = new Map(
    Object.entries(source.gauges).map(([name, { help, labels = [] }]) => [
      name,
      new Gauge({ name: `vireo_${name}`, help, labelNames: [...labels], registers: [registry] }),
    ]),
  );
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - readAt < (source.everyMs ?? 0)) return;
    const samples = await inTime(source.read()).catch(() => null);
    for (const gauge of gauges.values()) gauge.reset();
    failed.set({ source: source.source }, samples === null ? 1 : 0);
    if (samples === null) return;
    readAt = performance.now();
    for (const gauge of gauges.values()) dropUnlabelled(gauge);
    for (const { gauge, labels = {}, value } of samples) gauges.get(gauge)?.set(labels, value);
  };
}

/** A gauge without labels shows 0 after a reset, which would be a figure that nobody has read. */
function dropUnlabelled(gauge: Gauge): void {
  gauge.remove({});
}

async function inTime<T>(reading: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error('The figures did not come in time.')),
      watchOverLimits.figuresMs,
    );
  });
  return Promise.race([reading, late]).finally(() => clearTimeout(timer));
}
