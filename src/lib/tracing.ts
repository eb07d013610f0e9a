/** Facts about a span: counts and words of the program, never names of people or addresses with secrets in them. */
export type SpanFacts = Readonly<Record<string, string | number | boolean>>;

/** What makes spans and passes their context on. */
export interface Tracer {
  /** Runs `work` in a span of its own, below the one that runs now. It gets a function that adds facts. */
  span<T>(name: string, facts: SpanFacts, work: (add: (facts: SpanFacts) => void) => Promise<T>): Promise<T>;
  /** The span that runs now, in the form of the W3C header `traceparent`; null where there is none. */
  current(): string | null;
  /** Runs `work` below a span that ended elsewhere. */
  within<T>(traceparent: string | null, work: () => T): T;
}

const off: Tracer = {
  span: (_name, _facts, work) => work(() => undefined),
  current: () => null,
  within: (_traceparent, work) => work(),
};

/**
 * The one of this process. What happens in a trace crosses every part of the program, so it is reached and not passed
 * on; OpenTelemetry keeps its own state in the same way (ADR 0050).
 */
let active = off;

/** Has spans made from now on; null: none any more. */
export function useTracer(tracer: Tracer | null): void {
  active = tracer ?? off;
}

export function isTracing(): boolean {
  return active !== off;
}

export const traced: Tracer['span'] = (name, facts, work) => active.span(name, facts, work);
export const traceparent: Tracer['current'] = () => active.current();
export const withinTrace: Tracer['within'] = (parent, work) => active.within(parent, work);
